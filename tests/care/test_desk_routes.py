"""The desk and the case page, from the browser's side: who sees what, and each thing one can do."""

from datetime import UTC, datetime

import pytest
from httpx2 import Response
from sqlalchemy import update
from sqlmodel import col

from forum.care.models import AlertRecipient, Case, LineMessage
from forum.care.states import State
from forum.communities.models import Grant
from forum.content import Excerpt, Line, Subject, Visibility
from forum.jobs import schedule
from forum.notices.models import Notice
from forum.permissions import Role
from forum.screening.verdict import Chip, Need, Reason
from tests.care.cases import Harbour, rows
from tests.people import Person, World

HOME = "/c/harbour"
DESK = f"{HOME}/desk"


@pytest.fixture
async def harbour(world: World) -> Harbour:
    return await Harbour.open(world)


async def address(harbour: Harbour) -> str:
    return f"{HOME}/cases/{(await harbour.case()).id}"


async def do(
    harbour: Harbour, person: Person, act: str, fields: dict[str, str] | None = None
) -> Response:
    return await person.post(f"{await address(harbour)}/{act}", fields or {})


async def expire(harbour: Harbour, person: Person) -> None:
    async with harbour.services.db.write() as tx:
        await tx.change(
            update(Grant)
            .where(col(Grant.role) == "certified", col(Grant.account_id) == person.id)
            .values(ends_at=tx.now)
        )


def waiting(page: Response) -> str:
    """The part of the desk below the calls: the queue."""
    return page.text.partition('id="queue-title"')[2]


async def test_the_desk_shows_who_waits_and_none_of_their_words(harbour: Harbour) -> None:
    reason = Reason("r", (0, 4), "means in hand")
    await harbour.raise_(reasons=(reason,), contexts=(Chip.ANOTHER,))
    harbour.services.clock.advance(minutes=4)  # type: ignore[attr-defined]
    page = await harbour.ana.get(DESK)
    for shown in ("mia", "Crisis", "means in hand", "about someone else", "4 minutes", "Claim"):
        assert shown in page.text
    assert "You are called" in page.text
    assert "http-equiv" in page.text  # it refreshes itself where there is no script


async def test_the_longest_waiting_of_the_highest_level_stands_first(harbour: Harbour) -> None:
    names = ["early", "late", "worst"]
    people = {name: await harbour.world.person(name, harbour.place) for name in names}
    for name, need in [("early", Need.URGENT), ("late", Need.URGENT), ("worst", Need.CRISIS)]:
        await harbour.raise_(need, person_id=people[name].id)
        harbour.services.clock.advance(seconds=10)  # type: ignore[attr-defined]
    text = waiting(await harbour.ana.get(DESK))
    assert text.index("worst") < text.index("early") < text.index("late")


async def test_amber_that_waited_eight_hours_stands_before_a_fresh_red_case(
    harbour: Harbour,
) -> None:
    old = await harbour.world.person("patient", harbour.place)
    await harbour.raise_(Need.CONCERN, person_id=old.id)
    await harbour.later(hours=8)
    await harbour.raise_(Need.URGENT)
    page = await harbour.ana.get(DESK)
    assert waiting(page).index("patient") < waiting(page).index(">mia<")
    assert "Left waiting past their time: 1" in page.text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.PEER, Role.COMMUNITY_ADMIN])
async def test_others_have_no_desk(harbour: Harbour, role: Role) -> None:
    person = await harbour.world.person("pat", harbour.place, role, certified=True)
    await harbour.raise_()
    for url in (DESK, f"{DESK}/queue", f"{DESK}/events", await address(harbour)):
        assert (await person.get(url)).status_code == 403


async def test_a_site_admin_sees_no_case(harbour: Harbour) -> None:
    root = await harbour.world.person("root", None, site_admin=True)
    await harbour.raise_()
    for url in (DESK, await address(harbour)):
        assert (await root.get(url)).status_code == 403


