"""Replays another ear over texts that people have decided about, and over everyday talk."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from forum.screening.verdict import CONDUCT_FLAGGED_FROM, CONDUCTS, Harm, Need, Surface, Verdict

Hear = Callable[[str, Surface], Verdict]
AXES = ("need", "harm", *CONDUCTS)
# From which level of an axis somebody is called or shown something.
_CALLS = {"need": float(Need.CONCERN), "harm": float(Harm.UNSAFE_DETAIL)}
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class Decided:
    """A text and what a person decided about it on one axis.

    name: where to find it, such as "post:12". level: a Need, a Harm, or 1.0 and 0.0 of a conduct.
    """

    name: str
    text: str
    surface: Surface
    axis: str
    level: float

    @property
    def calls(self) -> bool:
        """Whether somebody had to be called, or shown it."""
        return speaks(self.axis, self.level)


@dataclass(frozen=True)
class Talk:
    """What was said in some days, decided about or not. said: text and surface."""

    said: Sequence[tuple[str, Surface]]
    days: float


@dataclass
class Changes:
    """What another ear does to one axis; the texts themselves stay with whoever asked.

    caught, missed: rightly called now and not before, and the reverse. wrong, right: wrongly
    called now and not before, and the reverse.
    """

    axis: str
    decided: int = 0
    caught: list[Decided] = field(default_factory=list)
    missed: list[Decided] = field(default_factory=list)
    wrong: list[Decided] = field(default_factory=list)
    right: list[Decided] = field(default_factory=list)


@dataclass(frozen=True)
class Alerts:
    """Alerts a week on everyday talk, before and after."""

    before: float
    after: float
    texts: int


def speaks(axis: str, level: float) -> bool:
    """Whether a level of an axis calls somebody, or is shown to staff."""
    return level >= _CALLS.get(axis, CONDUCT_FLAGGED_FROM)


def level_of(verdict: Verdict, axis: str) -> float:
    """What a verdict says on one axis."""
    if axis == "need":
        return float(verdict.need)
    return float(verdict.harm) if axis == "harm" else float(verdict.conduct[axis])


def compare(history: Iterable[Decided], before: Hear, after: Hear) -> list[Changes]:
    """Every axis that somebody decided about, in the order of AXES."""
    found = {axis: Changes(axis) for axis in AXES}
    for one in history:
        changes = found[one.axis]
        changes.decided += 1
        was, now = (speaks(one.axis, level_of(h(one.text, one.surface), one.axis))
                    for h in (before, after))  # fmt: skip
        if was == now:
            continue
        if one.calls:
            (changes.caught if now else changes.missed).append(one)
        else:
            (changes.wrong if now else changes.right).append(one)
    return [changes for changes in found.values() if changes.decided]


def alerts(talk: Talk, before: Hear, after: Hear) -> Alerts:
    """How many a week would call somebody."""
    weeks = max(talk.days, 1.0) / DAYS_OF_A_WEEK
    counts = [
        sum(hear(text, surface).need >= Need.CONCERN for text, surface in talk.said) / weeks
        for hear in (before, after)
    ]
    return Alerts(counts[0], counts[1], len(talk.said))


def told(
    changes: Sequence[Changes], alerts: Alerts | None, *, show_texts: bool = False
) -> Iterator[str]:
    """The comparison in plain lines. show_texts: for the terminal of somebody who may read them."""
    if not changes:
        yield "Nobody has decided about a text yet, so there is no history to replay."
    for one in changes:
        yield f"{one.axis}: {one.decided} texts that people decided about"
        yield from _lines("newly caught", one.caught, show_texts)
        yield from _lines("newly missed", one.missed, show_texts)
        yield from _lines("newly wrong", one.wrong, show_texts)
        yield from _lines("no longer wrong", one.right, show_texts)
    if alerts is not None:
        yield (
            f"alerts a week on everyday talk ({alerts.texts} texts): "
            f"{alerts.before:.1f} before, {alerts.after:.1f} after"
        )


def _lines(what: str, some: Sequence[Decided], show_texts: bool) -> Iterator[str]:
    yield f"  {what:16}{len(some):5}  {' '.join(one.name for one in some)}".rstrip()
    if show_texts:
        for one in some:
            yield f"      {one.name}: {one.text!r}"
