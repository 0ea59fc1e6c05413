"""A community with a room, people in it, and a served forum that they connect to."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect

from forum.chat import actions, queries, upkeep
from forum.chat.actions import Posted
from forum.chat.feed import Rooms
from forum.chat.forms import MessageDraft, RoomDraft
from forum.chat.models import Message
from forum.ids import new_form_id
from forum.permissions import Role
from forum.server import build_server, listening_socket
from forum.services import Place, Services
from forum.web.cookies import session_cookie
from tests.people import SITE, Person, World

ROOM = "evening"
PATIENCE_SECONDS = 10  # for anything that ought to happen at once, on a busy machine
Frame = dict[str, Any]


@dataclass
class Scene:
    """ana and ben talk, mo moderates, chris arranges, eve belongs elsewhere, zoe is a guest."""

    world: World
    place: Place
    ana: Person
    ben: Person
    mo: Person
    chris: Person
    eve: Person
    zoe: Person
    room_id: int = 0

    @classmethod
    async def build(cls, world: World, slug: str = "harbour", access: str = "open") -> "Scene":
        """The people and an empty room."""
        place = await world.community(slug, access)
        other = await world.community(f"not-{slug}", "members")
        made = cls(
            world,
            place,
            await world.person(f"ana-{slug}", place),
            await world.person(f"ben-{slug}", place),
            await world.person(f"mo-{slug}", place, Role.MODERATOR, certified=True),
            await world.person(f"chris-{slug}", place, Role.COMMUNITY_ADMIN),
            await world.person(f"eve-{slug}", other),
            world.guest(),
        )
        made.room_id = await made.room(ROOM)
        return made

    @property
    def services(self) -> Services:
        return self.world.services

    @property
    def url(self) -> str:
        return f"/c/{self.place.slug}/rooms/{ROOM}"

    async def room(self, slug: str, **how: Any) -> int:
        """One more room; its id."""
        values = {"about": "", "position": 0, "slow_seconds": 0, "is_closed": False} | how
        draft = RoomDraft(slug=slug, name=slug.title(), **values)
        chris = await self.chris.actor()
        await upkeep.create_room(self.services, chris, self.place, draft, new_form_id())
        async with self.services.db.read() as reader:
            return (await queries.room(reader, self.place, chris, slug)).id or 0

    async def change_room(self, **how: Any) -> None:
        """Slow or close the room."""
        values = {"about": "", "position": 0, "slow_seconds": 0, "is_closed": False} | how
        draft = RoomDraft(slug=ROOM, name="Evening", **values)
        await upkeep.change_room(self.services, await self.chris.actor(), self.place, draft)

    async def say(
        self, text: str = "hello", by: Person | None = None, cid: str = "", room_id: int = 0
    ) -> Posted:
        """Say something as a frame or a form would."""
        actor = await (by or self.ana).actor()
        draft = MessageDraft(cid or new_form_id(), text)
        room_id = room_id or self.room_id
        return await actions.post_message(self.services, actor, self.place, room_id, draft)

    async def message(self, message_id: int) -> Message:
        """The stored row."""
        async with self.services.db.read() as reader:
            return await reader.get_one(Message, message_id)

    async def told(self, after: int = 0, by: Person | None = None) -> list[Frame]:
        """The messages that the events address gives."""
        epoch = await self.epoch()
        person = by or self.ben
        answer = await person.get(f"{self.url}/events?after={after}&epoch={epoch}")
        assert answer.status_code == 200, answer.text
        found: list[Frame] = answer.json()["messages"]
        return found

    async def epoch(self, room_id: int = 0) -> str:
        """The room's epoch now."""
        async with self.services.db.read() as reader:
            return (await queries.state(reader, room_id or self.room_id)).epoch


@dataclass
class Seat:
    """A person's open WebSocket, and what was heard on it."""

    client: ClientConnection
    frames: list[Frame] = field(default_factory=list)

    async def send(self, **frame: Any) -> None:
        await self.client.send(json.dumps(frame))

    async def hello(
        self, last: int | None = None, epoch: str = "", room: str = ROOM
    ) -> list[Frame]:
        """Join or resume; everything heard up to and with the frame that says we are live."""
        await self.send(type="hello", room=room, last=last, epoch=epoch)
        heard: list[Frame] = []
        while not heard or heard[-1]["type"] != "live":
            heard.append(await self.heard())
        return heard

    async def heard(self, *types: str) -> Frame:
        """The next frame; with types, the next of these."""
        while True:
            text = await asyncio.wait_for(self.client.recv(), PATIENCE_SECONDS)
            frame: Frame = json.loads(text)
            self.frames.append(frame)
            if not types or frame["type"] in types:
                return frame

    async def say(self, text: str, cid: str = "") -> Frame:
        """Send a message; the ack or the refusal."""
        await self.send(type="post", cid=cid or new_form_id(), text=text)
        return await self.heard("ack", "refused")

    async def closed(self) -> int | None:
        """The code the connection was closed with, once it is."""
        await asyncio.wait_for(self.client.wait_closed(), PATIENCE_SECONDS)
        return self.client.close_code


@dataclass
class House:
    """The served forum."""

    app: Starlette
    port: int

    @property
    def rooms(self) -> Rooms:
        rooms: Rooms = self.app.state.rooms
        return rooms

    @asynccontextmanager
    async def seat(
        self, person: Person, scene: Scene, *, room: str = ROOM, origin: str = SITE, takes: int = 0
    ) -> AsyncIterator[Seat]:
        """Connect as a browser would. takes: bytes of receive buffer, 0 for the system's own."""
        cookie = session_cookie(scene.services.settings)
        headers = {"cookie": f"{cookie}={person.token}"} if person.account_id else {}
        line = socket.socket()
        if takes:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
        line.connect(("127.0.0.1", self.port))
        line.setblocking(False)
        address = f"ws://127.0.0.1:{self.port}/c/{scene.place.slug}/rooms/{room}/live"
        async with connect(
            address,
            sock=line,
            origin=origin,  # type: ignore[arg-type]  # a NewType of str
            additional_headers=headers,
            close_timeout=1,
            compression=None,
            max_size=2**24,
        ) as client:
            yield Seat(client)


@asynccontextmanager
async def house(app: Starlette) -> AsyncIterator[House]:
    """Serve a forum whose lifespan the test has entered."""
    server = build_server(app)
    server.config.lifespan = "off"
    with listening_socket("127.0.0.1", 0) as listener:
        # Small, so that one who does not read is noticed after kilobytes and not megabytes.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await eventually(lambda: server.started)
        try:
            yield House(app, listener.getsockname()[1])
        finally:
            server.should_exit = True
            await asyncio.wait_for(running, PATIENCE_SECONDS)


async def eventually(condition: Callable[[], bool]) -> None:
    """Return as soon as it is so; fail when it is not so in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def texts(frames: list[Frame]) -> list[str]:
    """What the message frames among these say, each in one line."""
    return [said(frame["message"]) for frame in frames if frame["type"] == "message"]


def said(message: Frame) -> str:
    """A message's pieces in one line."""
    return "".join(words for _, words in message["words"])
