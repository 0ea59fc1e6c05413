"""`handrail screening run` answers line by line and survives lines that are no strings."""

import io
import json

from forum.screening.hearing import Listener, rank
from forum.screening.model import WindowScore
from forum.screening.rulebook import load_rules
from forum.screening.stream import hear, run
from forum.screening.verdict import CONDUCTS, Need, Surface
from tests.screening.fakes import FixedModel

LISTENER = Listener(load_rules())


def answers(*lines: str) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    status = run(lines, out, Surface.CHAT, LISTENER, None)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_is_answered_in_the_promised_form() -> None:
    status, (quiet, crisis) = answers('"nice day"\n', json.dumps("im going to kill myself tonight"))
    assert status == 0
    assert quiet == {
        "level": "none",
        "score": 0.0,
        "need": 0,
        "harm": 0,
        "conduct": dict.fromkeys(CONDUCTS, 0.0),
        "reasons": [],
    }
    assert crisis["level"] == "imminent"
    assert crisis["need"] == 4
    assert isinstance(crisis["reasons"], list)
    assert all(set(reason) == {"rule", "span"} for reason in crisis["reasons"])


def test_a_bad_line_is_answered_with_an_error_and_the_rest_goes_on() -> None:
    status, found = answers("not json\n", "\n", "[1]\n", "null\n", "[" * 50_000, '"still here"\n')
    assert status == 1
    assert ["error" in answer for answer in found] == [True, True, True, True, True, False]
    assert found[2] == {"error": "line 3: a list where a string should be"}


def test_a_string_that_is_no_valid_text_is_answered() -> None:
    status, (answer,) = answers('"\\ud800 \\u0000"')
    assert status == 0
    assert answer["level"] == "none"


def test_a_model_has_weighed_the_rules_and_its_word_counts() -> None:
    text = "i have written my goodbye letters"
    calm = FixedModel(WindowScore(need=Need.NONE, rank=0.1))
    verdict = hear(text, Surface.CHAT, LISTENER, calm)
    assert calm.told == [Need.CRISIS]
    assert verdict.need is Need.CONCERN
    assert verdict.score == rank(Need.CONCERN)
    assert any(reason.rule != "model" for reason in verdict.reasons)  # still explained
