"""What the moderators' pages show, and what an author may read of a decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from forum.accounts.models import Account
from forum.audit import AuditEntry
from forum.content import Contents, Excerpt, Subject
from forum.db import Reader
from forum.errors import NotFound
from forum.moderation.models import Decision, Flag, Review
from forum.permissions import Action, Actor
from forum.services import Place

PAGE = 30
EARLIER = timedelta(days=365)
FORMER = "former member"


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as the page shows it; flags and decisions with names of the team and reporters."""

    review: Review
    excerpt: Excerpt | None
    flags: tuple[tuple[str, str, str, datetime], ...]
    earlier: tuple[tuple[str, str, datetime], ...]


def visible_to(actor: Actor, place: Place) -> SelectOfScalar[Review]:
    """The reviews of this community, but none about the actor's own words."""
    if not actor.may(Action.REVIEW_LIST, place.id):
        raise NotFound
    others = or_(col(Review.author_id).is_(None), col(Review.author_id) != actor.id)
    return select(Review).where(Review.community_id == place.id, others)


async def open_reviews(reader: Reader, actor: Actor, place: Place, after: int = 0) -> list[Review]:
    """What waits for a look, the most harmful first, then the oldest; pages by position."""
    waiting = (
        visible_to(actor, place)
        .where(col(Review.decided_at).is_(None))
        .order_by(col(Review.harm).desc(), col(Review.opened_at), col(Review.id))
    )
    if after:
        last = await reader.get(Review, after)
        if last is not None:
            waiting = waiting.where(
                or_(
                    col(Review.harm) < last.harm,
                    and_(
                        col(Review.harm) == last.harm,
                        or_(
                            col(Review.opened_at) > last.opened_at,
                            and_(col(Review.opened_at) == last.opened_at, col(Review.id) > last.id),
                        ),
                    ),
                )
            )
    return list(await reader.exec(waiting.limit(PAGE)))


async def review_view(
    reader: Reader, contents: Contents, actor: Actor, place: Place, review_id: int, now: datetime
) -> ReviewView:
    """One review with its surroundings. Raises NotFound."""
    found = await reader.exec(visible_to(actor, place).where(Review.id == review_id))
    review = found.first()
    if review is None:
        raise NotFound
    try:
        excerpt = await contents.excerpt(reader, Subject(review.subject_kind, review.subject_id))
    except NotFound:
        excerpt = None  # the author took it back
    return ReviewView(
        review=review,
        excerpt=excerpt,
        flags=await _flags(reader, review_id),
        earlier=await _earlier(reader, review, now),
    )


async def own_decision(
    reader: Reader, actor: Actor, place: Place, decision_id: int
) -> tuple[Decision, Review]:
    """A decision about the actor's own words. Raises NotFound for anybody else's."""
    found = await reader.exec(
        select(Decision, Review)
        .join(Review, col(Review.id) == col(Decision.review_id))
        .where(
            Decision.id == decision_id,
            Review.community_id == place.id,
            Review.author_id == actor.id,
        )
    )
    row = found.first()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def audit_page(
    reader: Reader, place: Place, before: int | None = None
) -> list[tuple[AuditEntry, str]]:
    """What was done in this community, the newest first, with the name of who did it."""
    entries = (
        select(AuditEntry, Account.name)
        .join(Account, col(Account.id) == col(AuditEntry.actor_id), isouter=True)
        .where(AuditEntry.community_id == place.id)
        .order_by(col(AuditEntry.id).desc())
        .limit(PAGE)
    )
    if before is not None:
        entries = entries.where(col(AuditEntry.id) < before)
    return [
        (entry, name or ("the system" if entry.actor_id is None else FORMER))
        for entry, name in await reader.exec(entries)
    ]


async def _flags(reader: Reader, review_id: int) -> tuple[tuple[str, str, str, datetime], ...]:
    rows = await reader.exec(
        select(Account.name, Flag.category, Flag.words, Flag.created_at)
        .join(Account, col(Account.id) == col(Flag.reporter_id), isouter=True)
        .where(Flag.review_id == review_id)
        .order_by(col(Flag.id))
    )
    return tuple((name or FORMER, *rest) for name, *rest in rows)  # type: ignore[misc]


async def _earlier(
    reader: Reader, review: Review, now: datetime
) -> tuple[tuple[str, str, datetime], ...]:
    """What was decided about this author within a year: kind, rule, when."""
    rows = await reader.exec(
        select(Decision.kind, Decision.rule, Decision.decided_at)
        .join(Review, col(Review.id) == col(Decision.review_id))
        .where(
            Review.community_id == review.community_id,
            col(Review.author_id).is_not(None),
            Review.author_id == review.author_id,
            Decision.decided_at > now - EARLIER,
        )
        .order_by(col(Decision.id).desc())
        .limit(PAGE)
    )
    return tuple((kind, rule, at) for kind, rule, at in rows)
