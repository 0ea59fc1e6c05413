"""Appeals: another person looks again, and undoes the decision or lets it stand."""

from dataclasses import dataclass

from sqlalchemy import or_, update
from sqlmodel import col, select

from forum import audit
from forum.communities.actions import end_role
from forum.content import Subject, Visibility
from forum.db import Reader, Tx
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.moderation.models import Appeal, Decision, Review
from forum.moderation.queries import own_decision
from forum.notices.actions import tell
from forum.permissions import Action, Actor, Role, require
from forum.services import Place, Services

MAX_WORDS = 2000
TAKEN_AWAY = ("mask", "hide", "restrict")
OUTCOMES = {
    "upheld": "Somebody who did not make the decision looked again. It stays as it is.",
    "undone": "Somebody who did not make the decision looked again, and took it back.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An appeal with what it is about."""

    appeal: Appeal
    decision: Decision
    review: Review


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """outcome: a key of OUTCOMES. words: the answer in the moderator's own words."""

    outcome: str
    words: str


def may_be_appealed(decision: Decision) -> bool:
    """Whether something was taken away, so that one may ask for another look."""
    return decision.kind in TAKEN_AWAY


async def appeal(
    services: Services, actor: Actor, place: Place, decision_id: int, words: str
) -> None:
    """Ask for another look at a decision about one's own words; asked twice, it is one.

    Raises NotFound for somebody else's decision, Invalid.
    """
    require(actor, Action.NOTICE_READ)
    if len(words) > MAX_WORDS:
        raise Invalid({"words": f"Please keep this under {MAX_WORDS} characters."})
    async with services.db.write() as tx:
        decision, _review = await own_decision(tx.session, actor, place, decision_id)
        if not may_be_appealed(decision):
            raise NotFound
        values = {
            "decision_id": decision_id,
            "community_id": place.id,
            "words": words,
            "created_at": tx.now,
        }
        if await tx.insert_once(Appeal, values) is not None:
            await audit.record(
                tx,
                actor.id,
                "moderation:appeal:create",
                community_id=place.id,
                subject=f"decision:{decision_id}",
            )


async def appeal_of(reader: Reader, decision_id: int) -> Appeal | None:
    """The appeal against a decision, when there is one."""
    return (await reader.exec(select(Appeal).where(Appeal.decision_id == decision_id))).first()


async def open_appeals(reader: Reader, actor: Actor, place: Place) -> list[Asked]:
    """What this person may look at again: open, not their own decision, not their own words."""
    rows = await reader.exec(
        select(Appeal, Decision, Review)
        .join(Decision, col(Decision.id) == col(Appeal.decision_id))
        .join(Review, col(Review.id) == col(Decision.review_id))
        .where(
            Appeal.community_id == place.id,
            col(Appeal.decided_at).is_(None),
            or_(col(Decision.decided_by).is_(None), col(Decision.decided_by) != actor.id),
            or_(col(Review.author_id).is_(None), col(Review.author_id) != actor.id),
        )
        .order_by(col(Appeal.id))
    )
    return [Asked(*row) for row in rows]


async def to_answer(reader: Reader, actor: Actor, place: Place, appeal_id: int) -> Asked:
    """One open appeal. Raises NotFound, and Forbidden for one's own decision."""
    rows = await reader.exec(
        select(Appeal, Decision, Review)
        .join(Decision, col(Decision.id) == col(Appeal.decision_id))
        .join(Review, col(Review.id) == col(Decision.review_id))
        .where(Appeal.id == appeal_id, Appeal.community_id == place.id)
    )
    row = rows.first()
    if row is None or row[2].author_id == actor.id:
        raise NotFound
    if row[1].decided_by == actor.id:
        raise Forbidden("You made this decision. Somebody else looks at it again.")
    return Asked(*row)


async def answer(
    services: Services, actor: Actor, place: Place, appeal_id: int, draft: AnswerDraft
) -> None:
    """Let a decision stand or undo it, and tell the author.

    Raises NotFound, Forbidden, Invalid, and Conflict when somebody was faster.
    """
    require(actor, Action.REVIEW_DECIDE, place.id)
    if draft.outcome not in OUTCOMES:
        raise Invalid({"outcome": "Please choose one of the two."})
    if not draft.words or len(draft.words) > MAX_WORDS:
        raise Invalid({"words": "Please say why in a few words; the author will read them."})
    async with services.db.write() as tx:
        asked = await to_answer(tx.session, actor, place, appeal_id)
        await _win(tx, actor, appeal_id, draft)
        if draft.outcome == "undone":
            await _undo(tx, services, actor, asked)
        if asked.review.author_id is not None:
            await tell(
                tx,
                asked.review.author_id,
                "appeal_answered",
                "Somebody has looked again",
                f"{OUTCOMES[draft.outcome]}\n\n{draft.words}",
                community_id=place.id,
                url=f"/c/{place.slug}/decisions/{asked.decision.id}",
            )
        await audit.record(
            tx,
            actor.id,
            "moderation:appeal:answer",
            community_id=place.id,
            subject=f"decision:{asked.decision.id}",
            detail={"outcome": draft.outcome},
        )


async def _win(tx: Tx, actor: Actor, appeal_id: int, draft: AnswerDraft) -> None:
    won = await tx.change(
        update(Appeal)
        .where(col(Appeal.id) == appeal_id, col(Appeal.decided_at).is_(None))
        .values(decided_at=tx.now, decided_by=actor.id, outcome=draft.outcome, answer=draft.words)
        .execution_options(synchronize_session=False)
    )
    if not won:
        raise Conflict("A colleague has answered this already. Nothing was changed.")


async def _undo(tx: Tx, services: Services, actor: Actor, asked: Asked) -> None:
    """Take back what was decided. What has changed meanwhile by another decision stays."""
    review, decision = asked.review, asked.decision
    if decision.kind == "restrict":
        if review.author_id is not None:
            await end_role(tx, actor.id, review.community_id, review.author_id, Role.RESTRICTED)
        return
    kind = services.contents[review.subject_kind]
    if decision.kind == "hide":
        await kind.set_visibility(tx, review.subject_id, Visibility.SHOWN)
        return
    subject = Subject(review.subject_kind, review.subject_id)
    excerpt = await services.contents.excerpt(tx.session, subject)
    undone = {(start, end) for start, end in decision.spans}
    await kind.set_masks(
        tx, review.subject_id, [span for span in excerpt.masks if span not in undone]
    )
