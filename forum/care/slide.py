"""A slow slide: somebody who was heard as struggling on more and more days. README, *Decisions*."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlmodel import col, func, select

from forum.care.models import Case, Signal
from forum.care.signals import Concern
from forum.care.states import Source, State
from forum.communities.models import Grant
from forum.content import Subject
from forum.db import Tx
from forum.permissions import Role
from forum.screening.verdict import Need, Reason

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
WINDOW = 2 * WEEK
# One bad day is a bad day and two are a weekend; from the third one somebody should look.
LEAST_DAYS = 3
LEAST_MORE = 2  # more days than the week before: one more is chance
MANY_DAYS = 5  # of a week: more days than not, so it goes in front of what can wait
HEAVY_DAYS = 2  # days of the week heard as CONCERN or more that do the same
REST = WEEK  # how long a slide that was told is not told again
# The person's own words set it off; pressing "I need someone now" counts as a day as well.
HEARD = frozenset({Source.MODEL, Source.RULE, Source.LINE})
COUNTED = HEARD | {Source.SELF}


@dataclass(frozen=True, slots=True)
class Days:
    """On which days of two weeks somebody was heard as struggling.

    this_week, last_week: how many different days. heavy: those of this week with CONCERN or more.
    reach: days back to the first of them, today included.
    """

    this_week: int
    last_week: int
    heavy: int
    reach: int

    @classmethod
    def of(cls, heard: Iterable[tuple[datetime, int]], now: datetime) -> Self:
        """From times and needs. A day is 24 hours back from now: an evening has no midnight."""
        strongest: dict[int, int] = {}
        for at, need in heard:
            if timedelta() <= now - at < WINDOW:
                day = (now - at) // DAY
                strongest[day] = max(strongest.get(day, 0), need)
        week = WEEK // DAY
        recent = [need for day, need in strongest.items() if day < week]
        return cls(
            this_week=len(recent),
            last_week=len(strongest) - len(recent),
            heavy=sum(need >= Need.CONCERN for need in recent),
            reach=max(strongest, default=-1) + 1,
        )

    @property
    def need(self) -> Need:
        """NONE for no slide, else SUPPORT or CONCERN: never above, nothing here is urgent."""
        if self.this_week < LEAST_DAYS or self.this_week < self.last_week + LEAST_MORE:
            return Need.NONE
        is_steep = self.this_week >= MANY_DAYS or self.heavy >= HEAVY_DAYS
        return Need.CONCERN if is_steep else Need.SUPPORT

    @property
    def label(self) -> str:
        """What a moderator reads."""
        return (
            f"heard as struggling on {self.this_week + self.last_week} of the last {self.reach} "
            "days, more often this week than last"
        )


async def slide_of(tx: Tx, case: Case, concern: Concern) -> Concern | None:
    """The slide that shows with this concern, which just opened this case; None for none.

    Asked only then: while a case is open, people look already. Of this community alone, and of
    nobody who came so lately that there is no week before to compare with.
    Proven by tests/care/test_slide.py.
    """
    is_heard = concern.source in HEARD and concern.need <= Need.CONCERN
    if not is_heard or await _told_lately(tx, concern) or not await _was_here(tx, concern):
        return None
    days = Days.of(await _heard(tx, concern), tx.now)
    if days.need is Need.NONE:
        return None
    return Concern(
        person_id=concern.person_id,
        community_id=concern.community_id,
        # Not the words that set it off: their own signal marks them, and is heard again by itself.
        subject=Subject("case", case.id or 0),
        need=days.need,
        source=Source.SLIDE,
        reasons=(Reason("slide", (0, 0), days.label),),
    )


async def _heard(tx: Tx, concern: Concern) -> list[tuple[datetime, int]]:
    """When the person's own words called for somebody, without what people found to be nothing."""
    found = await tx.session.exec(
        select(Signal.at, Signal.need)
        .join(Case, col(Case.id) == col(Signal.case_id))
        .where(
            Case.person_id == concern.person_id,
            Case.community_id == concern.community_id,
            Case.state != State.NOT_A_CONCERN.value,
            col(Signal.source).in_([source.value for source in COUNTED]),
            col(Signal.at) > tx.now - WINDOW,
        )
    )
    return list(found.all())


async def _told_lately(tx: Tx, concern: Concern) -> bool:
    found = await tx.session.exec(
        select(func.count())
        .select_from(Signal)
        .join(Case, col(Case.id) == col(Signal.case_id))
        .where(
            Case.person_id == concern.person_id,
            Case.community_id == concern.community_id,
            Signal.source == Source.SLIDE.value,
            col(Signal.at) > tx.now - REST,
        )
    )
    return found.one() > 0


async def _was_here(tx: Tx, concern: Concern) -> bool:
    """Whether the person was a member all through both weeks."""
    found = await tx.session.exec(
        select(Grant.id).where(
            Grant.account_id == concern.person_id,
            Grant.community_id == concern.community_id,
            Grant.role == Role.MEMBER.value,
            Grant.starts_at <= tx.now - WINDOW,
        )
    )
    return found.first() is not None
