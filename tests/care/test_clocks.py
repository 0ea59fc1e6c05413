"""The clocks of a case: each fires in its time, once, and none is lost by a restart."""

import pytest

from forum.care import alerts, jobs, ownership
from forum.care.ladder import Audience
from forum.care.models import Alert
from forum.care.ownership import CaseRef
from forum.jobs import LostLease, Worker
from forum.notices.models import Notice
from forum.permissions import Role
from forum.screening.verdict import Need
from tests.care.cases import Harbour, rows
from tests.people import World


@pytest.fixture
async def harbour(world: World) -> Harbour:
    return await Harbour.open(world)


async def acknowledge(harbour: Harbour, *people: str) -> None:
    newest = (await rows(harbour.services, Alert))[-1].id
    for name in people:
        actor = await getattr(harbour, name).actor()
        await alerts.acknowledge(harbour.services, actor, harbour.place.id, newest)


async def test_an_unclaimed_crisis_climbs_the_ladder(harbour: Harbour) -> None:
    ada = await harbour.world.person("ada", harbour.place, Role.COMMUNITY_ADMIN)
    await harbour.raise_()
    for minutes, step in [(5, "again"), (5, "lead"), (5, "all"), (5, "repeat-1"), (5, "repeat-2")]:
        await harbour.later(minutes=minutes)
        assert (await harbour.steps())[-1] == step or step in await harbour.steps()
    everyone = {harbour.ana.id, harbour.ben.id, harbour.lea.id, ada.id}
    assert await harbour.told("again") == {harbour.ana.id, harbour.ben.id}
    assert await harbour.told("lead") == {harbour.lea.id}
    assert await harbour.told("all") == everyone
    assert await harbour.told("repeat-2") == everyone


