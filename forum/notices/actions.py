"""Telling one person something, in the transaction of what happened."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col

from forum.db import Tx
from forum.notices.models import Notice
from forum.permissions import Action, Actor, require
from forum.services import Services


async def tell(
    tx: Tx,
    account_id: int,
    kind: str,
    title: str,
    body: str,
    *,
    community_id: int | None = None,
    url: str = "",
) -> None:
    """Put a notice into a person's inbox.

    kind: a short name for the sort of news, such as `role_granted`; body: plain text; url: a
    path of this site to go on to, or empty. Raises ValueError for an address elsewhere.
    """
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("a notice leads to a page of this site only")
    tx.add(
        Notice(
            account_id=account_id,
            community_id=community_id,
            kind=kind,
            title=title,
            body=body,
            url=url,
            created_at=tx.now,
        )
    )
    await tx.flush()


async def mark_read(services: Services, actor: Actor, notices: Sequence[Notice]) -> int:
    """The person has these before their eyes; how many of their own were new."""
    require(actor, Action.NOTICE_READ)
    new = [notice.id for notice in notices if notice.read_at is None]
    if not new:
        return 0
    async with services.db.write() as tx:
        mine = [
            col(Notice.id).in_(new),
            col(Notice.account_id) == actor.id,
            col(Notice.read_at).is_(None),
        ]
        return await tx.change(update(Notice).where(*mine).values(read_at=tx.now))
