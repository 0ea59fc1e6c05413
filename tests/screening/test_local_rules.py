"""Rules of an installation's own are loaded beside the packaged ones, and held to their words."""

from pathlib import Path

import pytest

from forum.errors import BadSettings
from forum.listening import rule_book
from forum.screening.hearing import Listener
from forum.screening.local_rules import failures, load_book
from forum.screening.rulebook import LOCAL, RuleBook, RuleError, load_rules
from forum.screening.verdict import Need, Surface
from forum.settings import Settings

RULE = """
[[rule]]
id = "lanterns-out"
axis = "need"
level = "urgent"
label = "our word for the end"
patterns = ["lanterns are (all)? out"]
must = ["the lanterns are all out now"]
must_not = ["the lanterns are not out"]
"""


def folder(tmp_path: Path, *rules: str) -> Path:
    (tmp_path / "ours.toml").write_text("".join(rules), encoding="utf-8")
    return tmp_path


def test_a_rule_of_ones_own_is_heard(tmp_path: Path, rules: RuleBook) -> None:
    said = "the lanterns are all out now"
    assert Listener(rules).verdict(said, Surface.CHAT).need is Need.NONE
    book = load_book(folder(tmp_path, RULE))
    verdict = Listener(book).verdict(said, Surface.CHAT)
    assert verdict.need is Need.URGENT
    assert [reason.rule for reason in verdict.reasons] == [f"{LOCAL}lanterns-out"]
    assert book.version != rules.version


def test_no_folder_leaves_the_packaged_rules_alone(rules: RuleBook) -> None:
    assert load_book(None).version == rules.version


def test_a_local_rule_cannot_pass_for_a_packaged_one(tmp_path: Path, rules: RuleBook) -> None:
    taken = rules.rules[0].id
    book = load_book(folder(tmp_path, RULE.replace("lanterns-out", taken)))
    assert {taken, LOCAL + taken} <= {rule.id for rule in book.rules}


def test_one_id_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="lanterns-out' is there twice"):
        load_book(folder(tmp_path, RULE, RULE))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('must = ["the lanterns are all out now"]', 'must = ["the lamps are out"]', "does not"),
        (
            'must_not = ["the lanterns are not out"]',
            'must_not = ["the lanterns are out"]',
            "must not",
        ),
        ('must_not = ["the lanterns are not out"]', "", "at least one sentence in must_not"),
        ('must = ["the lanterns are all out now"]', "must = []", "at least one sentence in must"),
        ('level = "urgent"', 'level = "awful"', "none of"),
        ('axis = "need"', 'axis = "mood"', "axis"),
        ("[[rule]]", "[rule]", "holds no"),
        ("[[rule]]", "[[rule", "ours.toml"),
        ('patterns = ["lanterns', 'patterns = ["(lanterns', "lanterns-out"),
        ('patterns = ["lanterns are (all)? out"]', "patterns = 4", "lanterns-out"),
    ],
)
def test_a_rule_that_does_not_hold_is_named(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in RULE
    with pytest.raises(RuleError, match=why):
        load_book(folder(tmp_path, RULE.replace(old, new)))


def test_the_start_stops_and_names_rule_and_sentence(tmp_path: Path) -> None:
    where = folder(tmp_path, RULE.replace("all out now", "gone"))
    with pytest.raises(BadSettings) as stopped:
        rule_book(Settings(rules_dir=where))
    (problem,) = stopped.value.problems
    assert "HANDRAIL_RULES_DIR" in problem
    assert "lanterns-out" in problem
    assert "the lanterns are gone" in problem


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        rule_book(Settings(rules_dir=tmp_path / "nowhere"))


def test_packaged_words_are_not_changed_from_outside(tmp_path: Path) -> None:
    (tmp_path / "words.toml").write_text("version = 'mine'", encoding="utf-8")
    with pytest.raises(RuleError, match="not changed locally"):
        load_book(tmp_path)


def test_packaged_rules_still_hold_beside_local_ones(tmp_path: Path) -> None:
    book = load_rules(local=folder(tmp_path, RULE))
    assert not list(failures(book, book.rules))