async def test_a_guest_is_asked_to_sign_in(harbour: Harbour) -> None:
    assert (await harbour.world.guest().get(DESK)).status_code == 303


async def test_the_team_of_another_community_sees_nothing_here(harbour: Harbour) -> None:
    quay = await harbour.world.community("quay")
    eve = await harbour.world.person("eve", quay, Role.LEAD, certified=True, on_duty=True)
    await harbour.raise_()
    case_id = (await harbour.case()).id
    assert (await eve.get(DESK)).status_code == 403
    assert (await eve.get(f"/c/quay/cases/{case_id}")).status_code == 404
    assert (await eve.get(f"/c/quay/desk/rows/{case_id}")).status_code == 404
    assert (await eve.post(f"/c/quay/cases/{case_id}/claim")).status_code == 404
    assert "mia" not in (await eve.get("/c/quay/desk")).text


async def test_nobody_sees_a_case_about_themselves(harbour: Harbour) -> None:
    await harbour.raise_(person_id=harbour.ana.id)
    case_id = (await harbour.case()).id
    assert (await harbour.ana.get(f"{HOME}/cases/{case_id}")).status_code == 404
    assert (await harbour.ana.post(f"{HOME}/cases/{case_id}/claim")).status_code == 404
    assert f"/cases/{case_id}" not in (await harbour.ana.get(DESK)).text
    events = (await harbour.ana.get(f"{DESK}/events")).json()
    assert events == {"alerts": [], "cases": []}


async def test_an_expired_certificate_closes_the_desk_at_once(harbour: Harbour) -> None:
    await harbour.raise_()
    await expire(harbour, harbour.ana)
    for url in (DESK, f"{DESK}/events", await address(harbour)):
        assert (await harbour.ana.get(url)).status_code == 403
    assert (await do(harbour, harbour.ana, "claim")).status_code == 403


@pytest.mark.parametrize("number", [0, 999, 2**31, 2**63, 10**30])
async def test_a_number_no_case_has_is_not_found(harbour: Harbour, number: int) -> None:
    assert (await harbour.ana.get(f"{HOME}/cases/{number}")).status_code == 404
    assert (await harbour.ana.post(f"{DESK}/alerts/{number}/heard")).status_code == 404


async def test_polling_tells_ids_levels_and_ages_only(harbour: Harbour) -> None:
    await harbour.raise_()
    answer = (await harbour.ana.get(f"{DESK}/events")).json()
    case = await harbour.case()
    assert answer["cases"] == [
        {"case": case.id, "level": 4, "state": "queued", "round": 1, "age": 0.0}
    ]
    assert len(answer["alerts"]) == 1


async def test_an_alert_that_was_heard_calls_no_more(harbour: Harbour) -> None:
    await harbour.raise_()
    (alert_id,) = (await harbour.ana.get(f"{DESK}/events")).json()["alerts"]
    assert (await harbour.ana.post(f"{DESK}/alerts/{alert_id}/heard")).status_code == 303
    assert (await harbour.ana.get(f"{DESK}/events")).json()["alerts"] == []
    assert (await harbour.ben.get(f"{DESK}/events")).json()["alerts"] == [alert_id]
    heard = [one for one in await rows(harbour.services, AlertRecipient) if one.acknowledged_at]
    assert [one.account_id for one in heard] == [harbour.ana.id]


async def test_the_desk_says_when_texts_were_not_fully_screened(harbour: Harbour) -> None:
    async with harbour.services.db.write() as tx:
        await schedule(tx, "moderation.screen_again", "post:7", tx.now)
    page = (await harbour.ana.get(DESK)).text
    assert "1 text waits to be heard again." in page
    assert "is not answering" not in page, "the model may be well again"


async def test_the_desk_says_when_nobody_could_be_called(world: World) -> None:
    place = await world.community()
    ana = await world.person("ana", place, Role.MODERATOR, certified=True)
    page = await ana.get(DESK)
    assert "Nobody is on duty and no lead can be reached" in page.text


