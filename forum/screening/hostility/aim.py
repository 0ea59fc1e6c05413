"""Whom words go at: somebody here, the writer, or nobody who reads them."""

from enum import Enum

from forum.screening.normaliser import normalise
from forum.screening.passage import Passage, passages
from forum.screening.rulebook import RuleBook, Scope
from forum.screening.scopes import ScopeFinder
from forum.screening.wordlist import word_set

_YOU = word_set("you your yours yourself yourselves")
_SELF = word_set("me my myself mine am")
_I = word_set("i we us our ours ourselves")
_THIRD = word_set("he she they him her them his their hers theirs himself herself themselves it")
# "He told me you are worthless": the you is not a reader.
_SET_ASIDE = {Scope.QUOTED, Scope.REPORTED}


class Aim(Enum):
    """Whom a stretch of text goes at."""

    READER = "reader"
    ONESELF = "oneself"
    ABSENT = "absent"


class Aims:
    """Tells whom words go at. English; where no English pronoun stands, a reader is assumed."""

    def __init__(self, book: RuleBook) -> None:
        self._reader = book.reader
        self._finder = ScopeFinder(book.cues)

    def of(self, text: str) -> Aim:
        """READER for a "you" that is no quotation, and for words without any pronoun.

        Else ONESELF where the writer is spoken of or to ("I am such an idiot", "she called me
        …"), and ABSENT for others ("he is …", "I hate all …").
        """
        vocabulary: set[str] = set()
        for passage in passages(self._reader.words(normalise(text))):
            if self._says_you(passage):
                return Aim.READER
            vocabulary |= passage.vocabulary
        if vocabulary & _SELF:
            return Aim.ONESELF
        return Aim.ABSENT if vocabulary & (_I | _THIRD | _YOU) else Aim.READER

    def _says_you(self, passage: Passage) -> bool:
        return any(
            word.text in _YOU
            and not self._finder.scopes(passage, start, start + len(word.text)) & _SET_ASIDE
            for word, start in zip(passage.words, passage.starts, strict=True)
        )
