"""Live delivery with a real server and real clients, both ways to write to a connection."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from forum.live import Hub
from tests.live.rooms import ROOM, House, closed_with, eventually, heard, house


@pytest.fixture(params=["transport", "queue"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A served room, once for each kind of wire."""
    async with house(Hub(), hands_over=request.param == "transport") as running:
        yield running


async def test_everybody_hears_everything_in_order_the_speaker_too(place: House) -> None:
    async with place.visitor(1) as alice, place.visitor(2) as bob, place.visitor(3) as carol:
        for number in range(50):
            await alice.send(f"line {number} ü")
        for client in (alice, bob, carol):
            assert [await heard(client) for _ in range(50)] == [f"line {n} ü" for n in range(50)]


async def test_topics_do_not_mix(place: House) -> None:
    async with place.visitor(1, topics=("a",)) as alice, place.visitor(2, topics=("b",)) as bob:
        place.hub.publish("a", "for a")
        place.hub.publish("b", "for b")
        place.hub.publish("nobody", "for nobody")
        assert await heard(alice) == "for a"
        assert await heard(bob) == "for b"


async def test_who_never_reads_is_cut_off_and_slows_nobody(place: House) -> None:
    line = "x" * 8_192
    async with (
        place.visitor(1) as reader,
        place.visitor(2, takes=4_096) as stalled,
        place.visitor(3) as other,
    ):
        stalled.transport.pause_reading()
        began = time.monotonic()
        for number in range(120):
            place.hub.publish(ROOM, f"{number} {line}")
            assert await heard(reader) == f"{number} {line}"
            assert await heard(other) == f"{number} {line}"
        assert time.monotonic() - began < 10
        await eventually(lambda: place.hub.people(ROOM) == {1, 3})
        stalled.transport.abort()


async def test_a_revoked_person_hears_nothing_more_and_is_told_at_once(place: House) -> None:
    async with place.visitor(1) as alice, place.visitor(2) as bob, place.visitor(2) as bobs_phone:
        await asyncio.wait_for(place.hub.revoke(2), 1)
        place.hub.publish(ROOM, "about bob")
        async with asyncio.timeout(1):
            assert await closed_with(bob) == 4403
            assert await closed_with(bobs_phone) == 4403
        for client in (bob, bobs_phone):
            with pytest.raises(ConnectionClosed):
                await client.recv()
        assert await heard(alice) == "about bob"
        await eventually(lambda: place.hub.people(ROOM) == {1})


async def test_a_revoked_person_cannot_speak_either(place: House) -> None:
    async with place.visitor(1) as alice, place.visitor(2) as bob:
        # Sent before bob knows; it reaches the server together with the end of his rights.
        await bob.send("one last thing")
        await place.hub.revoke(2)
        assert await closed_with(bob) == 4403
        place.hub.publish(ROOM, "calm again")
        words = [await heard(alice)]
        if words == ["one last thing"]:  # it may have been said before
            words.append(await heard(alice))
        assert words[-1] == "calm again"


async def test_revoking_one_community_leaves_the_others_open(place: House) -> None:
    async with (
        place.visitor(1, topics=("community:1:room:1",)) as here,
        place.visitor(1, topics=("community:2:room:9",)) as there,
        place.visitor(1, topics=("community:11:room:1",)) as elsewhere,
    ):
        await place.hub.revoke(1, "community:1:")
        assert await closed_with(here) == 4403
        place.hub.publish("community:2:room:9", "still here")
        place.hub.publish("community:11:room:1", "here as well")
        assert await heard(there) == "still here"
        assert await heard(elsewhere) == "here as well"


async def test_ending_one_session_leaves_the_persons_others_open(place: House) -> None:
    async with (
        place.visitor(1, session="phone") as phone,
        place.visitor(1, session="desk") as desk,
    ):
        await place.hub.revoke_session("phone")
        assert await closed_with(phone) == 4403
        place.hub.publish(ROOM, "hello")
        assert await heard(desk) == "hello"


async def test_an_oversized_frame_closes_that_connection_alone(place: House) -> None:
    async with place.visitor(1) as alice, place.visitor(2) as bob:
        await bob.send("x" * 70_000)
        assert await closed_with(bob) == 1009
        await alice.send("undisturbed")
        assert await heard(alice) == "undisturbed"
        await eventually(lambda: place.hub.people(ROOM) == {1})


