"""A need becomes one case with its alert and its clocks, in the commit of the words themselves."""

import pytest

from forum import audit, jobs
from forum.care.actions import raise_need
from forum.care.models import Alert, AlertRecipient, Case, CaseEvent, PanelState, Signal
from forum.care.states import State
from forum.permissions import Role
from forum.screening.verdict import Chip, Need, Reason
from tests.care.cases import Harbour, at_once, rows
from tests.people import World


@pytest.fixture
async def harbour(world: World) -> Harbour:
    return await Harbour.open(world)


async def test_crisis_words_call_everybody_on_shift_in_the_same_commit(harbour: Harbour) -> None:
    raised = await harbour.raise_()
    case = await harbour.case()
    assert (raised.case_id, raised.level, raised.is_new) == (case.id, Need.CRISIS, True)
    assert (case.state, case.level, case.round) == (State.QUEUED, Need.CRISIS, 1)
    (alert,) = await rows(harbour.services, Alert)
    assert (alert.step, alert.audience) == ("first", "on_shift")
    assert await harbour.told("first") == {harbour.ana.id, harbour.ben.id}
    async with harbour.services.db.read() as reader:
        clocks = {kind: count for kind, count, _ in await jobs.waiting(reader)}
    assert clocks == {"care.ladder": 3, "care.first_words": 1}


async def test_nothing_is_left_of_a_need_whose_words_were_not_stored(harbour: Harbour) -> None:
    async def post_that_fails() -> None:
        async with harbour.services.db.write() as tx:
            await raise_need(tx, harbour.concern())
            raise RuntimeError("the post could not be stored")

    with pytest.raises(RuntimeError, match="the post could not be stored"):
        await post_that_fails()
    for table in (Case, Signal, CaseEvent, Alert, AlertRecipient, PanelState, jobs.Job):
        assert await rows(harbour.services, table) == []


async def test_no_need_leaves_no_trace(harbour: Harbour) -> None:
    raised = await harbour.raise_(Need.NONE)
    assert (raised.case_id, raised.signal_id, raised.is_new) == (None, None, False)
    assert await rows(harbour.services, Case) == []


async def test_somebody_who_struggles_waits_in_the_queue_and_calls_nobody(
    harbour: Harbour,
) -> None:
    await harbour.raise_(Need.SUPPORT)
    assert (await harbour.case()).state == State.QUEUED
    assert await harbour.steps() == []


async def test_a_second_signal_joins_the_open_case(harbour: Harbour) -> None:
    first, second = await harbour.raise_(), await harbour.raise_()
    assert second.case_id == first.case_id
    assert not second.is_new
    assert len(await harbour.signals()) == 2
    assert await harbour.steps() == ["first"]


@pytest.mark.parametrize("later", [Need.SUPPORT, Need.CONCERN, Need.URGENT, Need.CRISIS])
@pytest.mark.parametrize("first", [Need.SUPPORT, Need.CONCERN, Need.URGENT, Need.CRISIS])
async def test_signals_only_ever_raise_the_level(
    harbour: Harbour, first: Need, later: Need
) -> None:
    await harbour.raise_(first)
    raised = await harbour.raise_(later)
    case = await harbour.case()
    assert raised.level == case.level == case.highest_level == max(first, later)


async def test_a_waiting_case_that_rises_calls_again_and_its_new_clocks_run(
    harbour: Harbour,
) -> None:
    await harbour.raise_(Need.CONCERN)
    await harbour.raise_(Need.CRISIS)
    case = await harbour.case()
    assert (case.round, case.pace, case.band) == (2, Need.CRISIS, Need.CRISIS)
    assert await harbour.steps() == ["first", "first"]
    await harbour.later(minutes=5)
    assert await harbour.steps() == ["first", "first", "again"]


