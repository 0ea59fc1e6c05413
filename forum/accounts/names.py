"""Names that people may take: readable, not mistaken for another's, never the team's."""

import re
import unicodedata

from forum.accounts.lookalikes import GREEK_CAPITALS, LOOKALIKES, RUN_TOGETHER
from forum.accounts.reserved import FILLERS, GLUED, HARMLESS, TEAM_WORDS, WHOLE_NAMES

FORMER = "former member"  # what is shown in place of an erased account's name
MIN_LENGTH = 2
MAX_LENGTH = 40  # long enough for "Grandmother of three in the north west"
MAX_KEY_LENGTH = 120  # as wide as the column
MARKS_ON_ONE_LETTER = 3  # scripts of India write two or three; more is drawing over other lines
STACKED = re.compile("[\u0300-\u036f]{2}")  # accents that make no letter that Unicode knows

BETWEEN = " .-_"
WORD_ENDS = re.compile(r"[ .\-_]+")
DIGITS = "0123456789"
# Letters, digits, and the signs that many scripts need to write a vowel.
NAME_CATEGORIES = {"Lu", "Ll", "Lt", "Lo", "Nd", "Mn", "Mc"}
LENGTHENERS = "ー々ๆ"  # belong to words of Japanese, Chinese and Thai
BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"  # letters by category, but drawn as nothing
# Accents of any alphabet, and the small vowels of Hebrew and Arabic, which are usually left out.
ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
# Scripts that are written mixed within one word.
MIXED = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})
SCRIPT_OF = {"IDEOGRAPHIC": "CJK", "KATAKANA-HIRAGANA": "KATAKANA"}


class BadName(ValueError):
    """A name that cannot be taken; its text tells the person why and what to do."""


def tidy(typed: str) -> str:
    """The name as it will be shown: in plain letters, without stray spaces.

    Ornamental letters ("𝓐𝓷𝓪") become the ones they stand for, which screen readers can read.
    """
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def check_name(name: str) -> None:
    """Refuse a name, tidied before, that could not be read, told apart or trusted.

    Raises BadName, with words for the person.
    """
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        raise BadName(f"Please choose a name of {MIN_LENGTH} to {MAX_LENGTH} letters.")
    strange = next((sign for sign in name if not _may_stand_in_name(sign)), None)
    if strange is not None:
        shown = f"“{strange}”" if strange.isprintable() else "a sign that cannot be seen"
        raise BadName(f"A name may have letters, numbers, spaces and . - _ but not {shown}.")
    if not any(sign.isalpha() for sign in name):
        raise BadName("Please use at least one letter in your name.")
    if not all(_is_one_script(word) for word in WORD_ENDS.split(name)):
        raise BadName("Please write each word in one alphabet. Mixed ones are easily mistaken.")
    if _stacks_marks(name) or not MIN_LENGTH <= len(name_key(name)) <= MAX_KEY_LENGTH:
        raise BadName("Please choose another name. This one is hard to tell from others.")
    if is_reserved(name):
        raise BadName("That name could be taken for someone of the team. Please choose another.")


def name_key(name: str) -> str:
    """What a name looks like: names that readers mistake for one another have the same key.

    Folds compatibility forms, case, accents, invisible signs, look-alike letters of other
    alphabets, digits written for letters, and whatever stands between words. Never shown.
    """
    return _folded(name, LOOKALIKES)


def name_keys(name: str) -> tuple[str, ...]:
    """The name's own key first, then what else it looks like: Greek capitals differ from small.

    A new name is free when nobody has any of these keys.
    """
    return tuple(dict.fromkeys((name_key(name), _folded(name, LOOKALIKES | GREEK_CAPITALS))))


def is_reserved(name: str) -> bool:
    """Whether the name, in any look-alike spelling, speaks for the team or for nobody."""
    bare = name.strip(BETWEEN + DIGITS)
    return any(
        key in _WHOLE or _is_only_team_words(key) or _holds_team_word(key)
        for key in (*name_keys(name), *name_keys(bare))
    ) or any(key in _TEAM for word in _words(name) for key in name_keys(word))


def _folded(name: str, lookalikes: dict[str, str]) -> str:
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    seen = ACCENTS.sub("", small)
    plain = "".join(lookalikes.get(sign, sign) for sign in map(_western_digit, seen))
    key = "".join(sign for sign in plain if _may_stand_in_name(sign) and sign not in BETWEEN)
    for pair, looks_like in RUN_TOGETHER:
        key = key.replace(pair, looks_like)
    return key


def _western_digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _may_stand_in_name(sign: str) -> bool:
    if sign in BLANK_LETTERS:
        return False
    return sign in BETWEEN or sign in LENGTHENERS or unicodedata.category(sign) in NAME_CATEGORIES


def _is_one_script(word: str) -> bool:
    scripts = {_script(sign) for sign in word if sign.isalpha()}
    return len(scripts) <= 1 or any(scripts <= together for together in MIXED)


def _script(letter: str) -> str:
    """The alphabet of a letter, read off its Unicode name ("CYRILLIC SMALL LETTER A")."""
    first = unicodedata.name(letter, "UNNAMED").split(" ", 1)[0]
    return SCRIPT_OF.get(first, first)


def _stacks_marks(name: str) -> bool:
    marks = "".join("m" if unicodedata.category(sign) in ("Mn", "Mc") else "." for sign in name)
    too_many = "m" * (MARKS_ON_ONE_LETTER + 1) in marks
    return marks.startswith("m") or too_many or STACKED.search(name) is not None


def _words(name: str) -> list[str]:
    """The words of a name without numbers around them; "AnaAdmin2" has two: Ana and Admin."""
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return [word.strip(DIGITS) for word in WORD_ENDS.split(parted)]


def _is_only_team_words(key: str) -> bool:
    """Such as "thecareteam": nothing in it but the team and small words around it."""
    return _ONLY_TEAM.fullmatch(key) is not None


def _holds_team_word(key: str) -> bool:
    """Such as "anamoderator": a word too plain to stand inside another by chance."""
    for harmless in _HARMLESS:
        key = key.replace(harmless, "")
    return any(word in key for word in _GLUED)


def _keys(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name_key(name) for name in names)


_TEAM, _WHOLE = _keys(TEAM_WORDS), _keys(WHOLE_NAMES)
_GLUED, _HARMLESS = _keys(GLUED), _keys(HARMLESS)
_FILLER = "|".join(sorted(_keys(FILLERS)))
_OFFICE = "|".join(sorted(_TEAM))
_ONLY_TEAM = re.compile(f"(?:{_FILLER})*(?:{_OFFICE})(?:{_OFFICE}|{_FILLER})*")
