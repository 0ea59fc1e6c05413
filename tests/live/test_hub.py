"""The hub's own rules: order, fairness, who hears what while things change."""

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from forum.errors import BadSettings
from forum.live import Connection, Hub, LocalBroker, broker_for
from forum.live.connection import MAX_UNSENT
from forum.live.postgres import PostgresBroker
from forum.live.redis import RedisBroker
from forum.live.wires import HANDED_OVER
from forum.server import listening_socket
from tests.live.rooms import ROOM, closed_with, eventually, heard, house, room_app
from tests.services import free_port


class Recorder:
    """Stands where the server's connection is handed over, and keeps what is written."""

    def __init__(self) -> None:
        self.transport = self
        self.writes: list[bytes] = []
        self.unsent = 0
        self.ended_by: int | str | None = None

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return self.ended_by is not None

    def abort(self) -> None:
        self.ended_by = "abort"

    def hang_up(self, code: int) -> None:
        self.ended_by = code

    @property
    def texts(self) -> list[str]:
        """What a client would read of it."""
        data, texts = b"".join(self.writes), []
        while data:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            texts.append(data[start : start + size].decode())
            data = data[start + size :]
        return texts


async def nothing_comes() -> dict[str, Any]:
    """An ASGI receive on which nothing ever arrives."""
    await asyncio.Event().wait()
    raise AssertionError("it cannot happen")


@asynccontextmanager
async def listener(
    hub: Hub, *topics: str, account: int | None = 1
) -> AsyncIterator[tuple[Connection, Recorder]]:
    """A connection whose writes are kept."""
    recorder = Recorder()
    scope = {"type": "websocket", "extensions": {HANDED_OVER: recorder}}

    async def send(message: Any) -> None:
        raise AssertionError("only the transport is written to")

    websocket = WebSocket(scope, nothing_comes, send)
    async with hub.connect(websocket, account_id=account) as connection:
        for topic in topics or (ROOM,):
            hub.subscribe(topic, connection)
        yield connection, recorder


async def quiet(hub: Hub) -> None:
    """Return when the hub has sent all it was given."""
    await eventually(lambda: hub._fan_out is None)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 70_000])
async def test_a_frame_is_what_a_server_sends(size: int) -> None:
    hub = Hub()
    async with listener(hub) as (_, recorder):
        hub.publish(ROOM, "x" * size)
        await quiet(hub)
        expected = Frame(Opcode.TEXT, b"x" * size).serialize(mask=False)
        assert recorder.writes == [expected]


async def test_what_is_said_at_once_costs_each_listener_one_write() -> None:
    hub = Hub()
    async with listener(hub) as (_, alice), listener(hub) as (_, bob):
        for number in range(100):
            hub.publish(ROOM, f"{number}")
        await quiet(hub)
        for recorder in (alice, bob):
            assert len(recorder.writes) == 1
            assert recorder.texts == [f"{number}" for number in range(100)]


async def test_an_alert_goes_ahead_of_the_talk_in_the_rooms() -> None:
    hub = Hub()
    async with listener(hub, "desk", ROOM) as (_, recorder):
        hub.publish(ROOM, "talk")
        hub.publish("desk", "alert", urgent=True)
        await quiet(hub)
        assert recorder.texts == ["alert", "talk"]


async def test_others_on_the_loop_have_their_turn_while_a_full_room_is_told() -> None:
    hub = Hub()
    async with AsyncExitStack() as people:
        crowd = [await people.enter_async_context(listener(hub)) for _ in range(1_600)]
        hub.publish(ROOM, "hello")
        turns = 0
        while hub._fan_out is not None:
            await asyncio.sleep(0)
            turns += 1
        assert turns >= 3
        assert all(recorder.texts == ["hello"] for _, recorder in crowd)


async def test_who_leaves_a_topic_while_it_is_told_hears_nothing_of_it() -> None:
    hub = Hub()
    async with AsyncExitStack() as people:
        crowd = [await people.enter_async_context(listener(hub, account=n)) for n in range(1_600)]
        hub.publish(ROOM, "hello")
        await asyncio.sleep(0)  # the first five hundred have heard it
        late = [(one, recorder) for one, recorder in crowd if not recorder.writes]
        assert 0 < len(late) < 1_600
        (gone, gone_heard), (banned, banned_heard) = late[0], late[1]
        hub.unsubscribe(ROOM, gone)
        await hub.revoke(banned.account_id or 0)
        await quiet(hub)
        assert gone_heard.writes == banned_heard.writes == []
        assert all(recorder.texts == ["hello"] for _, recorder in late[2:])


async def test_who_has_too_much_unsent_is_cut_and_gets_no_more() -> None:
    hub = Hub()
    async with listener(hub) as (connection, slow), listener(hub) as (_, quick):
        slow.unsent = MAX_UNSENT
        hub.publish(ROOM, "still")
        await quiet(hub)
        slow.unsent = MAX_UNSENT + 1
        hub.publish(ROOM, "over")
        await quiet(hub)
        assert slow.ended_by == "abort"
        assert slow.texts == ["still"]
        assert connection.is_ended
        assert quick.texts == ["still", "over"]
        connection.send("not any more")
        assert slow.texts == ["still"]


