"""What must happen later: durable rows, written in the same transaction as their cause."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Index, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from forum.clock import Clock
from forum.db import Database, Reader, Tx
from forum.errors import ForumError
from forum.events import Bus, Event

log = structlog.get_logger(__name__)

# Held only by a living worker, which renews it: after a crash an overdue job runs again
# within LEASE + SWEEP seconds of the restart.
LEASE_SECONDS = 3.0
SWEEP_SECONDS = 1.0
CLAIM_AT_ONCE = 50
# A push that hangs must not keep the next alert waiting.
RUN_AT_ONCE = 4
HANDLER_SECONDS = 60.0
FIRST_RETRY_SECONDS = 2.0
LAST_RETRY_SECONDS = 300.0


class Job(SQLModel, table=True):
    """One thing to do at or after `due_at`; done exactly once, however often it is tried."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_due",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("ix_job_kind_subject", "kind", "subject"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=60)
    subject: str = Field(max_length=120)  # ids only, never words of people
    due_at: datetime
    unique_key: str = Field(unique=True, max_length=200)
    lease_until: datetime | None = None
    attempts: int = 0
    done_at: datetime | None = None
    outcome: str | None = Field(default=None, max_length=60)  # done, cancelled, or an error's name


@dataclass(frozen=True, slots=True)
class JobsScheduled(Event):
    """There may be something to do sooner than the next sweep."""


class LostLease(ForumError):
    """Another worker has this job now: what was done here must not be stored."""


Handler = Callable[[Job], Awaitable[None]]


async def schedule(
    tx: Tx, kind: str, subject: str, due_at: datetime, *, unique_key: str | None = None
) -> bool:
    """Do `kind` for `subject` at `due_at`; False when `unique_key` was scheduled before.

    unique_key: what makes this job one of a kind; by default kind, subject and due time.
    """
    key = unique_key or f"{kind}:{subject}:{due_at.isoformat()}"
    values = {"kind": kind, "subject": subject, "due_at": due_at, "unique_key": key, "attempts": 0}
    made = await tx.insert_once(Job, values) is not None
    if made:
        tx.announce(JobsScheduled())
    return made


async def cancel(tx: Tx, kind: str, subject: str) -> int:
    """Take back what is not done yet; how many jobs that were."""
    return await tx.change(
        update(Job)
        .where(col(Job.kind) == kind, col(Job.subject) == subject, col(Job.done_at).is_(None))
        .values(done_at=tx.now, outcome="cancelled")
    )


async def complete(tx: Tx, job: Job) -> None:
    """Mark `job` done in the handler's own transaction, so that its effect happens once.

    Raises LostLease when another worker took it meanwhile: `attempts` is the fencing token.
    """
    mine = await tx.change(
        update(Job)
        .where(
            col(Job.id) == job.id,
            col(Job.done_at).is_(None),
            col(Job.attempts) == job.attempts,
        )
        .values(done_at=tx.now, outcome="done", lease_until=None)
    )
    if not mine:
        raise LostLease
    job.done_at = tx.now


async def waiting(reader: Reader) -> list[tuple[str, int, datetime]]:
    """What is not done: kind, how many, and the earliest due time of each kind."""
    earliest = func.min(col(Job.due_at))
    rows = await reader.exec(
        select(Job.kind, func.count(), earliest)
        .where(col(Job.done_at).is_(None))
        .group_by(Job.kind)
        .order_by(earliest)
    )
    return [(kind, count, due) for kind, count, due in rows]


