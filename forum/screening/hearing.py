"""Listening with rules: each phrase that was heard, how it was meant, and the verdict they make."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from forum.screening.answers import Question
from forum.screening.normaliser import Plain, normalise
from forum.screening.passage import Passage, passages
from forum.screening.rulebook import Rule, RuleBook, Scope
from forum.screening.scopes import ScopeFinder
from forum.screening.shapes import SHAPES
from forum.screening.verdict import CONDUCTS, Chip, Harm, Need, Reason, Surface, Verdict
from forum.screening.wordlist import word_set

_CHIPS = {
    Scope.ANOTHER: Chip.ANOTHER,
    Scope.BEREAVED: Chip.BEREAVED,
    Scope.PAST: Chip.PAST,
    Scope.QUOTED: Chip.QUOTING,
    Scope.FIGURATIVE: Chip.FIGURATIVE,
}
# The rank of a need heard by one rule; further rules add a little, never a whole level.
_RANK = {
    Need.NONE: 0.0,
    Need.SUPPORT: 0.2,
    Need.CONCERN: 0.45,
    Need.URGENT: 0.7,
    Need.CRISIS: 0.9,
}
_RANK_STEP = 0.02
_RANK_STEPS = 4
_AGREE = 2  # rules that hear a crisis, and it is one whatever the ears say
# Words that leave a chat line unfinished: the next line goes on with the same thought.
_UNFINISHED = word_set("to i am and my the want going gonna wanna just can cant really of a")
RECENT_CHARS = 300  # of the author's last message: enough for the thought that goes on
QUESTION_CHARS = 600  # of what a text replies to: a question stands at its end
# A question told again ("he asked me are you …") is not put to the person who answers now.
_TOLD_AGAIN = frozenset({Scope.REPORTED, Scope.QUOTED})


@dataclass(frozen=True)
class Hit:
    """A phrase that a rule heard. level: what is left of the rule's level under its scopes."""

    rule: Rule
    span: tuple[int, int]
    scopes: frozenset[Scope]
    level: float


