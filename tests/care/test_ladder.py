"""The ladder as tables: PRODUCT 4.4, and nobody is ever left uncalled."""

from datetime import timedelta
from itertools import pairwise

import pytest

from forum.care.ladder import TIMERS, Audience, Team, rung, whom
from forum.screening.verdict import Need

NEEDS = [Need.SUPPORT, Need.CONCERN, Need.URGENT, Need.CRISIS]

# Level, number of the rung: name, minutes, audience, place in the queue.
RUNGS = [
    (Need.CRISIS, 0, "first", 0, Audience.ON_SHIFT, None),
    (Need.CRISIS, 1, "again", 5, Audience.ON_SHIFT, None),
    (Need.CRISIS, 2, "lead", 10, Audience.LEADS, None),
    (Need.CRISIS, 3, "all", 15, Audience.EVERYONE, None),
    (Need.CRISIS, 4, "repeat-1", 20, Audience.EVERYONE, None),
    (Need.CRISIS, 9, "repeat-6", 45, Audience.EVERYONE, None),
    (Need.URGENT, 0, "first", 0, Audience.ON_SHIFT, None),
    (Need.URGENT, 1, "lead", 30, Audience.LEADS, None),
    (Need.URGENT, 2, "all", 60, Audience.EVERYONE, None),
    (Need.URGENT, 3, "repeat-1", 120, Audience.EVERYONE, None),
    (Need.CONCERN, 0, "first", 0, Audience.ON_SHIFT, None),
    (Need.CONCERN, 1, "aged", 480, None, Need.URGENT),
    (Need.CONCERN, 2, "lead", 720, Audience.LEADS, None),
    (Need.SUPPORT, 0, "first", 0, None, None),
    (Need.SUPPORT, 1, "aged", 1440, None, Need.CONCERN),
]
# Level: claim by, first words by, warned and lost after so many minutes of silence.
CLOCKS = [
    (Need.CRISIS, 5, 15, 10, 15),
    (Need.URGENT, 30, 60, 20, 30),
    (Need.CONCERN, 240, 480, 60, 90),
    (Need.SUPPORT, 1440, None, 720, 1440),
]

SHIFT, LEADS, ADMINS = frozenset({1, 2}), frozenset({3}), frozenset({4})
FULL = Team(SHIFT, LEADS, ADMINS)
NIGHT = Team(frozenset(), LEADS, ADMINS)
NO_LEAD = Team(frozenset(), frozenset(), ADMINS)
EMPTY = Team()
ALL = SHIFT | LEADS | ADMINS

# Wanted, the team, who has acknowledged: who is told.
CALLS = [
    (Audience.ON_SHIFT, FULL, set(), Audience.ON_SHIFT, SHIFT),
    (Audience.ON_SHIFT, FULL, {1}, Audience.ON_SHIFT, {2}),
    (Audience.ON_SHIFT, FULL, {1, 2}, Audience.LEADS, LEADS),
    (Audience.ON_SHIFT, FULL, {1, 2, 3}, Audience.ADMINS, ADMINS),
    (Audience.ON_SHIFT, FULL, ALL, Audience.ON_SHIFT, SHIFT),
    (Audience.ON_SHIFT, NIGHT, set(), Audience.LEADS, LEADS),
    (Audience.ON_SHIFT, NIGHT, {3}, Audience.ADMINS, ADMINS),
    (Audience.ON_SHIFT, NO_LEAD, set(), Audience.ADMINS, ADMINS),
    (Audience.ON_SHIFT, EMPTY, set(), Audience.NOBODY, set()),
    (Audience.LEADS, FULL, set(), Audience.LEADS, LEADS),
    (Audience.LEADS, NO_LEAD, set(), Audience.ADMINS, ADMINS),
    (Audience.LEADS, EMPTY, set(), Audience.NOBODY, set()),
    (Audience.EVERYONE, FULL, set(), Audience.EVERYONE, ALL),
    (Audience.EVERYONE, FULL, {1, 3}, Audience.EVERYONE, {2, 4}),
    (Audience.EVERYONE, FULL, ALL, Audience.EVERYONE, ALL),
    (Audience.EVERYONE, EMPTY, set(), Audience.NOBODY, set()),
]


@pytest.mark.parametrize(("level", "number", "step", "minutes", "audience", "band"), RUNGS)
def test_each_rung_stands_where_the_table_puts_it(
    level: Need, number: int, step: str, minutes: int, audience: Audience, band: Need | None
) -> None:
    found = rung(level, number)
    assert found is not None
    assert (found.step, found.audience, found.band) == (step, audience, band)
    assert found.after == timedelta(minutes=minutes)


@pytest.mark.parametrize(("level", "number"), [(Need.CONCERN, 3), (Need.SUPPORT, 2)])
def test_a_level_that_may_wait_has_a_last_rung(level: Need, number: int) -> None:
    assert rung(level, number) is None


@pytest.mark.parametrize(("level", "claim", "words", "warn", "lease"), CLOCKS)
def test_the_clocks_of_each_level(
    level: Need, claim: int, words: int | None, warn: int, lease: int
) -> None:
    timers = TIMERS[level]
    in_minutes = [timers.claim_by, timers.lease_warn, timers.lease]
    assert in_minutes == [timedelta(minutes=each) for each in (claim, warn, lease)]
    assert timers.first_words_by == (timedelta(minutes=words) if words else None)


@pytest.mark.parametrize("level", NEEDS)
def test_later_rungs_never_come_sooner(level: Need) -> None:
    found = [rung(level, number) for number in range(8)]
    times = [each.after for each in found if each]
    assert all(earlier < later for earlier, later in pairwise(times))


def test_a_higher_level_never_waits_longer() -> None:
    for lower, higher in pairwise(NEEDS):
        assert TIMERS[higher].claim_by < TIMERS[lower].claim_by
        assert TIMERS[higher].lease < TIMERS[lower].lease


@pytest.mark.parametrize(("wanted", "team", "quiet", "audience", "people"), CALLS)
def test_a_call_goes_to_the_next_circle_when_one_is_empty(
    wanted: Audience, team: Team, quiet: set[int], audience: Audience, people: set[int]
) -> None:
    told = whom(wanted, team, pages_leads=True, quiet=quiet)
    assert told == (audience, frozenset(people))


def test_what_may_wait_for_a_shift_pages_no_lead_at_night() -> None:
    told = whom(Audience.ON_SHIFT, NIGHT, pages_leads=False)
    assert told == (Audience.NOBODY, frozenset())


@pytest.mark.parametrize("wanted", [Audience.ON_SHIFT, Audience.LEADS, Audience.EVERYONE])
@pytest.mark.parametrize("quiet", [set(), {1}, {1, 2}, {1, 2, 3}, ALL])
@pytest.mark.parametrize("team", [FULL, NIGHT, NO_LEAD])
def test_a_call_is_never_silent_while_anybody_is_there(
    wanted: Audience, quiet: set[int], team: Team
) -> None:
    assert whom(wanted, team, pages_leads=True, quiet=quiet).people
