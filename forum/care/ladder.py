"""How long each level may wait, and who is told when nobody comes: README, table 1.

Pure: times in, rungs and people out. Source of the numbers: PRODUCT 4.4, meant for trained
volunteers; its anchors are the published targets of text lines and peer forums.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from forum.screening.verdict import Need


class Audience(StrEnum):
    """Whom an alert is for, and, once it went out, who it reached."""

    ON_SHIFT = "on_shift"
    LEADS = "leads"
    ADMINS = "admins"
    EVERYONE = "everyone"  # on shift, leads and community admins together
    OWNER = "owner"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder, `after` the case began to wait.

    audience None: nobody is told. band: where the case stands in the queue from here on.
    """

    step: str
    after: timedelta
    audience: Audience | None
    band: Need | None = None


@dataclass(frozen=True, slots=True)
class Timers:
    """The clocks of one level.

    repeat_every: how often everyone is told again after the last rung. first_words_by: counted
    from when the need was heard. lease: how long an owner may be idle; lease_warn comes before.
    pages_leads: with nobody on shift the leads are told at once; else the case waits for a shift.
    """

    claim_by: timedelta
    rungs: tuple[Rung, ...]
    repeat_every: timedelta | None
    first_words_by: timedelta | None
    lease_warn: timedelta
    lease: timedelta
    follow_up: str
    pages_leads: bool


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


_AT_ONCE = Rung("first", timedelta(0), Audience.ON_SHIFT)

TIMERS: Mapping[Need, Timers] = {
    Need.CRISIS: Timers(
        claim_by=_minutes(5),
        rungs=(
            _AT_ONCE,
            Rung("again", _minutes(5), Audience.ON_SHIFT),
            Rung("lead", _minutes(10), Audience.LEADS),
            Rung("all", _minutes(15), Audience.EVERYONE),
        ),
        repeat_every=_minutes(5),
        first_words_by=_minutes(15),
        lease_warn=_minutes(10),
        lease=_minutes(15),
        follow_up="24h",
        pages_leads=True,
    ),
    Need.URGENT: Timers(
        claim_by=_minutes(30),
        rungs=(
            _AT_ONCE,
            Rung("lead", _minutes(30), Audience.LEADS),
            Rung("all", _minutes(60), Audience.EVERYONE),
        ),
        # PRODUCT 4.4 ends at 60 minutes; an alert that falls silent would be a lost one.
        repeat_every=_minutes(60),
        first_words_by=_minutes(60),
        lease_warn=_minutes(20),
        lease=_minutes(30),
        follow_up="24h",
        pages_leads=True,
    ),
    Need.CONCERN: Timers(
        claim_by=_hours(4),
        rungs=(
            _AT_ONCE,
            Rung("aged", _hours(8), None, band=Need.URGENT),
            Rung("lead", _hours(12), Audience.LEADS),
        ),
        repeat_every=None,
        first_words_by=_hours(8),
        lease_warn=_minutes(60),
        lease=_minutes(90),
        follow_up="72h",
        pages_leads=False,
    ),
    Need.SUPPORT: Timers(
        claim_by=_hours(24),
        rungs=(
            Rung("first", timedelta(0), None),
            Rung("aged", _hours(24), None, band=Need.CONCERN),
        ),
        repeat_every=None,
        first_words_by=None,
        # PRODUCT 4.4 gives none; a day, so that nobody is taken up and then forgotten.
        lease_warn=_hours(12),
        lease=_hours(24),
        follow_up="72h",
        pages_leads=False,
    ),
}


def rung(level: Need, number: int) -> Rung | None:
    """The rung of that number, 0 first; repeats follow the last one; None when there is no more."""
    timers = TIMERS[level]
    if number < len(timers.rungs):
        return timers.rungs[number]
    if timers.repeat_every is None:
        return None
    repeat = number - len(timers.rungs) + 1
    after = timers.rungs[-1].after + repeat * timers.repeat_every
    return Rung(f"repeat-{repeat}", after, Audience.EVERYONE)


class Team(NamedTuple):
    """Account ids of those who can be told, the person the case is about never among them."""

    on_shift: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    admins: frozenset[int] = frozenset()


class Told(NamedTuple):
    """Whom an alert reaches."""

    audience: Audience
    people: frozenset[int]


def whom(wanted: Audience, team: Team, *, pages_leads: bool, quiet: Set[int] = frozenset()) -> Told:
    """Who hears an alert for `wanted`, when `quiet` have acknowledged and are left in peace.

    Where nobody is left, the next circle is told: on shift → leads → admins. When every circle
    has acknowledged and nobody took the case, all of `wanted` hear it again: silence is worse.
    pages_leads False: a case that may wait for a shift goes no further than that.
    """
    for peace in (quiet, frozenset[int]()):
        for audience in _widening(wanted, pages_leads):
            people = _circle(audience, team) - peace
            if people:
                return Told(audience, people)
    return Told(Audience.NOBODY, frozenset())


def _widening(wanted: Audience, pages_leads: bool) -> tuple[Audience, ...]:
    circles = (Audience.ON_SHIFT, Audience.LEADS, Audience.ADMINS)
    if wanted not in circles or (wanted is Audience.ON_SHIFT and not pages_leads):
        return (wanted,)
    return circles[circles.index(wanted) :]


def _circle(audience: Audience, team: Team) -> frozenset[int]:
    return {
        Audience.ON_SHIFT: team.on_shift,
        Audience.LEADS: team.leads,
        Audience.ADMINS: team.admins,
        Audience.EVERYONE: team.on_shift | team.leads | team.admins,
    }.get(audience, frozenset())
