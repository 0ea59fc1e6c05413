"""Two processes of one forum: what one says, the other acts on. The same for each broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest
import redis.asyncio

from forum.live import Broker, Hub, LocalBroker
from forum.live.brokers import BrokerDown
from forum.live.postgres import PostgresBroker
from forum.live.redis import RedisBroker
from tests.live.rooms import ROOM, House, closed_with, eventually, heard, house
from tests.services import free_port, postgres_cluster, redis_server, running_redis

__all__ = ["postgres_cluster", "redis_server"]

NewBroker = Callable[[], Broker]


@pytest.fixture(params=["local", "postgres", "redis"])
def new_broker(request: pytest.FixtureRequest) -> NewBroker:
    """Makes a process's broker of this kind; all it makes belong together."""
    if request.param == "postgres":
        dsn = request.getfixturevalue("postgres_cluster")
        return lambda: PostgresBroker(dsn)
    if request.param == "redis":
        address = request.getfixturevalue("redis_server")
        return lambda: RedisBroker(address, "handrail:tests")
    shared = LocalBroker()
    return lambda: shared


@asynccontextmanager
async def listening(broker: Broker) -> AsyncIterator[Hub]:
    """A hub that hears the other processes."""
    hub = Hub(broker)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


@asynccontextmanager
async def process(broker: Broker) -> AsyncIterator[House]:
    """A whole process: its hub and the server that people reach it by."""
    async with listening(broker) as hub, house(hub) as place:
        yield place


async def test_another_process_is_told_how_far_a_topic_has_come(new_broker: NewBroker) -> None:
    async with (
        process(new_broker()) as here,
        process(new_broker()) as there,
        there.visitor(1) as alice,
    ):

        async def read(topic: str, reached: int) -> None:
            there.hub.publish(topic, f"read up to {reached}")

        there.hub.on_reached("community:", read)
        await here.hub.announce(ROOM, 41)
        assert await heard(alice) == "read up to 41"


async def test_a_process_does_not_hear_itself(new_broker: NewBroker) -> None:
    async with process(new_broker()) as here, listening(new_broker()) as there:
        calls: list[int] = []

        async def read(topic: str, reached: int) -> None:
            calls.append(reached)

        here.hub.on_reached("", read)
        async with here.visitor(1) as alice:
            await here.hub.announce(ROOM, 1)
            await there.announce(ROOM, 2)
            await eventually(lambda: calls == [2])
            here.hub.publish(ROOM, "done")
            assert await heard(alice) == "done"
        assert calls == [2]


async def test_a_topic_nobody_hears_here_is_not_read(new_broker: NewBroker) -> None:
    async with process(new_broker()) as here, listening(new_broker()) as there:
        calls: list[str] = []

        async def read(topic: str, reached: int) -> None:
            calls.append(topic)

        here.hub.on_reached("", read)
        async with here.visitor(1):
            await there.announce("community:1:room:999", 5)
            await there.announce(ROOM, 6)
            await eventually(lambda: calls == [ROOM])


async def test_many_ids_become_one_reading_with_the_newest(new_broker: NewBroker) -> None:
    async with process(new_broker()) as here, listening(new_broker()) as there:
        calls: list[int] = []
        go_on = asyncio.Event()

        async def read(topic: str, reached: int) -> None:
            calls.append(reached)
            await asyncio.wait_for(go_on.wait(), 10)

        here.hub.on_reached("community:1:", read)
        async with here.visitor(1):
            await there.announce(ROOM, 1)
            await eventually(lambda: calls == [1])
            for number in range(2, 21):
                await there.announce(ROOM, number)
            await eventually(lambda: here.hub._reached.get(ROOM) == 20)
            go_on.set()
            await eventually(lambda: not here.hub._catching_up)
        assert calls == [1, 20]


async def test_a_reading_that_fails_does_not_stop_the_next(new_broker: NewBroker) -> None:
    async with process(new_broker()) as here, listening(new_broker()) as there:
        calls: list[int] = []

        async def read(topic: str, reached: int) -> None:
            calls.append(reached)
            if reached == 1:
                raise RuntimeError("the database is away")

        here.hub.on_reached("", read)
        async with here.visitor(1):
            await there.announce(ROOM, 1)
            await eventually(lambda: calls == [1] and not here.hub._catching_up)
            await there.announce(ROOM, 2)
            await eventually(lambda: calls == [1, 2])


async def test_a_revocation_reaches_every_process(new_broker: NewBroker) -> None:
    async with (
        process(new_broker()) as here,
        listening(new_broker()) as there,
        here.visitor(1) as alice,
        here.visitor(2, topics=("community:1:room:1",)) as bob,
        here.visitor(2, topics=("community:2:room:1",)) as bob_elsewhere,
        here.visitor(3, session="phone") as carol,
    ):
        await there.revoke(2, "community:1:")
        await there.revoke_session("phone")
        async with asyncio.timeout(2):
            assert await closed_with(bob) == 4403
            assert await closed_with(carol) == 4403
        here.hub.publish("community:2:room:1", "still here")
        assert await heard(bob_elsewhere) == "still here"
        here.hub.publish(ROOM, "undisturbed")
        assert await heard(alice) == "undisturbed"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "{",
        "[]",
        "1",
        '{"by": "x"}',
        '{"by": "x", "revoked": 1}',
        '{"by": "x", "topic": [], "reached": 1}',
    ],
)
async def test_a_note_nobody_understands_changes_nothing(new_broker: NewBroker, note: str) -> None:
    broker = new_broker()
    async with (
        process(new_broker()) as here,
        listening(broker) as there,
        here.visitor(1) as alice,
        here.visitor(2) as bob,
    ):
        await broker.publish(note)
        await there.revoke(2)
        assert await closed_with(bob) == 4403
        here.hub.publish(ROOM, "undisturbed")
        assert await heard(alice) == "undisturbed"


