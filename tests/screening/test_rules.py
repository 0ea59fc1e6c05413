"""Every rule hears the sentences it must and stays silent on those it must not."""

import pytest

from forum.screening.hearing import Listener
from forum.screening.rulebook import Rule, load_rules

BOOK = load_rules()
LISTENER = Listener(BOOK)
MUST = [(rule, sentence) for rule in BOOK.rules for sentence in rule.must]
MUST_NOT = [(rule, sentence) for rule in BOOK.rules for sentence in rule.must_not]


def _level_heard(rule: Rule, sentence: str) -> float:
    surface = sorted(rule.surfaces)[0]
    return max((h.level for h in LISTENER.hits(sentence, surface) if h.rule is rule), default=0)


def _name(value: Rule | str) -> str:
    return value.id if isinstance(value, Rule) else value[:50]


@pytest.mark.parametrize(("rule", "sentence"), MUST, ids=_name)
def test_a_rule_hears_what_it_must(rule: Rule, sentence: str) -> None:
    assert _level_heard(rule, sentence) == rule.level


@pytest.mark.parametrize(("rule", "sentence"), MUST_NOT, ids=_name)
def test_a_rule_does_not_speak_at_its_level_where_it_must_not(rule: Rule, sentence: str) -> None:
    assert _level_heard(rule, sentence) < rule.level
