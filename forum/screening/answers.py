"""Short answers to direct questions: "yes" says little, and everything when one knows what to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from forum.screening.normaliser import normalise
from forum.screening.notation import Pattern, compile_pattern
from forum.screening.passage import Passage
from forum.screening.verdict import Need, Reason

MOST_WORDS = 10  # a longer answer speaks for itself, and is heard like any other text
_LEVELS = {need.name.lower(): need for need in Need}


class Kind(StrEnum):
    """What a short answer says. Of several in one answer, the first of these counts."""

    PAST = "past"  # "years ago"
    TIME = "time"  # "tonight"
    UNSURE = "unsure"  # "i don't know", also "yes and no"
    HALF = "half"  # "sort of"
    YES = "yes"
    NO = "no"


_SAYS = {
    Kind.PAST: "says that it was once",
    Kind.TIME: "names a time",
    Kind.UNSURE: "is not sure",
    Kind.HALF: "half says yes",
    Kind.YES: "says yes",
    Kind.NO: "says no",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A direct question, and how much need there is when it is answered so or so.

    asks: ends the sentence "says yes when asked …", which a moderator reads. must, must_not:
    a question, an answer to it and the level heard; and such that must stay quiet.
    """

    id: str
    asks: str
    patterns: tuple[Pattern, ...]
    heard: Mapping[Kind, Need]
    must: tuple[tuple[str, str, str], ...]
    must_not: tuple[tuple[str, str], ...]

    def reason(self, kind: Kind, text: str) -> Reason:
        """Why a moderator is told: the whole answer is its span."""
        start = len(text) - len(text.lstrip())
        label = f"{_SAYS[kind]} when asked {self.asks}"
        return Reason(self.id, (start, len(text.rstrip())), label)


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything of `rules/answers.toml`: the questions, and the words short answers consist of."""

    questions: tuple[Question, ...]
    _phrases: Mapping[tuple[str, ...], Kind | None]  # None: says nothing, and may stand anywhere

    @classmethod
    def read(
        cls, table: Mapping[str, Any], words_of: Callable[[str], list[str]]
    ) -> Self:  # Any: what TOML holds
        """From the parsed file. Raises KeyError or ValueError where something is wrong or missing.

        words_of: a rule's phrase as texts will have it (`Reader.full_words`).
        """
        phrases: dict[tuple[str, ...], Kind | None] = {}
        for name, listed in table["answers"].items():
            kind = None if name == "around" else Kind(name)
            phrases.update((tuple(phrase.split()), kind) for phrase in listed)
        return cls(tuple(_question(raw, words_of) for raw in table["question"]), phrases)

    def said(self, text: str) -> Kind | None:
        """What a text says if it is a short answer and nothing else; None if it is more."""
        words = _plain_words(text)
        if not 0 < len(words) <= MOST_WORDS:
            return None
        kinds: set[Kind] = set()
        at = 0
        while at < len(words):
            size = next((n for n in (4, 3, 2, 1) if tuple(words[at : at + n]) in self._phrases), 0)
            if not size:
                return None
            kind = self._phrases[tuple(words[at : at + size])]
            kinds |= {kind} if kind else set()
            at += size
        if {Kind.YES, Kind.NO} <= kinds:
            return Kind.UNSURE
        return next((kind for kind in Kind if kind in kinds), None)

    def asked(self, passage: Passage) -> Iterator[tuple[Question, int, int]]:
        """The questions in a passage, and where in its text they stand."""
        for question in self.questions:
            for pattern in question.patterns:
                if pattern.may_match(passage.vocabulary):
                    for match in pattern.regex.finditer(passage.text):
                        yield question, *match.span()


def _plain_words(text: str) -> Sequence[str]:
    """The words of an answer, in small letters, without marks and apostrophes."""
    plain = normalise(text).text.replace("'", "")
    return "".join(char if char.isalnum() else " " for char in plain).split()


def _question(raw: Mapping[str, Any], words_of: Callable[[str], list[str]]) -> Question:
    return Question(
        id=raw["id"],
        asks=raw["asks"],
        patterns=tuple(compile_pattern(one, {}, words_of) for one in raw["patterns"]),
        heard={Kind(kind): _LEVELS[level] for kind, level in raw["heard"].items()},
        must=_rows(raw["must"], 3),
        must_not=_rows(raw["must_not"], 2),
    )


def _rows(raw: Iterable[Sequence[str]], width: int) -> tuple[Any, ...]:
    rows = tuple(tuple(row) for row in raw)
    if any(len(row) != width for row in rows):
        raise ValueError(f"each example needs {width} texts")
    return rows
