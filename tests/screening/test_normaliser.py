"""Disguised letters come out plain, and every place leads back to the original."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.screening.normaliser import normalise
from forum.screening.rulebook import load_rules

READER = load_rules().reader
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=300)


def words(text: str) -> str:
    return " ".join(word.text for word in READER.words(normalise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "kill myself",
        "KILL MYSELF",
        "ｋｉｌｌ ｍｙｓｅｌｆ",
        "𝓴𝓲𝓵𝓵 𝓶𝔂𝓼𝓮𝓵𝓯",
        "k\u200bill my\u00adself",
        "kіll mуself",  # Cyrillic і and у
        "ki\u0301ll myse\u0323lf",
        "k1ll mys3lf",
        "ki11 my$elf",
        "k!ll myself",
        "k*ll myself",
        "k i l l  m y s e l f",
        "k.i.l.l m.y.s.e.l.f",
        "k-i-l-l myself",
        "killllll myselffff",
        "killmyself",
        "#killmyself",
        "ki\x00ll myself",
        "\u202eflesym llik",
        "kill myslef",
        "kms",
    ],
)
def test_a_disguise_comes_off(text: str) -> None:
    assert words(text) == "kill myself"


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("I'm gonna", "i am going to"),
        ("im gunna", "i am going to"),
        ("I’m going to", "i am going to"),
        ("dont wanna", "do not want to"),
        ("Ill be gone", "i will be gone"),
        ("I am ill today", "i am ill today"),
        ("i really just fucking cant", "i can not"),
        ("one\nword\na\nline", "one word a line"),
        ("first this is long\nthen that", "first this is long , then that"),
        ("Stop. Go! Why?", "stop . go . why ."),
    ],
)
def test_words_come_in_full_form(text: str, full: str) -> None:
    assert words(text) == full


def test_emoji_become_words() -> None:
    assert words("me and my 💊") == "me and my pills"


def test_spans_lead_back_to_the_original() -> None:
    text = "ok so I\u200b'm 𝓰𝓸𝓷𝓷𝓪 k\u0301ill m.y.s.e.l.f now"
    spans = {w.text: text[w.start : w.end] for w in READER.words(normalise(text))}
    assert spans["going"] == "𝓰𝓸𝓷𝓷𝓪"
    assert spans["kill"] == "k\u0301ill"
    assert spans["myself"] == "m.y.s.e.l.f"


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "😀", "\u0301" * 5000, "\u202e"])
def test_texts_without_words_have_no_words(text: str) -> None:
    assert words(text) == ""


@given(ANYTHING)
@settings(deadline=None)
def test_offsets_stay_inside_the_original_for_any_text(text: str) -> None:
    plain = normalise(text)
    assert len(plain.offsets) == len(plain.text)
    assert all(0 <= place < len(text) for place in plain.offsets)
    for word in READER.words(plain):
        assert 0 <= word.start <= word.end <= len(text)
        assert word.text
        assert " " not in word.text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("k1ll my s e l f", "kill my self"),
        ("n0b0dy w0uld n0tic3", "nobody would notice"),
        ("some🌸thing hap✨pened", "something happened"),
        ("b4 9 u r a star", "b4 9 u r a star"),
        ("costs $20 @ 5pm", "costs $20 @ 5pm"),
    ],
)
def test_ears_are_given_words_without_disguise(written: str, read: str) -> None:
    assert load_rules().reader.undisguised(normalise(written)) == read