async def test_the_largest_frame_that_fits_is_heard(place: House) -> None:
    async with place.visitor(1) as alice:
        await alice.send("x" * 65_536)
        assert await heard(alice) == "x" * 65_536


async def test_a_binary_frame_is_the_endpoints_to_judge(place: House) -> None:
    async with place.visitor(1) as alice:
        await alice.send(b"\x00\xff")
        assert await heard(alice) == "2 bytes"


@pytest.mark.parametrize("goodbye", ["close", "abort"])
async def test_when_a_person_goes_the_endpoint_ends(place: House, goodbye: str) -> None:
    async with place.visitor(1) as alice:
        assert place.hub.listeners(ROOM) == 1
        if goodbye == "close":
            await alice.close()
        else:
            alice.transport.abort()
        await eventually(lambda: place.hub.listeners(ROOM) == 0)
        await eventually(lambda: not place.server.server_state.tasks)


async def test_when_the_endpoint_ends_the_person_is_told(place: House) -> None:
    async with place.visitor(1) as alice:
        await alice.send("leave")
        assert await closed_with(alice) == 1000
        assert place.hub.listeners(ROOM) == 0


async def test_an_endpoint_that_fails_closes_its_own_connection_alone(
    place: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with place.visitor(1) as alice, place.visitor(2) as bob:
        await bob.send("crash")
        assert await closed_with(bob) == 1011
        await alice.send("undisturbed")
        assert await heard(alice) == "undisturbed"
    assert "as asked" in caplog.text


async def test_a_stop_sends_everybody_away_for_a_restart() -> None:
    hub = Hub()
    async with AsyncExitStack() as clients:
        async with house(hub) as place:
            visitors = [await clients.enter_async_context(place.visitor(n)) for n in range(5)]
            stalled = await clients.enter_async_context(place.visitor(9, takes=4_096))
            stalled.transport.pause_reading()
            for _ in range(20):
                hub.publish(ROOM, "x" * 8_192)
            for client in visitors:
                assert [len(await heard(client)) for _ in range(20)] == [8_192] * 20
            began = time.monotonic()
        assert time.monotonic() - began < 5, "one who does not read does not hold the stop up"
        assert [await closed_with(client) for client in visitors] == [1012] * 5
        stalled.transport.abort()


async def test_three_hundred_people_in_one_room() -> None:
    async with house(Hub()) as place, AsyncExitStack() as clients:
        crowd = [await clients.enter_async_context(place.visitor(n)) for n in range(300)]
        for number in range(10):
            await crowd[number].send(f"{number}")
            # One by one, so that the order is known.
            assert [await heard(one) for one in crowd] == [f"{number}"] * 300
        assert place.hub.people(ROOM) == set(range(300))


async def test_a_replay_comes_before_what_is_said_meanwhile(place: House) -> None:
    async with place.visitor(1) as alice:
        (connection,) = place.hub._connections
        with connection.held():
            place.hub.publish(ROOM, "live 4")
            await asyncio.sleep(0)  # the live line is delivered, and must wait
            await connection.replay(f"old {number}" for number in range(1, 4))
        place.hub.publish(ROOM, "live 5")
        assert [await heard(alice) for _ in range(5)] == [
            "old 1", "old 2", "old 3", "live 4", "live 5",
        ]  # fmt: skip


async def test_a_long_replay_reaches_a_slow_reader_whole(place: House) -> None:
    async with place.visitor(1, takes=4_096) as slow:
        (connection,) = place.hub._connections
        texts = [f"{number} " + "x" * 4_000 for number in range(300)]
        replaying = asyncio.create_task(connection.replay(texts))
        assert [await heard(slow) for _ in texts] == texts
        await asyncio.wait_for(replaying, 5)


async def test_a_replay_to_nobody_ends(place: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.live.connection.REPLAY_SECONDS", 0.1)
    async with place.visitor(1, takes=4_096) as stalled:
        stalled.transport.pause_reading()
        (connection,) = place.hub._connections
        await asyncio.wait_for(connection.replay("x" * 8_192 for _ in range(300)), 5)
        assert connection.is_ended
        await eventually(lambda: place.hub.listeners(ROOM) == 0)
        stalled.transport.abort()
