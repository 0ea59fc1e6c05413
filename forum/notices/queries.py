"""Reads of a person's own notices; nobody reads anybody else's."""

from sqlmodel import col, func, select

from forum.db import Reader
from forum.notices.models import Notice

PAGE_SIZE = 20


async def unread_count(reader: Reader, account_id: int) -> int:
    """How many notices this person has not opened yet."""
    unread = (
        select(func.count())
        .select_from(Notice)
        .where(Notice.account_id == account_id, col(Notice.read_at).is_(None))
    )
    return (await reader.exec(unread)).one()


async def notices_of(
    reader: Reader, account_id: int, before: int | None = None
) -> tuple[list[Notice], int | None]:
    """A page of this person's notices, newest first, and where the next page begins.

    before: only those with a smaller id. The second is None on the last page. A page costs the
    same however many there are.
    """
    found = select(Notice).where(Notice.account_id == account_id)
    if before is not None:
        found = found.where(col(Notice.id) < before)
    rows = list(await reader.exec(found.order_by(col(Notice.id).desc()).limit(PAGE_SIZE + 1)))
    shown = rows[:PAGE_SIZE]
    return shown, shown[-1].id if len(rows) > PAGE_SIZE else None


async def all_of(reader: Reader, account_id: int) -> list[Notice]:
    """Every notice that is kept of this person, in order."""
    mine = select(Notice).where(Notice.account_id == account_id).order_by(col(Notice.id))
    return list(await reader.exec(mine))
