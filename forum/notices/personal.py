"""A person's notices, to take along and to erase."""

from sqlalchemy import delete
from sqlmodel import col

from forum.db import Reader, Tx
from forum.notices import queries
from forum.notices.models import Notice


class NoticeData:
    """What notices keep about a person: everything in their inbox."""

    name = "notices"

    async def export(self, reader: Reader, account_id: int) -> object:
        """Every notice, as JSON can hold it."""
        return [
            {
                "title": notice.title,
                "body": notice.body,
                "created_at": notice.created_at.isoformat(),
                "read_at": notice.read_at.isoformat() if notice.read_at else None,
            }
            for notice in await queries.all_of(reader, account_id)
        ]

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Remove every notice; they were for this person alone."""
        await tx.change(delete(Notice).where(col(Notice.account_id) == account_id))
