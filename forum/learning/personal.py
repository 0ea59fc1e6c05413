"""What learning keeps about a person: their copy of it, and its end."""

from sqlalchemy import delete
from sqlmodel import col, select

from forum.db import Reader, Tx
from forum.learning.models import Label


class LearningData:
    """`forum.services.PersonalData` of learning."""

    name = "learning"

    async def export(self, reader: Reader, account_id: int) -> object:
        """What was kept about decisions on the person's own texts."""
        found = await reader.exec(
            select(Label).where(Label.author_id == account_id).order_by(col(Label.id))
        )
        return {
            "decisions_kept_for_learning": [
                {
                    "about": f"{one.subject_kind}:{one.subject_id}",
                    "axis": one.axis,
                    "screening_said": one.heard,
                    "a_person_decided": one.decided,
                    "at": one.decided_at.isoformat(),
                }
                for one in found
            ]
        }

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Remove every label on this person's texts, also where the words stay."""
        del keep_words  # staying readable is not staying a lesson
        await tx.change(delete(Label).where(col(Label.author_id) == account_id))
