"""When each session was last seen: noted in memory on every page, written now and then."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from forum.accounts.models import Session
from forum.db import Database

# Rough enough that pages write nothing, fresh enough to tell a stranger's session from one's own.
FLUSH_SECONDS = 300


class LastSeen:
    """The newest moments of this process; a crash loses a few minutes of them, and no more."""

    def __init__(self) -> None:
        self._at: dict[int, datetime] = {}

    def note(self, session_id: int, at: datetime) -> None:
        """This session asked for something just now."""
        self._at[session_id] = at

    async def flush(self, db: Database) -> int:
        """Write down what was noted since the last time; how many sessions that were."""
        noted, self._at = self._at, {}
        if not noted:
            return 0
        async with db.write() as tx:
            for session_id, at in noted.items():
                mine = [col(Session.id) == session_id, col(Session.seen_at) < at]
                await tx.change(update(Session).where(*mine).values(seen_at=at))
        return len(noted)
