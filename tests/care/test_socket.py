"""The desk over a real server and real WebSockets: soon, without words, and only to those on it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from forum.care import line, ownership, socket
from forum.care.ownership import CaseRef
from forum.communities.actions import end_role
from forum.peers.events import DutyStarted
from forum.permissions import Role
from forum.screening.verdict import Need
from forum.server import build_server, listening_socket
from forum.web.cookies import session_cookie
from tests.care.cases import Harbour
from tests.live.rooms import eventually
from tests.people import SITE, Person, World

PATIENCE_SECONDS = 15  # for what ought to happen at once, on a busy machine
DESK = "/c/harbour/desk/live"


@pytest.fixture
async def harbour(world: World) -> Harbour:
    return await Harbour.open(world)


@pytest.fixture
async def port(app: Starlette) -> AsyncIterator[int]:
    """The forum behind a real server on loopback."""
    server = build_server(app)
    server.config.lifespan = "off"  # the app fixture runs it
    with listening_socket("127.0.0.1", 0) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await eventually(lambda: server.started)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            async with asyncio.timeout(PATIENCE_SECONDS):
                await running


@asynccontextmanager
async def listen(
    port: int, person: Person, path: str = DESK, origin: str = SITE
) -> AsyncIterator[ClientConnection]:
    cookie = session_cookie(person.world.services.settings)
    headers = {"cookie": f"{cookie}={person.token}"} if person.account_id else {}
    async with connect(
        f"ws://127.0.0.1:{port}{path}", origin=origin, additional_headers=headers
    ) as client:
        yield client


async def hear(client: ClientConnection, *types: str) -> dict[str, Any]:
    """The next frame of these types."""
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(client.recv(), PATIENCE_SECONDS))
        if frame["type"] in types:
            return frame


async def closed_with(client: ClientConnection) -> int:
    with suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(client.recv(), PATIENCE_SECONDS)
    return client.close_code or 0


async def test_an_open_desk_hears_an_alert_at_once_with_ids_only(
    harbour: Harbour, port: int
) -> None:
    async with listen(port, harbour.ana) as ana:
        await hear(ana, "hello")
        loop = asyncio.get_running_loop()
        began = loop.time()
        raised = await harbour.raise_(note="canary words")
        frame = await hear(ana, "alert")
        assert loop.time() - began < 2
        assert (frame["case"], frame["level"], frame["step"]) == (raised.case_id, 4, "first")
        assert frame["for"] == sorted([harbour.ana.id, harbour.ben.id])
        assert set(frame) == {"type", "alert", "case", "level", "step", "for", "age"}


async def test_a_claim_is_seen_on_every_open_desk(harbour: Harbour, port: int) -> None:
    await harbour.raise_()
    ref = CaseRef(harbour.place.id, (await harbour.case()).id or 0)
    async with listen(port, harbour.ben) as ben:
        await hear(ben, "hello")
        await ownership.claim(harbour.services, await harbour.ana.actor(), ref)
        assert (await hear(ben, "case"))["case"] == ref.case_id


async def test_members_guests_and_other_communities_hear_nothing(
    harbour: Harbour, port: int
) -> None:
    quay = await harbour.world.community("quay")
    eve = await harbour.world.person("eve", quay, Role.LEAD, certified=True, on_duty=True)
    for person, code in [(harbour.mia, 4403), (eve, 4403), (harbour.world.guest(), 4401)]:
        async with listen(port, person) as client:
            assert await closed_with(client) == code
    async with listen(port, eve, "/c/quay/desk/live") as hers:
        await hear(hers, "hello")
        await harbour.raise_()
        await hers.send('{"type":"ping"}')
        assert (await hear(hers, "alert", "case", "pong"))["type"] == "pong"


async def test_another_site_cannot_open_a_desk(harbour: Harbour, port: int) -> None:
    with pytest.raises(InvalidStatus):
        async with listen(port, harbour.ana, origin="https://evil.example"):
            raise AssertionError("the handshake was accepted")


@pytest.mark.parametrize("role", [Role.CERTIFIED, Role.MODERATOR])
async def test_who_is_on_the_team_no_more_is_cut_off_at_once(
    harbour: Harbour, port: int, role: Role
) -> None:
    async with listen(port, harbour.ana) as ana:
        await hear(ana, "hello")
        async with harbour.services.db.write() as tx:
            await end_role(tx, None, harbour.place.id, harbour.ana.id, role)
        assert await closed_with(ana) == 4403


async def test_a_certificate_that_runs_out_ends_the_feed(
    harbour: Harbour, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "CHECK_SECONDS", 0.05)
    async with listen(port, harbour.ana) as ana:
        await hear(ana, "hello")
        harbour.services.clock.advance(days=366)  # type: ignore[attr-defined]
        assert await closed_with(ana) in (4401, 4403)


@pytest.mark.parametrize(
    "frame", ["not json", "[]", '{"type":"claim","case":1}', "x" * 5000, b"\x00\xff", "[" * 900]
)
async def test_an_unknown_frame_gets_a_clear_answer_and_disturbs_nobody(
    harbour: Harbour, port: int, frame: str | bytes
) -> None:
    async with listen(port, harbour.ana) as ana, listen(port, harbour.ben) as ben:
        await hear(ana, "hello")
        await hear(ben, "hello")
        await ana.send(frame)
        assert "reload" in (await hear(ana, "error"))["advice"]
        await harbour.raise_(Need.URGENT)
        await hear(ana, "alert")
        await hear(ben, "alert")


async def test_coming_on_duty_calls_one_to_what_waits_already(harbour: Harbour, port: int) -> None:
    await harbour.raise_()
    async with listen(port, harbour.lea) as lea:
        await hear(lea, "hello")
        async with harbour.services.db.write() as tx:
            tx.announce(DutyStarted(harbour.lea.id, harbour.place.id))
        await hear(lea, "duty")
    assert harbour.lea.id in await harbour.told("first")


async def test_an_idle_owners_page_is_warned(harbour: Harbour, port: int) -> None:
    await harbour.raise_()
    ref = CaseRef(harbour.place.id, (await harbour.case()).id or 0)
    await ownership.claim(harbour.services, await harbour.ana.actor(), ref)
    async with listen(port, harbour.ana) as ana:
        await hear(ana, "hello")
        await harbour.later(minutes=10)
        assert (await hear(ana, "lease"))["for"] == [harbour.ana.id]


async def test_a_member_hears_of_an_answer_and_nobody_else_does(
    harbour: Harbour, port: int
) -> None:
    await harbour.raise_()
    ref = CaseRef(harbour.place.id, (await harbour.case()).id or 0)
    noa = await harbour.world.person("noa", harbour.place)
    path = "/c/harbour/care/live"
    async with listen(port, harbour.mia, path) as mia, listen(port, noa, path) as other:
        await hear(mia, "hello")
        await hear(other, "hello")
        await line.answer(
            harbour.services, await harbour.ana.actor(), harbour.place, ref, "Hi mia", "a1"
        )
        await hear(mia, "line")
        await other.send('{"type":"ping"}')
        assert (await hear(other, "line", "status", "pong"))["type"] == "pong"
