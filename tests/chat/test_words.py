"""What readers may see of a message: words, addresses and masks, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.chat.words import tokens
from forum.markup import MASK_WORDS, is_plain_address

MASK = ("mask", MASK_WORDS)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("hello", [("text", "hello")]),
        ("two\nlines", [("text", "two\nlines")]),
        ("*no* markdown", [("text", "*no* markdown")]),
        ("https://example.org", [("link", "https://example.org")]),
        (
            "see https://example.org/a_(b). Good.",
            [("text", "see "), ("link", "https://example.org/a_(b)"), ("text", ". Good.")],
        ),
        (
            "(https://example.org)",
            [("text", "("), ("link", "https://example.org"), ("text", ")")],
        ),
        ("I feel better.so", [("text", "I feel better.so")]),
        ("javascript:alert(1)", [("text", "javascript:alert(1)")]),
        ("https://bank@evil.org", [("text", "https://bank@evil.org")]),
        ("https://exаmple.org", [("text", "https://exаmple.org")]),  # a Cyrillic letter
        ("xhttps://a.org", [("text", "x"), ("link", "https://a.org")]),
    ],
)
def test_only_plain_addresses_become_links(text: str, pieces: list[tuple[str, str]]) -> None:
    assert tokens(text) == pieces


def test_masks_are_cut_out_and_those_that_touch_are_one() -> None:
    assert tokens("abcdef", [[1, 2], [2, 4]]) == [("text", "a"), MASK, ("text", "ef")]
    assert tokens("abc", [[0, 99]]) == [MASK]
    assert tokens("abc", [[2, 2], [-5, 0]]) == [("text", "abc")]


def test_an_address_that_is_half_masked_keeps_no_masked_part() -> None:
    assert tokens("https://a.org/secret", [[14, 20]]) == [("link", "https://a.org/"), MASK]


@given(
    st.text(alphabet="ab https://.()\n<>\"'&é", max_size=60),
    st.lists(st.tuples(st.integers(-5, 65), st.integers(-5, 65)), max_size=4),
)
def test_nothing_is_lost_and_nothing_masked_is_left(
    text: str, masks: list[tuple[int, int]]
) -> None:
    hidden = {at for start, end in masks for at in range(max(start, 0), end)}
    kept = "".join(sign for at, sign in enumerate(text) if at not in hidden)
    pieces = tokens(text, masks)
    assert "".join(words for kind, words in pieces if kind != "mask") == kept
    assert all(is_plain_address(words) for kind, words in pieces if kind == "link")
