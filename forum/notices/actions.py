"""Telling one person something, in the transaction of what happened."""

from forum.db import Tx
from forum.notices.models import Notice


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

    kind: a short name for the sort of news, such as `role_granted`; body: plain text.
    """
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
