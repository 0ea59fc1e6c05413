"""Flags: a member says that something breaks a rule, and hears what came of it."""

from dataclasses import dataclass

from sqlmodel import col, select

from forum import audit
from forum.care.reasons import reporter_outcome
from forum.content import Excerpt, Subject, Visibility
from forum.db import Tx
from forum.errors import Invalid, NotFound
from forum.limits import FLAG
from forum.moderation.models import Decision, Flag, Review
from forum.moderation.reviews import Opening, open_review
from forum.moderation.rules import RULES
from forum.notices.actions import tell
from forum.permissions import Action, Actor, require
from forum.services import Place, Services

MAX_WORDS = 1000
APPROVED = "approve"


@dataclass(frozen=True, slots=True)
class FlagDraft:
    """A report as it was written. category: a key of RULES."""

    about: Subject
    category: str
    words: str = ""


async def flagged(services: Services, actor: Actor, place: Place, about: Subject) -> Excerpt:
    """What somebody wants to report. Raises NotFound for what they cannot see here."""
    async with services.db.read() as reader:
        excerpt = await services.contents.excerpt(reader, about)
    if excerpt.community_id != place.id or excerpt.visibility is not Visibility.SHOWN:
        raise NotFound
    if not services.contents[about.kind].is_public:
        raise NotFound
    if excerpt.line.author_id == actor.id:
        raise Invalid({"": "These are your own words. You can change or remove them yourself."})
    return excerpt


async def flag(services: Services, actor: Actor, place: Place, draft: FlagDraft) -> None:
    """Put a report before the moderators; sent twice, it is one.

    What a person has looked at and found fine is not opened again until it is edited.
    Raises NotFound, Invalid, TooMany.
    """
    require(actor, Action.FLAG_CREATE, place.id)
    if draft.category not in RULES:
        raise Invalid({"category": "Please pick what fits best."})
    if len(draft.words) > MAX_WORDS:
        raise Invalid({"words": f"Please keep this under {MAX_WORDS} characters."})
    excerpt = await flagged(services, actor, place, draft.about)
    services.limits.require(FLAG, str(actor.id), services.clock.now())
    async with services.db.write() as tx:
        fine = await _found_fine(tx, draft.about, excerpt.version)
        review_id = fine or await open_review(tx, _opening(excerpt, place))
        stored = await _store(tx, actor, draft, review_id)
        if stored and fine:
            await tell_reporter(tx, actor.id, place.id, "left", excerpt, services)
        if stored:
            await audit.record(
                tx,
                actor.id,
                Action.FLAG_CREATE,
                community_id=place.id,
                subject=draft.about,
                detail={"category": draft.category, "review": review_id},
            )


async def tell_reporter(
    tx: Tx, reporter_id: int, community_id: int, result: str, about: Excerpt, services: Services
) -> None:
    """Tell a reporter what came of it; never who decided, nor what was done to whom."""
    word = services.contents[about.line.subject.kind].word
    body = reporter_outcome(result, word)
    title = "What came of your report"
    await tell(tx, reporter_id, "flag_outcome", title, body, community_id=community_id)


async def _store(tx: Tx, actor: Actor, draft: FlagDraft, review_id: int) -> bool:
    values = {
        "review_id": review_id,
        "reporter_id": actor.id,
        "category": draft.category,
        "words": draft.words,
        "created_at": tx.now,
    }
    return await tx.insert_once(Flag, values) is not None


async def _found_fine(tx: Tx, about: Subject, version: int) -> int | None:
    """The review in which a person approved this very version; None when nobody has."""
    found = await tx.session.exec(
        select(col(Review.id))
        .join(Decision, col(Decision.review_id) == col(Review.id))
        .where(
            Review.subject_kind == about.kind,
            Review.subject_id == about.id,
            Review.version == version,
            col(Review.decided_at).is_not(None),
            Decision.kind == APPROVED,
        )
        .order_by(col(Review.id).desc())
    )
    return found.first()


def _opening(excerpt: Excerpt, place: Place) -> Opening:
    return Opening(
        subject=excerpt.line.subject,
        community_id=place.id,
        author_id=excerpt.line.author_id,
        version=excerpt.version,
        source="flag",
    )