class Listener:
    """Hears texts with the rules of a book."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._finder = ScopeFinder(book.cues)

    def verdict(
        self,
        text: str,
        surface: Surface,
        *,
        last_message: str = "",
        replying_to: str = "",
        late: Callable[[], bool] = lambda: False,
    ) -> Verdict:
        """What the rules say. last_message: the author's own last line, which this may go on from.

        replying_to: what somebody else asked, to which a very short text is the answer.
        late: asked after every few sentences; once true, what was heard so far is the answer and
        the verdict is `unscreened`.
        """
        hits: set[Hit] = set()
        whole, skipped = gone_on(last_message, text)
        for found in self._passages(whole, surface):
            hits.update(found)
            if late():
                return replace(self._sum(hits, skipped), unscreened=True)
        return self._answered(self._sum(hits, skipped), text, replying_to)

    def hits(self, text: str, surface: Surface) -> list[Hit]:
        """Every phrase that was heard, those that count for nothing under their scopes as well."""
        return [hit for found in self._passages(text, surface) for hit in found]

    def _passages(self, text: str, surface: Surface) -> Iterator[list[Hit]]:
        plain = normalise(text)
        yield list(self._shaped(plain, surface))
        for passage in passages(self.book.reader.words(plain)):
            yield list(self._hits(passage, surface))

    def _shaped(self, plain: Plain, surface: Surface) -> Iterator[Hit]:
        for rule in self.book.rules:
            if surface in rule.surfaces:
                for shape in rule.shapes:
                    for start, end in SHAPES[shape](plain.text):
                        yield Hit(rule, plain.span(start, end), frozenset(), rule.level)

    def _hits(self, passage: Passage, surface: Surface) -> Iterator[Hit]:
        for rule, pattern in self.book.worth_trying(passage.vocabulary):
            if surface not in rule.surfaces:
                continue
            for match in pattern.regex.finditer(passage.text):
                heard = passage.between(*match.span())
                if not heard:
                    continue
                scopes = self._finder.scopes(passage, *match.span(), denies=pattern.denies)
                span = (min(w.start for w in heard), max(w.end for w in heard))
                yield Hit(rule, span, scopes, rule.level_under(scopes))

    def _answered(self, verdict: Verdict, text: str, replying_to: str) -> Verdict:
        """The verdict with what a short answer says to each question that was put."""
        said = self.book.answers.said(text) if replying_to else None
        if said is None:
            return verdict
        for question in self._asked(replying_to[-QUESTION_CHARS:]):
            need = question.heard.get(said, Need.NONE)
            if need > Need.NONE:
                verdict = replace(
                    verdict,
                    need=max(verdict.need, need),
                    firm=max(verdict.firm, need),  # the ears do not hear the question
                    score=max(verdict.score, rank(need)),
                    reasons=(*verdict.reasons, question.reason(said, text)),
                )
        return verdict

    def _asked(self, text: str) -> list[Question]:
        found = {
            question.id: question
            for passage in passages(self.book.reader.words(normalise(text)))
            for question, start, end in self.book.answers.asked(passage)
            if _TOLD_AGAIN.isdisjoint(self._finder.scopes(passage, start, end))
        }
        return list(found.values())

    def _sum(self, hits: Iterable[Hit], skipped: int) -> Verdict:
        """One verdict from all hits. skipped: characters in front that are not of this text."""
        heard = sorted(
            (_moved(hit, skipped) for hit in hits if hit.span[1] > skipped),
            key=lambda hit: (-hit.level, hit.span, hit.rule.id),
        )
        counted = [hit for hit in heard if hit.level > 0]
        need = Need(max((int(h.level) for h in counted if h.rule.axis == "need"), default=0))
        harm = Harm(max((int(h.level) for h in counted if h.rule.axis == "harm"), default=0))
        return Verdict(
            need=need,
            harm=harm,
            conduct=_conduct(counted),
            reasons=tuple(dict.fromkeys(_reason(hit) for hit in counted)),
            harm_spans=merged(
                h.span for h in counted if h.rule.axis == "harm" and h.level >= Harm.UNSAFE_DETAIL
            ),
            contexts=_chips(heard),
            score=rank(need, len({h.rule.id for h in counted if h.rule.axis == "need"})),
            screener_version=self.book.version,
            firm=_firm(counted),
        )


def rank(need: Need, rules: int = 1) -> float:
    """Where a need stands among others, 0.0–1.0, when so many rules heard it."""
    return _RANK[need] + _RANK_STEP * min(max(rules - 1, 0), _RANK_STEPS)


def merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans sorted, those that touch or overlap made one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def gone_on(last_message: str, text: str) -> tuple[str, int]:
    """The text with the unfinished line before it, and how many characters that adds."""
    last = last_message[-RECENT_CHARS:].rstrip()
    words = last.lower().split()
    if not words or words[-1].replace("'", "") not in _UNFINISHED:
        return text, 0
    return f"{last} {text}", len(last) + 1


def _moved(hit: Hit, skipped: int) -> Hit:
    if not skipped:
        return hit
    start, end = hit.span
    return replace(hit, span=(max(start - skipped, 0), end - skipped))


def _reason(hit: Hit) -> Reason:
    return Reason(hit.rule.id, hit.span, hit.rule.label, hit.rule.axis)


def _firm(hits: Iterable[Hit]) -> Need:
    """What no trained ear may lower: two rules that hear a crisis agree; one alone calls somebody.

    Measured on the corpus: of 25 texts with two such rules 22 needed somebody, 21 of them at once.
    """
    crises = {h.rule.id for h in hits if h.rule.axis == "need" and h.level >= Need.CRISIS}
    return (Need.NONE, Need.CONCERN, Need.CRISIS)[min(len(crises), _AGREE)]


def _conduct(hits: Iterable[Hit]) -> MappingProxyType[str, float]:
    scores = dict.fromkeys(CONDUCTS, 0.0)
    for hit in hits:
        if hit.rule.axis in scores:
            scores[hit.rule.axis] = max(scores[hit.rule.axis], hit.level)
    return MappingProxyType(scores)


def _chips(hits: Iterable[Hit]) -> tuple[Chip, ...]:
    scopes = {scope for hit in hits if hit.rule.axis == "need" for scope in hit.scopes}
    return tuple(chip for scope, chip in _CHIPS.items() if scope in scopes)
