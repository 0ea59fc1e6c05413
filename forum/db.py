"""The one place where transactions begin and end, on SQLite and on PostgreSQL."""

import asyncio
import errno
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import MetaData, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.sql import Executable
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from forum.clock import Clock
from forum.errors import ReadOnly
from forum.events import Bus, Event

log = structlog.get_logger(__name__)

# Named before any table is declared, so that migrations name constraints alike everywhere.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata

Reader = AsyncSession
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
SQLITE_PRAGMAS = (
    "journal_mode=WAL",  # readers never wait for the writer
    "synchronous=FULL",  # an acknowledged post survives a power cut
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",  # erased words leave the file, not only the index
    "trusted_schema=OFF",
)
# Errors that mean "this database stores nothing now", by driver.
SQLITE_REFUSALS = ("readonly database", "disk is full", "disk I/O error", "unable to open")
POSTGRES_REFUSALS = ("25006", "53100", "57P01", "57P03", "08")  # SQLSTATE prefixes


class Tx:
    """One unit of work that writes: all of it is stored, or nothing.

    `now` is the moment it began, in UTC; events announced here are delivered after the commit.
    """

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self.session = session
        self.now = now
        self.events: list[Event] = []

    def announce(self, happened: Event) -> None:
        """Tell the bus after the commit; nothing is told after a rollback."""
        self.events.append(happened)

    def add(self, *rows: SQLModel) -> None:
        """Store new rows with this unit of work."""
        self.session.add_all(rows)

    async def flush(self) -> None:
        """Send what was added, so that ids are known and constraints speak."""
        await self.session.flush()

    async def change(self, statement: Executable) -> int:
        """Run an UPDATE or DELETE; how many rows it changed.

        A claim is a change with a condition: whoever changed one row has it.
        """
        # Any: the result of a statement that returns no rows has no narrower public type.
        result: Any = await self.session.exec(statement)  # type: ignore[call-overload]
        return int(result.rowcount)

    async def insert_once(self, table: type[SQLModel], values: Mapping[str, object]) -> int | None:
        """Insert a row unless a unique constraint holds its twin; the new id, else None."""
        make = postgresql.insert if self.on_postgres else sqlite.insert
        columns = inspect(table).columns
        statement = make(table).values(**values).on_conflict_do_nothing().returning(columns["id"])
        result: Any = await self.session.exec(statement)
        made: int | None = result.scalar_one_or_none()
        return made

    @property
    def on_postgres(self) -> bool:
        """Whether this unit of work runs on PostgreSQL."""
        return self.session.get_bind().dialect.name == "postgresql"


class Database:
    """One database behind `read()` and `write()`."""

    def __init__(self, url: str, bus: Bus, clock: Clock) -> None:
        """url: sqlite:///path or postgresql://user:password@host/name."""
        self.url = url
        self._bus = bus
        self._clock = clock
        self._engine = open_engine(url)
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        writing = self._engine
        if self.is_sqlite:
            writing = self._engine.execution_options(sqlite_begin="IMMEDIATE")
        self._readers = _sessions(self._engine)
        self._writers = _sessions(writing)
        # SQLite has one writer. Queueing here instead of in its busy handler took the 99th
        # percentile of eight writers from 333 to 32 ms.
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """A consistent look at the data; nothing is stored. Raises ReadOnly when it is gone."""
        try:
            async with self._readers() as session:
                yield session
        except (DBAPIError, OSError) as error:
            raise _refusal(error) or error from error

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """One unit of work; commits at the end, rolls back on any error, then delivers events.

        Keep it short: no network, no model, no mail and no waiting for people inside.
        Raises ReadOnly when the database stores nothing now.
        """
        try:
            async with self._turn, self._writers() as session, session.begin():
                tx = Tx(session, self._clock.now())
                yield tx
        except (DBAPIError, OSError) as error:
            raise _refusal(error) or error from error
        await self._bus.deliver(tx.events)

    async def close(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()


def open_engine(url: str) -> AsyncEngine:
    """An engine for a plain `sqlite:///` or `postgresql://` address, set up as we need it."""
    address = make_url(url)
    address = address.set(drivername=DRIVERS[address.get_backend_name()])
    if address.get_backend_name() == "postgresql":
        return create_async_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    # hide_parameters: people's words never reach a log through an error's text.
    engine = create_async_engine(address, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we send BEGIN ourselves
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Deferred writers failed 171 of 200 times with "database is locked", IMMEDIATE ones never.
    how = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {how}")


def _refusal(error: DBAPIError | OSError) -> ReadOnly | None:
    """ReadOnly when the database cannot store now; None when the error is something else."""
    if isinstance(error, OSError):
        gone = isinstance(error, ConnectionError) or error.errno in (errno.ENOSPC, errno.EROFS)
        return ReadOnly() if gone else None
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    refused = (
        str(state).startswith(POSTGRES_REFUSALS)
        if state
        else any(words in str(error.orig) for words in SQLITE_REFUSALS)
    )
    if not refused and not error.connection_invalidated:
        return None
    log.error("database_refuses", error_kind=type(error.orig).__name__, state=state)
    return ReadOnly()
