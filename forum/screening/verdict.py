"""What screening says about a text: need, harm, conduct, and the words that led to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Self

CONDUCTS = ("harassment", "sexual", "contact", "sourcing", "spam", "impersonation")
CONDUCT_FLAGGED_FROM = 0.5  # a conduct score at or above this is shown to staff


class Need(IntEnum):
    """How much the author, or the person they write about, may need someone now."""

    NONE = 0
    SUPPORT = 1
    CONCERN = 2
    URGENT = 3
    CRISIS = 4


class Harm(IntEnum):
    """What the text may do to its readers."""

    SAFE = 0
    NOTE = 1
    UNSAFE_DETAIL = 2
    ENCOURAGEMENT = 3


class Surface(StrEnum):
    """Where the text was written: a line in a live room or a post on a board."""

    CHAT = "chat"
    BOARD = "board"


class Chip(StrEnum):
    """What a moderator should know about how a phrase was meant."""

    ANOTHER = "about someone else"
    BEREAVED = "bereaved"
    PAST = "past"
    QUOTING = "quoting"
    FIGURATIVE = "figure of speech"


@dataclass(frozen=True)
class Reason:
    """One phrase that was heard.

    span: first and one-past-last character in the ORIGINAL text. label: words for a moderator.
    axis: "need", "harm" or the name of a conduct.
    """

    rule: str
    span: tuple[int, int]
    label: str
    axis: str = "need"


@dataclass(frozen=True)
class Verdict:
    """Everything screening has to say about one text.

    conduct: a score of 0.0–1.0 for each of CONDUCTS, flagged from CONDUCT_FLAGGED_FROM.
    harm_spans: characters to mask for readers, sorted, without overlap.
    score: 0.0–1.0, ranks verdicts by need. firm: the need that no trained ear may lower; for the
    joining of layers alone, not stored. unscreened: part of the screening did not answer; what is
    here is what the rest heard, and the text must be screened again.
    unscored: the second opinion about conduct was not heard yet, where there is one to be had.
    """

    need: Need = Need.NONE
    harm: Harm = Harm.SAFE
    conduct: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(dict.fromkeys(CONDUCTS, 0.0))
    )
    reasons: tuple[Reason, ...] = ()
    harm_spans: tuple[tuple[int, int], ...] = ()
    contexts: tuple[Chip, ...] = ()
    score: float = 0.0
    unscreened: bool = False
    unscored: bool = False
    screener_version: str = ""
    firm: Need = field(default=Need.NONE, compare=False)

    @property
    def level(self) -> str:
        """The need in one public word: none, support, elevated or imminent."""
        if self.need is Need.CRISIS:
            return "imminent"
        return "elevated" if self.need >= Need.CONCERN else self.need.name.lower()

    @property
    def flagged(self) -> frozenset[str]:
        """The conducts that staff are shown."""
        return frozenset(n for n, score in self.conduct.items() if score >= CONDUCT_FLAGGED_FROM)

    def only(self, *, above: Need, readers: bool) -> Self:
        """What is new in a second hearing: the need above what was heard before.

        readers: whether harm and conduct still count, or a person has decided about them.
        """
        heard = (
            self
            if readers
            else replace(
                self,
                harm=Harm.SAFE,
                harm_spans=(),
                conduct=MappingProxyType(dict.fromkeys(CONDUCTS, 0.0)),
            )
        )
        return heard if self.need > above else replace(heard, need=Need.NONE)

    def to_json(self) -> dict[str, Any]:  # Any: JSON values of several types
        """The verdict as plain JSON values, for a JSON column; `from_json` gives it back."""
        return {
            "need": int(self.need),
            "harm": int(self.harm),
            "conduct": dict(self.conduct),
            "reasons": [
                {"rule": r.rule, "span": list(r.span), "label": r.label, "axis": r.axis}
                for r in self.reasons
            ],
            "harm_spans": [list(span) for span in self.harm_spans],
            "contexts": [str(chip) for chip in self.contexts],
            "score": self.score,
            "unscreened": self.unscreened,
            "unscored": self.unscored,
            "screener_version": self.screener_version,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A verdict as `to_json` stored it. Raises KeyError or ValueError on anything else."""
        return cls(
            need=Need(stored["need"]),
            harm=Harm(stored["harm"]),
            conduct=MappingProxyType(dict(stored["conduct"])),
            reasons=tuple(
                Reason(r["rule"], (r["span"][0], r["span"][1]), r["label"], r["axis"])
                for r in stored["reasons"]
            ),
            harm_spans=tuple((start, end) for start, end in stored["harm_spans"]),
            contexts=tuple(Chip(chip) for chip in stored["contexts"]),
            score=stored["score"],
            unscreened=stored["unscreened"],
            unscored=stored.get("unscored", False),  # not in verdicts of earlier releases
            screener_version=stored["screener_version"],
        )
