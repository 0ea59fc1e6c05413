"""How a phrase was meant: denied, past, about another, quoted, a figure of speech."""

from collections.abc import Iterable, Mapping

from forum.screening.notation import Pattern
from forum.screening.passage import Passage
from forum.screening.rulebook import Cues, Scope
from forum.screening.wordlist import word_set
from forum.screening.words import Word

NEGATION_REACH = 5  # words between "not" and what it denies, in the same clause
_NEGATORS = word_set("not never without nor neither stopped quit nobody hardly")
# "No" denies only what it stands before: "no plan to", but not "no one would care if".
_NO_BEFORE = word_set(
    "plan plans intention intentions desire wish thoughts urge urges longer suicidal active way "
    "need reason thinking"
)
# "can't stop thinking", "not afraid to", "don't know if": the "not" is spent on these.
_SPENT_ON = word_set(
    "stop stopping help shake wait deny only afraid scared lie lying hesitate sure know care "
    "because matter tell sleep cope escape ignore control resist take without being able "
    "understand breathe eat safe joking kidding okay ok exaggerating"
)
# A denial reaches a new subject ("I never said I ...") only through one of these.
_SAYING = word_set("say said saying think mean meant like that feel believe claim thinking")
_SUBJECTS = word_set("i he she they we")
_THIRD = word_set("he she they him her his them himself herself themselves themself")
_FIRST = word_set("i me my myself we mine")
_ASKED = word_set("you your yourself anyone someone somebody people everyone anybody who")
_PAST_VERBS = word_set(
    "wanted felt tried thought was were had used took cut planned attempted overdosed hated wished "
    "hoped did could went ended hurt lost saw gave stopped slept heard owed"
)
_REFUSALS = ("no ", "nope ", "nah ", "never ", "not at all ", "not really ", "hell no ")


class ScopeFinder:
    """Finds the scopes in which a phrase of a passage stands. cues: scopes.toml, compiled."""

    def __init__(self, cues: Mapping[str, Cues]) -> None:
        self._cues = cues

    def scopes(
        self, passage: Passage, start: int, end: int, *, denies: bool = False
    ) -> frozenset[Scope]:
        """The scopes around `passage.text[start:end]`. denies: a "not" inside belongs to it."""
        hit = passage.between(start, end)
        found = {
            Scope.NEGATED: _is_negated(passage, start, end, hit)
            or (not denies and _holds(hit, _NEGATORS)),
            Scope.ANOTHER: self._is_about_another(passage, start, hit),
            Scope.ASKED: self._is_asked(passage, start, hit),
            Scope.QUOTED: self._is_quoted(passage, start, end, hit),
            Scope.REPORTED: self._is_reported(passage, start),
            Scope.FIGURATIVE: self._hears("figurative", passage, start, end),
        }
        found[Scope.PAST] = self._is_past(passage, start, end, hit)
        found[Scope.RECOVERED] = self._is_recovered(passage, start, end, hit, found[Scope.PAST])
        found[Scope.BEREAVED] = not _holds(hit, _FIRST) and self._hears(
            "bereaved", passage, start, end
        )
        return frozenset(scope for scope, is_so in found.items() if is_so)

    def _hears(self, name: str, passage: Passage, start: int, end: int) -> bool:
        cues = self._cues[name]
        first, last = passage.sentence(start, end)
        return _any_in(cues.sentence, passage, first, last) or _any_in(
            cues.nearby, passage, 0, len(passage.text)
        )

    def _is_about_another(self, passage: Passage, start: int, hit: tuple[Word, ...]) -> bool:
        if _holds(hit, _FIRST) and not _holds(hit, _THIRD):
            return False
        first, _ = passage.clause(start, start + 1)
        return _holds(hit, _THIRD) or _any_in(self._cues["another"].sentence, passage, first, start)

    def _is_asked(self, passage: Passage, start: int, hit: tuple[Word, ...]) -> bool:
        """The phrase is put to somebody ("are you feeling ..."), said of people at large or only
        supposed."""
        first, _ = passage.clause(start, start + 1)
        if _any_in(self._cues["supposed"].sentence, passage, first, start):
            return True
        if _holds(hit, _FIRST | _THIRD):
            return False
        return _is_put_to_you(passage, start) or _any_in(
            self._cues["asked"].sentence, passage, first, start
        )

    def _is_reported(self, passage: Passage, start: int) -> bool:
        """Somebody tells what another said or did to them."""
        first, _ = passage.clause(start, start + 1)
        return _any_in(self._cues["reported"].sentence, passage, first, start)

    def _is_past(self, passage: Passage, start: int, end: int, hit: tuple[Word, ...]) -> bool:
        if not self._hears("past", passage, start, end):
            return False
        first, last = passage.clause(start, end)
        return not _any_in(self._cues["present"].sentence, passage, first, last)

    def _is_recovered(
        self, passage: Passage, start: int, end: int, hit: tuple[Word, ...], past: bool
    ) -> bool:
        told_in_past = _holds(hit, _PAST_VERBS) or not _PAST_VERBS.isdisjoint(
            _before(passage, start)[:4]
        )
        return (past or told_in_past) and self._hears("recovered", passage, start, end)

    def _is_quoted(self, passage: Passage, start: int, end: int, hit: tuple[Word, ...]) -> bool:
        if self._hears("quoted", passage, start, end):
            return True
        marked = all(word.quoted for word in hit)
        return marked and not self._hears("told", passage, start, end)


def _any_in(cues: Iterable[Pattern], passage: Passage, first: int, last: int) -> bool:
    return any(
        cue.may_match(passage.vocabulary) and cue.regex.search(passage.text, first, last)
        for cue in cues
    )


def _holds(words: Iterable[Word], wanted: frozenset[str]) -> bool:
    return any(word.text in wanted for word in words)


def _before(passage: Passage, start: int) -> list[str]:
    """The words of the clause before a phrase, nearest first."""
    first, _ = passage.clause(start, start + 1)
    return [word.text for word in reversed(passage.between(first, start))] if first < start else []


def _is_negated(passage: Passage, start: int, end: int, hit: tuple[Word, ...]) -> bool:
    if _is_refused(passage.text[end:]):
        return True
    between: list[str] = []
    for word in _before(passage, start)[: NEGATION_REACH + 1]:
        if word in _NEGATORS or (word == "no" and (not between or between[-1] in _NO_BEFORE)):
            return _reaches(between, hit)
        between.append(word)
    return False


def _is_refused(after: str) -> bool:
    """ "Suicidal? No." denies as well."""
    return after[:2] in (". ", ", ") and any(
        after[2:].startswith(no) and after[2 + len(no) :][:2] in (". ", ", ", "$ ")
        for no in _REFUSALS
    )


def _reaches(between: list[str], hit: tuple[Word, ...]) -> bool:
    if any(word in _SPENT_ON for word in between):
        return False
    new_subject = hit[0].text in _SUBJECTS or any(word in _SUBJECTS for word in between)
    return not new_subject or any(word in _SAYING for word in between)


def _is_put_to_you(passage: Passage, start: int) -> bool:
    for word in _before(passage, start)[:NEGATION_REACH]:
        if word in _FIRST or word in _THIRD:
            return False
        if word in _ASKED:
            return True
    return False