async def test_an_admin_reads_numbers_and_no_names(harbour: Harbour) -> None:
    ada = await harbour.world.person("ada", harbour.place, Role.COMMUNITY_ADMIN)
    await harbour.raise_()
    page = await ada.get(f"{DESK}/counts")
    assert page.status_code == 200
    assert "mia" not in page.text


# --- The case page -------------------------------------------------------------------------------


class Posts:
    """One post as boards would show it to the desk."""

    kind = "post"
    version = 1

    async def excerpt(self, _reader: object, content_id: int) -> Excerpt | None:
        at = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
        line = Line(Subject("post", content_id), 1, "mia", "I wrote <b>goodbye</b> letters", at)
        before = (Line(Subject("post", 6), 2, "noa", "how are you all", at),)
        return Excerpt(
            line, 1, self.version, Visibility.SHOWN, (), "Evenings", f"{HOME}/t/1", before
        )


@pytest.fixture
def posts(harbour: Harbour) -> Posts:
    made = Posts()
    harbour.services.contents._kinds["post"] = made  # type: ignore[assignment]
    return made


async def test_the_case_page_marks_what_was_heard_in_its_surroundings(
    harbour: Harbour, posts: Posts
) -> None:
    await harbour.raise_(reasons=(Reason("r", (8, 29), "says goodbye"),), version=1)
    page = await harbour.ana.get(await address(harbour))
    assert '<mark class="reason">&lt;b&gt;goodbye&lt;/b&gt;' in page.text
    assert "says goodbye" in page.text
    assert "how are you all" in page.text
    assert "Samaritans" in page.text


async def test_nothing_is_marked_in_words_that_have_changed(harbour: Harbour, posts: Posts) -> None:
    await harbour.raise_(reasons=(Reason("r", (8, 29), "says goodbye"),), version=1)
    posts.version = 2
    page = await harbour.ana.get(await address(harbour))
    assert "<mark" not in page.text
    assert "edited since they were heard" in page.text


async def test_the_loser_of_a_claim_reads_who_has_it(harbour: Harbour) -> None:
    await harbour.raise_()
    assert (await do(harbour, harbour.ana, "claim")).status_code == 303
    answer = await do(harbour, harbour.ben, "claim")
    assert answer.status_code == 409
    assert "ana has this case now" in answer.text


