"""The screener: rules and, where there is one, a model; always an answer, always in time."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from forum.screening.blend import blend
from forum.screening.hearing import Listener, gone_on
from forum.screening.model import Cause, Model, ModelThread, Scores
from forum.screening.rulebook import RuleBook, load_rules
from forum.screening.verdict import Need, Surface, Verdict
from forum.screening.windows import Span, windows

DEADLINE_SECONDS = 0.75  # of the two seconds in which an alert must be seen
# Characters that rules read on the event loop; longer texts go to a thread. At this length the
# rules take about as long as one page takes to render (figures: README.md, "Speed").
INLINE_CHARS = 1_500
# A model whose last failure is older is not said to be failing: nobody wrote since, or it is well.
FAILING_SECONDS = 180.0
RULES, MODEL, TOTAL = "rules", "model", "total"


@dataclass(frozen=True)
class Context:
    """Where a text stands. author_recent: the author's last texts in the same place, oldest first.

    opening: how the thread began, where there is one. replying_to: the words of another that this
    answers, where the code knows them.
    """

    surface: Surface
    author_recent: tuple[str, ...] = ()
    opening: str | None = None
    replying_to: str | None = None

    @property
    def last_line(self) -> str:
        """The author's own line that this one may go on from; only in chat do lines go on."""
        is_chat = self.surface is Surface.CHAT
        return self.author_recent[-1] if is_chat and self.author_recent else ""


class Watcher(Protocol):
    """Counts how texts fare, and is told no word of them."""

    def screened(
        self, surface: str, level: str, seconds: Mapping[str, float], missed: Mapping[str, str]
    ) -> None:
        """One text was answered. seconds, missed: by layer, RULES or MODEL; TOTAL is the whole."""


@dataclass
class _Course:
    """How one text fares: the seconds of each layer, and why a layer did not hear it."""

    began: float
    seconds: dict[str, float] = field(default_factory=dict)
    missed: dict[str, Cause] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reading:
    """What a model is given: the text, after the unfinished line that it goes on from.

    spans: its windows, first those of the text alone, then those that join the two. skipped:
    characters in front that are not of the text itself.
    """

    text: str
    spans: tuple[Span, ...]
    skipped: int
    surface: Surface

    @classmethod
    def of(cls, text: str, context: Context) -> Self:
        whole, skipped = gone_on(context.last_line, text)
        alone = tuple((start + skipped, end + skipped) for start, end in windows(text))
        joined = tuple(span for span in windows(whole) if span[0] < skipped < span[1])
        return cls(whole, alone + joined, skipped, context.surface)

    @property
    def own_spans(self) -> tuple[Span, ...]:
        """Where the windows stand in the author's new text; nothing points into the old one."""
        return tuple((max(a - self.skipped, 0), b - self.skipped) for a, b in self.spans)


class Screener:
    """Text in, Verdict out. Never raises for any text, never answers later than its deadline.

    What could not be asked in time is said by `Verdict.unscreened`: never taken for "fine".
    """

    def __init__(
        self,
        rules: RuleBook,
        model: Model | None = None,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        second_opinion: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """second_opinion: texts are left `unscored` for it. now: in seconds, never goes back."""
        self._listener = Listener(rules)
        self._deadline_seconds = deadline_seconds
        self._now = now
        self._second_opinion = second_opinion
        self._model: ModelThread | None = None
        self._failed_at: float | None = None
        self._watcher: Watcher | None = None
        self.version = rules.version
        if model is not None:
            self._model = ModelThread(model, stall_seconds=deadline_seconds, now=now)
            self.version = f"{rules.version}; {model.version}"

    @classmethod
    def default(cls, model: Model | None = None) -> Self:
        """A screener with the rules that come with the package."""
        return cls(load_rules(), model)

    def watched_by(self, watcher: Watcher) -> None:
        """Tell this watcher how each text fares from now on."""
        self._watcher = watcher

    @property
    def waiting_count(self) -> int:
        """How many texts wait for the model."""
        return self._model.waiting_count if self._model else 0

    @property
    def is_failing(self) -> bool:
        """Whether the model left the last text to the rules, and that was minutes ago at most."""
        return self._failed_at is not None and self._now() - self._failed_at < FAILING_SECONDS

    async def screen(self, text: str, context: Context) -> Verdict:
        """What rules and model say about a text; rules alone, `unscreened`, if the model fails."""
        course = _Course(self._now())
        verdict = await self._heard(text, context, course)
        if self._model is not None:
            verdict = await self._with_model(self._model, verdict, text, context, course)
        course.seconds[TOTAL] = self._now() - course.began
        if self._watcher is not None:
            self._watcher.screened(context.surface, verdict.level, course.seconds, course.missed)
        return replace(
            verdict,
            unscreened=bool(course.missed),
            unscored=self._second_opinion,
            screener_version=self.version,
        )

    async def aclose(self) -> None:
        """Stop the model's thread. A call that hangs is left to end with the process."""
        if self._model is not None:
            self._model.close()

    async def _heard(self, text: str, context: Context, course: _Course) -> Verdict:
        """What the rules say. A fault in them is no verdict either way: unscreened."""
        deadline = course.began + self._deadline_seconds

        def listen() -> Verdict:
            return self._listener.verdict(
                text,
                context.surface,
                last_message=context.last_line,
                replying_to=context.replying_to or "",
                late=lambda: self._now() > deadline,
            )

        try:
            verdict = listen() if len(text) <= INLINE_CHARS else await asyncio.to_thread(listen)
        except Exception:
            course.missed[RULES] = Cause.RAISED
            return Verdict()
        if verdict.unscreened:
            course.missed[RULES] = Cause.LATE
        course.seconds[RULES] = self._now() - course.began
        return verdict

    async def _with_model(
        self, model: ModelThread, verdict: Verdict, text: str, context: Context, course: _Course
    ) -> Verdict:
        """The verdict with what the model heard; as it was, and a cause noted, where it did not."""
        reading = _Reading.of(text, context)
        try:
            scores = await self._answer(model, reading, verdict.need, course)
            verdict = blend(verdict, scores, reading.own_spans)
        except _Missed as missed:
            course.missed[MODEL] = missed.cause
        except Exception:  # raised, dead, or an answer that does not fit the question
            course.missed[MODEL] = Cause.RAISED
        self._failed_at = self._now() if MODEL in course.missed else None
        return verdict

    async def _answer(
        self, model: ModelThread, reading: _Reading, by_rules: Need, course: _Course
    ) -> Scores:
        asked = model.ask(reading.text, reading.spans, reading.surface, by_rules)
        if isinstance(asked, Cause):
            raise _Missed(asked)
        deadline = course.began + self._deadline_seconds
        try:
            async with asyncio.timeout(max(deadline - self._now(), 0)):
                scores = await asyncio.wrap_future(asked)
        except TimeoutError:
            raise _Missed(Cause.LATE) from None
        course.seconds[MODEL] = self._now() - course.began
        return scores


class _Missed(Exception):
    """The model did not answer; cause says why."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause
