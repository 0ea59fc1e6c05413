"""A real server that kills itself at a named step, as a power cut would.

Run as `python -m tests.kill.doomed`; settings come from HANDRAIL_*, and from the environment:
DIE_AT a step's name, DIE_AFTER how often it may be passed, CLOCK_AHEAD seconds.
"""

import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import forum.app as composition
from forum import listening, logs
from forum.db import Database, Tx
from forum.events import Bus, Event
from forum.jobs import Job, Worker
from forum.screening.screener import Context, Screener
from forum.screening.verdict import Verdict
from forum.server import serve
from forum.settings import load_settings

# In the order in which a post, and later a job, passes them.
POST_STEPS = ("screened", "stored", "committed", "told")
JOB_STEPS = ("job_claimed", "stored", "committed", "job_done")


class Fate:
    """Counts the passages of one step and ends the process at the chosen one."""

    def __init__(self) -> None:
        self.step = os.environ.get("DIE_AT", "")
        self.left = int(os.environ.get("DIE_AFTER", "0"))

    def passing(self, step: str) -> None:
        if step != self.step:
            return
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


FATE = Fate()


class AheadClock:
    """The machine's clock, some seconds ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class DoomedScreener(Screener):
    async def screen(self, text: str, context: Context) -> Verdict:
        verdict = await super().screen(text, context)
        FATE.passing("screened")
        return verdict


class DoomedDatabase(Database):
    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        async with super().write() as tx:
            yield tx
            await tx.flush()
            FATE.passing("stored")
        FATE.passing("told")


class DoomedBus(Bus):
    async def deliver(self, events: Sequence[Event]) -> None:
        FATE.passing("committed")
        await super().deliver(events)


class DoomedWorker(Worker):
    async def _claim(self, most: int) -> list[Job]:
        claimed = await super()._claim(most)
        if claimed:
            FATE.passing("job_claimed")
        return claimed

    async def _run(self, job: Job) -> None:
        await super()._run(job)
        FATE.passing("job_done")


def main() -> None:
    settings = load_settings()
    logs.set_up("error")
    listening.Screener = DoomedScreener  # type: ignore[misc]
    composition.Database = DoomedDatabase  # type: ignore[misc]
    composition.Bus = DoomedBus  # type: ignore[misc]
    composition.Worker = DoomedWorker  # type: ignore[misc]
    app = composition.create_app(settings, clock=AheadClock())
    serve(app, host=settings.host, port=settings.port)


if __name__ == "__main__":
    main()
