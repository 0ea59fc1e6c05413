"""Who answers now: who counts, and the honest sentence."""

from datetime import UTC, datetime

import pytest

from forum.communities.models import Community
from forum.peers.coverage import cover
from forum.peers.models import Rest
from forum.peers.queries import (
    coverage,
    coverages,
    leads,
    my_duty,
    on_duty,
    on_duty_counts,
    present,
)
from forum.permissions import Role
from forum.services import Place, Services
from tests.fakes import FrozenClock
from tests.people import World

EVENING = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)


async def names_on_duty(services: Services, place: Place) -> list[str]:
    async with services.db.read() as reader:
        return [one.name for one in await on_duty(reader, place.id, services.clock.now())]


async def rest(services: Services, account_id: int) -> None:
    async with services.db.write() as tx:
        until = tx.now.replace(hour=23)
        tx.add(Rest(account_id=account_id, since=tx.now, until=until))


async def test_only_certified_moderators_and_leads_on_duty_get_alerts(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    await world.person("lee", harbour, Role.LEAD, certified=True, on_duty=True)
    await world.person("pia", harbour, Role.PEER, certified=True, on_duty=True)
    await world.person("noc", harbour, Role.MODERATOR, on_duty=True)
    await world.person("off", harbour, Role.MODERATOR, certified=True)
    await world.person("ada", harbour, Role.COMMUNITY_ADMIN, certified=True, on_duty=True)

    assert await names_on_duty(services, harbour) == ["ana", "lee"]


async def test_peers_on_duty_are_present_but_get_no_alerts(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    await world.person("pia", harbour, Role.PEER, certified=True, on_duty=True)
    async with services.db.read() as reader:
        here = await present(reader, harbour.id, services.clock.now())

    assert [one.name for one in here] == ["pia"]
    assert await names_on_duty(services, harbour) == []


async def test_duty_ends_at_the_hour_they_said(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    clock.advance(hours=8)
    assert await names_on_duty(services, harbour) == []


async def test_an_expired_certificate_ends_alerts_at_that_moment(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    clock.advance(days=-365)
    await world.person("ana", harbour, Role.MODERATOR, certified=True)
    clock.advance(days=365)
    mo = await world.person("mo", harbour, Role.MODERATOR, certified=True, on_duty=True)
    assert await names_on_duty(services, harbour) == ["mo"]
    async with services.db.read() as reader:
        mine = await my_duty(reader, mo.id, harbour.id, clock.now())
    assert mine.is_certified
    assert mine.until is not None


async def test_a_certificate_of_one_community_counts_for_nothing_in_another(
    services: Services, world: World
) -> None:
    harbour, meadow = await world.community(), await world.community("meadow")
    await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    assert await names_on_duty(services, meadow) == []


async def test_who_rests_gets_no_alerts_and_is_not_paged(services: Services, world: World) -> None:
    harbour = await world.community()
    ana = await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    lee = await world.person("lee", harbour, Role.LEAD, certified=True)
    await rest(services, ana.id)
    await rest(services, lee.id)

    assert await names_on_duty(services, harbour) == []
    async with services.db.read() as reader:
        assert await leads(reader, harbour.id, services.clock.now()) == []


async def test_the_coverage_of_each_community_is_its_own(services: Services, world: World) -> None:
    harbour, meadow = await world.community(), await world.community("meadow")
    await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    await world.person("lee", meadow, Role.LEAD, certified=True)
    async with services.db.read() as reader:
        both = await coverages(reader, [harbour.id, meadow.id], services.clock.now())

    assert (both[harbour.id].on_duty, both[harbour.id].lead_reachable) == (1, False)
    assert (both[meadow.id].on_duty, both[meadow.id].lead_reachable) == (0, True)


async def test_the_gauge_counts_each_community_also_the_empty_ones(
    services: Services, world: World
) -> None:
    harbour, meadow = await world.community(), await world.community("meadow")
    await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
    async with services.db.read() as reader:
        counts = await on_duty_counts(reader, services.clock.now())
    assert counts == {harbour.id: 1, meadow.id: 0}


async def test_the_night_is_that_of_the_community(services: Services, world: World) -> None:
    harbour = await world.community()
    async with services.db.write() as tx:
        row = await tx.session.get_one(Community, harbour.id)
        row.timezone = "Asia/Tokyo"
    async with services.db.read() as reader:
        found = await coverage(reader, harbour.id, EVENING)
    assert found.sentence.startswith("It is night here and nobody is on duty")


@pytest.mark.parametrize(
    ("on", "lead", "now", "sentence"),
    [
        (
            1,
            True,
            EVENING,
            "One trained person is on duty now. "
            "When somebody needs help at once, they are called straight away.",
        ),
        (
            2,
            True,
            NIGHT,
            "It is night here. Two trained people are on duty. "
            "When somebody needs help at once, they are called straight away.",
        ),
        (
            0,
            True,
            EVENING,
            "Nobody is on duty right now. When somebody needs help at once, the lead of the team "
            "is called. The help lines are answered by people.",
        ),
        (
            0,
            True,
            NIGHT,
            "It is night here and nobody is on duty. When somebody needs help at once, the lead "
            "of the team is called. The help lines are answered by people.",
        ),
        (
            0,
            False,
            EVENING,
            "Nobody is on duty right now, and no lead can be called. Please don't wait for us: "
            "the help lines are answered by people.",
        ),
    ],
)
def test_the_sentence_says_what_is(on: int, lead: bool, now: datetime, sentence: str) -> None:
    assert cover(on, lead_reachable=lead, timezone="Europe/London", now=now).sentence == sentence


def test_large_numbers_are_written_in_digits() -> None:
    many = cover(11, lead_reachable=True, timezone="UTC", now=EVENING)
    assert many.sentence.startswith("11 trained people are on duty now.")
