"""How well the rules hear words they were not written from; a floor that fails the build."""

import tomllib
from pathlib import Path

import pytest

from forum.screening.hearing import Listener
from forum.screening.rulebook import load_rules
from forum.screening.verdict import CONDUCT_FLAGGED_FROM, Harm, Need, Surface, Verdict

HELDOUT = tomllib.loads((Path(__file__).parent / "heldout.toml").read_text(encoding="utf-8"))
LISTENER = Listener(load_rules())


def verdicts(part: str, *labels: str) -> list[Verdict]:
    return [
        LISTENER.verdict(text, Surface.CHAT) for label in labels for text in HELDOUT[part][label]
    ]


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def alerted(*labels: str) -> float:
    return share([v.need >= Need.CONCERN for v in verdicts("need", *labels)])


def test_need_is_heard_above_the_floor() -> None:
    assert alerted("crisis", "urgent", "concern") >= 0.18


def test_ordinary_talk_and_kind_replies_stay_below_the_ceiling() -> None:
    assert alerted("none") <= 0.13


def test_less_than_a_crisis_is_seldom_rated_one() -> None:
    assert share([v.need is Need.CRISIS for v in verdicts("need", "none", "support")]) <= 0.06


def test_safe_sentences_are_not_masked() -> None:
    assert share([v.harm >= Harm.UNSAFE_DETAIL for v in verdicts("harm", "safe")]) == 0


def test_swearing_and_kind_talk_are_no_misconduct() -> None:
    flagged = [
        score >= CONDUCT_FLAGGED_FROM
        for verdict in verdicts("conduct", "fine")
        for score in verdict.conduct.values()
    ]
    assert not any(flagged)


def test_plain_contact_details_are_found() -> None:
    assert all(v.conduct["contact"] >= CONDUCT_FLAGGED_FROM for v in verdicts("conduct", "contact"))


@pytest.mark.parametrize("part", ["need", "harm", "conduct"])
def test_no_held_out_sentence_is_also_in_the_rules(part: str) -> None:
    ours = {s for rule in LISTENER.book.rules for s in (*rule.must, *rule.must_not)}
    assert ours.isdisjoint(text for texts in HELDOUT[part].values() for text in texts)
