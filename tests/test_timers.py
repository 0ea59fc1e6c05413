"""Repeated jobs: one that fails stops nothing, and stopping writes down what is in memory."""

import asyncio

from forum.timers import Every, Timers


async def test_jobs_repeat_and_one_that_fails_stops_nothing() -> None:
    ran = asyncio.Event()
    fails = 0

    async def fail() -> int:
        nonlocal fails
        fails += 1
        if fails == 3:
            ran.set()
        raise RuntimeError("not today")

    timers = Timers([Every(0.001, "failing", fail)])
    await timers.start()
    await asyncio.wait_for(ran.wait(), 5)
    await timers.stop()
    assert fails >= 4  # the last run is that of stopping


async def test_stopping_runs_each_job_a_last_time() -> None:
    count = 0

    async def once() -> int:
        nonlocal count
        count += 1
        return 1

    timers = Timers([Every(3600, "rare", once)])
    await timers.stop()
    assert count == 0  # never started
    await timers.start()
    await timers.stop()
    await timers.stop()
    assert count == 1
