"""Reads of a person's own notices."""

from sqlmodel import col, func, select

from forum.db import Reader
from forum.notices.models import Notice


async def unread_count(reader: Reader, account_id: int) -> int:
    """How many notices this person has not opened yet."""
    unread = (
        select(func.count())
        .select_from(Notice)
        .where(Notice.account_id == account_id, col(Notice.read_at).is_(None))
    )
    return (await reader.exec(unread)).one()
