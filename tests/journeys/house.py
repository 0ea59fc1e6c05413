"""A whole forum for a journey: served on loopback, with a real clock, real rules and its worker."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page
from sqlalchemy import update
from sqlmodel import col
from starlette.applications import Starlette

import forum.app as composition
from forum.accounts.models import Account
from forum.boards import upkeep as board_upkeep
from forum.boards.forms import BoardDraft
from forum.chat import upkeep as room_upkeep
from forum.chat.forms import RoomDraft
from forum.ids import new_form_id
from forum.permissions import Role
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.server import build_server, listening_socket
from forum.services import Place, Services
from forum.settings import Settings
from forum.web.cookies import session_cookie
from tests.fakes import QuickHasher
from tests.live.rooms import eventually
from tests.people import Person, World
from tests.services import free_port

PATIENCE_SECONDS = 15  # for anything that ought to happen at once, on a busy machine
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
BOARD, ROOM = "evenings", "kitchen"


@dataclass
class House:
    """A harbour at `url`: mia writes, ana is a moderator, lea leads, chris arranges."""

    url: str
    app: Starlette
    world: World
    place: Place
    mia: Person
    ana: Person
    lea: Person

    @property
    def services(self) -> Services:
        return self.world.services

    @property
    def home(self) -> str:
        return f"{self.url}/c/{self.place.slug}"

    async def moves_to(self, person: Person, country: str) -> None:
        """This person's own setting says where they live."""
        async with self.services.db.write() as tx:
            await tx.change(
                update(Account).where(col(Account.id) == person.id).values(country=country)
            )

    @asynccontextmanager
    async def browser_of(self, browser: Browser, person: Person, **how: Any) -> AsyncIterator[Page]:
        """A person's own browser, signed in; a script of ours that fails there fails the test."""
        async with await browser.new_context(**({"viewport": DESKTOP} | how)) as context:
            context.set_default_timeout(PATIENCE_SECONDS * 1000)
            if person.account_id:
                name = session_cookie(self.services.settings)
                await context.add_cookies([{"name": name, "value": person.token, "url": self.url}])
            page = await context.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            yield page
            assert faults == []


@asynccontextmanager
async def open_house(
    folder: Path, empty: Path, rules: RuleBook, *, on_duty: bool = True
) -> AsyncIterator[House]:
    """Serve a forum as `handrail serve` does, while the block runs; on_duty: whether ana is."""
    app = _make(folder, empty, rules)
    with listening_socket("127.0.0.1", app.state.services.settings.port) as listener:
        async with served(app, listener):
            world = World(app)
            try:
                yield await _furnish(app, world, on_duty)
            finally:
                await world.close()


@asynccontextmanager
async def served(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """The forum's own server on a listening socket, lifespan and all."""
    server = build_server(app)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


def _make(folder: Path, empty: Path, rules: RuleBook) -> Starlette:
    shutil.copyfile(empty, folder / "handrail.db")
    port = free_port()
    settings = Settings(
        public_url=f"http://127.0.0.1:{port}", port=port, data_dir=folder, database_url=""
    )
    return composition.create_app(settings, screener=Screener(rules), hasher=QuickHasher())


async def _furnish(app: Starlette, world: World, on_duty: bool) -> House:
    services = world.services
    place = await world.community()
    chris = await (await world.person("chris", place, Role.COMMUNITY_ADMIN)).actor()
    board = BoardDraft(BOARD, "Evenings", "When it gets late", "", 0, is_closed=False)
    await board_upkeep.create_board(services, chris, place, board)
    room = RoomDraft(
        slug=ROOM, name="Kitchen table", about="", position=0, slow_seconds=0, is_closed=False
    )
    await room_upkeep.create_room(services, chris, place, room, new_form_id())
    made = House(
        services.settings.public_url,
        app,
        world,
        place,
        mia=await world.person("mia", place),
        ana=await world.person("ana", place, Role.MODERATOR, certified=True, on_duty=on_duty),
        lea=await world.person("lea", place, Role.LEAD, certified=True),
    )
    await _has_been_up_for_a_while(made)
    return made


async def _has_been_up_for_a_while(house: House) -> None:
    """Open each page once: what a process reads and compiles at its first page is no delay of care.

    The topic is a calm one, so nobody is called.
    """
    headers = {"origin": house.url}
    calm = {"title": "Hello", "text": "I made soup today.", "form_id": new_form_id()}
    sent = await house.mia.post(f"/c/harbour/b/{BOARD}/new", calm, headers=headers)
    topic = sent.headers["location"]
    for path in (topic, f"/c/harbour/b/{BOARD}/new", f"/c/harbour/rooms/{ROOM}", "/c/harbour/care"):
        assert (await house.mia.get(path)).status_code == 200
    for path in ("/c/harbour/desk", "/c/harbour/desk/queue"):
        assert (await house.lea.get(path)).status_code == 200
