"""Repeated jobs of one process: listed in `app.py`, started and stopped with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Every:
    """Run `job` each time so many seconds have passed; it returns how much it did.

    For what each process keeps to itself or what may be late or missed. What must happen is a
    row in the job table.
    """

    seconds: float
    name: str
    job: Callable[[], Awaitable[int]]


class Timers:
    """Runs the jobs, each in its own time; one that fails is logged and tried again."""

    def __init__(self, jobs: Sequence[Every]) -> None:
        self._jobs = jobs
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; the first run of each comes after its time has passed once."""
        self._running = [
            asyncio.create_task(self._repeat(one), name=f"timer {one.name}") for one in self._jobs
        ]

    async def stop(self) -> None:
        """End, and run each job a last time, so that nothing it keeps in memory is lost."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for one in self._jobs if self._running else ():
            await _run(one)
        self._running = []

    async def _repeat(self, one: Every) -> None:
        while True:
            await asyncio.sleep(one.seconds)
            await _run(one)


async def _run(one: Every) -> None:
    try:
        await one.job()
    except Exception as error:
        log.error("timer_failed", timer=one.name, error_kind=type(error).__name__)
