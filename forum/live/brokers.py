"""How the processes of one forum tell each other that something happened, never what was said."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

log = structlog.get_logger(__name__)

SHORTEST_PAUSE_SECONDS: Final = 0.2  # a server that restarts is back within a second
LONGEST_PAUSE_SECONDS: Final = 10.0  # one that is away for long is not asked more often
START_SECONDS: Final = 5  # the forum opens without its broker rather than not at all

OnNote = Callable[[str], None]
OnGap = Callable[[], None]


class BrokerDown(Exception):
    """A note could not be handed over: the other processes were not told."""


class Broker(Protocol):
    """Carries short notes (up to 4,000 characters) to every process, the sender's own included."""

    async def start(self, on_note: OnNote, on_gap: OnGap) -> None:
        """Hear notes from now on, and keep at it when the line breaks.

        on_gap: called when notes may have been missed and it hears again.
        """

    async def publish(self, note: str) -> None:
        """Tell all processes. Raises BrokerDown, within seconds, when that is not possible."""

    async def stop(self) -> None:
        """Hear nothing more and let go of every connection."""


class LocalBroker:
    """Reaches the hubs of this process: the default, and enough for one process."""

    def __init__(self) -> None:
        self._listeners: list[OnNote] = []

    async def start(self, on_note: OnNote, on_gap: OnGap) -> None:
        """Hear notes; nothing can be missed."""
        self._listeners.append(on_note)

    async def publish(self, note: str) -> None:
        """Tell all."""
        for on_note in self._listeners:
            on_note(note)

    async def stop(self) -> None:
        """Hear nothing more."""
        self._listeners.clear()


class Listening:
    """One subscription that is taken up again whenever it breaks.

    hear: subscribes, calls what it is given once it is subscribed, then returns or raises one of
    `errors` when the line breaks.
    """

    def __init__(
        self,
        hear: Callable[[Callable[[], None]], Awaitable[None]],
        on_gap: OnGap,
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._hear = hear
        self._on_gap = on_gap
        self._errors = errors
        self._subscribed = asyncio.Event()
        self._missed = False
        self._pause = SHORTEST_PAUSE_SECONDS
        self._task = asyncio.create_task(self._keep_hearing())

    async def wait_until_heard(self) -> None:
        """Return once it is subscribed, or after START_SECONDS without; it goes on trying."""
        waiting = asyncio.create_task(self._subscribed.wait())
        await asyncio.wait({waiting, self._task}, timeout=START_SECONDS,
                           return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
        waiting.cancel()

    async def stop(self) -> None:
        """End the subscription."""
        self._task.cancel()
        await asyncio.wait({self._task})

    def _on_subscribed(self) -> None:
        self._pause = SHORTEST_PAUSE_SECONDS
        self._subscribed.set()
        if self._missed:
            self._on_gap()
        self._missed = False

    async def _keep_hearing(self) -> None:
        while True:
            try:
                await self._hear(self._on_subscribed)
            except self._errors as error:
                log.warning("live.broker_lost", error=type(error).__name__)
            self._missed = True
            # Unequal pauses, or all processes would come back in the same instant.
            await asyncio.sleep(self._pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
