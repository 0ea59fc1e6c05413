"""Cuts plain text into words in their full form: "im gunna" reads "i am going to"."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from forum.screening.normaliser import Plain
from forum.screening.wordlist import word_set

MAX_WORD = 40  # longer runs of letters are blobs, not words
GLUED_FROM = 7  # shorter unknown words are taken as they are: too many fall apart by chance
LEET_FROM = 4  # shorter ones are mostly what they are: "b4", "mp3"
SPELT_FROM = 3  # letters spelt out one by one were meant to be put together
SHORT_LINE = 3  # words; a shorter line goes on in the next
CLAUSE = ","
SENTENCE = "."
# Some keyboards and dictation write a blank for the apostrophe: "don t", "i m".
_BLANK_APOSTROPHE = (
    r"\b(?:(?:do|did|does|ca|could|wo|would|should|is|was|are|were|have|has|had|ai)n t"
    r"|i (?:m|ve|ll|d)|(?:you|they|we) (?:re|ve|ll)|(?:he|she|it|that|there) (?:s|ll))\b|"
)
_TOKEN = re.compile(
    _BLANK_APOSTROPHE + r"[^\W_](?:[\w'@$€|+*!]*[\w*])?|[@$*][a-z0-9@$*]*[a-z][a-z0-9@$*]*"
    r"|\.{2,}|[.!?]+|\n+|[,;:()]| -+ |[\"#]"
)
_SPELT_OUT = re.compile(r"(?<![\w'])[a-z0-9@$](?:[ .\-_*/|+]{1,3}[a-z0-9@$]){2,39}(?![\w'])")
_SPELT_WORD = re.compile(r"[a-z0-9@$](?:(?! {2})[^a-z0-9@$]{0,3}[a-z0-9@$])*")
_BETWEEN_LETTERS = re.compile(r"[^a-z0-9@$]")
_LEET = str.maketrans("013457@$€!|+", "oieastasei" + "lt")
_LEET_L = str.maketrans("013457@$€!|+", "oleastasei" + "lt")
_SIGNS = re.compile(r"[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]+")  # arrows, shapes, emoji
_SIGNS_INSIDE = re.compile(rf"(?<=\w){_SIGNS.pattern}(?=\w)")
_STRETCHED = re.compile(r"(.)\1{2,}")
_ENDINGS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}
_IS_AFTER = word_set("he she it that there here what who where how everything nobody one")
# After these, "ill" is an illness and not "I'll".
_ILL_AFTER = word_set(
    "am is are was were be been being get got getting mentally physically terminally so very feel "
    "feeling fall fell seriously severely the an too pretty really his her their"
)
# Words written as one are only parted when one of them is of these: "something" is one word.
_GLUED = word_set(
    "kill die dead myself yourself himself herself suicide suicidal overdose unalive want wanna"
)


@dataclass(frozen=True)
class Word:
    """A word in full form, or a mark (CLAUSE, SENTENCE), and its span in the original text."""

    text: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True)
class Lexicon:
    """The words that rules know.

    same_as: what people write → the words rules are written in. fillers: words that change nothing.
    known: every word that occurs in a rule; disguises are only undone when one of these comes out.
    """

    same_as: Mapping[str, tuple[str, ...]]
    fillers: frozenset[str]
    known: frozenset[str]

    def full_form(self, token: str) -> tuple[str, ...]:
        """The words that stand for one lower-case token, contractions opened; () for a filler."""
        token = token.replace(" ", "'")
        if token in self.fillers:
            return ()
        if (words := self.same_as.get(token)) is not None:
            return words
        if "'" not in token:
            return (token,)
        bare = token.replace("'", "")
        if (words := self.same_as.get(bare)) is not None:
            return words
        if token.endswith("n't"):
            return (token[:-3], "not")
        for ending, word in _ENDINGS.items():
            if token.endswith(ending):
                return (token.removesuffix(ending), word)
        if token.endswith("'s"):
            stem = token[:-2]
            return (stem, "is") if stem in _IS_AFTER else (stem,)
        return (bare,)

    def knows(self, token: str) -> bool:
        """Whether rules know the token, as it is or in full form."""
        return token in self.known or token in self.same_as or token in self.fillers


class Reader:
    """Reads plain text as words of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._undisguise = lru_cache(maxsize=16384)(self._undisguise_once)

    def words(self, plain: Plain) -> list[Word]:
        """All words and marks of the text in order, fillers left out."""
        found: list[Word] = []
        before = ""
        line_words = 0
        quoting = sorted(_quotations(plain.text), reverse=True)  # the next one is the last
        for token, start, end, spelt in self._pieces(plain.text):
            span = plain.span(start, end)
            mark = _mark(token, line_words)
            line_words = 0 if token[0] == "\n" else line_words + (mark is None)
            if mark is not None:
                if mark:
                    found.append(Word(mark, *span))
                continue
            while quoting and quoting[-1][1] <= start:
                quoting.pop()
            quoted = bool(quoting) and quoting[-1][0] <= start
            for text in self._full(token, before, spelt):
                found.append(Word(text, *span, quoted))
            before = token
        return found

    def undisguised(self, plain: Plain) -> str:
        """The text as written, only disguised words put back: "k1ll my s e l f" → "kill my self".

        For ears that learnt from ordinary writing, so other words than those of rules are put back
        as well, and signs that stand for no word are left out. Offsets are not kept.
        """
        parts: list[str] = []
        place = 0
        for token, start, end, spelt in _tokens(plain.text):
            if token.isdigit() or not (token[0].isalnum() or token[0] in "@$*"):
                continue
            meant = self._undisguise(token, SPELT_FROM if spelt else GLUED_FROM)
            if meant == (token,) and not spelt and len(token) >= LEET_FROM:
                meant = (_in_letters(token),)
            letters = sum(char.isalpha() for char in token)
            if spelt and letters < LEET_FROM and not self._spells(token):
                continue  # single letters such as "u r a"
            if spelt or meant != (token,):
                parts += [plain.text[place:start], " ".join(meant)]
                place = end
        return _SIGNS.sub(" ", _SIGNS_INSIDE.sub("", "".join(parts) + plain.text[place:]))

    def _pieces(self, text: str) -> Iterator[tuple[str, int, int, bool]]:
        """The tokens; single letters that spell no known word ("u r a") stay apart."""
        for token, start, end, spelt in _tokens(text):
            if spelt and not self._spells(token):
                for match in _TOKEN.finditer(text, start, end):
                    yield match.group(), match.start(), match.end(), False
            else:
                yield token, start, end, spelt

    def _spells(self, token: str) -> bool:
        return self.lexicon.knows(token) or self._undisguise(token, SPELT_FROM) != (token,)

    def full_words(self, phrase: str) -> list[str]:
        """A rule's own words in the form in which `words` gives a text's."""
        return [word for token in phrase.lower().split() for word in self._full(token, "", False)]

    def _full(self, token: str, before: str, spelt: bool) -> tuple[str, ...]:
        if token in ("ill", "i'll"):
            return ("ill",) if "'" not in token and before in _ILL_AFTER else ("i", "will")
        if token.isdigit():
            return self.lexicon.same_as.get(token, (token,))
        words: tuple[str, ...] = ()
        for part in self._undisguise(token, SPELT_FROM if spelt else GLUED_FROM):
            words += self.lexicon.full_form(part)
        return words

    def _undisguise_once(self, token: str, glued_from: int) -> tuple[str, ...]:
        """The known words behind leet, stars, stretched or glued letters; else the token itself."""
        lexicon = self.lexicon
        if lexicon.knows(token) or len(token) > MAX_WORD:
            return (token,)
        for guess in _guesses(token):
            if lexicon.knows(guess):
                return (guess,)
        if "*" in token and (word := self._behind_stars(token)):
            return (word,)
        if len(token) >= glued_from and token.isalpha() and (parts := self._unglue(token)):
            return parts
        return (token.strip("*!"),)

    def _behind_stars(self, token: str) -> str | None:
        if len(token) < 3 or token.count("*") * 2 > len(token):
            return None
        shape = re.compile("".join("[a-z]?" if c == "*" else re.escape(c) for c in token))
        fitting = [w for w in self.lexicon.known if len(w) >= 3 and shape.fullmatch(w)]
        exact = [w for w in fitting if len(w) == len(token)]
        return min(exact or fitting, default=None)

    def _unglue(self, token: str) -> tuple[str, ...] | None:
        """Split letters without spaces into the fewest known words; None where it cannot be."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
        for end in range(1, len(token) + 1):
            for start in range(max(0, end - 14), end):
                head, piece = best[start], token[start:end]
                if head is None or not self._is_piece(piece):
                    continue
                there = best[end]
                if there is None or len(head) + 1 < len(there):
                    best[end] = (*head, piece)
        parts = best[-1]
        return parts if parts and not _GLUED.isdisjoint(parts) else None

    def _is_piece(self, piece: str) -> bool:
        return piece in ("i", "a") or (len(piece) > 1 and self.lexicon.knows(piece))


def _tokens(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """Tokens, their places, and whether they were spelt out letter by letter ("d i e")."""
    place = 0
    for run in _SPELT_OUT.finditer(text):
        for match in _TOKEN.finditer(text, place, run.start()):
            yield match.group(), match.start(), match.end(), False
        yield from _spelt_words(text, run.start(), run.end())
        place = run.end()
    for match in _TOKEN.finditer(text, place):
        yield match.group(), match.start(), match.end(), False


def _spelt_words(text: str, start: int, end: int) -> Iterator[tuple[str, int, int, bool]]:
    """Two or more spaces part the words of letters spelt out; one space or dot does not."""
    for match in _SPELT_WORD.finditer(text, start, end):
        yield _BETWEEN_LETTERS.sub("", match.group()), match.start(), match.end(), True


def _mark(token: str, line_words: int) -> str | None:
    """The mark that a token is; "" for one that says nothing; None for a word.

    line_words: words since the line began.
    """
    first = token[0]
    if first.isalnum():
        return None
    if first in '"#':
        return ""
    if first in ",;:() ":
        return CLAUSE
    if first == "\n":
        if len(token) > 1:
            return SENTENCE
        # One word a line is somebody's way of writing, not the end of a thought.
        return CLAUSE if line_words >= SHORT_LINE else ""
    if first in ".!?":
        return CLAUSE if token.startswith("..") else SENTENCE
    return None


def _in_letters(token: str) -> str:
    """Leet as letters, where letters outnumber what stands for them; else the token itself."""
    letters = sum(char.isalpha() for char in token)
    meant = token.translate(_LEET)
    return meant if len(token) / 2 < letters < len(token) and meant.isalpha() else token


def _guesses(token: str) -> Iterator[str]:
    shapes = [token]
    if not token.isalpha():
        bare = token.rstrip("!")
        shapes += [bare, bare.translate(_LEET), bare.translate(_LEET_L)]
    for shape in shapes:
        yield shape
        if _STRETCHED.search(shape):
            yield _STRETCHED.sub(r"\1\1", shape)
            yield _STRETCHED.sub(r"\1", shape)


def _quotations(text: str) -> list[tuple[int, int]]:
    """Spans between double quotation marks, at most 400 characters, and lines begun with ">"."""
    spans = [m.span() for m in re.finditer(r'"[^"\n]{2,400}"', text)]
    spans += [m.span() for m in re.finditer(r"(?m)^ {0,3}>[^\n]*", text)]
    spans += [m.span() for m in re.finditer(r"(?<![\w])'[^'\n\"]{4,200}'(?!\w)", text)]
    return spans
