"""A slow slide is heard on more and more days. Steady sadness, a bad day, recovery: quiet."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from forum.care.models import Case, Signal
from forum.care.personal import CareData
from forum.care.slide import Days
from forum.care.states import State
from forum.communities.models import Grant
from forum.permissions import Role
from forum.screening.verdict import Need
from forum.services import Place
from tests.care.cases import Harbour, rows
from tests.people import World

FORTNIGHT = timedelta(days=14)
DESK = "/c/harbour/desk"


@pytest.fixture
async def harbour(world: World) -> Harbour:
    """Everybody has been here for two weeks; the clock is at the first of fifteen evenings."""
    made = await Harbour.open(world)
    made.services.clock.advance(days=15)  # type: ignore[attr-defined]
    return made


async def live(
    harbour: Harbour,
    days: Iterable[int],
    need: Need = Need.SUPPORT,
    *,
    until: int = 14,
    outcome: State = State.CLOSED,
    **about: Any,
) -> None:
    """Mia is heard on these evenings of fifteen, and each time somebody looks after her."""
    wanted = set(days)
    for day in range(until + 1):
        if day in wanted:
            await harbour.raise_(need, **about)
            if day < until:
                await close(harbour, outcome)
        if day < until:
            harbour.services.clock.advance(days=1)  # type: ignore[attr-defined]


async def close(harbour: Harbour, outcome: State = State.CLOSED) -> None:
    """Somebody looked after whoever has a case, and ended it."""
    async with harbour.services.db.write() as tx:
        await tx.change(
            update(Case)
            .where(col(Case.closed_at).is_(None))
            .values(state=outcome.value, closed_at=tx.now)
        )


async def slides(harbour: Harbour) -> list[Signal]:
    return [one for one in await rows(harbour.services, Signal) if one.source == "slide"]


async def test_a_slide_is_told_once_with_its_days_and_the_level_of_a_concern(
    harbour: Harbour,
) -> None:
    await live(harbour, [6, 8, 9, 10, 12, 14])
    told = await slides(harbour)
    (first,) = told
    assert first.need == Need.SUPPORT
    (reason,) = first.reasons
    assert reason["label"] == (
        "heard as struggling on 3 of the last 4 days, more often this week than last"
    )
    assert all(one.need <= Need.CONCERN for one in await rows(harbour.services, Signal))


async def test_most_days_of_a_week_are_a_concern_and_call_the_shift(harbour: Harbour) -> None:
    await live(harbour, [9, 14])
    assert await slides(harbour) == []
    await close(harbour)
    # Heard often while a case was open: these days count, once it is over.
    await harbour.raise_()
    for _ in range(4):
        harbour.services.clock.advance(days=1)  # type: ignore[attr-defined]
        await harbour.raise_(Need.SUPPORT)
    assert await slides(harbour) == [], "people look already while a case is open"
    await close(harbour)
    harbour.services.clock.advance(hours=1)  # type: ignore[attr-defined]
    raised = await harbour.raise_(Need.SUPPORT)
    (told,) = await slides(harbour)
    assert (told.need, raised.level) == (Need.CONCERN, Need.CONCERN)
    assert told.case_id == raised.case_id
    sue = await harbour.world.person("sue", harbour.place, Role.MODERATOR, certified=True)
    page = (await sue.get(f"/c/harbour/cases/{raised.case_id}")).text
    assert "Heard more often of late" in page
    assert "heard as struggling on 6 of the last 10 days, more often this week than last" in page


async def test_days_of_concern_make_a_slide_a_concern(harbour: Harbour) -> None:
    await live(harbour, [11, 13, 14], Need.CONCERN)
    (told,) = await slides(harbour)
    assert told.need == Need.CONCERN


@pytest.mark.parametrize(
    "days",
    [
        pytest.param([1, 3, 5, 8, 10, 12, 14], id="steady sadness"),
        pytest.param([14], id="one bad day"),
        pytest.param([13, 14], id="a bad weekend"),
        pytest.param([1, 2, 3, 4, 5, 6, 12, 14], id="recovery"),
        pytest.param([3, 5, 10, 12, 14], id="one day more than last week"),
    ],
)
async def test_what_is_no_slide_stays_quiet(harbour: Harbour, days: list[int]) -> None:
    await live(harbour, days)
    now = harbour.services.clock.now()
    # A fortnight that begins with sadness began with a slide; this is about its last evening.
    assert [one for one in await slides(harbour) if one.at > now - timedelta(days=8)] == []


async def test_many_messages_of_one_evening_are_one_day(harbour: Harbour) -> None:
    await live(harbour, [12, 14])
    for _ in range(5):
        await close(harbour)
        harbour.services.clock.advance(minutes=5)  # type: ignore[attr-defined]
        await harbour.raise_(Need.SUPPORT)
    assert await slides(harbour) == []


async def test_it_is_told_at_most_once_a_week(harbour: Harbour) -> None:
    await live(harbour, [10, 12, 14])
    assert len(await slides(harbour)) == 1
    for _ in range(6):
        await close(harbour)
        harbour.services.clock.advance(days=1)  # type: ignore[attr-defined]
        await harbour.raise_(Need.SUPPORT)
        assert len(await slides(harbour)) == 1
    await close(harbour)
    harbour.services.clock.advance(days=1)  # type: ignore[attr-defined]
    await harbour.raise_(Need.SUPPORT)
    assert len(await slides(harbour)) == 2


async def test_what_people_found_to_be_nothing_does_not_count(harbour: Harbour) -> None:
    await live(harbour, [10, 12, 14], outcome=State.NOT_A_CONCERN)
    assert await slides(harbour) == []


@pytest.mark.parametrize("source", ["worry", "drill"])
async def test_only_the_persons_own_words_count(harbour: Harbour, source: str) -> None:
    await live(harbour, [10, 12], source=source, until=13)
    await harbour.raise_(Need.SUPPORT)
    assert await slides(harbour) == []


async def test_words_in_another_community_are_not_counted_here(harbour: Harbour) -> None:
    other = await second_home(harbour)
    await live(harbour, [10, 12], community_id=other.id, until=13)
    await harbour.raise_(Need.SUPPORT)
    assert await slides(harbour) == []


async def second_home(harbour: Harbour) -> Place:
    place = await harbour.world.community("lighthouse")
    async with harbour.services.db.write() as tx:
        tx.add(
            Grant(
                account_id=harbour.mia.id,
                community_id=place.id,
                role=Role.MEMBER.value,
                starts_at=tx.now - 2 * FORTNIGHT,
            )
        )
    return place


async def test_of_a_newcomer_there_is_no_week_before_to_compare_with(harbour: Harbour) -> None:
    async with harbour.services.db.write() as tx:
        mine = col(Grant.account_id) == harbour.mia.id
        await tx.change(update(Grant).where(mine).values(starts_at=tx.now + timedelta(days=8)))
    await live(harbour, [10, 12, 14])
    assert await slides(harbour) == []


async def test_words_that_cannot_wait_are_not_held_up_to_count_days(harbour: Harbour) -> None:
    await live(harbour, [10, 12], until=13)
    await harbour.raise_(Need.CRISIS)
    assert await slides(harbour) == []


async def test_the_person_takes_it_along_and_erasing_leaves_nothing_of_it(
    harbour: Harbour,
) -> None:
    await live(harbour, [10, 12, 14])
    async with harbour.services.db.read() as reader:
        kept: Any = await CareData().export(reader, harbour.mia.id)
    (noticed,) = kept["noticed_over_days"]
    assert noticed["text"].startswith("heard as struggling on 3 of the last 5 days")
    async with harbour.services.db.write() as tx:
        await CareData().erase(tx, harbour.mia.id, keep_words=False)
    (told,) = await slides(harbour)
    assert told.reasons == []
    async with harbour.services.db.read() as reader:
        after: Any = await CareData().export(reader, harbour.mia.id)
    assert after["noticed_over_days"] == []
    assert all(case.person_id is None for case in await rows(harbour.services, Case))
    await harbour.raise_(Need.SUPPORT)
    assert len(await slides(harbour)) == 1, "earlier days belong to nobody any more"


async def test_the_person_sees_no_more_than_the_panel_beside_their_words(
    harbour: Harbour,
) -> None:
    await live(harbour, [10, 12, 14], Need.CONCERN)
    assert len(await slides(harbour)) == 1
    for url in ("/c/harbour/care", "/c/harbour/care/line", "/notices"):
        page = await harbour.mia.get(url, follow_redirects=True)
        assert page.status_code == 200, url
        assert "Sign in" not in page.text
        assert "struggling" not in page.text


def test_days_are_counted_back_from_now_and_midnight_cuts_no_evening_in_two() -> None:
    now = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    evening = [(now - timedelta(minutes=minutes), 1) for minutes in (0, 20, 40, 60)]
    assert Days.of(evening, now) == Days(this_week=1, last_week=0, heavy=0, reach=1)
    assert Days.of([], now) == Days(0, 0, 0, 0)
    later = [(now + timedelta(hours=1), 1), (now - FORTNIGHT, 1)]
    assert Days.of(later, now) == Days(0, 0, 0, 0), "a clock jumped; and too long ago"
