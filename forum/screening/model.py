"""The seam where a trained model plugs in, and the one thread that it is called in."""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from forum.screening.verdict import Harm, Need, Surface
from forum.screening.windows import Span

QUEUE_LIMIT = 64  # texts waiting; at 8 ms a text the last one still answers within the deadline


@dataclass(frozen=True)
class WindowScore:
    """What a model hears in one window, its own cuts for the surface already applied.

    rank: 0.0–1.0, how strongly. conduct: 0.0–1.0 by name; a name left out counts as 0.
    """

    need: Need = Need.NONE
    harm: Harm = Harm.SAFE
    rank: float = 0.0
    conduct: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scores:
    """A model's answer: one WindowScore for each window it was given, in their order."""

    windows: tuple[WindowScore, ...]


class Cause(StrEnum):
    """Why a layer did not hear a text."""

    LATE = "late"  # it did not answer before the deadline
    RAISED = "raised"  # it failed, or answered another question
    FULL = "full"  # too many texts wait already
    HUNG = "hung"  # it is stuck with an earlier text
    CLOSED = "closed"  # the server stops


class ModelError(RuntimeError):
    """The model raised; the message says what."""


class Model(Protocol):
    """A trained ear. It may block, raise, hang, or live in a process that somebody kills."""

    version: str

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        """Listen to windows of a text, given by their spans. In one thread, never twice at once.

        by_rules: the need that rules heard in the text, which the model weighs as evidence.
        """
        ...


@dataclass(frozen=True)
class _Order:
    text: str
    spans: Sequence[Span]
    surface: Surface
    by_rules: Need
    answer: Future[Scores]


class ModelThread:
    """Calls a model in one thread of its own, behind a short queue that never blocks the asker."""

    def __init__(
        self,
        model: Model,
        *,
        stall_seconds: float,
        now: Callable[[], float],
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        """stall_seconds: a call older than this makes the model count as hung. now: seconds."""
        self.version = model.version
        self._model = model
        self._stall_seconds = stall_seconds
        self._now = now
        self._busy_since: float | None = None
        self._orders: queue.Queue[_Order | None] = queue.Queue(queue_limit)
        self._closed = False
        # A daemon: a model that hangs must not keep the server from stopping.
        self._thread = threading.Thread(target=self._work, name="screening-model", daemon=True)
        self._thread.start()

    @property
    def waiting_count(self) -> int:
        """How many texts wait for the model; the one it hears is not among them."""
        return self._orders.qsize()

    def ask(
        self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need
    ) -> Future[Scores] | Cause:
        """The answer to come, or why there will be none: FULL, HUNG or CLOSED."""
        since = self._busy_since
        if self._closed:
            return Cause.CLOSED
        if since is not None and self._now() - since > self._stall_seconds:
            return Cause.HUNG
        order = _Order(text, spans, surface, by_rules, Future())
        try:
            self._orders.put_nowait(order)
        except queue.Full:
            return Cause.FULL
        return order.answer

    def close(self) -> None:
        """Take no more work and let the thread end. A hung call is left behind, not waited for."""
        self._closed = True
        while True:
            try:
                self._orders.put_nowait(None)
                return
            except queue.Full:
                self._drop_one()

    def _drop_one(self) -> None:
        try:
            order = self._orders.get_nowait()
        except queue.Empty:
            return
        if order is not None:
            order.answer.cancel()

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            if not order.answer.set_running_or_notify_cancel():
                continue  # nobody waits any more
            self._busy_since = self._now()
            try:
                answer = self._model.score(order.text, order.spans, order.surface, order.by_rules)
            except BaseException as fault:  # even SystemExit must not end this thread or the loop
                order.answer.set_exception(ModelError(repr(fault)))
            else:
                order.answer.set_result(answer)
            finally:
                self._busy_since = None
