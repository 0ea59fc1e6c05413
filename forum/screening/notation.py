"""The small notation in which rules are written, turned into regular expressions over words.

i want to (die|be dead)     one of several
(really)? want to           may be left out
[want] to kill [self]       a named group of words.toml
suicid*                     any ending
goodbye .. everyone         up to three words between, in the same clause; ... up to six
last night !(shift|bus)     not followed by one of these
#                           a number
i can not , anymore         the mark between clauses; // the end of a sentence or clause
^ goodbye $                 the start and the end of the text
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forum.screening.wordlist import word_set

START, END = "^", "$"
_WORD = r"[^ ,.^$]+ "
_GAPS = {"..": rf"(?:{_WORD}){{0,3}}?", "...": r"(?:[^ ^$]+ ){0,8}?"}
_NUMBER = r"(?:[0-9]+|one|two|three|four|five|six|seven|eight|nine|ten|dozen|twenty|thirty) "
_YEAR = "(?:19|20)[0-9]{2} "
_NEGATIONS = word_set("not never no without nor neither nobody stopped quit")
_PIECE = re.compile(r"\.\.\.?|//|####|[()|?^$#,!]|\[[a-z_]+\]|[^\s()|?\[\]!]+")
# Words too common to look a pattern up by.
_COMMON = word_set(
    """i to the a and am not want you me of it is have be do in that this for on will can all up no
    my he she they we so was are with at but if or as from about just like get know what going
    would when out had been his her them there an by has who how one your us go did now today
    tonight feel think make time people day never more back could should anymore"""
)


class PatternError(ValueError):
    """A pattern that cannot be read; the message names it."""


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern.

    keys: a text that holds none of these words cannot match, so it need not be tried.
    A key that ends in "*" stands for all words that begin with it.
    denies: the pattern itself holds a "not", so that one is part of what it listens for.
    """

    source: str
    regex: re.Pattern[str]
    keys: frozenset[str]
    denies: bool

    def may_match(self, vocabulary: frozenset[str]) -> bool:
        """Whether a text of these words can match at all."""
        return not self.keys.isdisjoint(vocabulary) or any(
            word.startswith(key[:-1]) for key in self.keys if key[-1] == "*" for word in vocabulary
        )


@dataclass(frozen=True)
class _Part:
    regex: str
    keys: frozenset[str] | None = None  # None: matches without any particular word


FullWords = Callable[[str], list[str]]


def compile_pattern(source: str, groups: Mapping[str, str], full_words: FullWords) -> Pattern:
    """Read one pattern. groups: the inside of an alternative, by name. full_words: a phrase's words
    as texts will have them. Raises PatternError."""
    parser = _Parser(source, groups, full_words)
    part = parser.read()
    if part.keys is None:
        raise PatternError(f"pattern {source!r}: needs at least one word that must be there")
    denies = not _NEGATIONS.isdisjoint(re.findall("[a-z]+", part.regex))
    return Pattern(source, re.compile(r"(?<= )" + part.regex), part.keys, denies)


class _Parser:
    def __init__(self, source: str, groups: Mapping[str, str], full_words: FullWords) -> None:
        self._source = source
        self._groups = groups
        self._full_words = full_words
        self._pieces = _PIECE.findall(source)
        self._at = 0

    def read(self) -> _Part:
        part = self._alternatives()
        if self._at < len(self._pieces):
            raise self._error(f"{self._pieces[self._at]!r} is not expected here")
        return part

    def _error(self, what: str) -> PatternError:
        return PatternError(f"pattern {self._source!r}: {what}")

    def _peek(self) -> str | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _alternatives(self) -> _Part:
        ways = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            ways.append(self._sequence())
        # A way that holds only fillers is no way: texts reach us without them.
        ways = [way for way in ways if way.regex] or ways[:1]
        if len(ways) == 1:
            return _Part(f"(?:{ways[0].regex})", ways[0].keys)
        keys: frozenset[str] | None = frozenset()
        for way in ways:
            keys = None if keys is None or way.keys is None else keys | way.keys
        return _Part(f"(?:{'|'.join(way.regex for way in ways)})", keys)

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while (piece := self._peek()) is not None and piece not in "|)":
            part = self._one()
            if self._peek() == "?":
                self._at += 1
                part = _Part(f"(?:{part.regex})?")
            parts.append(part)
        keys = [part.keys for part in parts if part.keys]
        return _Part("".join(part.regex for part in parts), min(keys, key=_cost, default=None))

    def _one(self) -> _Part:
        piece = self._pieces[self._at]
        self._at += 1
        if piece == "(":
            part = self._alternatives()
            if self._peek() != ")":
                raise self._error("a bracket is not closed")
            self._at += 1
            return part
        if piece == "!":
            return _Part(f"(?!{self._one().regex})")
        if piece[0] == "[":
            return self._group(piece[1:-1])
        if piece in _GAPS:
            return _Part(_GAPS[piece])
        return self._mark(piece) or self._words(piece)

    def _group(self, name: str) -> _Part:
        if name not in self._groups:
            raise self._error(f"there is no word group [{name}]")
        return _Parser(f"({self._groups[name]})", self._groups, self._full_words).read()

    def _mark(self, piece: str) -> _Part | None:
        return {
            START: _Part(r"\^ "),
            END: _Part(r"\$ "),
            "#": _Part(_NUMBER),
            "####": _Part(_YEAR),
            ",": _Part(", "),
            "//": _Part(r"[.,] "),
        }.get(piece)

    def _words(self, piece: str) -> _Part:
        if piece.endswith("*"):
            stem = piece[:-1]
            return _Part(re.escape(stem) + "[^ ]* ", frozenset([piece]))
        words = self._full_words(piece)
        if not words:
            return _Part("")
        rarest = min(words, key=lambda word: word in _COMMON)
        return _Part("".join(re.escape(word) + " " for word in words), frozenset([rarest]))


def _cost(keys: frozenset[str]) -> int:
    """How often a set of keys will be met, roughly: common words weigh most."""
    return sum(50 if key in _COMMON else 1 for key in keys)
