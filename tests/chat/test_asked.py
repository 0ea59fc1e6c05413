"""A message is screened with the question that it may answer, and with no other's talk."""

from forum.content import Visibility
from tests.chat.scene import Scene
from tests.fakes import FakeScreener, FrozenClock

ASKED = "are you thinking about suicide?"


async def test_what_others_said_since_is_what_a_message_replies_to(
    scene: Scene, screener: FakeScreener
) -> None:
    await scene.say("it is all too much", by=scene.ana)
    await scene.say(ASKED, by=scene.mo)
    await scene.say("we are here", by=scene.ben)
    await scene.say("yes", by=scene.ana)
    assert screener.asked[-1][1].replying_to == f"{ASKED}\nwe are here"


async def test_whoever_was_not_in_the_talk_was_not_asked(
    scene: Scene, screener: FakeScreener, clock: FrozenClock
) -> None:
    await scene.say("back from the shops", by=scene.ben)
    clock.advance(minutes=20)
    await scene.say(ASKED, by=scene.mo)
    await scene.say("yes", by=scene.ben)
    assert screener.asked[-1][1].replying_to == ""


async def test_a_question_of_an_hour_ago_or_of_another_room_is_not_answered_now(
    scene: Scene, screener: FakeScreener, clock: FrozenClock
) -> None:
    other = await scene.room("attic")
    await scene.say("hello", by=scene.ana)
    await scene.say("hello", by=scene.ana, room_id=other)
    await scene.say(ASKED, by=scene.mo)
    await scene.say("yes", by=scene.ana, room_id=other)
    assert screener.asked[-1][1].replying_to == ""
    clock.advance(hours=1)
    await scene.say("yes", by=scene.ana)
    assert screener.asked[-1][1].replying_to == ""


async def test_a_hidden_line_was_not_read_and_one_answer_is_enough(
    scene: Scene, screener: FakeScreener
) -> None:
    await scene.say("it is all too much", by=scene.ana)
    hidden = await scene.say("are you a coward?", by=scene.ben)
    async with scene.services.db.write() as tx:
        kind = scene.services.contents["message"]
        await kind.set_visibility(tx, hidden.message_id, Visibility.HIDDEN)
    await scene.say("no", by=scene.ana)
    assert screener.asked[-1][1].replying_to == ""
    await scene.say("still no", by=scene.ana)
    assert screener.asked[-1][1].replying_to == "", "it was answered already"
