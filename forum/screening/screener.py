"""The screener: rules and, where there is one, a model; always an answer, always in time."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Self

from forum.screening.blend import blend
from forum.screening.hearing import Listener
from forum.screening.model import Model, ModelThread, Scores
from forum.screening.rulebook import RuleBook, load_rules
from forum.screening.verdict import Surface, Verdict
from forum.screening.windows import windows

DEADLINE_SECONDS = 0.75  # of the two seconds in which an alert must be seen
# Characters that rules read on the event loop; longer texts go to a thread. At this length the
# rules take about as long as one page takes to render (figures: README.md, "Speed").
INLINE_CHARS = 1_500


@dataclass(frozen=True)
class Context:
    """Where a text stands. author_recent: the author's last texts in the same place, oldest first.

    opening: how the thread began, where there is one.
    """

    surface: Surface
    author_recent: tuple[str, ...] = ()
    opening: str | None = None


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
        self.version = rules.version
        if model is not None:
            self._model = ModelThread(model, stall_seconds=deadline_seconds, now=now)
            self.version = f"{rules.version}; {model.version}"

    @classmethod
    def default(cls, model: Model | None = None) -> Self:
        """A screener with the rules that come with the package."""
        return cls(load_rules(), model)

    async def screen(self, text: str, context: Context) -> Verdict:
        """What rules and model say about a text; rules alone, `unscreened`, if the model fails."""
        deadline = self._now() + self._deadline_seconds
        asked = self._ask(text, context.surface)
        verdict = await self._heard(text, context, deadline)
        if self._model is not None:
            verdict = await self._with_model(verdict, text, asked, deadline)
        return replace(verdict, screener_version=self.version, unscored=self._second_opinion)

    async def aclose(self) -> None:
        """Stop the model's thread. A call that hangs is left to end with the process."""
        if self._model is not None:
            self._model.close()

    async def _heard(self, text: str, context: Context, deadline: float) -> Verdict:
        """What the rules say. A fault in them is no verdict either way: unscreened."""
        last = context.author_recent[-1] if context.author_recent else ""

        def listen() -> Verdict:
            return self._listener.verdict(
                text,
                context.surface,
                last_message=last if context.surface is Surface.CHAT else "",
                late=lambda: self._now() > deadline,
            )

        try:
            if len(text) <= INLINE_CHARS:
                return listen()
            return await asyncio.to_thread(listen)
        except Exception:
            return Verdict(unscreened=True)

    def _ask(self, text: str, surface: Surface) -> Future[Scores] | None:
        if self._model is None:
            return None
        return self._model.ask([text[start:end] for start, end in windows(text)], surface)

    async def _with_model(
        self, verdict: Verdict, text: str, asked: Future[Scores] | None, deadline: float
    ) -> Verdict:
        if asked is None:
            return replace(verdict, unscreened=True)
        try:
            async with asyncio.timeout(max(deadline - self._now(), 0)):
                scores = await asyncio.wrap_future(asked)
            return blend(verdict, scores, windows(text))
        except Exception:  # late, raised, dead, or an answer that does not fit the question
            return replace(verdict, unscreened=True)
