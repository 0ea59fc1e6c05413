"""No text is too strange, and no disguise hides what was said."""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.screening.hearing import Listener
from forum.screening.notation import PatternError, compile_pattern
from forum.screening.rulebook import load_rules
from forum.screening.verdict import Need, Surface, Verdict
from forum.screening.windows import MAX_WINDOWS, chunks, windows
from tests.screening.strange import STRANGE

BOOK = load_rules()
LISTENER = Listener(BOOK)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=400)
RULE_WORDS = [*sorted(BOOK.reader.lexicon.known), ",", ".", "\n", '"', "'", "*", "💊", "not"]
SALAD = st.lists(st.sampled_from(RULE_WORDS), max_size=120).map(" ".join)


def heard(text: str) -> Verdict:
    return LISTENER.verdict(text, Surface.CHAT)


def assert_spans_fit(text: str, verdict: Verdict) -> None:
    for start, end in [*(r.span for r in verdict.reasons), *verdict.harm_spans]:
        assert 0 <= start < end <= len(text)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_strange_texts_are_answered_without_runaway_patterns(text: str) -> None:
    verdict = heard(text)
    assert_spans_fit(text, verdict)
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


@given(ANYTHING | SALAD)
@settings(deadline=None, max_examples=150)
def test_any_text_has_a_verdict_whose_spans_fit(text: str) -> None:
    assert_spans_fit(text, heard(text))


@pytest.mark.parametrize(
    "disguised",
    [
        "i w4nt t0 k1ll my5elf t0n1ght",
        "i want to k i l l  m y s e l f tonight",
        "i want to k.i.l.l myself tonight",
        "і wаnt tо kіll mуsеlf tonight",
        "i want to k*ll myself tonight",
        "i waaaant to killll myselffff toniiiight",
        "i want to kill\u200b my\u200bself tonight",
        "iwanttokillmyself tonight",
        "𝕚 𝕨𝕒𝕟𝕥 𝕥𝕠 𝕜𝕚𝕝𝕝 𝕞𝕪𝕤𝕖𝕝𝕗 tonight",
        "I WANT TO KILL MYSELF TONIGHT",
        "i wanna kms 2nite",
        "i\nwant\nto\nkill\nmyself\ntonight",
        "\u202ethginot flesym llik ot tnaw i",
    ],
)
def test_a_disguise_loses_nothing_against_plain_words(disguised: str) -> None:
    plain = heard("i want to kill myself tonight")
    assert heard(disguised).need == plain.need == Need.CRISIS


def test_an_emoji_stands_for_its_word() -> None:
    assert heard("💊 in my hand").need == heard("pills in my hand").need == Need.CRISIS


def test_reasons_point_at_the_words_in_the_original() -> None:
    text = "Long day 😀. I’m g𝗈nna k\u200bill m.y.s.e.l.f tonight, ok?"
    spans = {text[r.span[0] : r.span[1]] for r in heard(text).reasons if r.axis == "need"}
    assert any(span.startswith("I’m") and span.endswith("tonight") for span in spans)


def test_what_is_said_after_a_turn_counts_by_itself() -> None:
    assert heard("I'm not suicidal but I want to die tonight").need >= Need.URGENT
    assert heard("I wanted to die years ago, but tonight I want to kill myself").need >= Need.URGENT


def test_a_text_without_end_is_cut_into_overlapping_passages() -> None:
    text = "and then we walked on and on " * 40 + "and i am going to kill myself tonight"
    assert heard(text).need is Need.CRISIS


@given(ANYTHING)
@settings(deadline=None)
def test_windows_lie_inside_the_text_in_order(text: str) -> None:
    spans = windows(text)
    assert len(spans) <= MAX_WINDOWS
    assert list(spans) == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_windows_are_two_sentences_that_overlap_by_one() -> None:
    one, two, three = (f"{name} {'and on ' * 20}to here." for name in ("One", "Two", "Three"))
    text = f"{one} {two} {three}"
    assert [text[a:b] for a, b in windows(text)] == [f"{one} {two}", f"{two} {three}"]


def test_a_short_text_is_one_window_because_its_sentences_explain_each_other() -> None:
    text = "  One here. Two here! Three?"
    assert [text[a:b] for a, b in windows(text)] == ["One here. Two here! Three?"]


@given(ANYTHING | SALAD)
def test_every_window_begins_in_a_chunk_and_chunks_do_not_overlap(text: str) -> None:
    spans, wholes = windows(text), chunks(text)
    assert all(any(a <= start < b for a, b in wholes) for start, _ in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(wholes))


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(want to die", "not closed"),
        ("want to die)", "not expected"),
        ("[nobody_wrote_this]", "no word group"),
        ("(die)?", "at least one word"),
        ("..", "at least one word"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern: str, complaint: str) -> None:
    with pytest.raises(PatternError, match=re.escape(complaint)):
        compile_pattern(pattern, {}, str.split)