class Worker:
    """Runs due jobs, the longest overdue first; any number of processes may have one."""

    def __init__(
        self, db: Database, clock: Clock, bus: Bus, *, handler_seconds: float = HANDLER_SECONDS
    ) -> None:
        """handler_seconds: a job that takes longer is ended, and tried again."""
        self._handler_seconds = handler_seconds
        self._db = db
        self._clock = clock
        self._handlers: dict[str, Handler] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(RUN_AT_ONCE)
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self.last_sweep_at: datetime | None = None
        bus.subscribe(JobsScheduled, self._on_scheduled)

    def handle(self, kind: str, handler: Handler) -> None:
        """Run `handler` for jobs of this kind. It must be harmless to run twice."""
        self._handlers[kind] = handler

    @property
    def kinds(self) -> list[str]:
        """The kinds of job this worker knows."""
        return sorted(self._handlers)

    async def run_due(self) -> int:
        """Run everything that is due now, and what that makes due; how many jobs that were."""
        count = 0
        while claimed := await self._claim(CLAIM_AT_ONCE):
            for job in claimed:
                await self._run(job)
            count += len(claimed)
        return count

    async def start(self) -> None:
        """Begin to sweep in the background."""
        self._loop = asyncio.create_task(self._sweep_for_ever(), name="jobs")

    async def stop(self) -> None:
        """Stop sweeping; what is running is left to its lease, then to the next worker."""
        tasks = [task for task in (self._loop, *self._running.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop = None

    async def _on_scheduled(self, _event: JobsScheduled) -> None:
        self._wake.set()

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                await self._sweep()
            except Exception as error:
                log.error("jobs_sweep_failed", error_kind=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it may swallow a cancellation that comes with a wake.
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    async def _sweep(self) -> None:
        await self._renew()
        free = CLAIM_AT_ONCE - len(self._running)
        for job in await self._claim(free) if free else []:
            task = asyncio.create_task(self._run_in_turn(job), name=f"job {job.kind}")
            self._running[job.id or 0] = task
            task.add_done_callback(partial(self._finished, job.id or 0))
        self.last_sweep_at = self._clock.now()

    def _finished(self, job_id: int, _task: asyncio.Task[None]) -> None:
        del self._running[job_id]
        if not self._running:
            self._wake.set()

    async def _run_in_turn(self, job: Job) -> None:
        async with self._slots:
            await self._run(job)

    async def _renew(self) -> None:
        if not self._running:
            return
        async with self._db.write() as tx:
            await tx.change(
                update(Job)
                .where(col(Job.id).in_(self._running), col(Job.done_at).is_(None))
                .values(lease_until=tx.now + timedelta(seconds=LEASE_SECONDS))
            )

    async def _claim(self, most: int) -> list[Job]:
        """Take up to `most` due jobs; each goes to one worker only."""
        async with self._db.read() as reader:
            if (await reader.exec(self._due(1))).first() is None:
                return []
        async with self._db.write() as tx:
            due = self._due(most).with_for_update(skip_locked=True)
            ids = list(await tx.session.exec(due))
            await tx.change(
                update(Job)
                .where(col(Job.id).in_(ids))
                .values(
                    lease_until=tx.now + timedelta(seconds=LEASE_SECONDS),
                    attempts=col(Job.attempts) + 1,
                )
            )
            found = select(Job).where(col(Job.id).in_(ids)).order_by(col(Job.due_at), col(Job.id))
            return list(await tx.session.exec(found))

    def _due(self, most: int) -> SelectOfScalar[int | None]:
        now = self._clock.now()
        return (
            select(col(Job.id))
            .where(
                col(Job.done_at).is_(None),
                col(Job.due_at) <= now,
                or_(col(Job.lease_until).is_(None), col(Job.lease_until) <= now),
                col(Job.kind).in_(self._handlers),
            )
            .order_by(col(Job.due_at), col(Job.id))
            .limit(most)
        )

    async def _run(self, job: Job) -> None:
        try:
            async with asyncio.timeout(self._handler_seconds):
                await self._handlers[job.kind](job)
            if job.done_at is None:
                async with self._db.write() as tx:
                    await complete(tx, job)
        except LostLease:
            log.info("job_lost_lease", job_id=job.id, kind=job.kind)
        except Exception as error:
            log.error("job_failed", job_id=job.id, kind=job.kind, error_kind=type(error).__name__)
            await self._try_again(job, type(error).__name__)

    async def _try_again(self, job: Job, why: str) -> None:
        wait = min(FIRST_RETRY_SECONDS * 2 ** (job.attempts - 1), LAST_RETRY_SECONDS)
        async with self._db.write() as tx:
            await tx.change(
                update(Job)
                .where(
                    col(Job.id) == job.id,
                    col(Job.done_at).is_(None),
                    col(Job.attempts) == job.attempts,
                )
                .values(lease_until=tx.now + timedelta(seconds=wait), outcome=why[:60])
            )
