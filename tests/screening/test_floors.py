"""How well the shipped ears hear writers that they never learnt from; a floor that fails a build.

The figures they were measured at are in the model card, forum/screening/weights/README.md. A floor
lies a little below: changes may move single messages, not the whole.
"""

from functools import cache

import pytest

from forum.screening.ear import Ear, Mode
from forum.screening.hearing import Listener
from forum.screening.rulebook import load_rules
from forum.screening.training.corpus import load
from forum.screening.training.evaluate import Answer, answers, right
from forum.screening.training.figures import auroc
from forum.screening.training.splits import by_writer
from forum.screening.verdict import CONDUCTS, Harm, Need

pytestmark = pytest.mark.slow


@cache
def heard(mode: Mode) -> list[Answer]:
    book = load_rules()
    kept = [m for m in by_writer(load()).report if m.language == "en"]
    return answers(kept, Listener(book), Ear.load(book.reader, mode))


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


@pytest.mark.parametrize(("mode", "floor"), [(Mode.FULL, 0.64), (Mode.LIGHT, 0.28)])
def test_most_that_need_somebody_raise_an_alert(mode: Mode, floor: float) -> None:
    assert share([a.alerts for a in heard(mode) if a.should]) >= floor


@pytest.mark.parametrize(("mode", "ceiling"), [(Mode.FULL, 0.1), (Mode.LIGHT, 0.06)])
def test_few_that_need_nobody_do(mode: Mode, ceiling: float) -> None:
    assert share([a.alerts for a in heard(mode) if not a.should]) <= ceiling


@pytest.mark.parametrize(("mode", "floor"), [(Mode.FULL, 0.88), (Mode.LIGHT, 0.83)])
def test_what_needs_somebody_ranks_above_what_does_not(mode: Mode, floor: float) -> None:
    found = heard(mode)
    assert auroc([a.verdict.score for a in found], [a.should for a in found]) >= floor


def test_a_crisis_is_rated_one_and_calm_is_not() -> None:
    found = heard(Mode.FULL)
    crisis = [a for a in found if a.message.need is Need.CRISIS]
    calm = [a for a in found if not a.should]
    assert share([a.alerts for a in crisis]) >= 0.77
    assert share([a.verdict.need is Need.CRISIS for a in crisis]) >= 0.55
    assert share([a.verdict.need is Need.CRISIS for a in calm]) <= 0.03


def test_harm_and_conduct_are_found_and_decent_talk_is_left_alone() -> None:
    found = heard(Mode.FULL)
    assert share([right(a) for a in found if a.message.harm >= Harm.UNSAFE_DETAIL]) >= 0.9
    assert share([right(a) for a in found if a.message.conducts]) >= 0.88
    decent = [a for a in found if a.message.kind == "conduct-safe"]
    assert share([any(a.flags(name) for name in CONDUCTS) for a in decent]) <= 0.06
