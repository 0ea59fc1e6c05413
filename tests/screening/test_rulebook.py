"""A rule file that cannot be used says which rule and what to change."""

from pathlib import Path

import pytest

from forum.screening.rulebook import RuleError, load_rules
from forum.screening.verdict import CONDUCTS, Need

WORDS = 'version = "1"\nfillers = ["really"]\n[same_as]\nim = "i am"\n[groups]\nyou = "you"\n'
CUES = ("past", "present", "recovered", "bereaved", "another", "asked")
SCOPES = "".join(
    f'[{name}]\nsentence = ["cue{name}"]\n'
    for name in (*CUES, "supposed", "quoted", "reported", "told", "figurative")
)
RULE = """
[[rule]]
id = "one"
axis = "need"
level = "urgent"
label = "a label"
patterns = ["sad song"]
must = ["sad song"]
must_not = ["glad song"]
"""


def folder_with(path: Path, rules: str, words: str = WORDS, scopes: str = SCOPES) -> Path:
    (path / "words.toml").write_text(words)
    (path / "scopes.toml").write_text(scopes)
    (path / "rules.toml").write_text(rules)
    return path


def test_a_folder_of_ones_own_is_read(tmp_path: Path) -> None:
    book = load_rules(folder_with(tmp_path, RULE))
    assert [rule.id for rule in book.rules] == ["one"]
    assert book.rules[0].level == Need.URGENT


def test_a_change_in_any_file_changes_the_version(tmp_path: Path) -> None:
    first = load_rules(folder_with(tmp_path, RULE)).version
    second = load_rules(folder_with(tmp_path, RULE + "# changed\n")).version
    assert first != second


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        (RULE + RULE, "'one' is there twice"),
        (RULE.replace('label = "a label"\n', ""), "'one' needs 'label'"),
        (RULE.replace('"urgent"', '"terrible"'), "'terrible' is none of"),
        (RULE.replace('"need"', '"mood"'), "'mood' is none of"),
        (RULE.replace("sad song", "(sad song"), "not closed"),
        (RULE + 'scopes = { sideways = "drop" }\n', "sideways"),
        (RULE + 'shapes = ["round"]\n', "'round' is none of"),
        (RULE.replace('"need"', '"spam"'), "must be a number"),
        ("[[rule", "rules.toml"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(tmp_path: Path, rules: str, complaint: str) -> None:
    with pytest.raises(RuleError, match=complaint):
        load_rules(folder_with(tmp_path, rules))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"words\.toml"):
        load_rules(tmp_path)


def test_the_packaged_rules_cover_every_level_and_conduct() -> None:
    book = load_rules()
    assert len(book.rules) >= 100
    assert {rule.level for rule in book.rules if rule.axis == "need"} == {1, 2, 3, 4}
    assert {rule.level for rule in book.rules if rule.axis == "harm"} == {1, 2, 3}
    assert {rule.axis for rule in book.rules} == {"need", "harm", *CONDUCTS}
    assert all(len(rule.must) >= 3 and len(rule.must_not) >= 2 for rule in book.rules)


ANSWERS = """
[answers]
yes = ["yes"]
[[question]]
id = "asked"
asks = "about it"
patterns = ["are you gone"]
heard = { yes = "urgent" }
must = [["are you gone?", "yes", "urgent"]]
must_not = [["are you here?", "yes"]]
"""


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        (ANSWERS.replace('asks = "about it"\n', ""), "'asks' is missing"),
        (ANSWERS.replace('"urgent" }', '"terrible" }'), "'terrible' is missing or not known"),
        (ANSWERS.replace("{ yes", "{ perhaps"), "perhaps"),
        (ANSWERS.replace("[answers]\nyes", "[answers]\nloud"), "loud"),
        (ANSWERS.replace("are you gone", "are you (gone"), "not closed"),
        (ANSWERS.replace(', "urgent"]]', "]]"), "needs 3 texts"),
    ],
)
def test_short_answers_that_cannot_be_used_are_named(
    tmp_path: Path, answers: str, complaint: str
) -> None:
    folder = folder_with(tmp_path, RULE)
    (folder / "answers.toml").write_text(ANSWERS)
    assert [one.id for one in load_rules(folder).answers.questions] == ["asked"]
    (folder / "answers.toml").write_text(answers)
    with pytest.raises(RuleError, match=complaint):
        load_rules(folder)
