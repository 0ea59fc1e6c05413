"""A room over a real server and real WebSockets."""

import asyncio
import contextlib
import time

import pytest
from sqlalchemy import delete, update
from sqlmodel import col
from websockets.exceptions import ConnectionClosed, InvalidStatus

from forum.chat import actions, feed, upkeep
from forum.chat.content import Messages
from forum.chat.data import ChatData
from forum.communities.actions import end_role, grant_role, leave
from forum.communities.events import CommunityChanged
from forum.communities.models import Community, Grant
from forum.content import Visibility
from forum.permissions import Role
from forum.screening.verdict import Harm, Need
from tests.chat.scene import PATIENCE_SECONDS, Frame, House, Scene, Seat, eventually, said, texts
from tests.fakes import FakeScreener
from tests.people import World


def numbers(frames: list[Frame]) -> list[int]:
    return [frame["id"] for frame in frames if frame["type"] == "message"]


async def hear_messages(seat: Seat, count: int) -> list[Frame]:
    return [await seat.heard("message") for _ in range(count)]


async def heard_to_the_end(seat: Seat) -> list[Frame]:
    """All that is still to be heard on a line that has ended."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await seat.heard()
    return seat.frames


async def test_who_joins_gets_the_newest_page_and_then_what_is_said(
    served: House, scene: Scene
) -> None:
    await scene.say("before")
    async with served.seat(scene.ben, scene) as ben, served.seat(scene.ana, scene) as ana:
        heard = await ben.hello()
        assert [frame["type"] for frame in heard] == ["reset", "message", "live"]
        assert texts(heard) == ["before"]
        await ana.hello()
        ack = await ana.say("hello ben ü 🙂")
        assert (ack["type"], ack["id"], ack["panel"]) == ("ack", 2, False)
        frame = await ben.heard("message")
        assert (frame["id"], said(frame["message"])) == (2, "hello ben ü 🙂")
        assert frame["message"]["author"] == scene.ana.name


async def test_a_replay_is_exact_after_a_reconnect(served: House, scene: Scene) -> None:
    async with served.seat(scene.ben, scene) as ben:
        live = (await ben.hello())[-1]
        for number in range(3):
            await scene.say(f"heard {number}")
        last = (await hear_messages(ben, 3))[-1]["id"]
    for number in range(7):
        await scene.say(f"missed {number}", by=scene.ben)
    async with served.seat(scene.ben, scene) as ben:
        heard = await ben.hello(last, live["epoch"])
        assert texts(heard) == [f"missed {number}" for number in range(7)]
        assert numbers(heard) == list(range(4, 11))
        assert heard[-1] == {"type": "live", "id": 10, "epoch": live["epoch"]}


@pytest.mark.parametrize("ring", ["ring", "table"])
async def test_a_replay_gives_each_message_once_and_as_it_is_now(
    served: House, scene: Scene, ring: str
) -> None:
    async with served.seat(scene.mo, scene) as mo:
        if ring == "ring":  # somebody is here, so that this process keeps the ring
            await mo.hello()
        epoch = await scene.epoch()
        first = await scene.say("a secret here")
        await scene.say("kept")
        third = await scene.say("shame")
        async with scene.services.db.write() as tx:
            await Messages().set_masks(tx, first.message_id, [(2, 8)])
        async with scene.services.db.write() as tx:
            await Messages().set_visibility(tx, third.message_id, Visibility.HIDDEN)
        async with served.seat(scene.ben, scene) as ben:
            heard = await ben.hello(0, epoch)
    assert numbers(heard) == [2, 4, 5]
    assert "secret" not in str(heard)
    assert "shame" not in str(heard)
    assert [frame["message"]["seq"] for frame in heard[:3]] == [2, 1, 3]


async def test_a_message_that_is_resent_is_said_once(served: House, scene: Scene) -> None:
    async with served.seat(scene.ana, scene) as ana, served.seat(scene.ben, scene) as ben:
        await ana.hello()
        await ben.hello()
        first = await ana.say("once", cid="cid-of-one-message")
        again = await ana.say("once", cid="cid-of-one-message")
        assert first["id"] == again["id"] == 1
        await ana.say("and then", cid="cid-of-another")
        assert texts(await hear_messages(ben, 2)) == ["once", "and then"]


async def test_everybody_hears_twenty_writers_in_one_order(
    served: House, scene: Scene, world: World
) -> None:
    people = [await world.person(f"writer {number}", scene.place) for number in range(20)]
    scene.services.clock.advance(days=4)  # type: ignore[attr-defined]  # a FrozenClock
    async with served.seat(scene.ben, scene) as ben, served.seat(scene.zoe, scene) as zoe:
        await ben.hello()
        await zoe.hello()
        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(scene.say(person.name, by=person))
        of_ben, of_zoe = await hear_messages(ben, 20), await hear_messages(zoe, 20)
    assert numbers(of_ben) == numbers(of_zoe) == list(range(1, 21))
    assert sorted(texts(of_ben)) == sorted(person.name for person in people)


async def test_two_rooms_do_not_mix(served: House, scene: Scene) -> None:
    morning = await scene.room("morning")
    async with (
        served.seat(scene.ana, scene) as here,
        served.seat(scene.ben, scene, room="morning") as there,
    ):
        await here.hello()
        await there.hello(room="morning")
        await scene.say("for the evening")
        await scene.say("for the morning", room_id=morning)
        assert texts([await here.heard("message")]) == ["for the evening"]
        assert texts([await there.heard("message")]) == ["for the morning"]
        await there.send(type="hello", room="evening", last=0, epoch="")
        assert (await there.heard("error"))["why"] == "other_room"


@pytest.mark.parametrize("reason", ["epoch", "future", "too old", "restored"])
async def test_who_has_what_is_no_longer_true_starts_afresh(
    served: House, scene: Scene, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        await scene.say(f"line {number}")
    epoch, last = await scene.epoch(), 2
    if reason == "epoch":
        epoch = "another"
    elif reason == "future":
        last = 99
    elif reason == "too old":
        monkeypatch.setattr("forum.chat.queries.MAX_REPLAY", 3)
    else:
        async with scene.services.db.write() as tx:
            await upkeep.renew_epochs(tx)
    async with served.seat(scene.ben, scene) as ben:
        heard = await ben.hello(last, epoch)
    assert heard[0]["type"] == "reset"
    assert heard[0]["epoch"] == heard[-1]["epoch"] == await scene.epoch()
    assert texts(heard) == [f"line {number}" for number in range(6)]


async def test_the_ring_forgets_the_oldest_and_the_table_does_not(
    served: House, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "RING", 3)
    async with served.seat(scene.mo, scene) as mo, served.seat(scene.ben, scene) as ben:
        epoch = (await mo.hello())[-1]["epoch"]
        for number in range(8):
            await scene.say(f"line {number}")
        assert texts(await ben.hello(6, epoch)) == ["line 6", "line 7"]
        assert texts(await ben.hello(1, epoch)) == [f"line {n}" for n in range(1, 8)]


async def test_what_is_said_during_a_replay_is_neither_lost_nor_overtaken(
    served: House, scene: Scene
) -> None:
    for number in range(15):
        await scene.say(f"line {number}")
    async with served.seat(scene.ben, scene) as ben:
        await ben.send(type="hello", room="evening", last=0, epoch=await scene.epoch())
        for number in range(15, 30):
            await scene.say(f"line {number}", by=scene.mo if number < 25 else scene.chris)
        seen: list[int] = []
        while not seen or seen[-1] < 30:
            frame = await ben.heard("message")
            if not seen or frame["id"] > seen[-1]:  # the rule of the protocol
                seen.append(frame["id"])
    assert seen == list(range(1, 31))


async def test_one_who_does_not_read_holds_nobody_up(served: House, scene: Scene) -> None:
    line = "x" * 1_900
    async with (
        served.seat(scene.ben, scene) as ben,
        served.seat(scene.ana, scene, takes=4_096) as stalled,
    ):
        await ben.hello()
        await stalled.hello()
        stalled.client.transport.pause_reading()
        began = time.monotonic()
        hub = scene.services.hub
        for number in range(250):
            hub.publish(f"room:{scene.room_id}", f'{{"type":"noise","n":{number},"x":"{line}"}}')
            await ben.heard("noise")
        assert time.monotonic() - began < PATIENCE_SECONDS
        await eventually(lambda: scene.ana.id not in hub.people(f"room:{scene.room_id}"))
        stalled.client.transport.abort()


@pytest.mark.parametrize("how", ["restricted", "left", "role ended"])
async def test_who_loses_their_rights_is_silent_within_a_second(
    served: House, scene: Scene, how: str
) -> None:
    async with served.seat(scene.ana, scene) as ana, served.seat(scene.ben, scene) as ben:
        await ana.hello()
        await ben.hello()
        if how == "left":
            await leave(scene.services, await scene.ana.actor(), scene.place)
        else:
            async with scene.services.db.write() as tx:
                if how == "restricted":
                    await grant_role(tx, None, scene.place.id, scene.ana.id, Role.RESTRICTED)
                else:
                    await end_role(tx, None, scene.place.id, scene.ana.id, Role.MEMBER)
        async with asyncio.timeout(1):
            assert await ana.closed() == 4403
        await scene.say("about ana", by=scene.ben)
        assert "about ana" not in str(await heard_to_the_end(ana))
        assert texts([await ben.heard("message")]) == ["about ana"]


@pytest.mark.parametrize("asks", ["with a message", "with a hello"])
async def test_rights_are_asked_anew_even_if_nobody_cut_the_line(
    served: House, world: World, asks: str
) -> None:
    scene = await Scene.build(world, "cove", access="members")
    async with served.seat(scene.ana, scene) as ana:
        await ana.hello()
        async with scene.services.db.write() as tx:  # no event: as if the note had been lost
            await tx.change(delete(Grant).where(col(Grant.account_id) == scene.ana.id))
        if asks == "with a message":
            await ana.send(type="post", cid="cid-of-one-message", text="still me")
        else:
            await ana.send(type="hello", room="evening", last=0, epoch="")
        assert await ana.closed() == 4403
    assert await scene.told(by=scene.ben) == []


async def test_a_community_that_closes_its_doors_sends_guests_away(
    served: House, scene: Scene
) -> None:
    async with served.seat(scene.zoe, scene) as zoe, served.seat(scene.ana, scene) as ana:
        await zoe.hello()
        await ana.hello()
        async with scene.services.db.write() as tx:
            await tx.change(
                update(Community)
                .where(col(Community.id) == scene.place.id)
                .values(access="members")
            )
            tx.announce(CommunityChanged(scene.place.id))
        assert await zoe.closed() == 1012
        assert await ana.closed() == 1012
        async with served.seat(scene.zoe, scene) as again:
            assert await again.closed() == 4401
        async with served.seat(scene.ana, scene) as again:
            assert (await again.hello())[-1]["type"] == "live"


async def test_a_session_that_ended_cannot_speak(served: House, scene: Scene) -> None:
    async with served.seat(scene.ana, scene) as ana:
        await ana.hello()
        await scene.ana.post("/sign-out")
        assert await ana.closed() in (4401, 4403)


async def test_a_guest_of_an_open_community_reads_and_does_not_write(
    served: House, scene: Scene
) -> None:
    await scene.say("hello")
    async with served.seat(scene.zoe, scene) as zoe:
        assert texts(await zoe.hello()) == ["hello"]
        refused = await zoe.say("let me in")
        assert (refused["type"], refused["why"]) == ("refused", "signed_out")
        assert len(await scene.told()) == 1


@pytest.mark.parametrize(("who", "code"), [("eve", 4403), ("zoe", 4401)])
async def test_a_members_only_room_is_closed_to_others(
    served: House, world: World, who: str, code: int
) -> None:
    scene = await Scene.build(world, "cove", access="members")
    async with served.seat(getattr(scene, who), scene) as seat:
        assert await seat.closed() == code


async def test_a_room_that_does_not_exist_says_so(served: House, scene: Scene) -> None:
    async with served.seat(scene.ana, scene, room="nowhere") as seat:
        assert await seat.closed() == 4404


async def test_another_sites_page_cannot_connect(served: House, scene: Scene) -> None:
    with pytest.raises(InvalidStatus):
        async with served.seat(scene.ana, scene, origin="https://evil.test"):
            pass


BAD_FRAMES = {
    "binary": b"\x00\x01",
    "not_json": "{",
    "unknown": '{"type":"shout"}',
    "too_long": '{"type":"post","cid":"12345678","text":"' + "x" * 30_000 + '"}',
    "deep": "[" * 20_000,
    "a number": "7",
    "no room": '{"type":"hello","last":3}',
}


@pytest.mark.parametrize("name", BAD_FRAMES)
async def test_a_frame_that_makes_no_sense_is_answered_and_changes_nothing(
    served: House, scene: Scene, name: str
) -> None:
    async with served.seat(scene.ana, scene) as ana, served.seat(scene.ben, scene) as ben:
        await ana.hello()
        await ben.hello()
        await ana.client.send(BAD_FRAMES[name])
        error = await ana.heard("error")
        assert error["words"]
        assert error["why"] in ("binary", "not_json", "unknown", "too_long")
        assert (await ana.say("still here"))["type"] == "ack"
        assert texts([await ben.heard("message")]) == ["still here"]


@pytest.mark.parametrize(
    ("cid", "text"),
    [
        ("12345678", ""),
        ("12345678", "  \n "),
        ("12345678", None),
        ("12345678", ["a"]),
        ("12345678", "x" * 2_001),
        ("12345678", "half \ud83d a sign"),
        ("12345678", "nul \x00"),
        ("short", "words"),
        ("with spaces in it", "words"),
    ],
)
async def test_a_message_that_cannot_be_stored_is_refused_in_words(
    served: House, scene: Scene, cid: str, text: object
) -> None:
    async with served.seat(scene.ana, scene) as ana:
        await ana.hello()
        await ana.send(type="post", cid=cid, text=text)
        refused = await ana.heard("refused")
        assert (refused["cid"], refused["why"], refused["wait"]) == (cid, "text", None)
        assert refused["words"].endswith((".", "?"))
        assert await scene.told() == []


async def test_an_oversized_frame_ends_only_its_own_line(served: House, scene: Scene) -> None:
    async with served.seat(scene.ana, scene) as ana, served.seat(scene.ben, scene) as ben:
        await ana.hello()
        await ben.hello()
        await ana.client.send("x" * 70_000)
        assert await ana.closed() == 1009
        assert (await ben.say("undisturbed"))["type"] == "ack"


async def test_slow_mode_says_how_long_to_wait(served: House, scene: Scene) -> None:
    await scene.change_room(slow_seconds=30)
    async with served.seat(scene.ana, scene) as ana:
        await ana.hello()
        await ana.say("first")
        refused = await ana.say("second")
        assert (refused["type"], refused["why"], refused["wait"]) == ("refused", "wait", 30)


async def test_a_restricted_member_in_crisis_is_heard_and_told_so(
    served: House, scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("tonight", need=Need.CRISIS)
    async with scene.services.db.write() as tx:
        await grant_role(tx, None, scene.place.id, scene.ana.id, Role.RESTRICTED)
    async with served.seat(scene.ana, scene) as ana, served.seat(scene.ben, scene) as ben:
        await ana.hello()
        await ben.hello()
        assert (await ana.say("hello"))["why"] == "forbidden"
        ack = await ana.say("it ends tonight")
        assert (ack["type"], ack["id"], ack["panel"]) == ("ack", None, True)
        await scene.say("a quiet evening", by=scene.ben)
        assert texts([await ben.heard("message")]) == ["a quiet evening"]


async def test_masks_edits_and_removals_reach_open_pages(
    served: House, scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("the secret way", harm=Harm.UNSAFE_DETAIL)
    async with served.seat(scene.ben, scene) as ben:
        await ben.hello()
        posted = await scene.say("helo")
        actor = await scene.ana.actor()
        await actions.edit_message(
            scene.services, actor, scene.place, posted.message_id, 1, "hello"
        )
        await actions.remove_message(scene.services, actor, scene.place, posted.message_id)
        await scene.say("I know the secret way")
        first, edited, removed, masked = await hear_messages(ben, 4)
    assert [one["message"]["seq"] for one in (first, edited, removed)] == [1, 1, 1]
    assert (said(edited["message"]), edited["message"]["edited"]) == ("hello", True)
    assert (removed["message"]["state"], removed["message"]["words"]) == ("removed", [])
    assert "secret" not in str(masked)


async def test_an_erasure_tells_open_pages_to_start_afresh(served: House, scene: Scene) -> None:
    async with served.seat(scene.ben, scene) as ben:
        epoch = (await ben.hello())[-1]["epoch"]
        await scene.say("my whole story")
        await ben.heard("message")
        async with scene.services.db.write() as tx:
            await ChatData().erase(tx, scene.ana.id, keep_words=False)
        await ben.heard("again")
        heard = await ben.hello(1, epoch)
    assert heard[0]["type"] == "reset"
    assert "story" not in str(heard)
    assert heard[1]["message"]["author"] == "former member"


async def test_the_heartbeat_carries_the_newest_number_and_what_a_lost_note_did_not_tell(
    served: House, scene: Scene
) -> None:
    served.rooms.heartbeat_seconds = 0.05
    async with served.seat(scene.ben, scene) as ben:
        await ben.hello()
        assert (await ben.heard("heartbeat"))["id"] == 0
        # As another process would write while the broker is down: nobody here is told.
        scene.services.bus._listeners.clear()
        await scene.say("from elsewhere")
        assert texts([await ben.heard("message")]) == ["from elsewhere"]
        assert (await ben.heard("heartbeat"))["id"] == 1


async def test_a_note_from_another_process_brings_its_messages(served: House, scene: Scene) -> None:
    async with served.seat(scene.ben, scene) as ben:
        await ben.hello()
        scene.services.bus._listeners.clear()
        await scene.say("from elsewhere")
        hub = scene.services.hub
        hub._obey({"by": "another", "topic": f"room:{scene.room_id}", "reached": 1})
        assert texts([await ben.heard("message")]) == ["from elsewhere"]


async def test_presence_is_a_count_for_all_and_names_for_members(
    served: House, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PEOPLE_SECONDS", 0.02)
    async with served.seat(scene.ana, scene) as ana, served.seat(scene.zoe, scene) as zoe:
        await ana.hello()
        await zoe.hello()
        while (seen := await ana.heard("people"))["count"] != 2 or not seen["names"]:
            pass
        assert seen["names"] == [scene.ana.name]
        while (of_guest := await zoe.heard("people"))["count"] != 2:
            pass
        assert of_guest["names"] == []
        async with served.seat(scene.ana, scene) as second_window:
            await second_window.hello()
            assert (await second_window.heard("people"))["count"] == 2
    assert all(not frame["names"] for frame in zoe.frames if frame["type"] == "people")


async def test_people_who_come_and_go_are_not_told_one_by_one(
    served: House, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PEOPLE_SECONDS", 60)
    async with served.seat(scene.ana, scene) as ana:
        await ana.hello()
        await ana.heard("people")
        for _ in range(5):
            async with served.seat(scene.ben, scene) as ben:
                await ben.hello()
        await scene.say("done")
        await ana.heard("message")
    assert sum(frame["type"] == "people" for frame in ana.frames) == 1