@pytest.mark.parametrize("times", [2, 6])
async def test_signals_at_the_same_moment_make_one_case(harbour: Harbour, times: int) -> None:
    needs = [Need.URGENT, Need.CRISIS] * (times // 2)
    results = await at_once(*(harbour.raise_(need) for need in needs))
    assert [one for one in results if isinstance(one, BaseException)] == []
    assert sum(one.is_new for one in results) == 1
    case = await harbour.case()
    assert case.level == Need.CRISIS
    assert len(await harbour.signals()) == times


async def test_two_people_have_two_cases_and_one_person_one_in_each_community(
    harbour: Harbour,
) -> None:
    other = await harbour.world.community("quay")
    noa = await harbour.world.person("noa", harbour.place)
    await harbour.raise_()
    await harbour.raise_(person_id=noa.id)
    await harbour.raise_(community_id=other.id)
    assert len(await rows(harbour.services, Case)) == 3


async def test_nobody_is_called_to_a_case_about_themselves(harbour: Harbour) -> None:
    await harbour.raise_(person_id=harbour.ana.id)
    assert await harbour.told("first") == {harbour.ben.id}


async def test_what_was_heard_is_kept_with_its_place(harbour: Harbour) -> None:
    reason = Reason("goodbye-1", (3, 9), "says goodbye")
    await harbour.raise_(reasons=(reason,), contexts=(Chip.ANOTHER,), version=2)
    (signal,) = await harbour.signals()
    assert signal.reasons == [
        {"rule": "goodbye-1", "span": [3, 9], "label": "says goodbye", "axis": "need"}
    ]
    assert (signal.contexts, signal.version) == (["about someone else"], 2)


async def test_a_form_that_comes_twice_is_one_signal(harbour: Harbour) -> None:
    first = await harbour.raise_(form_id="7:abc")
    again = await harbour.raise_(form_id="7:abc")
    assert again.case_id == first.case_id
    assert again.signal_id is None
    assert len(await harbour.signals()) == 1


async def test_a_real_word_in_a_drill_makes_it_real(harbour: Harbour) -> None:
    await harbour.raise_(source="drill")
    assert (await harbour.case()).is_drill
    await harbour.raise_()
    assert not (await harbour.case()).is_drill


async def test_every_change_is_in_the_audit_log_and_holds_no_words(harbour: Harbour) -> None:
    await harbour.raise_(note="canary words of a worried friend", source="worry")
    entries = await rows(harbour.services, audit.AuditEntry)
    assert [entry.action for entry in entries] == ["care.case.opened", "care.case.alert"]
    assert "canary" not in str([(entry.subject, entry.detail) for entry in entries])
    async with harbour.services.db.read() as reader:
        assert (await audit.verify(reader)).broken_id is None


async def test_with_nobody_on_duty_the_lead_is_called_at_once(world: World) -> None:
    harbour = await Harbour.open(world, on_duty=False)
    await harbour.raise_()
    (alert,) = await rows(harbour.services, Alert)
    assert alert.audience == "leads"
    assert await harbour.told("first") == {harbour.lea.id}


async def test_with_no_lead_either_the_admins_are_called(world: World) -> None:
    place = await world.community()
    mia, ada = (
        await world.person("mia", place),
        await world.person("ada", place, Role.COMMUNITY_ADMIN),
    )
    harbour = Harbour(world, place, mia, ada, ada, ada)
    await harbour.raise_()
    (alert,) = await rows(harbour.services, Alert)
    assert alert.audience == "admins"
    assert await harbour.told("first") == {ada.id}


async def test_with_nobody_at_all_the_alert_still_stands_and_says_so(world: World) -> None:
    place = await world.community()
    mia = await world.person("mia", place)
    harbour = Harbour(world, place, mia, mia, mia, mia)
    await harbour.raise_()
    (alert,) = await rows(harbour.services, Alert)
    assert alert.audience == "nobody"


async def test_amber_waits_for_a_shift_and_pages_no_lead(world: World) -> None:
    harbour = await Harbour.open(world, on_duty=False)
    await harbour.raise_(Need.CONCERN)
    (alert,) = await rows(harbour.services, Alert)
    assert (alert.audience, await harbour.told("first")) == ("nobody", set())
