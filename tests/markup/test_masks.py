"""A masked detail is gone from the page; a moderator sees what was marked and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.markup import MASK_WORDS, TooDeep, TooLong, mark_reasons, render, render_masked
from tests.markup.reading import read, words

MASK = f'<span class="mask">{MASK_WORDS}</span>'
SECRET = "Xq7Zw"


def masked(text: str) -> str:
    """The text rendered with each SECRET in it masked."""
    spans, start = [], text.find(SECRET)
    while start >= 0:
        spans.append((start, start + len(SECRET)))
        start = text.find(SECRET, start + 1)
    return render_masked(text, spans)


@pytest.mark.parametrize(
    "text",
    [
        f"I took {SECRET} then.",
        f"**{SECRET}** and *{SECRET}*",
        f"**bold {SECRET}** tail",
        f"[words](https://a.example/{SECRET}/b)",
        f"[{SECRET}](https://a.example)",
        f'[words](https://a.example "{SECRET}")',
        f"[words](<https://a.example/{SECRET}>)",
        f"<https://a.example/{SECRET}>",
        f"https://a.example/{SECRET}/more and more",
        f"mailto:{SECRET}@a.example",
        f"`code {SECRET}`",
        f"```\n{SECRET}\n```",
        f"```{SECRET}\ncode\n```",
        f"- {SECRET}\n- b",
        f"# {SECRET}",
        f"> {SECRET}",
        f"{SECRET}\n\n{SECRET}",
        f"[words]: https://a.example '{SECRET}'",
        f"<b {SECRET}>",
        f"&#{SECRET};",
        f"> > > > > > > > > > > > > {SECRET}",
        f"{'a' * 9_990} {SECRET}",
        f"{'a' * 20_000} {SECRET}",
    ],
)
def test_nothing_of_a_masked_detail_is_left_wherever_it_stood(text: str) -> None:
    html = masked(text)
    assert SECRET.lower() not in html.lower()
    assert html.count(MASK) == text.count(SECRET), "each detail shows that it is hidden"


def test_a_mask_says_what_happened_in_place_of_the_detail() -> None:
    assert render_masked("I took 40 of them.", [(7, 9)]) == f"<p>I took  {MASK}  of them.</p>\n"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("a **b c** d", 2, 5),
        ("a **b c** d", 6, 9),
        ("[words](https://a.example/x)", 3, 15),
        ("[words](https://a.example/x)", 0, 12),
        ("`a b` c", 2, 7),
        ("- one\n- two", 3, 8),
        ("```\na\n```", 1, 5),
        ("one\n\ntwo", 2, 6),
    ],
)
def test_a_span_may_cut_through_markdown(text: str, start: int, end: int) -> None:
    html = render_masked(text, [(start, end)])
    assert html.count(MASK) == 1
    for kind, what in read(html):
        assert MASK_WORDS in str(what) or text[start:end] not in str(what), kind


def test_spans_in_any_order_that_touch_become_one_mask() -> None:
    html = render_masked("abcdefgh", [(4, 6), (1, 3), (2, 4), (2, 3)])
    assert html == f"<p>a {MASK} gh</p>\n"


@pytest.mark.parametrize("span", [(3, 3), (5, 2), (50, 60), (-9, 0)])
def test_a_span_with_nothing_in_it_masks_nothing(span: tuple[int, int]) -> None:
    assert render_masked("all here", [span]) == render("all here")


def test_a_span_past_the_end_masks_to_the_end() -> None:
    assert render_masked("keep hide", [(5, 99)]) == f"<p>keep  {MASK}</p>\n"


def test_nobody_can_forge_a_mask() -> None:
    assert MASK not in render_masked("\ue000 and \ue000", [])
    assert render_masked("\ue000 x", [(2, 3)]).count(MASK) == 1


def test_a_mask_never_fails_where_rendering_would() -> None:
    for text, error in (("> " * 13 + SECRET, TooDeep), ("a" * 10_001 + SECRET, TooLong)):
        with pytest.raises(error):
            render(text)
        assert MASK in masked(text)


def test_shown_without_formatting_the_words_keep_their_lines() -> None:
    html = masked(f"one\ntwo <b>\n\n```{SECRET}\nthree\n```")
    assert html == f"<p>one<br>\ntwo &lt;b&gt;</p>\n<p>``` {MASK} <br>\nthree<br>\n```</p>"


MARKDOWN = [
    "*",
    "**",
    "`",
    "```",
    "[",
    "](",
    ")",
    "<",
    ">",
    "\n",
    "\n\n",
    "- ",
    "# ",
    "\\",
    "&#",
    ";",
]
ADDRESSES = ["https://a.example/", "mailto:", "@a.example", '"', "'", " "]


@given(
    st.lists(st.sampled_from([*MARKDOWN, *ADDRESSES, "word", SECRET]), max_size=16),
)
def test_whatever_stands_around_it_a_masked_detail_leaks_nothing(pieces: list[str]) -> None:
    html = masked("".join(pieces))
    assert SECRET.lower() not in html.lower()
    assert html.count(MASK) >= min(1, pieces.count(SECRET))


@given(
    st.lists(st.sampled_from([*MARKDOWN, *ADDRESSES, "word"]), max_size=16).map("".join),
    st.lists(st.tuples(st.integers(-2, 60), st.integers(-2, 60)), max_size=4),
)
def test_any_spans_give_html_that_holds_the_masks_and_nothing_foreign(
    text: str, spans: list[tuple[int, int]]
) -> None:
    html = render_masked(text, spans)
    hidden = {place for start, end in spans for place in range(max(start, 0), min(end, len(text)))}
    assert (MASK in html) == bool(hidden)
    assert all(kind != "<span>" or what == [("class", "mask")] for kind, what in read(html))


def test_a_moderator_sees_the_words_as_typed_with_the_reasons_beside_them() -> None:
    html = mark_reasons("I <b>took</b> 40\nthen", [(14, 16, "amount")])
    assert html == (
        "I &lt;b&gt;took&lt;/b&gt; "
        '<mark class="reason">40 <span class="reason__label">amount</span></mark>\nthen'
    )


def test_where_reasons_overlap_each_stretch_names_all_of_its_own() -> None:
    html = mark_reasons("abcdef", [(0, 4, "method"), (2, 6, "place"), (2, 3, "method")])
    assert (
        words(html.replace("</mark>", "|")) == "ab method|c method, place|d method, place|ef place|"
    )


def test_labels_and_odd_spans_do_no_harm() -> None:
    assert mark_reasons("abc", [(2, 1, "x"), (9, 12, "y"), (1, 1, "z")]) == "abc"
    assert "<script>" not in mark_reasons("<script>", [(0, 8, "<script>")])
    assert mark_reasons("", [(0, 5, "x")]) == ""


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-2, 50), st.integers(-2, 50))))
def test_no_word_is_lost_between_the_marks(text: str, spans: list[tuple[int, int]]) -> None:
    html = mark_reasons(text, [(start, end, "") for start, end in spans])
    shown = html.replace(' <span class="reason__label"></span>', "").unescape()
    assert (
        shown.replace('<mark class="reason">', "").replace("</mark>", "")
        == mark_reasons(text, []).unescape()
    )
