"""A very short answer is heard as the answer it is, and stays quiet everywhere else."""

import pytest

from forum.screening.answers import Kind, Question
from forum.screening.hearing import QUESTION_CHARS, Listener
from forum.screening.rulebook import load_rules
from forum.screening.screener import Context, Screener
from forum.screening.verdict import Need, Surface

BOOK = load_rules()
LISTENER = Listener(BOOK)
QUESTIONS = BOOK.answers.questions
MUST = [(one, *row) for one in QUESTIONS for row in one.must]
MUST_NOT = [(one, *row) for one in QUESTIONS for row in one.must_not]
ASKED = "are you thinking about suicide?"


def heard(text: str, replying_to: str) -> Need:
    return LISTENER.verdict(text, Surface.CHAT, replying_to=replying_to).need


def _name(value: object) -> str:
    return value.id if isinstance(value, Question) else str(value)[:40]


@pytest.mark.parametrize(("question", "asked", "text", "level"), MUST, ids=_name)
def test_an_answer_is_heard_at_its_level_with_its_reason(
    question: Question, asked: str, text: str, level: str
) -> None:
    verdict = LISTENER.verdict(text, Surface.CHAT, replying_to=asked)
    assert verdict.need.name.lower() == level
    assert question.id in {reason.rule for reason in verdict.reasons}
    assert all(0 <= one.span[0] < one.span[1] <= len(text) for one in verdict.reasons)
    assert heard(text, "") < Need[level.upper()], "the answer alone says little"


@pytest.mark.parametrize(("question", "asked", "text"), MUST_NOT, ids=_name)
def test_a_twin_stays_quiet(question: Question, asked: str, text: str) -> None:
    assert heard(text, asked) is Need.NONE


def test_a_moderator_reads_what_was_answered_to_what() -> None:
    verdict = LISTENER.verdict("  Yeah. ", Surface.CHAT, replying_to=ASKED)
    (reason,) = verdict.reasons
    assert reason.label == "says yes when asked about thoughts of suicide"
    assert "  Yeah. "[slice(*reason.span)] == "Yeah."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("YES!!", Kind.YES),
        ("y e s", None),
        ("i don't know", Kind.UNSURE),
        ("yes and no", Kind.UNSURE),
        ("Tonight, yes", Kind.TIME),
        ("yes but years ago", Kind.PAST),
        ("", None),
        ("👍", None),
        ("yes i love that song", None),
        ("yes " * 11, None),
        ("honestly", None),
    ],
)
def test_only_a_short_answer_is_one(text: str, kind: Kind | None) -> None:
    assert BOOK.answers.said(text) is kind


def test_what_else_was_heard_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "i am going to kill myself"
    alone = LISTENER.verdict(text, Surface.CHAT)
    assert LISTENER.verdict(text, Surface.CHAT, replying_to=ASKED) == alone


def test_a_question_far_above_the_end_is_not_the_one_that_was_answered() -> None:
    assert heard("yes", ASKED + " " + "we had soup. " * QUESTION_CHARS) is Need.NONE


@pytest.mark.parametrize("surface", Surface)
async def test_the_screener_hands_the_question_on(surface: Surface) -> None:
    screener = Screener(BOOK)
    answer = await screener.screen("yes", Context(surface, replying_to=ASKED))
    alone = await screener.screen("yes", Context(surface))
    assert (answer.need, alone.need) == (Need.URGENT, Need.NONE)