async def test_the_whole_way_from_claim_to_a_read_answer(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    answered = await do(
        harbour, harbour.ana, "answer", {"text": "Hi mia, I am here.", "form_id": "a1"}
    )
    assert answered.status_code == 303
    case = await harbour.case()
    assert case.state == State.RESPONDING
    assert case.first_words_at == harbour.services.clock.now()
    (notice,) = [
        one for one in await rows(harbour.services, Notice) if one.account_id == harbour.mia.id
    ]
    page = await harbour.mia.get(notice.url)
    assert "Community care (ana)" in page.text
    assert "Hi mia, I am here." in page.text
    assert "wrote to you at" in page.text
    assert "· read" in (await harbour.ana.get(await address(harbour))).text


async def test_an_answer_sent_twice_is_one_message(harbour: Harbour) -> None:
    await harbour.raise_()
    for _ in range(2):
        await do(harbour, harbour.ana, "answer", {"text": "Hi mia", "form_id": "a1"})
    assert len(await rows(harbour.services, LineMessage)) == 1


async def test_an_answer_to_a_waiting_case_claims_it(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "answer", {"text": "Hi mia", "form_id": "a1"})
    assert (await harbour.case()).owner_id == harbour.ana.id


async def test_the_losers_answer_is_not_sent_and_not_lost(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    answer = await do(
        harbour, harbour.ben, "answer", {"text": "Hi mia, this is ben", "form_id": "b1"}
    )
    assert answer.status_code == 409
    assert "Hi mia, this is ben" in answer.text
    assert await rows(harbour.services, LineMessage) == []


async def test_a_letter_with_gaps_is_not_sent(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    answer = await do(
        harbour, harbour.ana, "answer", {"text": "You said [their words].", "form_id": "a1"}
    )
    assert answer.status_code == 422
    assert "You said [their words]." in answer.text


async def test_waiting_ends_when_the_member_answers(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "rest", {"after": "24h"})
    assert (await harbour.case()).state == State.WAITING
    await harbour.later(hours=7)  # no lease runs while the case rests; ana is still on duty
    assert (await harbour.case()).owner_id == harbour.ana.id
    await harbour.mia.post(f"{HOME}/care/line", {"text": "I slept a bit", "form_id": "m1"})
    case = await harbour.case()
    assert (case.state, case.owner_id) == (State.RESPONDING, harbour.ana.id)
    await harbour.later(minutes=15)
    assert (await harbour.case()).state == State.QUEUED


async def test_an_answer_to_an_owner_who_went_home_calls_the_others(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.lea, "claim")  # lea is not on duty
    await do(harbour, harbour.lea, "rest", {"after": "24h"})
    await harbour.mia.post(f"{HOME}/care/line", {"text": "still here", "form_id": "m1"})
    case = await harbour.case()
    assert (case.state, case.owner_id, case.pace) == (State.QUEUED, None, Need.URGENT)


async def test_a_resting_case_comes_back_on_top_in_its_time(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "rest", {"after": "1h"})
    await harbour.later(minutes=59)
    assert (await harbour.case()).state == State.WAITING
    await harbour.later(minutes=1)
    case = await harbour.case()
    assert (case.state, case.owner_id) == (State.RESPONDING, harbour.ana.id)


async def test_a_follow_up_with_its_owner_away_waits_for_whoever_is_there(
    harbour: Harbour,
) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "close", {"outcome": "help_line", "follow_up": "72h"})
    assert (await harbour.case()).state == State.FOLLOW_UP
    await harbour.later(hours=72)
    case = await harbour.case()
    assert (case.state, case.pace, case.outcome) == (State.QUEUED, Need.CONCERN, "help_line")


async def test_a_new_signal_wakes_a_resting_case(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "rest", {"after": "7d"})
    await harbour.raise_(Need.CRISIS)
    case = await harbour.case()
    assert (case.state, case.pace) == (State.QUEUED, Need.CRISIS)


@pytest.mark.parametrize(
    "fields", [{}, {"outcome": "supported_here"}, {"follow_up": "none"}, {"outcome": "x"}]
)
async def test_closing_needs_an_outcome_and_a_follow_up_choice(
    harbour: Harbour, fields: dict[str, str]
) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    assert (await do(harbour, harbour.ana, "close", fields)).status_code == 422
    assert (await harbour.case()).closed_at is None


async def test_a_closed_case_tells_the_worried_and_lets_a_new_one_open(harbour: Harbour) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    await harbour.raise_(source="worry", reported_by=noa.id)
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "close", {"outcome": "supported_here", "follow_up": "none"})
    outcomes = [one for one in await rows(harbour.services, Notice) if one.account_id == noa.id]
    assert [one.kind for one in outcomes] == ["care_outcome"]
    assert (await do(harbour, harbour.ana, "rest", {"after": "24h"})).status_code == 409
    raised = await harbour.raise_()
    assert raised.is_new
    page = await harbour.ana.get(f"{HOME}/cases/{raised.case_id}")
    assert "Earlier cases" in page.text


async def test_a_crisis_that_ends_without_contact_is_looked_at_by_a_lead(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "close", {"outcome": "no_contact", "follow_up": "none"})
    assert await harbour.told("second_look-1") == {harbour.lea.id}


async def test_no_concern_needs_a_reason_and_a_red_one_a_second_look(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await do(harbour, harbour.ana, "claim")
    assert (await do(harbour, harbour.ana, "no-concern")).status_code == 422
    await do(harbour, harbour.ana, "no-concern", {"reason": "quote"})
    case = await harbour.case()
    assert (case.state, case.closed_at is not None) == (State.NOT_A_CONCERN, True)
    assert await harbour.told("second_look-1") == {harbour.lea.id}


async def test_a_moderator_may_raise_and_only_a_lead_lower(harbour: Harbour) -> None:
    await harbour.raise_(Need.CONCERN)
    await do(harbour, harbour.ana, "claim")
    assert (await do(harbour, harbour.ana, "level", {"level": "4"})).status_code == 303
    assert await harbour.told("lead_informed") == {harbour.lea.id}
    assert (await do(harbour, harbour.ana, "level", {"level": "2"})).status_code == 403
    assert (await do(harbour, harbour.lea, "level", {"level": "3"})).status_code == 303
    case = await harbour.case()
    assert (case.level, case.highest_level) == (Need.URGENT, Need.CRISIS)
    assert (await do(harbour, harbour.lea, "level", {"level": "0"})).status_code == 422


async def test_a_lead_who_lowers_a_waiting_case_slows_its_clocks(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.lea, "level", {"level": "2"})
    await harbour.later(minutes=20)
    assert await harbour.steps() == ["first", "first"]
    assert (await harbour.case()).state == State.QUEUED


async def test_a_lead_who_is_asked_for_takes_over_and_nobody_else_can(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "escalate", {"note": "I am not sure"})
    assert (await harbour.case()).owner_id == harbour.ana.id
    assert await harbour.told("escalated-1") == {harbour.lea.id}
    assert (await do(harbour, harbour.ben, "take-over")).status_code == 403
    assert (await do(harbour, harbour.lea, "take-over")).status_code == 303
    assert (await harbour.case()).owner_id == harbour.lea.id


async def test_keeping_at_work_renews_the_lease_and_others_cannot(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    harbour.services.clock.advance(minutes=9)  # type: ignore[attr-defined]
    assert (await do(harbour, harbour.ana, "keep", {"text": "draft"})).status_code == 200
    assert (await do(harbour, harbour.ben, "keep", {"text": "other"})).status_code == 409
    case: Case = await harbour.case()
    assert case.draft == "draft"


async def test_a_draft_given_back_is_there_for_the_next(harbour: Harbour) -> None:
    await harbour.raise_()
    await do(harbour, harbour.ana, "claim")
    await do(harbour, harbour.ana, "release", {"text": "Hi mia, you said"})
    await do(harbour, harbour.ben, "claim")
    assert "Hi mia, you said" in (await harbour.ben.get(await address(harbour))).text


@pytest.mark.parametrize(
    "act",
    ["claim", "release", "answer", "level", "rest", "escalate", "close", "no-concern", "keep"],
)
async def test_members_and_strangers_can_do_nothing_to_a_case(harbour: Harbour, act: str) -> None:
    await harbour.raise_()
    eve = await harbour.world.person("eve", await harbour.world.community("quay"))
    for person in (harbour.mia, eve):
        assert (await do(harbour, person, act)).status_code == 403
    assert (await do(harbour, harbour.world.guest(), act)).status_code in (401, 403)
    assert (await harbour.kinds()) == ["opened", "alert"]


async def test_a_claim_answers_the_calls_before_it_and_not_those_that_come_later(
    harbour: Harbour,
) -> None:
    await harbour.raise_(Need.URGENT)
    await do(harbour, harbour.ana, "claim")
    for person in (harbour.ana, harbour.ben):
        assert (await person.get(f"{DESK}/events")).json()["alerts"] == []
    for _ in range(4):
        await harbour.later(minutes=15)
        await do(harbour, harbour.ana, "keep", {"text": "thinking"})
    assert len((await harbour.lea.get(f"{DESK}/events")).json()["alerts"]) == 1
