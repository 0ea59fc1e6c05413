"""A verdict survives being stored, and says its level in one public word."""

import json
from types import MappingProxyType

import pytest

from forum.screening.verdict import CONDUCTS, Chip, Harm, Need, Reason, Verdict


def test_a_stored_verdict_comes_back_the_same() -> None:
    verdict = Verdict(
        need=Need.URGENT,
        harm=Harm.UNSAFE_DETAIL,
        conduct=MappingProxyType({**dict.fromkeys(CONDUCTS, 0.0), "spam": 0.9}),
        reasons=(Reason("some-rule", (3, 9), "says goodbye"), Reason("x", (0, 1), "spam", "spam")),
        harm_spans=((0, 4), (6, 8)),
        contexts=(Chip.PAST,),
        score=0.7,
        unscreened=True,
        screener_version="rules 1+abc",
    )
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


@pytest.mark.parametrize(
    ("need", "level"),
    [(0, "none"), (1, "support"), (2, "elevated"), (3, "elevated"), (4, "imminent")],
)
def test_the_level_is_one_of_four_words(need: int, level: str) -> None:
    assert Verdict(need=Need(need)).level == level
