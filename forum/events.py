"""The one place where things that happened are announced."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, named in the past tense; a few ids wide, never words of people."""


E = TypeVar("E", bound=Event)
Listener = Callable[[E], Awaitable[None]]


class Bus:
    """Tells listeners what happened, after the commit and never after a rollback.

    An event is a hint that comes sooner: what must not be lost is a row in the same commit.
    """

    def __init__(self) -> None:
        # Any: a listener takes its own kind of event, which the dictionary cannot express.
        self._listeners: dict[type[Event], list[Callable[[Any], Awaitable[None]]]] = defaultdict(
            list
        )

    def subscribe(self, kind: type[E], listener: Listener[E]) -> None:
        """Call `listener` with each event of exactly this kind."""
        self._listeners[kind].append(listener)

    async def deliver(self, events: Sequence[Event]) -> None:
        """Tell every listener in order; one that fails is logged and does not stop the others."""
        for event in events:
            for listener in self._listeners[type(event)]:
                try:
                    await listener(event)
                except Exception:
                    log.exception("listener_failed", event_kind=type(event).__name__)
