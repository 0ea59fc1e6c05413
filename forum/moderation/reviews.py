"""Opening a review of a piece of content: from the screener or from a member's flag."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import update
from sqlmodel import col, select

from forum.content import Subject
from forum.db import Reader, Tx
from forum.events import Event
from forum.moderation.models import Review
from forum.screening.verdict import Harm, Reason


@dataclass(frozen=True, slots=True)
class ReviewOpened(Event):
    """There is something to look at, or more of it."""

    review_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class Opening:
    """Why a piece of content is to be looked at.

    source: "screening" or "flag". conduct: score of 0.0–1.0 by name.
    """

    subject: Subject
    community_id: int
    author_id: int | None
    version: int
    source: str
    harm: Harm = Harm.SAFE
    conduct: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


async def open_review(tx: Tx, opening: Opening) -> int:
    """The id of the subject's open review; a second cause joins the first and raises its harm."""
    values = {
        "community_id": opening.community_id,
        "subject_kind": opening.subject.kind,
        "subject_id": opening.subject.id,
        "author_id": opening.author_id,
        "version": opening.version,
        "source": opening.source,
        "harm": int(opening.harm),
        "conduct": dict(opening.conduct),
        "reasons": [[one.rule, *one.span, one.label] for one in opening.reasons],
        "opened_at": tx.now,
    }
    review_id = await tx.insert_once(Review, values)
    if review_id is None:
        review_id = await _join(tx, opening, values)
    tx.announce(ReviewOpened(review_id, opening.community_id))
    return review_id


async def is_decided(reader: Reader, subject: Subject, version: int) -> bool:
    """Whether a person has decided about this version of a text."""
    decided = select(col(Review.id)).where(
        Review.subject_kind == subject.kind,
        Review.subject_id == subject.id,
        Review.version == version,
        col(Review.decided_at).is_not(None),
    )
    return (await reader.exec(decided)).first() is not None


async def _join(tx: Tx, opening: Opening, values: Mapping[str, object]) -> int:
    theirs = (
        col(Review.subject_kind) == opening.subject.kind,
        col(Review.subject_id) == opening.subject.id,
        col(Review.decided_at).is_(None),
    )
    review_id = (await tx.session.exec(select(col(Review.id)).where(*theirs))).one()
    if opening.source == "screening":
        # A newer version of the text was screened: its reasons replace the old ones.
        heard = {name: values[name] for name in ("version", "conduct", "reasons")}
        worse = update(Review).where(*theirs).values(**heard)
        await tx.change(worse)
        await tx.change(
            update(Review)
            .where(*theirs, col(Review.harm) < int(opening.harm))
            .values(harm=int(opening.harm))
        )
    return review_id or 0
