"""Clockwork of accounts: each function does one pass and says how much it did."""

from sqlalchemy import delete
from sqlmodel import col

from forum.accounts.models import Session
from forum.services import Services

FORGET_SECONDS = 3600


async def forget_expired_sessions(services: Services) -> int:
    """Remove sessions whose time is over; they open nothing any more, and say where one was."""
    async with services.db.write() as tx:
        return await tx.change(delete(Session).where(col(Session.expires_at) <= tx.now))
