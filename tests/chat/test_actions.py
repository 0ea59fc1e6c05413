"""Saying, changing and taking back: numbers, limits, and words that cannot wait."""

import asyncio

import pytest
from sqlmodel import col, func, select

from forum.care.models import Case, LineMessage
from forum.chat import actions
from forum.chat.actions import Posted
from forum.chat.content import Messages
from forum.chat.data import ChatData
from forum.chat.errors import ChangedMeanwhile, NotToChange, RoomClosed, TooLateToChange
from forum.chat.models import Message, Revision, Room
from forum.communities.models import Grant
from forum.content import Subject, Visibility
from forum.errors import Forbidden, NotFound, SignInFirst, TooMany
from forum.jobs import Job
from forum.moderation.models import Review
from forum.permissions import Role
from forum.screening.verdict import Harm, Need
from tests.chat.scene import Scene, said
from tests.fakes import FakeScreener, FrozenClock
from tests.people import Person, World


async def restrict(scene: Scene, person: Person) -> None:
    """As moderators do, for a while."""
    async with scene.services.db.write() as tx:
        tx.add(
            Grant(
                account_id=person.id,
                community_id=scene.place.id,
                role=Role.RESTRICTED.value,
                starts_at=tx.now,
            )
        )


async def count(scene: Scene, table: type) -> int:
    async with scene.services.db.read() as reader:
        return (await reader.exec(select(func.count()).select_from(table))).one()


async def test_messages_are_numbered_from_one(scene: Scene) -> None:
    posted = [await scene.say(f"line {number}") for number in range(3)]
    assert [one.seq for one in posted] == [1, 2, 3]
    assert all(one.is_new and one.need is Need.NONE for one in posted)


async def test_the_same_message_sent_twice_is_said_once(scene: Scene) -> None:
    first = await scene.say("once", cid="cid-of-one-message")
    again = await scene.say("once", cid="cid-of-one-message")
    assert again == Posted(first.message_id, 1, is_new=False, need=Need.NONE)
    assert await count(scene, Message) == 1


async def test_the_same_message_sent_twice_at_once_is_said_once(scene: Scene) -> None:
    sent = [scene.say("once", cid="cid-of-one-message") for _ in range(6)]
    posted = await asyncio.gather(*sent)
    assert {one.seq for one in posted} == {1}
    assert sum(one.is_new for one in posted) == 1
    assert (await scene.say("next")).seq == 2


async def test_another_person_may_use_the_same_cid(scene: Scene) -> None:
    await scene.say("mine", cid="cid-of-one-message")
    theirs = await scene.say("mine too", by=scene.ben, cid="cid-of-one-message")
    assert theirs.is_new
    assert theirs.seq == 2


async def test_twenty_writers_get_numbers_without_gap_or_twin(scene: Scene, world: World) -> None:
    people = [await world.person(f"writer {number}", scene.place) for number in range(20)]
    world.services.clock.advance(days=4)  # type: ignore[attr-defined]  # a FrozenClock
    people_by_line = {f"{person.name} line {n}": person for n in range(3) for person in people}
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(scene.say(text, by=p)) for text, p in people_by_line.items()]
    assert sorted(task.result().seq or 0 for task in tasks) == list(range(1, 61))
    async with scene.services.db.read() as reader:
        rows = (await reader.exec(select(Message).order_by(col(Message.seq)))).all()
    for person in people:  # each person's own lines: whoever was stored first has a lower number
        numbers = [row.seq for row in rows if row.author_id == person.id]
        assert len(numbers) == 3


async def test_a_change_takes_the_next_number_of_the_same_sequence(scene: Scene) -> None:
    first = await scene.say("one")
    await scene.say("two")
    actor = await scene.ana.actor()
    await actions.edit_message(scene.services, actor, scene.place, first.message_id, 1, "one!")
    row = await scene.message(first.message_id)
    assert (row.seq, row.event, row.version, row.text) == (1, 3, 2, "one!")
    assert (await scene.say("three")).seq == 4
    assert await count(scene, Revision) == 1


async def test_two_rooms_count_apart(scene: Scene) -> None:
    other = await scene.room("morning")
    await scene.say("here")
    assert (await scene.say("there", room_id=other)).seq == 1


@pytest.mark.parametrize("who", ["eve", "zoe"])
async def test_who_does_not_belong_cannot_write(scene: Scene, who: str) -> None:
    with pytest.raises((Forbidden, SignInFirst)):
        await scene.say("let me in", by=getattr(scene, who))
    assert await count(scene, Message) == 0


async def test_a_room_of_another_community_does_not_exist(scene: Scene, world: World) -> None:
    other = await Scene.build(world, "shore")
    with pytest.raises(NotFound):
        await scene.say("hello", room_id=other.room_id)


