"""Duty: begun for some hours, ended by itself, and a rest that nobody has to explain."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from forum.audit import AuditEntry
from forum.communities.actions import end_office, leave
from forum.errors import Forbidden, Invalid
from forum.peers.duty import rest, start, stop, stop_resting
from forum.peers.events import DutyEnded, DutyStarted
from forum.peers.models import Duty
from forum.peers.queries import my_duty
from forum.permissions import Action, Role
from forum.services import Services
from tests.communities.test_roles import heard
from tests.fakes import FrozenClock
from tests.peers.test_coverage import names_on_duty
from tests.people import World


async def open_rows(services: Services) -> int:
    async with services.db.read() as reader:
        return len((await reader.exec(select(Duty).where(Duty.ended_at == None))).all())  # noqa: E711


async def test_duty_begins_and_ends_by_itself(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    events = heard(services, DutyStarted, DutyEnded)
    await start(services, await ana.actor(), harbour, 2)
    assert await names_on_duty(services, harbour) == ["ana"]

    clock.advance(hours=2)
    assert await names_on_duty(services, harbour) == []
    await services.worker.run_due()

    assert await open_rows(services) == 0
    assert events == [DutyStarted(ana.id, harbour.id), DutyEnded(ana.id, harbour.id)]


async def test_prolonged_duty_does_not_end_at_the_first_hour(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    actor = await ana.actor()
    await start(services, actor, harbour, 2)
    clock.advance(hours=1)
    await start(services, actor, harbour, 4)
    clock.advance(hours=1)
    await services.worker.run_due()

    assert await names_on_duty(services, harbour) == ["ana"]
    assert await open_rows(services) == 1


async def test_duty_begins_anew_before_the_job_has_run(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    actor = await ana.actor()
    await start(services, actor, harbour, 2)
    clock.advance(hours=3)
    await start(services, actor, harbour, 2)
    await services.worker.run_due()

    assert await names_on_duty(services, harbour) == ["ana"]


async def test_only_the_hours_on_offer_can_be_chosen(services: Services, world: World) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    with pytest.raises(Invalid):
        await start(services, await ana.actor(), harbour, 72)


@pytest.mark.parametrize(
    ("role", "certified"),
    [(Role.MODERATOR, False), (Role.COMMUNITY_ADMIN, True), (Role.MEMBER, True)],
)
async def test_duty_is_for_certified_people_of_the_team(
    services: Services, world: World, role: Role, certified: bool
) -> None:
    harbour = await world.community()
    who = await world.person("who", harbour, role, certified=certified)
    with pytest.raises(Forbidden):
        await start(services, await who.actor(), harbour, 2)


async def test_not_me_today_ends_duty_everywhere_until_tomorrow_morning(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour, meadow = await world.community(), await world.community("meadow")
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    until = await rest(services, await ana.actor(), harbour)

    assert until == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    assert await names_on_duty(services, harbour) == []
    assert await names_on_duty(services, meadow) == []
    assert await open_rows(services) == 0
    clock.advance(hours=10)
    async with services.db.read() as reader:
        assert (await my_duty(reader, ana.id, harbour.id, clock.now())).resting_until is None


async def test_nobody_is_told_why_somebody_rests(services: Services, world: World) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    actor = await ana.actor()
    await rest(services, actor, harbour)
    async with services.db.read() as reader:
        resting = [(e.action, e.detail) for e in await reader.exec(select(AuditEntry))]
    assert resting == [("peers:duty:ended", {})]


async def test_a_rest_said_in_the_small_hours_covers_the_next_night(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    clock.advance(hours=5)
    until = await rest(services, await ana.actor(), harbour)
    assert until == datetime(2026, 3, 3, 6, 0, tzinfo=UTC)


async def test_going_on_duty_ends_the_rest(services: Services, world: World) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    actor = await ana.actor()
    await rest(services, actor, harbour)
    await start(services, actor, harbour, 2)
    assert await names_on_duty(services, harbour) == ["ana"]


async def test_a_rest_can_be_ended_without_going_on_duty(services: Services, world: World) -> None:
    harbour = await world.community()
    lee = await world.person("lee", harbour, Role.LEAD, certified=True)
    actor = await lee.actor()
    await rest(services, actor, harbour)
    await stop_resting(services, actor, harbour)
    async with services.db.read() as reader:
        mine = await my_duty(reader, lee.id, harbour.id, services.clock.now())
    assert (mine.until, mine.resting_until) == (None, None)


async def test_duty_can_be_ended_without_a_valid_certificate(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, on_duty=True)
    await stop(services, await ana.actor(), harbour)
    assert await open_rows(services) == 0


async def test_who_loses_the_office_or_leaves_is_off_duty(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    ben = await world.person("ben", harbour, Role.MODERATOR, certified=True, on_duty=True)
    await end_office(services, await ada.actor(), harbour, ana.id, Role.MODERATOR)
    await leave(services, await ben.actor(), harbour)
    assert await open_rows(services) == 0


async def test_a_moderator_who_is_also_a_peer_stays_on_duty_as_one(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ana = await world.person(
        "ana", harbour, Role.MODERATOR, Role.PEER, certified=True, on_duty=True
    )
    await end_office(services, await ada.actor(), harbour, ana.id, Role.MODERATOR)
    assert await open_rows(services) == 1
    assert await names_on_duty(services, harbour) == []


async def test_the_switch_is_one_form_each_and_works_without_scripts(world: World) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    assert "On for 2 hours" in (await ana.get("/c/harbour/duty")).text

    assert (await ana.post("/c/harbour/duty", {"hours": "4"})).status_code == 303
    page = (await ana.get("/c/harbour/duty")).text
    assert "You are on duty until" in page
    assert "One trained person is on duty now." in page
    back = await ana.post("/c/harbour/duty/ended", {"from": "desk"})
    assert back.headers["location"] == "/c/harbour/desk"
    assert (await ana.post("/c/harbour/rest")).headers["location"] == "/c/harbour/duty"
    assert "You are resting until" in (await ana.get("/c/harbour/duty")).text
    await ana.post("/c/harbour/rest/ended")
    assert "You are off duty." in (await ana.get("/c/harbour/duty")).text


async def test_a_wrong_number_of_hours_is_said(world: World) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    answer = await ana.post("/c/harbour/duty", {"hours": "99"})
    assert answer.status_code == 422
    assert "choose 2, 4 or 8 hours" in answer.text


async def test_members_and_teams_of_others_find_no_duty_page(world: World) -> None:
    harbour, meadow = await world.community(), await world.community("meadow")
    ben = await world.person("ben", harbour)
    zoe = await world.person("zoe", meadow, Role.MODERATOR, certified=True)
    for who in (ben, zoe):
        for url in ("/c/harbour/duty", "/c/harbour/rest"):
            assert (await who.post(url, {"hours": "2"})).status_code == 403
        assert (await who.get("/c/harbour/duty")).status_code == 403


async def test_an_uncertified_moderator_is_shown_the_way(world: World) -> None:
    harbour = await world.community()
    noc = await world.person("noc", harbour, Role.MODERATOR)
    page = (await noc.get("/c/harbour/duty")).text
    assert "/c/harbour/courses" in page
    assert "On for" not in page
    assert not (await noc.actor()).may(Action.DUTY_KEEP, harbour.id)


async def test_the_switch_on_the_desk_comes_back_to_the_desk(world: World) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True)
    assert (
        '<input type="hidden" name="from" value="desk">' in (await ana.get("/c/harbour/desk")).text
    )
    answer = await ana.post("/c/harbour/duty", {"hours": "2", "from": "desk"})
    assert answer.headers["location"] == "/c/harbour/desk"
