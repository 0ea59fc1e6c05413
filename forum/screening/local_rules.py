"""Rules that an installation wrote itself: loaded beside the packaged ones, held to their words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from forum.screening.hearing import Listener
from forum.screening.rulebook import LOCAL, Rule, RuleBook, RuleError, load_rules


@dataclass(frozen=True)
class Failure:
    """A sentence that a rule's writer promised something about, and it does not hold.

    is_must: the rule had to speak at its level, and did not; else it spoke and must not.
    """

    rule: Rule
    sentence: str
    is_must: bool

    def __str__(self) -> str:
        if self.is_must:
            return f"rule {self.rule.id!r} must hear {self.sentence!r} at its level and does not"
        return f"rule {self.rule.id!r} hears {self.sentence!r} at its level and must not"


def load_book(folder: Path | None) -> RuleBook:
    """The packaged rules and those of a folder; None leaves the packaged ones alone.

    Raises RuleError that names the rule and the sentence, or what else is wrong.
    """
    book = load_rules(local=folder)
    if folder is not None:
        own = [rule for rule in book.rules if rule.id.startswith(LOCAL)]
        for failure in failures(book, own):
            raise RuleError(f"{folder}: {failure}")
    return book


def failures(book: RuleBook, rules: Iterable[Rule]) -> Iterator[Failure]:
    """Every sentence of these rules that does not hold."""
    listener = Listener(book)
    for rule in rules:
        for surface in sorted(rule.surfaces):
            for sentence in (*rule.must, *rule.must_not):
                hits = listener.hits(sentence, surface)
                loudest = max((hit.level for hit in hits if hit.rule is rule), default=0.0)
                is_must = sentence in rule.must
                if (loudest >= rule.level) != is_must:
                    yield Failure(rule, sentence, is_must)
