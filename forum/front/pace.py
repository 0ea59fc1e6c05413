"""How fast people were answered here lately: measured, and said with how many that was."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, select

from forum.care.models import Case
from forum.db import Reader
from forum.screening.verdict import Need

LOOK_BACK = timedelta(days=90)
# Below ten, one person's evening could be told from the figure (PRODUCT 5: cells of 10 or more).
FEWEST = 10
MOST = 500  # the newest are enough for a median, and the page stays quick


class Pace(NamedTuple):
    """Of `times` that somebody was needed soon, half had human words within so many seconds."""

    times: int
    half_within: float


async def pace(reader: Reader, community_id: int, now: datetime) -> Pace | None:
    """The pace of urgent answers in the last 90 days; None when too few or half wait still.

    Who got no words yet counts as waiting, so that silence cannot make the figure look better.
    """
    rows = await reader.exec(
        select(Case.opened_at, Case.first_words_at)
        .where(
            Case.community_id == community_id,
            Case.highest_level >= Need.URGENT,
            Case.opened_at > now - LOOK_BACK,
            col(Case.is_drill).is_(False),
        )
        .order_by(col(Case.opened_at).desc())
        .limit(MOST)
    )
    waits = [(first - opened).total_seconds() if first else None for opened, first in rows]
    answered = sorted(wait for wait in waits if wait is not None)
    half = (len(waits) + 1) // 2
    if len(waits) < FEWEST or len(answered) < half:
        return None
    return Pace(len(waits), answered[half - 1])
