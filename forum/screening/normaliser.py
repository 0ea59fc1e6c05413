"""Makes disguised letters plain, and remembers where each came from."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from forum.screening.lookalikes import EMOJI_WORDS, LOOKALIKES

_REVERSED = "\u202e"  # right-to-left override: shows "eid" as "die"
_REVERSED_ENDS = "\u202c\u2069\n"
# Drawn as nothing although Unicode does not class them as format characters.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\x00")
_INVISIBLE = {"Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"}
_SPACES = frozenset("\n\r\t\v\f\x85\u2028\u2029")


@dataclass(frozen=True)
class Plain:
    """Lower-case text without disguise.

    offsets: for each character of `text`, its place in the original; as long as `text`.
    """

    text: str
    offsets: tuple[int, ...] | range
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original. Empty in, empty out."""
        if start >= end:
            place = self.offsets[start] if start < len(self.offsets) else len(self.original)
            return place, place
        places = self.offsets[start:end]
        return min(places), max(places) + 1


def normalise(text: str) -> Plain:
    """The text as a reader sees it: compatibility forms folded (NFKC), accents and invisible
    characters gone, look-alike letters made Latin, emoji turned into words, all lower case.

    Any string is answered, in time linear in its length: lone surrogates and NULs count as
    invisible. Source of the look-alikes: forum/screening/lookalikes.py.
    """
    if text.isascii() and text.isprintable():
        return Plain(text.lower(), range(len(text)), text)
    letters: list[str] = []
    offsets: list[int] = []
    for place in _reading_order(text):
        for letter in _fold(text[place]):
            letters.append(letter)
            offsets.append(place)
    return Plain("".join(letters), tuple(offsets), text)


def _reading_order(text: str) -> list[int] | range:
    """Places in the order in which a reader meets them: overridden runs are read backwards."""
    if _REVERSED not in text:
        return range(len(text))
    order: list[int] = []
    run: list[int] | None = None
    for place, char in enumerate(text):
        if run is not None and char in _REVERSED_ENDS:
            order.extend(reversed(run))
            run = None
        if char == _REVERSED:
            order.extend(reversed(run or []))
            run = []
        elif run is not None:
            run.append(place)
        else:
            order.append(place)
    order.extend(reversed(run or []))
    return order


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    if char in EMOJI_WORDS:
        return f" {EMOJI_WORDS[char]} "
    if char in _SPACES:
        return "\n" if char != "\t" else " "
    folded = unicodedata.normalize("NFKD", LOOKALIKES.get(char, char)).lower()
    return "".join(
        LOOKALIKES.get(letter, letter)
        for letter in unicodedata.normalize("NFKD", folded)
        if letter not in _BLANK_LETTERS and unicodedata.category(letter) not in _INVISIBLE
    )
