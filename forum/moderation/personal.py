"""What moderation keeps about a person: their copy of it, and its end."""

from sqlalchemy import update
from sqlmodel import col, select

from forum.db import Reader, Tx
from forum.moderation.models import Appeal, Decision, Flag, Review


class ModerationData:
    """`forum.services.PersonalData` of moderation."""

    name = "moderation"

    async def export(self, reader: Reader, account_id: int) -> object:
        """What the person reported, what was decided about their words, and their appeals."""
        flags = await reader.exec(
            select(Flag).where(Flag.reporter_id == account_id).order_by(col(Flag.id))
        )
        decided = await reader.exec(
            select(Decision, Appeal)
            .join(Review, col(Review.id) == col(Decision.review_id))
            .join(Appeal, col(Appeal.decision_id) == col(Decision.id), isouter=True)
            .where(Review.author_id == account_id)
            .order_by(col(Decision.id))
        )
        return {
            "reports": [
                {"category": one.category, "words": one.words, "at": one.created_at.isoformat()}
                for one in flags
            ],
            "decisions_about_me": [
                {
                    "what": decision.kind,
                    "words": decision.words,
                    "at": decision.decided_at.isoformat(),
                    "my_appeal": appeal.words if appeal else None,
                }
                for decision, appeal in decided
            ],
        }

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Empty what the person wrote here and cut the tie; that something was decided stays."""
        del keep_words  # nothing of this is for other members
        theirs = select(col(Review.id)).where(Review.author_id == account_id)
        decisions = select(col(Decision.id)).where(col(Decision.review_id).in_(theirs))
        await tx.change(
            update(Appeal).where(col(Appeal.decision_id).in_(decisions)).values(words="")
        )
        await tx.change(
            update(Review)
            .where(col(Review.author_id) == account_id)
            .values(author_id=None, reasons=[])
        )
        await tx.change(
            update(Flag)
            .where(col(Flag.reporter_id) == account_id)
            .values(reporter_id=None, words="")
        )
