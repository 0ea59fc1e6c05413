"""Masks on texts: nothing of a masked span is left, wherever it lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from forum.boards import wording

SPANS = some.lists(some.tuples(some.integers(-5, 60), some.integers(-5, 60)), max_size=5)


@given(some.text(alphabet="abc \n", max_size=50), SPANS)
def test_masking_takes_out_the_span_and_nothing_else(
    text: str, spans: list[tuple[int, int]]
) -> None:
    hidden = {place for a, b in spans for place in range(max(a, 0), min(b, len(text)))}
    kept = "".join(sign for place, sign in enumerate(text) if place not in hidden)

    masked = wording.masked(text, spans)

    assert masked.replace(f"[{wording.MASK_WORDS}]", "") == kept


@pytest.mark.parametrize(
    ("span", "title", "words"),
    [
        ((0, 5), "…", "words"),
        ((2, 9), "TI…", "… rds"),
        ((5, 8), "TITLE", "… ords"),
        ((7, 9), "TITLE", "… rds"),
        ((0, 12), "…", "…"),
    ],
)
def test_a_span_is_taken_from_the_title_and_from_the_words(
    span: tuple[int, int], title: str, words: str
) -> None:
    shown = wording.shown(wording.opening("TITLE", "words"), 1, [span])

    html = shown.html.striptags().replace(wording.MASK_WORDS, "…").strip()
    assert shown.title.replace(f"[{wording.MASK_WORDS}]", "…") == title
    assert html == words


def test_hidden_words_are_found_again_in_other_case_and_spacing() -> None:
    text = "At  the\nBlue Bridge, not at the blue bridges."

    assert wording.carried(text, [], ["the blue bridge"]) == [(4, 19)]


def test_a_long_title_with_many_masks_still_fits_its_column() -> None:
    text = wording.opening("ab " * 40, "words")

    title, _ = wording.shown(text, 1, [(place, place + 1) for place in range(0, 120, 3)])

    assert len(title) <= wording.MAX_SHOWN_TITLE


def test_a_mask_that_upsets_the_nesting_still_gives_a_quote() -> None:
    text = "```\n" + "> " * 14 + "deep\n```"

    assert "deep" in wording.quoted(text, 2, ((0, 3),))


def test_a_quote_is_short_and_ends_at_a_word() -> None:
    quote = wording.quoted("word " * 200, 2, ())

    assert len(quote) <= wording.QUOTE_CHARACTERS
    assert quote.endswith("word …")