async def test_an_unclaimed_red_case_reaches_the_lead_and_then_everyone(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await harbour.later(minutes=29)
    assert await harbour.steps() == ["first"]
    await harbour.later(minutes=1)
    assert await harbour.told("lead") == {harbour.lea.id}
    await harbour.later(minutes=30)
    assert {harbour.ana.id, harbour.ben.id, harbour.lea.id} == await harbour.told("all")


async def test_amber_grows_older_upwards_and_then_reaches_a_lead(harbour: Harbour) -> None:
    await harbour.raise_(Need.CONCERN)
    await harbour.later(hours=8)
    case = await harbour.case()
    assert (case.level, case.band) == (Need.CONCERN, Need.URGENT)
    await harbour.later(hours=4)
    assert "lead" in await harbour.steps()


async def test_green_grows_older_into_amber(harbour: Harbour) -> None:
    await harbour.raise_(Need.SUPPORT)
    await harbour.later(hours=24)
    assert (await harbour.case()).band == Need.CONCERN


async def test_no_rung_fires_twice_however_often_the_worker_looks(harbour: Harbour) -> None:
    await harbour.raise_()
    await harbour.later(minutes=16)
    await harbour.later(minutes=0)
    before = await harbour.steps()
    assert sorted(before) == sorted(["first", "again", "lead", "all", "first_words"])
    for job in await rows(harbour.services, jobs.Job):
        if job.kind == "care.ladder" and job.done_at is not None:
            with pytest.raises(LostLease):
                await jobs.Clocks(harbour.services).climb(job)
    assert await harbour.steps() == before


async def test_a_restart_runs_what_is_overdue_and_forgets_nothing(harbour: Harbour) -> None:
    await harbour.raise_()
    services = harbour.services
    services.clock.advance(minutes=11)  # type: ignore[attr-defined]  # the server was down
    restarted = Worker(services.db, services.clock, services.bus)
    clocks = jobs.Clocks(services)
    restarted.handle("care.ladder", clocks.climb)
    await restarted.run_due()
    assert await harbour.steps() == ["first", "again", "lead"]
    assert await restarted.run_due() == 0


async def test_after_a_long_stop_one_repeat_goes_out_not_each_missed_one(harbour: Harbour) -> None:
    await harbour.raise_()
    await harbour.later(minutes=15)
    await harbour.later(hours=5)
    repeats = [step for step in await harbour.steps() if step.startswith("repeat")]
    assert len(repeats) <= 2
    await harbour.later(minutes=5)
    again = [step for step in await harbour.steps() if step.startswith("repeat")]
    assert len(again) == len(repeats) + 1


async def test_who_acknowledged_is_left_in_peace_and_the_others_are_called(
    harbour: Harbour,
) -> None:
    await harbour.raise_()
    await acknowledge(harbour, "ana")
    await harbour.later(minutes=5)
    assert await harbour.told("again") == {harbour.ben.id}


async def test_when_all_on_shift_have_acknowledged_the_lead_is_called_sooner(
    harbour: Harbour,
) -> None:
    await harbour.raise_()
    await acknowledge(harbour, "ana", "ben")
    await harbour.later(minutes=5)
    assert await harbour.told("again") == {harbour.lea.id}


async def test_an_alert_for_others_cannot_be_acknowledged(harbour: Harbour) -> None:
    await harbour.raise_()
    with pytest.raises(Exception, match="moved or removed"):
        await acknowledge(harbour, "lea")


async def test_acknowledging_twice_is_as_once(harbour: Harbour) -> None:
    await harbour.raise_()
    await acknowledge(harbour, "ana", "ana")
    assert (await harbour.kinds()).count("acknowledged") == 1


async def test_without_first_words_in_time_the_lead_and_the_owner_hear(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    ref = CaseRef(harbour.place.id, (await harbour.case()).id or 0)
    await ownership.claim(harbour.services, await harbour.ana.actor(), ref)
    for _ in range(4):
        await harbour.later(minutes=15)
        await ownership.keep(harbour.services, await harbour.ana.actor(), ref, "thinking")
    assert await harbour.told("first_words") == {harbour.lea.id}
    assert await harbour.told("owner_words") == {harbour.ana.id}


async def test_a_rising_signal_calls_the_owner_and_shortens_the_lease(harbour: Harbour) -> None:
    await harbour.raise_(Need.CONCERN)
    ref = CaseRef(harbour.place.id, (await harbour.case()).id or 0)
    await ownership.claim(harbour.services, await harbour.ana.actor(), ref)
    raised = await harbour.raise_(Need.CRISIS)
    assert await harbour.told(f"signal-{raised.signal_id}") == {harbour.ana.id}
    assert await harbour.told("lead_informed") == {harbour.lea.id}
    await harbour.later(minutes=15)
    assert (await harbour.case()).owner_id is None


async def test_a_crisis_signal_for_an_owner_who_went_home_calls_everybody(world: World) -> None:
    harbour = await Harbour.open(world)
    await harbour.raise_(Need.CONCERN)
    ref = CaseRef(harbour.place.id, (await harbour.case()).id or 0)
    await ownership.claim(harbour.services, await harbour.lea.actor(), ref)  # lea is not on duty
    await harbour.raise_(Need.CRISIS)
    case = await harbour.case()
    assert (case.owner_id, case.state) == (None, "queued")
    assert await harbour.told("first") == {harbour.ana.id, harbour.ben.id}


async def test_those_who_may_be_away_get_a_notice_without_names_or_words(world: World) -> None:
    harbour = await Harbour.open(world, on_duty=False)
    await harbour.raise_()
    (notice,) = await rows(harbour.services, Notice)
    assert notice.account_id == harbour.lea.id
    assert "mia" not in notice.title + notice.body
    assert f"/cases/{(await harbour.case()).id}" in notice.url


async def test_every_step_is_logged_with_whom_it_reached(harbour: Harbour) -> None:
    await harbour.raise_()
    await harbour.later(minutes=5)
    found = await rows(harbour.services, Alert)
    assert [alert.audience for alert in found] == [Audience.ON_SHIFT, Audience.ON_SHIFT]
    assert (await harbour.kinds()).count("alert") == 2
