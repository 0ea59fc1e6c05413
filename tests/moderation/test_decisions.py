"""Deciding: several things at once, by one person, each with a reason the author reads."""

import asyncio

import pytest
from sqlmodel import select

from forum.audit import AuditEntry
from forum.permissions import Action, Role
from tests.moderation.conftest import Desk
from tests.people import World

HIDDEN_WORDS = "bench by the river"


@pytest.fixture(autouse=True)
async def reported(desk: Desk) -> None:
    assert await desk.report() == 200


async def test_masked_words_are_in_nobodys_page(desk: Desk) -> None:
    assert await desk.decide(passages=HIDDEN_WORDS, rule="harm") == 303
    for person in (desk.scene.ben, desk.scene.zoe):
        page = await desk.reads(person)
        assert HIDDEN_WORDS not in page
        assert "is where I go" in page


async def test_words_that_do_not_stand_there_are_told_and_nothing_is_lost(desk: Desk) -> None:
    answer = await desk.scene.mo.post(
        f"{desk.home}/reviews/1",
        {"passages": "no such words", "rule": "harm", "note": "My careful letter"},
    )
    assert answer.status_code == 422
    assert "My careful letter" in answer.text
    assert "does not stand in the text" in answer.text


async def test_taking_away_needs_a_rule(desk: Desk) -> None:
    assert await desk.decide(whole="hide", rule="") == 422
    assert HIDDEN_WORDS in await desk.reads(desk.scene.ben)


async def test_several_things_in_one_decision(desk: Desk) -> None:
    fields = {"whole": "hide", "restrict_hours": 24, "rule": "unkind", "note": "Rest a little."}
    assert await desk.decide(**fields) == 303
    assert HIDDEN_WORDS not in await desk.reads(desk.scene.ben)
    actor = await desk.scene.ana.actor()
    assert not actor.may(Action.POST_CREATE, desk.scene.place.id)
    assert actor.may(Action.SOMEONE_ASK, desk.scene.place.id)
    told = (await desk.scene.ana.get("/notices")).text
    assert told.count("Rest a little.") == 2


async def test_a_restriction_ends_by_itself(desk: Desk, clock) -> None:  # type: ignore[no-untyped-def]
    await desk.decide(restrict_hours=24, rule="unkind")
    clock.advance(hours=24, seconds=1)
    assert (await desk.scene.ana.actor()).may(Action.POST_CREATE, desk.scene.place.id)


@pytest.mark.parametrize(("role", "hours", "status"), [("mo", 25, 422), ("lea", 25, 303)])
async def test_how_long_each_may_restrict(desk: Desk, role: str, hours: int, status: int) -> None:
    by = desk.scene.mo if role == "mo" else desk.lea
    assert await desk.decide(by=by, restrict_hours=hours, rule="unkind") == status


async def test_nobody_of_the_team_is_restricted_here(desk: Desk, world: World) -> None:
    tim = await world.person("tim", desk.scene.place, Role.MODERATOR)
    topic = await desk.scene.topic("A topic of a moderator", by=tim)
    post_id = await desk.scene.post_id(topic)
    await desk.scene.ben.post(f"{desk.home}/flag?about=post:{post_id}", {"category": "unkind"})
    assert await desk.decide(review=2, restrict_hours=5, rule="unkind") == 403


async def test_two_at_once_make_one_decision(desk: Desk) -> None:
    answers = await asyncio.gather(
        desk.decide(by=desk.scene.mo, whole="hide", rule="unkind"),
        desk.decide(by=desk.max, whole="hide", rule="unkind"),
    )
    assert sorted(answers) == [303, 409]


async def test_the_loser_is_told_who_was_faster(desk: Desk) -> None:
    await desk.decide()
    answer = await desk.max.post(f"{desk.home}/reviews/1", {})
    assert answer.status_code == 409
    assert "mo-harbour has decided" in answer.text


async def test_nobody_decides_on_what_they_reported_or_wrote(desk: Desk, world: World) -> None:
    await desk.report(by=desk.max)
    assert await desk.decide(by=desk.max) == 403
    tim = await world.person("tim", desk.scene.place, Role.MODERATOR)
    post_id = await desk.scene.post_id(await desk.scene.topic("Mine", by=tim))
    await desk.scene.ben.post(f"{desk.home}/flag?about=post:{post_id}", {"category": "spam"})
    assert await desk.decide(by=tim, review=2) in (403, 404)


async def test_a_moderator_of_another_community_sees_nothing(desk: Desk, world: World) -> None:
    other = await world.community("elsewhere")
    eve = await world.person("eve", other, Role.MODERATOR, certified=True)
    assert (await eve.get(f"{desk.home}/reviews")).status_code == 403
    assert (await eve.get("/c/elsewhere/reviews/1")).status_code == 404
    assert (await eve.post("/c/elsewhere/reviews/1", {})).status_code == 404


async def test_a_decision_is_read_by_its_author_alone(desk: Desk) -> None:
    await desk.decide(whole="hide", rule="unkind")
    url = f"{desk.home}/decisions/1"
    page = await desk.scene.ana.get(url)
    assert "We do not attack each other" in page.text
    assert "program" not in page.text
    for person in (desk.scene.ben, desk.max, desk.scene.chris):
        assert (await person.get(url)).status_code == 404


async def test_hidden_words_come_back_whole(desk: Desk) -> None:
    await desk.decide(whole="hide", rule="unkind")
    await desk.scene.ana.post(f"{desk.home}/decisions/1", {"words": "It is only a bench."})
    appeal = f"{desk.home}/appeals/1"
    assert (await desk.scene.mo.get(appeal)).status_code == 403, "not by who decided"
    refused = await desk.max.post(appeal, {"outcome": "undone", "words": ""})
    assert refused.status_code == 422
    await desk.max.post(appeal, {"outcome": "undone", "words": "You are right."})
    assert HIDDEN_WORDS in await desk.reads(desk.scene.ben)
    assert "You are right." in (await desk.scene.ana.get("/notices")).text
    again = await desk.lea.post(appeal, {"outcome": "upheld", "words": "No."})
    assert again.status_code == 409


async def test_every_decision_is_in_the_audit_log_without_words(desk: Desk, services) -> None:  # type: ignore[no-untyped-def]
    await desk.decide(whole="hide", rule="unkind", note="CANARYNOTE")
    async with services.db.read() as reader:
        entries = (await reader.exec(select(AuditEntry))).all()
    decided = [one for one in entries if one.action == Action.REVIEW_DECIDE]
    assert decided[0].detail == {"review": 1, "decided": ["hide"], "rule": "unkind"}
    assert "CANARYNOTE" not in str([one.model_dump() for one in entries])
    page = await desk.lea.get(f"{desk.home}/audit")
    assert Action.REVIEW_DECIDE in page.text
    assert (await desk.scene.ben.get(f"{desk.home}/audit")).status_code == 403
