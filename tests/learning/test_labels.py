"""What people decide becomes labels: where asked for, here alone, while the text stands."""

import pytest
from sqlalchemy import update

from forum.accounts.personal import erase
from forum.care import line
from forum.care.models import Case
from forum.care.states import Outcome
from forum.ids import new_form_id
from forum.learning.collecting import collect, forget_gone
from forum.learning.models import Label
from forum.learning.personal import LearningData
from forum.screening.verdict import Need
from forum.services import Services
from tests.fakes import FrozenClock
from tests.learning.conftest import CRISIS, School
from tests.people import PASSWORD, World

QUIET = "The lanterns are all out now."  # no rule knows it


def said(label: Label) -> tuple[str, float, float, str]:
    return label.axis, label.heard, label.decided, label.source


async def test_a_case_that_was_none_says_so(school: School) -> None:
    await school.post(CRISIS)
    await school.no_concern()
    (label,) = await school.labels()
    assert said(label) == ("need", Need.CRISIS, Need.NONE, "not_a_concern")


async def test_a_case_that_was_answered_says_that_it_was_one(school: School) -> None:
    await school.post(CRISIS)
    await school.close()
    (label,) = await school.labels()
    assert said(label) == ("need", Need.CRISIS, Need.CRISIS, "closed")


async def test_nobody_reached_is_nothing_learnt(school: School) -> None:
    await school.post(CRISIS)
    await school.close(Outcome.NO_CONTACT)
    assert await school.labels() == []


async def test_a_level_set_by_a_person_is_the_level(school: School) -> None:
    await school.post(CRISIS)
    await school.set_level(school.lea, Need.CONCERN)
    await school.close()
    (label,) = await school.labels()
    assert said(label) == ("need", Need.CRISIS, Need.CONCERN, "closed")


async def test_a_worry_about_words_that_nothing_heard_is_a_miss(school: School) -> None:
    await school.worry(await school.post(QUIET))
    await school.close()
    (label,) = await school.labels()
    assert said(label) == ("need", Need.NONE, Need.CONCERN, "worry")
    (one,) = await school.history()
    assert one.calls
    assert QUIET in one.text


async def test_an_open_case_says_nothing_yet(school: School) -> None:
    await school.post(CRISIS)
    await school.claim()
    assert await school.labels() == []


async def report(school: School, post_id: int, category: str) -> None:
    fields = {"category": category, "words": ""}
    answer = await school.scene.ben.post(f"{school.scene.home}/flag?about=post:{post_id}", fields)
    assert answer.status_code == 200


async def decide(school: School, **fields: object) -> None:
    answer = await school.mo.post(f"{school.scene.home}/reviews/1", fields)
    assert answer.status_code == 303


async def test_a_report_that_was_upheld_is_a_miss(school: School) -> None:
    await report(school, await school.post("You lot are fools."), "unkind")
    await decide(school, whole="hide", rule="unkind")
    (label,) = await school.labels()
    assert said(label) == ("harassment", 0.0, 1.0, "review_flag")


async def test_a_report_that_was_dismissed_is_fine(school: School) -> None:
    await report(school, await school.post("You lot are fools."), "unkind")
    await decide(school)
    (label,) = await school.labels()
    assert said(label) == ("harassment", 0.0, 0.0, "review_flag")


async def test_a_decision_that_was_undone_counts_the_other_way(
    school: School, clock: FrozenClock
) -> None:
    await report(school, await school.post("You lot are fools."), "unkind")
    await decide(school, whole="hide", rule="unkind")
    await school.labels()
    clock.advance(hours=1)
    home = school.scene.home
    await school.scene.ana.post(f"{home}/decisions/1", {"words": "We joke like that."})
    fields = {"outcome": "undone", "words": "You are right."}
    answer = await school.lea.post(f"{home}/appeals/1", fields)
    assert answer.status_code == 303
    (label,) = await school.labels()
    assert said(label) == ("harassment", 0.0, 0.0, "appeal")


async def test_one_decision_is_one_label_however_often_it_is_looked_for(school: School) -> None:
    await school.post(CRISIS)
    await school.no_concern()
    assert await collect(school.services) == 1
    assert await collect(school.services) == 0
    assert len(await school.labels()) == 1


async def test_nothing_is_kept_where_nobody_asked_for_it(
    school: School, opted_out: Services
) -> None:
    await school.post(CRISIS)
    await school.no_concern()
    assert await collect(opted_out) == 0
    assert await school.history() == []


async def test_opting_out_stops_the_collecting(school: School, opted_out: Services) -> None:
    await school.post(CRISIS)
    await school.no_concern()
    await collect(school.services)
    await school.post("I want to die.")
    await school.no_concern()
    assert await collect(opted_out) == 0
    assert len(await school.history()) == 1


async def test_what_was_decided_before_the_opt_in_is_not_kept(
    school: School, clock: FrozenClock
) -> None:
    await school.post(CRISIS)
    await school.no_concern()
    clock.advance(days=1, seconds=1)
    assert await school.labels() == []


async def test_another_communitys_decisions_are_not_learnt_from(
    school: School, world: World
) -> None:
    other = await School.open(world, "kitchen")
    await other.post("I want to die.")
    await other.no_concern()
    await school.post(CRISIS)
    await school.no_concern()
    await collect(school.services)
    (own,), (theirs,) = await school.history(), await other.history()
    assert CRISIS in own.text
    assert "I want to die." in theirs.text


async def test_a_deleted_post_takes_its_label_along(school: School) -> None:
    topic = await school.scene.topic(CRISIS)
    await school.no_concern()
    assert len(await school.labels()) == 1
    post = await school.scene.post_id(topic)
    answer = await school.scene.ana.post(f"{school.scene.home}/p/{post}/remove")
    assert answer.status_code == 303, answer.text
    assert await school.history() == []
    assert await forget_gone(school.services) == 1


async def test_an_edited_post_is_another_text(school: School) -> None:
    post = await school.post(CRISIS)
    await school.no_concern()
    await school.labels()
    fields = {
        "title": "Tonight",
        "text": "The kettle is on.",
        "version": "1",
        "form_id": new_form_id(),
    }
    answer = await school.scene.ana.post(f"{school.scene.home}/p/{post}/edit", fields)
    assert answer.status_code == 303, answer.text
    assert await school.history() == []
    assert await forget_gone(school.services) == 1


@pytest.mark.parametrize("keep_words", [True, False])
async def test_an_erased_account_takes_its_labels_along(school: School, keep_words: bool) -> None:
    await school.post(CRISIS)
    await school.no_concern()
    await school.labels()
    data = LearningData()
    async with school.services.db.read() as reader:
        exported = await data.export(reader, school.scene.ana.id)
    assert "decisions_kept_for_learning" in str(exported)
    ana = await school.scene.ana.actor()
    await erase(school.services, ana, PASSWORD, keep_words=keep_words)
    assert await school.history() == []
    async with school.services.db.read() as reader:
        exported = await data.export(reader, school.scene.ana.id)
    assert exported == {"decisions_kept_for_learning": []}


async def test_private_words_are_never_learnt_from(school: School) -> None:
    ana = await school.scene.ana.actor()
    await line.write(school.services, ana, school.scene.place, CRISIS, new_form_id())
    await school.no_concern()
    assert await school.labels() == []


async def test_a_drill_is_no_lesson(school: School) -> None:
    await school.post(CRISIS)
    async with school.services.db.write() as tx:
        await tx.change(update(Case).values(is_drill=True))
    await school.no_concern()
    assert await school.labels() == []
