"""What an installation learns helps a little, is bounded, and cannot make the ear deaf."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forum.screening.adapted import (
    FILE,
    MOST_CORRECTION,
    MOST_CUT_MOVE,
    Adapted,
    AdaptedError,
    Correction,
    read,
    write,
)
from forum.screening.adapting import FEWEST, learn
from forum.screening.anchors import anchors, lost
from forum.screening.backtest import Decided, Talk
from forum.screening.ear import Ear
from forum.screening.heads import HEADS
from forum.screening.hearing import Listener
from forum.screening.learnt import with_learnt
from forum.screening.lessons import Proposal, answers_of, everyday, lesson, propose, told
from forum.screening.rulebook import RuleBook
from forum.screening.verdict import Need, Surface
from forum.screening.windows import windows
from tests.screening.toy_ear import ALERT, CRISIS, URGENT, toy_ear

KEY = b"k" * 32
ENDINGS = ("again", "tonight", "since monday", "after work", "at mums", "in the van", "all week")
WHO = ("jo", "sam", "kit", "ash", "lou", "max", "pat", "rae", "val", "wes")


@pytest.fixture(scope="module")
def listener(rules: RuleBook) -> Listener:
    return Listener(rules)


@pytest.fixture(scope="module")
def ear(rules: RuleBook) -> Ear:
    return toy_ear(rules)


def decided(text: str, level: float, name: str, surface: Surface = Surface.CHAT) -> Decided:
    return Decided(name, text, surface, "need", level)


def of_the_lantern(count: int = 140) -> list[Decided]:
    """In this community, and in no other, lanterns going out is how people say it."""
    made = []
    for number in range(count):
        end, who = ENDINGS[number % 7], WHO[number // 7 % 10]
        if number % 2:
            text, level = f"the lanterns are going out {end}, {who}", Need.URGENT
        else:
            text, level = f"the kettle is on {end}, {who}", Need.NONE
        made.append(decided(text, level, f"post:{number}"))
    return made


def proposal(
    ear: Ear, book: RuleBook, history: list[Decided], said: Talk | None = None
) -> Proposal:
    listener = Listener(book)
    taught = lesson(ear, listener, history)
    assert taught is not None
    talk = everyday(ear, listener, said) if said else {}
    return propose(ear, listener, taught, talk, "2026-11-23T00:00:00+00:00")


def loudness(ear: Ear, text: str, head: int = ALERT) -> float:
    return float(ear.logits(text, windows(text))[:, head].max())


def unchanged(ear: Ear) -> Adapted:
    return Adapted(ear.version, 0, "2026", Correction.none(1), dict(ear.cuts))


def test_the_way_a_community_talks_is_learnt(ear: Ear, rules: RuleBook) -> None:
    learnt = ear.adapted(proposal(ear, rules, of_the_lantern()).adapted)
    new = "lanterns going out here, val"
    assert loudness(learnt, new) > loudness(ear, new) + 0.3
    assert loudness(learnt, new) > loudness(learnt, "kettle going on here, val") + 0.3


def test_the_effect_is_measured_on_decisions_that_were_not_learnt_from(
    ear: Ear, rules: RuleBook
) -> None:
    (effect,) = proposal(ear, rules, of_the_lantern()).effects
    assert effect.axis == "need"
    assert effect.heard[0].of == effect.false[0].of == 70
    assert effect.auroc[1] >= effect.auroc[0]


def test_decisions_drawn_by_lot_promise_nothing(ear: Ear, rules: RuleBook) -> None:
    chance = np.random.default_rng(1)
    history = [replace(one, level=float(chance.integers(0, 2) * 3)) for one in of_the_lantern()]
    (effect,) = proposal(ear, rules, history).effects
    assert effect.auroc[1] < 0.65


def test_few_decisions_change_nothing(ear: Ear, rules: RuleBook) -> None:
    taught = lesson(ear, Listener(rules), of_the_lantern(FEWEST - 2))
    assert taught is not None
    correction = learn(taught.examples)
    assert not correction.constant.any()
    assert not len(correction.buckets)
    text = "\n".join(told(proposal(ear, rules, of_the_lantern(10)), 10))
    assert "too few decisions" in text


def test_a_need_says_nothing_of_mere_struggling() -> None:
    row = answers_of(decided("x", Need.NONE, "post:1"))
    assert np.isnan(row[HEADS.index("need1")])
    assert row[[ALERT, URGENT, CRISIS]].tolist() == [0.0, 0.0, 0.0]
    harm = answers_of(replace(decided("x", 2.0, "post:1"), axis="harm"))
    assert harm[[HEADS.index("harm2"), HEADS.index("harm3")]].tolist() == [1.0, 0.0]
    spam = answers_of(replace(decided("x", 1.0, "post:1"), axis="spam"))
    assert spam[HEADS.index("spam")] == 1.0
    assert np.isnan(spam).sum() == len(HEADS) - 1


def test_who_marks_every_crisis_as_none_cannot_make_the_ear_deaf(ear: Ear, rules: RuleBook) -> None:
    """What is published is refused when one anchor is lost, whatever was decided."""
    lies = [
        decided(sentence, Need.NONE, f"post:{number}-{again}")
        for again in range(8)
        for number, sentence in enumerate(anchors())
    ]
    truths = [decided(f"i want to die {who}", Need.CRISIS, f"post:{who}") for who in WHO]
    learnt = ear.adapted(proposal(ear, rules, lies + truths).adapted)
    for sentence in anchors():
        assert loudness(learnt, sentence, CRISIS) >= loudness(ear, sentence, CRISIS) - 1e-4
        assert loudness(learnt, sentence) >= loudness(ear, sentence) - MOST_CORRECTION - 1e-4
    deaf = [s for s in anchors() if loudness(ear, s) >= 0 > loudness(learnt, s)]
    assert set(deaf) <= set(lost(ear, learnt, Listener(rules))), (
        "each one is named, so that nothing is stored"
    )


def test_an_ear_that_hears_less_is_not_used(ear: Ear, listener: Listener, tmp_path: Path) -> None:
    """Even a file with a true signature is asked whether it still hears the anchors."""
    deaf = Correction.none(1)
    deaf.constant[ALERT] = -MOST_CORRECTION
    cuts = {surface: row.copy() for surface, row in ear.cuts.items()}
    for row in cuts.values():
        row[ALERT] += MOST_CUT_MOVE
    write(replace(unchanged(ear), correction=deaf, cuts=cuts), tmp_path / FILE, KEY)
    with pytest.raises(AdaptedError, match="must stay heard"):
        with_learnt(ear, listener, tmp_path, KEY)


def test_no_correction_goes_beyond_its_bounds_or_lowers_a_crisis(ear: Ear) -> None:
    wild = Correction.none(1)
    wild.constant[:] = -50
    sounds = ear.sounds("i want to die", ALERT, Need.NONE)
    assert sounds is not None
    moved = wild.of(sounds)
    assert moved.min() == -MOST_CORRECTION
    assert moved[0, CRISIS] == 0.0
    wild.constant[:] = 50
    assert wild.of(sounds).max() == MOST_CORRECTION


def test_everyday_talk_raises_as_many_alerts_as_before(ear: Ear, rules: RuleBook) -> None:
    chance = np.random.default_rng(2)
    words = " ".join(anchors()).split() + ["kettle", "lanterns", "bus", "soup", "match"] * 40
    said = [(" ".join(chance.choice(words, 6)), Surface.CHAT) for _ in range(400)]
    talk = Talk(said, 28)
    learnt = ear.adapted(proposal(ear, rules, of_the_lantern(), talk).adapted)
    (heard,) = everyday(ear, Listener(rules), talk).values()
    before = heard.sounds.mixed[:, ALERT] >= ear.cuts[Surface.CHAT][ALERT]
    moved = heard.sounds.mixed + learnt._adapted.correction.of(heard.sounds)  # type: ignore[union-attr]
    after = moved[:, ALERT] >= learnt.cuts[Surface.CHAT][ALERT]
    assert (after & ~heard.rules).sum() <= (before & ~heard.rules).sum()
    assert learnt.cuts[Surface.BOARD].tolist() == ear.cuts[Surface.BOARD].tolist()


def test_what_was_learnt_is_stored_and_used_again(
    ear: Ear, listener: Listener, rules: RuleBook, tmp_path: Path
) -> None:
    made = proposal(ear, rules, of_the_lantern()).adapted
    write(made, tmp_path / FILE, KEY)
    again = with_learnt(ear, listener, tmp_path, KEY)
    text = "lanterns going out here, val"
    assert loudness(again, text) == pytest.approx(loudness(ear.adapted(made), text), abs=1e-4)
    assert "adapted" in again.version
    assert "lanterns" not in (tmp_path / FILE).read_text(), "no word of anybody is in it"


def test_nothing_learnt_leaves_the_ear_as_shipped(
    ear: Ear, listener: Listener, tmp_path: Path
) -> None:
    assert with_learnt(ear, listener, tmp_path, KEY) is ear


def test_a_forged_file_is_refused(ear: Ear, tmp_path: Path) -> None:
    path = tmp_path / FILE
    write(unchanged(ear), path, KEY)
    stored = json.loads(path.read_text())
    stored["constant"][ALERT] = -1.0
    path.write_text(json.dumps(stored))
    with pytest.raises(AdaptedError, match="not written by this installation"):
        read(path, KEY)


def test_a_file_of_another_installation_is_refused(
    ear: Ear, listener: Listener, tmp_path: Path
) -> None:
    write(unchanged(ear), tmp_path / FILE, b"other" * 8)
    with pytest.raises(AdaptedError, match="not written by this installation"):
        with_learnt(ear, listener, tmp_path, KEY)


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json", '{"signature": 1}', "null"])
def test_a_damaged_file_is_refused(
    ear: Ear, listener: Listener, tmp_path: Path, content: str
) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(AdaptedError):
        with_learnt(ear, listener, tmp_path, KEY)


def test_what_another_ear_learnt_is_refused(
    ear: Ear, listener: Listener, rules: RuleBook, tmp_path: Path
) -> None:
    write(unchanged(ear), tmp_path / FILE, KEY)
    with pytest.raises(AdaptedError, match="made for toy"):
        with_learnt(toy_ear(rules, "newer"), listener, tmp_path, KEY)


@pytest.mark.parametrize(
    ("head", "moved", "why"),
    [(CRISIS, 0.1, "for a crisis"), (ALERT, 1.2, "by more than"), (ALERT, -1.2, "by more than")],
)
def test_cuts_that_break_a_promise_are_refused(ear: Ear, head: int, moved: float, why: str) -> None:
    cuts = {surface: row.copy() for surface, row in ear.cuts.items()}
    cuts[Surface.CHAT][head] += moved
    with pytest.raises(AdaptedError, match=why):
        ear.adapted(replace(unchanged(ear), cuts=cuts))


def test_a_correction_for_other_ears_is_refused(ear: Ear) -> None:
    with pytest.raises(AdaptedError, match="each head of each ear"):
        ear.adapted(replace(unchanged(ear), correction=Correction.none(2)))