async def test_crisis_words_open_a_case_in_the_same_commit(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("tonight", need=Need.CRISIS)
    posted = await scene.say("I will do it tonight")
    assert posted.need is Need.CRISIS
    async with scene.services.db.read() as reader:
        case = (await reader.exec(select(Case))).one()
    assert (case.person_id, case.level) == (scene.ana.id, Need.CRISIS)
    again = await scene.say("I will do it tonight", cid="cid-of-one-message")
    resent = await scene.say("I will do it tonight", cid="cid-of-one-message")
    assert (resent.need, resent.seq) == (again.need, again.seq)


async def test_a_closed_room_stores_nothing(scene: Scene) -> None:
    await scene.change_room(is_closed=True)
    with pytest.raises(RoomClosed):
        await scene.say("hello")
    assert await count(scene, Message) == 0


async def test_a_restricted_member_is_refused(scene: Scene) -> None:
    await restrict(scene, scene.ana)
    with pytest.raises(Forbidden):
        await scene.say("hello")


@pytest.mark.parametrize("barred_by", ["restriction", "closed room"])
async def test_crisis_words_of_who_may_not_write_reach_care_as_a_private_line(
    scene: Scene, screener: FakeScreener, barred_by: str
) -> None:
    screener.hear("tonight", need=Need.CRISIS)
    if barred_by == "restriction":
        await restrict(scene, scene.ana)
    else:
        await scene.change_room(is_closed=True)
    posted = await scene.say("it ends tonight", cid="cid-of-one-message")
    again = await scene.say("it ends tonight", cid="cid-of-one-message")
    assert (posted.seq, posted.is_new, again.is_new) == (None, True, False)
    assert await count(scene, Message) == 0
    async with scene.services.db.read() as reader:
        line = (await reader.exec(select(LineMessage))).one()
        case = (await reader.exec(select(Case))).one()
    assert (line.person_id, line.text) == (scene.ana.id, "it ends tonight")
    assert case.level == Need.CRISIS


async def test_fast_talk_is_limited_but_not_words_that_cannot_wait(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("now", need=Need.URGENT)
    for number in range(15):
        await scene.say(f"line {number}")
    with pytest.raises(TooMany):
        await scene.say("one more")
    assert (await scene.say("I need someone now")).seq == 16


async def test_slow_mode_holds_members_but_neither_the_team_nor_urgent_words(
    scene: Scene, screener: FakeScreener, clock: FrozenClock
) -> None:
    screener.hear("now", need=Need.URGENT)
    await scene.change_room(slow_seconds=30)
    await scene.say("first")
    await scene.say("from another person", by=scene.ben)
    clock.advance(seconds=20)
    with pytest.raises(TooMany) as refused:
        await scene.say("too soon")
    assert refused.value.wait_seconds == 10
    assert (await scene.say("I need someone now")).is_new
    await scene.say("we hear you", by=scene.mo)
    await scene.say("take your time", by=scene.mo)
    clock.advance(seconds=30)
    assert (await scene.say("thank you")).seq == 6


async def test_two_windows_of_one_person_do_not_get_round_slow_mode(scene: Scene) -> None:
    await scene.change_room(slow_seconds=30)
    sent = [scene.say(f"window {number}") for number in range(5)]
    answers = await asyncio.gather(*sent, return_exceptions=True)
    assert sum(isinstance(one, Posted) for one in answers) == 1
    assert sum(isinstance(one, TooMany) for one in answers) == 4


async def test_unscreened_words_are_stored_and_screened_again(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.is_down = True
    posted = await scene.say("who knows")
    async with scene.services.db.read() as reader:
        job = (await reader.exec(select(Job).where(Job.kind == "moderation.screen_again"))).one()
    assert job.subject == str(Subject("message", posted.message_id))


async def test_an_unsafe_detail_is_masked_from_the_first_moment(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("the secret way", harm=Harm.UNSAFE_DETAIL)
    posted = await scene.say("I know the secret way to do it")
    assert (await scene.message(posted.message_id)).masks == [[7, 21]]
    assert await count(scene, Review) == 1
    (told,) = await scene.told()
    assert "secret" not in said(told)


async def test_urging_others_is_hidden_at_once(scene: Scene, screener: FakeScreener) -> None:
    screener.hear("do it together", harm=Harm.ENCOURAGEMENT)
    posted = await scene.say("let us do it together")
    assert (await scene.message(posted.message_id)).visibility == Visibility.HIDDEN
    assert [one["words"] for one in await scene.told()] == [[]]


async def edit(scene: Scene, message_id: int, text: str, version: int = 1) -> Posted:
    actor = await scene.ana.actor()
    return await actions.edit_message(scene.services, actor, scene.place, message_id, version, text)


async def test_an_edit_is_screened_like_a_new_message(scene: Scene, screener: FakeScreener) -> None:
    screener.hear("tonight", need=Need.CRISIS)
    posted = await scene.say("I am fine")
    assert (await edit(scene, posted.message_id, "I will do it tonight")).need is Need.CRISIS
    assert await count(scene, Case) == 1


async def test_an_edit_must_come_in_time_and_know_what_it_changes(
    scene: Scene, clock: FrozenClock
) -> None:
    posted = await scene.say("draft")
    await edit(scene, posted.message_id, "better")
    with pytest.raises(ChangedMeanwhile):
        await edit(scene, posted.message_id, "from an old page", version=1)
    clock.advance(minutes=15)
    with pytest.raises(TooLateToChange):
        await edit(scene, posted.message_id, "too late", version=2)


async def test_an_edit_cannot_bring_back_what_was_hidden(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("the secret way", harm=Harm.UNSAFE_DETAIL)
    posted = await scene.say("I know the secret way")
    with pytest.raises(NotToChange):
        await edit(scene, posted.message_id, "I know the s e c r e t way")


async def test_another_persons_message_can_be_neither_changed_nor_taken_back(scene: Scene) -> None:
    posted = await scene.say("mine")
    for person in (scene.ben, scene.mo, scene.eve):
        actor = await person.actor()
        with pytest.raises((NotFound, Forbidden)):
            await actions.edit_message(
                scene.services, actor, scene.place, posted.message_id, 1, "yours"
            )
        with pytest.raises(NotFound):
            await actions.remove_message(scene.services, actor, scene.place, posted.message_id)
    assert (await scene.message(posted.message_id)).text == "mine"


async def test_a_restricted_member_can_take_back_their_own_words(scene: Scene) -> None:
    posted = await scene.say("I wish I had not said that")
    await restrict(scene, scene.ana)
    actor = await scene.ana.actor()
    await actions.remove_message(scene.services, actor, scene.place, posted.message_id)
    (told,) = await scene.told()
    assert (told["state"], told["words"], told["event"]) == ("removed", [], 2)


async def test_the_desk_sees_a_message_with_five_around_it_and_what_readers_do_not(
    scene: Scene,
) -> None:
    for number in range(1, 14):
        await scene.say(f"line {number}", by=scene.ben if number % 2 else scene.ana)
    kind = Messages()
    async with scene.services.db.read() as reader:
        middle = (await reader.exec(select(col(Message.id)).where(Message.seq == 7))).one() or 0
        excerpt = await kind.excerpt(reader, middle)
        nothing = await kind.excerpt(reader, 10_000)
    assert nothing is None
    assert excerpt is not None
    assert [line.text for line in excerpt.before] == [f"line {n}" for n in range(2, 7)]
    assert excerpt.line.text == "line 7"
    assert [line.text for line in excerpt.after] == [f"line {n}" for n in range(8, 13)]
    assert excerpt.url == f"{scene.url}?at=7#message-7"


async def test_the_desk_masks_hides_and_shows_again_as_events_of_the_room(scene: Scene) -> None:
    posted = await scene.say("a word too much")
    kind = Messages()
    async with scene.services.db.write() as tx:
        await kind.set_masks(tx, posted.message_id, [(2, 6)])
    async with scene.services.db.write() as tx:
        await kind.set_visibility(tx, posted.message_id, Visibility.HIDDEN)
    assert [(one["state"], one["words"]) for one in await scene.told()] == [("hidden", [])]
    async with scene.services.db.write() as tx:
        await kind.set_visibility(tx, posted.message_id, Visibility.SHOWN)
    (told,) = await scene.told()
    assert told["event"] == 4
    assert "word" not in said(told)


async def test_what_its_author_took_back_the_desk_does_not_put_up_again(scene: Scene) -> None:
    posted = await scene.say("gone")
    actor = await scene.ana.actor()
    await actions.remove_message(scene.services, actor, scene.place, posted.message_id)
    async with scene.services.db.write() as tx:
        await Messages().set_visibility(tx, posted.message_id, Visibility.SHOWN)
    assert (await scene.message(posted.message_id)).visibility == Visibility.REMOVED


@pytest.mark.parametrize("keep_words", [True, False])
async def test_erasing_cuts_the_tie_and_makes_browsers_start_afresh(
    scene: Scene, keep_words: bool
) -> None:
    posted = await scene.say("something about me")
    await edit(scene, posted.message_id, "something else about me")
    before = await scene.epoch()
    async with scene.services.db.read() as reader:
        exported = await ChatData().export(reader, scene.ana.id)
    assert "something about me" in str(exported)
    assert "something else about me" in str(exported)
    async with scene.services.db.write() as tx:
        await ChatData().erase(tx, scene.ana.id, keep_words=keep_words)
    assert await scene.epoch() != before
    row = await scene.message(posted.message_id)
    assert (row.author_id, row.cid, row.seq) == (None, None, 1)
    (told,) = await scene.told()
    assert told["author"] == "former member"
    assert (said(told) == "something else about me") is keep_words
    assert await count(scene, Revision) == (1 if keep_words else 0)


async def test_a_room_is_made_once_however_often_its_form_is_sent(scene: Scene) -> None:
    form = {"name": "Night owls", "slow_seconds": "5", "form_id": "form-of-one-room"}
    first = await scene.chris.post(f"/c/{scene.place.slug}/rooms/new", form)
    again = await scene.chris.post(f"/c/{scene.place.slug}/rooms/new", form)
    assert first.headers["location"] == again.headers["location"]
    assert await count(scene, Room) == 2
    taken = await scene.chris.post(
        f"/c/{scene.place.slug}/rooms/new", form | {"form_id": "form-of-another"}
    )
    assert taken.status_code == 422
    refused = await scene.ana.post(f"/c/{scene.place.slug}/rooms/new", form)
    assert refused.status_code == 403