async def test_live_talk_that_piles_up_behind_a_replay_is_bounded() -> None:
    hub = Hub()
    async with listener(hub) as (connection, recorder):
        with connection.held():
            for _ in range(5):
                hub.publish(ROOM, "x" * 60_000)
                await quiet(hub)
            assert recorder.ended_by == "abort"
        assert recorder.writes == []


async def test_half_a_character_is_refused_and_the_room_goes_on() -> None:
    hub = Hub()
    async with listener(hub) as (_, recorder):
        with pytest.raises(UnicodeEncodeError):
            hub.publish(ROOM, json.loads('"\\ud83d"'))
        hub.publish(ROOM, "on we go")
        await quiet(hub)
        assert recorder.texts == ["on we go"]


async def test_listeners_are_counted_and_people_named_once() -> None:
    hub = Hub()
    async with listener(hub, account=1), listener(hub, account=1), listener(hub, account=None):
        assert hub.listeners(ROOM) == 3
        assert hub.people(ROOM) == {1}
    assert hub.listeners(ROOM) == 0
    assert hub.people(ROOM) == set()
    assert not hub._topics


async def test_an_ended_connection_cannot_listen_again() -> None:
    hub = Hub()
    async with listener(hub) as (connection, _):
        pass
    hub.subscribe(ROOM, connection)
    assert hub.listeners(ROOM) == 0


async def test_a_guest_is_closed_by_nobodys_revocation() -> None:
    hub = Hub()
    async with listener(hub, account=None) as (connection, _):
        await hub.revoke(0)
        await hub.revoke_session("")
        assert not connection.is_ended


async def test_who_does_not_answer_the_goodbye_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.server.CLOSE_SECONDS", 0.1)
    async with house(Hub()) as place, place.visitor(1) as deaf:
        deaf.transport.pause_reading()
        await place.hub.revoke(1)
        await eventually(lambda: not place.server.server_state.connections)
        deaf.transport.abort()


async def test_who_answers_no_ping_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(Hub()) as place:
        place.server.config.ws_ping_interval = place.server.config.ws_ping_timeout = 0.1
        async with place.visitor(1) as deaf:
            deaf.transport.pause_reading()
            await eventually(lambda: not place.server.server_state.connections)
            await eventually(lambda: place.hub.listeners(ROOM) == 0)
            deaf.transport.abort()


def test_a_test_client_without_a_transport_hears_the_same() -> None:
    hub = Hub()
    with (
        TestClient(room_app(hub)) as client,
        client.websocket_connect("/?account=1") as alice,
    ):
        assert alice.receive_text() == "welcome"
        alice.send_text("hello")
        assert alice.receive_text() == "hello"
        alice.send_text("leave")
        assert alice.receive() == {"type": "websocket.close", "code": 1000, "reason": ""}


async def test_the_real_command_serves_and_says_goodbye_on_sigterm() -> None:
    """The one test with a process of its own: uvloop, signals, the listening socket."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.live.serve_a_room", str(port)
    )
    try:
        async with asyncio.timeout(60), AsyncExitStack() as clients:
            await _until_somebody_listens(port)
            address = f"ws://127.0.0.1:{port}/?account="
            alice = await clients.enter_async_context(connect(f"{address}1", compression=None))
            stalled = await clients.enter_async_context(
                connect(f"{address}2", compression=None, close_timeout=0.1)
            )
            assert await heard(alice) == await heard(stalled) == "welcome"
            stalled.transport.pause_reading()
            line = "x" * 60_000
            for _ in range(300):  # 18 MB: more than the kernel takes for one who does not read
                await alice.send(line)
                assert await heard(alice) == line
            process.terminate()
            assert await closed_with(alice) == 1012
            stalled.transport.abort()
        assert await asyncio.wait_for(process.wait(), 10) in (0, -15)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _until_somebody_listens(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)


def test_an_address_in_use_stops_the_start() -> None:
    with listening_socket("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listening_socket("127.0.0.1", taken.getsockname()[1])


def test_the_kernel_ends_connections_that_take_nothing() -> None:
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        pytest.skip("this system has no TCP_USER_TIMEOUT")
    with listening_socket("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000


def test_the_broker_follows_the_settings() -> None:
    assert isinstance(broker_for("", "sqlite:///x.db", "a"), LocalBroker)
    assert isinstance(broker_for("", "postgresql://h/db", "a"), PostgresBroker)
    assert isinstance(broker_for("redis://h", "postgresql://h/db", "a"), RedisBroker)


@pytest.mark.parametrize(
    ("module", "broker_url", "words"),
    [
        ("redis", "redis://h", r"HANDRAIL_BROKER_URL .*handrail\[redis\]"),
        ("postgres", "", r"HANDRAIL_DATABASE_URL .*handrail\[postgres\]"),
    ],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, broker_url: str, words: str
) -> None:
    monkeypatch.setitem(sys.modules, f"forum.live.{module}", None)
    with pytest.raises(BadSettings, match=words):
        broker_for(broker_url, "postgresql://h/db", "a")
