"""Jobs: written with their cause, run once, the longest overdue first."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from forum import jobs
from forum.audit import AuditEntry, record
from forum.jobs import Job, Worker
from forum.services import Services
from tests.fakes import FrozenClock


async def add(services: Services, subject: str, minutes: float = 0, key: str | None = None) -> bool:
    async with services.db.write() as tx:
        due = tx.now + timedelta(minutes=minutes)
        return await jobs.schedule(tx, "ring", subject, due, unique_key=key)


async def all_jobs(services: Services) -> list[Job]:
    async with services.db.read() as reader:
        return list(await reader.exec(select(Job).order_by(col(Job.id))))


async def test_a_job_waits_for_its_time(services: Services, clock: FrozenClock) -> None:
    rung: list[str] = []

    async def ring(job: Job) -> None:
        rung.append(job.subject)

    services.worker.handle("ring", ring)
    await add(services, "1", minutes=5)
    assert await services.worker.run_due() == 0
    clock.advance(minutes=5)
    assert await services.worker.run_due() == 1
    assert await services.worker.run_due() == 0
    assert rung == ["1"]


async def test_overdue_jobs_run_oldest_first_after_a_restart(
    services: Services, clock: FrozenClock
) -> None:
    for minutes in (7, 3, 5):
        await add(services, str(minutes), minutes)
    clock.advance(hours=1)
    rung: list[str] = []

    async def ring(job: Job) -> None:
        rung.append(job.subject)

    fresh = Worker(services.db, services.clock, services.bus)
    fresh.handle("ring", ring)
    await fresh.run_due()
    assert rung == ["3", "5", "7"]


async def test_a_unique_key_makes_one_job(services: Services) -> None:
    assert await add(services, "1", key="once")
    assert not await add(services, "1", key="once")
    assert len(await all_jobs(services)) == 1


async def test_a_rolled_back_cause_leaves_no_job(services: Services) -> None:
    async def cause() -> None:
        async with services.db.write() as tx:
            await jobs.schedule(tx, "ring", "1", tx.now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await cause()
    assert await all_jobs(services) == []


async def test_a_failing_job_is_tried_again_later(services: Services, clock: FrozenClock) -> None:
    tries = 0

    async def ring(_job: Job) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError

    services.worker.handle("ring", ring)
    await add(services, "1")
    await services.worker.run_due()
    await services.worker.run_due()
    assert tries == 1, "it waits before it tries again"
    for _ in range(3):
        clock.advance(minutes=10)
        await services.worker.run_due()
    assert tries == 3
    (job,) = await all_jobs(services)
    assert job.outcome == "done"


async def test_a_cancelled_job_never_runs(services: Services) -> None:
    async def ring(_job: Job) -> None:
        raise AssertionError

    services.worker.handle("ring", ring)
    await add(services, "1")
    async with services.db.write() as tx:
        assert await jobs.cancel(tx, "ring", "1") == 1
    assert await services.worker.run_due() == 0


async def test_many_workers_run_each_job_once(services: Services) -> None:
    rung: list[str] = []

    async def ring(job: Job) -> None:
        await asyncio.sleep(0)
        rung.append(job.subject)

    for number in range(60):
        await add(services, str(number))
    workers = [Worker(services.db, services.clock, services.bus) for _ in range(4)]
    for worker in workers:
        worker.handle("ring", ring)
    await asyncio.gather(*(worker.run_due() for worker in workers))
    assert sorted(rung, key=int) == [str(number) for number in range(60)]


async def test_a_worker_that_lost_its_lease_stores_nothing(
    services: Services, clock: FrozenClock
) -> None:
    """The first worker stalls past its lease; the second does the job; the first wakes up."""
    stalled, go_on = asyncio.Event(), asyncio.Event()
    other = Worker(services.db, services.clock, services.bus)

    async def effect(job: Job) -> None:
        async with services.db.write() as tx:
            await record(tx, None, "rang", subject=job.subject)
            await jobs.complete(tx, job)

    async def stalling(job: Job) -> None:
        stalled.set()
        await go_on.wait()
        await effect(job)

    services.worker.handle("ring", stalling)
    other.handle("ring", effect)
    await add(services, "1")
    first = asyncio.create_task(services.worker.run_due())
    async with asyncio.timeout(5):
        await stalled.wait()
        clock.advance(seconds=jobs.LEASE_SECONDS + 1)
        assert await other.run_due() == 1
        go_on.set()
        await first
    async with services.db.read() as reader:
        assert len((await reader.exec(select(AuditEntry))).all()) == 1


async def test_the_running_worker_wakes_for_a_new_job(services: Services) -> None:
    rung = asyncio.Event()

    async def ring(_job: Job) -> None:
        rung.set()

    services.worker.handle("ring", ring)
    await services.worker.start()
    try:
        await add(services, "1")
        async with asyncio.timeout(5):
            await rung.wait()
    finally:
        await services.worker.stop()


async def test_a_hanging_job_does_not_keep_the_others_waiting(services: Services) -> None:
    rung = asyncio.Event()

    async def ring(job: Job) -> None:
        if job.subject == "hangs":
            await asyncio.Event().wait()
        rung.set()

    services.worker.handle("ring", ring)
    await add(services, "hangs", minutes=-1)
    await add(services, "rings")
    await services.worker.start()
    try:
        async with asyncio.timeout(5):
            await rung.wait()
    finally:
        await services.worker.stop()


async def test_the_clock_set_back_loses_and_repeats_nothing(
    services: Services, clock: FrozenClock
) -> None:
    rung: list[str] = []

    async def ring(job: Job) -> None:
        rung.append(job.subject)

    services.worker.handle("ring", ring)
    await add(services, "before", minutes=1)
    clock.advance(minutes=2)
    await services.worker.run_due()
    clock.advance(hours=-1)
    await add(services, "after", minutes=1)
    await services.worker.run_due()
    clock.advance(hours=2)
    await services.worker.run_due()
    assert rung == ["before", "after"]


async def test_a_job_that_takes_too_long_is_ended_and_tried_again(services: Services) -> None:
    async def ring(_job: Job) -> None:
        await asyncio.Event().wait()

    hasty = Worker(services.db, services.clock, services.bus, handler_seconds=0.01)
    hasty.handle("ring", ring)
    await add(services, "1")
    assert await hasty.run_due() == 1
    (job,) = await all_jobs(services)
    assert (job.done_at, job.outcome) == (None, "TimeoutError")
