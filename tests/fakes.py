"""Fakes at the seams: the clock, the screener, and the slow hasher."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from forum.screening.screener import Context, Watcher
from forum.screening.verdict import CONDUCTS, Harm, Need, Reason, Verdict


class FrozenClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def advance(self, **delta: float) -> None:
        """Move by `timedelta(**delta)`; may be negative, clocks jump."""
        self.time += timedelta(**delta)


class FakeScreener:
    """Hears in a text the phrases that a test has named, and nothing else."""

    version = "fake"
    waiting_count = 0
    is_failing = False

    def __init__(self) -> None:
        self.asked: list[tuple[str, Context]] = []
        self.is_down = False
        self._heard: dict[str, tuple[Need, Harm, Mapping[str, float]]] = {}

    def hear(
        self, phrase: str, need: Need = Need.NONE, harm: Harm = Harm.SAFE, **conduct: float
    ) -> None:
        """From now on, `phrase` means this; it is also the span that harm masks."""
        self._heard[phrase] = (need, harm, conduct)

    async def screen(self, text: str, context: Context) -> Verdict:
        self.asked.append((text, context))
        verdict = Verdict(unscreened=self.is_down, screener_version=self.version)
        for phrase, (need, harm, conduct) in self._heard.items():
            start = text.find(phrase)
            if start >= 0 and not self.is_down:
                verdict = self._with(verdict, (start, start + len(phrase)), need, harm, conduct)
        return verdict

    async def aclose(self) -> None:
        """Nothing runs here."""

    def watched_by(self, watcher: Watcher) -> None:
        """Nobody counts in these tests."""

    def _with(
        self,
        verdict: Verdict,
        span: tuple[int, int],
        need: Need,
        harm: Harm,
        conduct: Mapping[str, float],
    ) -> Verdict:
        masked = (span,) if harm >= Harm.UNSAFE_DETAIL else ()
        return Verdict(
            need=max(need, verdict.need),
            harm=max(harm, verdict.harm),
            conduct=dict.fromkeys(CONDUCTS, 0.0) | verdict.conduct | dict(conduct),
            reasons=(*verdict.reasons, Reason("fake", span, "as the test said")),
            harm_spans=(*verdict.harm_spans, *masked),
            score=max(need, verdict.need) / 4,
            screener_version=self.version,
        )


class QuickHasher:
    """Stores passwords in a way that takes no time; never outside tests. Counts its work."""

    def __init__(self) -> None:
        self.hashed = 0
        self.verified = 0

    async def hash(self, password: str) -> str:
        self.hashed += 1
        return f"quick:{password[::-1]}"

    async def verify(self, password: str, stored: str | None) -> bool:
        self.verified += 1
        return stored == f"quick:{password[::-1]}"
