"""The broker for many processes on one PostgreSQL: LISTEN and NOTIFY."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]  # has no types

from forum.live.brokers import BrokerDown, Listening, OnGap, OnNote

CHANNEL: Final = "handrail_live"  # a channel belongs to its database, so forums never mix
SECONDS: Final = 3  # for any single question; the database is near
QUIET_SECONDS: Final = 5  # after so long without a word we ask whether the line still stands
ERRORS: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class PostgresBroker:
    """Notes through the database that is there anyway. dsn: postgresql://…"""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._on_note: OnNote = lambda note: None
        self._listening: Listening | None = None
        self._speaking: Any = None  # an asyncpg connection, which has no types
        self._turn = asyncio.Lock()  # a connection answers one question at a time

    async def start(self, on_note: OnNote, on_gap: OnGap) -> None:
        """Hear notes from now on."""
        self._on_note = on_note
        self._listening = Listening(self._hear, on_gap, ERRORS)
        await self._listening.wait_until_heard()

    async def publish(self, note: str) -> None:
        """Tell all processes, or raise BrokerDown."""
        try:
            async with asyncio.timeout(SECONDS), self._turn:
                if self._speaking is None or self._speaking.is_closed():
                    self._speaking = await asyncpg.connect(self._dsn)
                await self._speaking.execute("SELECT pg_notify($1, $2)", CHANNEL, note)
        except ERRORS as error:
            raise BrokerDown from error

    async def stop(self) -> None:
        """Hear nothing more and close both connections."""
        if self._listening:
            await self._listening.stop()
        if self._speaking:
            self._speaking.terminate()

    async def _hear(self, on_subscribed: Callable[[], None]) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._dsn, timeout=SECONDS)
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._on_notify)
            on_subscribed()
            while not connection.is_closed():
                try:
                    await asyncio.wait_for(lost.wait(), QUIET_SECONDS)
                except TimeoutError:
                    # A line cut without a word (a moved machine, a dead switch) looks quiet.
                    await connection.execute("SELECT 1", timeout=SECONDS)
        finally:
            connection.terminate()

    def _on_notify(self, _connection: Any, _pid: int, _channel: str, note: str) -> None:
        self._on_note(note)
