"""Fakes at the seams: the clock, and the slow hasher."""

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def advance(self, **delta: float) -> None:
        """Move by `timedelta(**delta)`; may be negative, clocks jump."""
        self.time += timedelta(**delta)


class QuickHasher:
    """Stores passwords in a way that takes no time; never outside tests. Counts its work."""

    def __init__(self) -> None:
        self.hashed = 0
        self.verified = 0

    async def hash(self, password: str) -> str:
        self.hashed += 1
        return f"quick:{password[::-1]}"

    async def verify(self, password: str, stored: str | None) -> bool:
        self.verified += 1
        return stored == f"quick:{password[::-1]}"