async def cut_postgres_lines(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=10)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def cut_redis_lines(address: str) -> None:
    async with redis.asyncio.from_url(address, socket_timeout=10) as client:
        await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")


@pytest.fixture(params=["postgres", "redis"])
def far_broker(request: pytest.FixtureRequest) -> tuple[NewBroker, Callable[[], Awaitable[None]]]:
    """Makes brokers of this kind, and breaks their listening lines as a server's restart does."""
    if request.param == "postgres":
        dsn = request.getfixturevalue("postgres_cluster")
        return lambda: PostgresBroker(dsn), lambda: cut_postgres_lines(dsn)
    address = request.getfixturevalue("redis_server")
    return lambda: RedisBroker(address, "handrail:tests"), lambda: cut_redis_lines(address)


async def test_after_a_broken_line_all_come_back_and_it_hears_again(
    far_broker: tuple[NewBroker, Callable[[], Awaitable[None]]],
) -> None:
    new_broker, cut_lines = far_broker
    async with process(new_broker()) as here, listening(new_broker()) as there:
        async with here.visitor(1) as alice:
            await cut_lines()
            # Her ban might have been among what was missed: she must pass the door again.
            assert await closed_with(alice) == 1012
        async with here.visitor(2) as bob:
            await there.revoke(2)
            assert await closed_with(bob) == 4403


@pytest.mark.parametrize("kind", ["postgres", "redis"])
async def test_without_its_broker_a_forum_opens_and_works_alone(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.live.brokers.START_SECONDS", 0.2)
    port = free_port()
    nobody: Broker = (
        PostgresBroker(f"postgresql://handrail@127.0.0.1:{port}/postgres")
        if kind == "postgres"
        else RedisBroker(f"redis://127.0.0.1:{port}/0", "handrail:tests")
    )
    async with process(nobody) as here, here.visitor(1) as alice, here.visitor(2) as bob:
        async with asyncio.timeout(5):
            await here.hub.announce(ROOM, 1)
            await here.hub.revoke(2)
        assert await closed_with(bob) == 4403
        here.hub.publish(ROOM, "hello")
        assert await heard(alice) == "hello"
        with pytest.raises(BrokerDown):
            await nobody.publish("{}")


async def test_a_broker_that_comes_late_is_heard() -> None:
    port = free_port()
    broker = RedisBroker(f"redis://127.0.0.1:{port}/0", "handrail:tests")
    notes: list[str] = []
    gaps: list[int] = []
    starting = asyncio.create_task(broker.start(notes.append, lambda: gaps.append(1)))
    try:
        await eventually(lambda: broker._listening is not None and broker._listening._missed)
        with running_redis(port) as address:
            await asyncio.wait_for(starting, 10)
            async with redis.asyncio.from_url(address, socket_timeout=10) as client:
                await eventually(lambda: bool(gaps))
                await client.publish("handrail:tests", "hello")
                await eventually(lambda: notes == ["hello"])
    finally:
        await broker.stop()


async def test_forums_that_share_a_redis_do_not_hear_each_other(redis_server: str) -> None:
    notes: list[str] = []
    ours, theirs = RedisBroker(redis_server, "handrail:a"), RedisBroker(redis_server, "handrail:b")
    await ours.start(notes.append, lambda: None)
    await theirs.publish("for b")
    await ours.publish("for a")
    await eventually(lambda: notes == ["for a"])
    await asyncio.gather(ours.stop(), theirs.stop())


@pytest.mark.parametrize("kind", ["postgres", "redis"])
async def test_a_line_that_is_quiet_for_long_is_asked_and_kept(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"forum.live.{kind}.QUIET_SECONDS", 0.05)
    broker: Broker = (
        PostgresBroker(request.getfixturevalue("postgres_cluster"))
        if kind == "postgres"
        else RedisBroker(request.getfixturevalue("redis_server"), "handrail:tests")
    )
    notes: list[str] = []
    gaps: list[int] = []
    await broker.start(notes.append, lambda: gaps.append(1))
    await asyncio.sleep(0.3)  # the quiet itself is what is tested
    await broker.publish("hello")
    await eventually(lambda: notes == ["hello"])
    assert not gaps
    await broker.stop()


async def test_a_redis_that_stands_still_is_noticed_and_taken_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("forum.live.redis.QUIET_SECONDS", 0.2)
    port = free_port()
    with running_redis(port) as address:
        broker = RedisBroker(address, "handrail:tests")
        gaps: list[int] = []
        await broker.start(lambda note: None, lambda: gaps.append(1))
        async with redis.asyncio.from_url(address, socket_timeout=10) as client:
            # It answers nobody for so long, as a line that was cut without a word.
            await client.execute_command("CLIENT", "PAUSE", "1500", "ALL")
        await eventually(lambda: bool(gaps))
        await broker.stop()


async def test_notes_hold_ids_and_nothing_else() -> None:
    notes: list[str] = []
    broker = LocalBroker()
    await broker.start(notes.append, lambda: None)
    hub = Hub(broker)
    await hub.announce(ROOM, 7)
    await hub.revoke(3, "community:1:")
    await hub.revoke_session("0f" * 32)
    assert [json.loads(note).keys() for note in notes] == [
        {"by", "topic", "reached"}, {"by", "revoked", "prefix"}, {"by", "session"},
    ]  # fmt: skip
    assert max(map(len, notes)) < 4_000
