"""A stretch of words as one string that patterns run over, and the way back to the original."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forum.screening.wordlist import word_set
from forum.screening.words import CLAUSE, SENTENCE, Word

PASSAGE_WORDS = 60  # about two long sentences; short messages are one passage
OVERLAP_WORDS = 12  # no pattern is longer, so none is lost where a long sentence is cut
# A turn of thought: what was said before it does not bind what comes after.
TURNS = word_set("but though however although except unless yet")
_ENDS = frozenset({CLAUSE, SENTENCE})


@dataclass(frozen=True)
class Passage:
    """Words joined by single spaces, with a space at both ends. `starts`: where each begins.

    vocabulary: the different words, to know quickly what cannot be heard here.
    """

    words: tuple[Word, ...]
    text: str
    starts: tuple[int, ...]
    vocabulary: frozenset[str]

    def between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words of `text[start:end]`, marks left out."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1)
        return tuple(w for w in self.words[max(first, 0) : last] if w.start < w.end)

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The bounds of the clause around `text[start:end]`: to the next mark or turn."""
        return self._around(start, end, _ENDS | TURNS)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The bounds of the sentence around `text[start:end]`, cut at turns of thought."""
        return self._around(start, end, {SENTENCE} | TURNS)

    def _around(self, start: int, end: int, stops: frozenset[str] | set[str]) -> tuple[int, int]:
        first = bisect_right(self.starts, start) - 1
        while first > 0 and self.words[first - 1].text not in stops:
            first -= 1
        last = bisect_right(self.starts, end - 1)
        while last < len(self.words) and self.words[last].text not in stops:
            last += 1
        stop = self.starts[last] if last < len(self.words) else len(self.text)
        return self.starts[first], stop


def passages(words: Sequence[Word]) -> Iterator[Passage]:
    """The text in passages of whole sentences, each beginning with the last one's last sentence.

    A sentence that is too long is cut with an overlap. The text's start and end are marked.
    """
    marked = [Word("^", 0, 0), *_without_last_marks(words), Word("$", 0, 0)]
    first = 0
    while True:
        last = min(first + PASSAGE_WORDS, len(marked))
        if last < len(marked):
            last = _sentence_end(marked, first, last)
        yield _passage(marked[first:last])
        if last == len(marked):
            return
        first = max(_last_sentence(marked, first, last), first + 1)


def _without_last_marks(words: Sequence[Word]) -> Sequence[Word]:
    end = len(words)
    while end and words[end - 1].text in _ENDS:
        end -= 1
    return words[:end]


def _sentence_end(words: Sequence[Word], first: int, last: int) -> int:
    for place in range(last, first + PASSAGE_WORDS // 2, -1):
        if words[place - 1].text == SENTENCE:
            return place
    return last


def _last_sentence(words: Sequence[Word], first: int, last: int) -> int:
    for place in range(last - 2, max(first, last - PASSAGE_WORDS // 2), -1):
        if words[place].text == SENTENCE:
            return place + 1
    return last - OVERLAP_WORDS


def _passage(words: Sequence[Word]) -> Passage:
    starts = []
    place = 1
    for word in words:
        starts.append(place)
        place += len(word.text) + 1
    text = f" {' '.join(word.text for word in words)} "
    return Passage(tuple(words), text, tuple(starts), frozenset(w.text for w in words))
