"""What people may write and how it looks."""

import asyncio
import threading

import pytest

from forum import markup
from forum.markup import MAX_CHARACTERS, TooDeep, TooLong, plain, render, render_off_loop


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One day.\n\nThen another.", "<p>One day.</p>\n<p>Then another.</p>\n"),
        ("It is *hard* and **slow**.", "<p>It is <em>hard</em> and <strong>slow</strong>.</p>\n"),
        ("- tea\n- a walk", "<ul>\n<li>tea</li>\n<li>a walk</li>\n</ul>\n"),
        ("3. third", '<ol start="3">\n<li>third</li>\n</ol>\n'),
        ("> you said", "<blockquote>\n<p>you said</p>\n</blockquote>\n"),
        ("press `q`", "<p>press <code>q</code></p>\n"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n"),
        ("# My week", "<h3>My week</h3>\n"),
        ("## Monday", "<h4>Monday</h4>\n"),
        ("###### Small", "<h4>Small</h4>\n"),
        ("", ""),
    ],
)
def test_the_small_part_of_markdown_that_people_need(text: str, html: str) -> None:
    assert render(text) == html


def test_a_line_break_that_was_typed_is_a_line_break() -> None:
    assert render("roses\nviolets") == "<p>roses<br>\nviolets</p>\n"


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("[a page](https://a.example/b?c=d&e=f#g)", "https://a.example/b?c=d&amp;e=f#g", "a page"),
        ("https://a.example/b", "https://a.example/b", "https://a.example/b"),
        ("<http://a.example:8080>", "http://a.example:8080", "http://a.example:8080"),
        ("mailto:a@b.example", "mailto:a@b.example", "mailto:a@b.example"),
        ("https://käse.example", "https://xn--kse-qla.example", "https://käse.example"),
    ],
)
def test_links_go_to_plain_pages_and_mailboxes(text: str, address: str, shown: str) -> None:
    rel = 'rel="nofollow ugc noopener"'
    assert render(text) == f'<p><a href="{address}" {rel}>{shown}</a></p>\n'


@pytest.mark.parametrize(
    "text", ["I feel better.so much", "write to a@b.example", "www.a.example", "//a.example"]
)
def test_what_only_looks_like_an_address_stays_text(text: str) -> None:
    assert render(text) == f"<p>{text}</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "![a photo](https://a.example/tracker.png)",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "<div onclick=x>hi</div>",
        "a line\n====",
        "[x]: https://a.example 'hidden'",
    ],
)
def test_pictures_tables_and_raw_html_are_shown_as_text(text: str) -> None:
    html = render(text)
    for tag in ("<img", "<table", "<div", "<h1", "<h2"):
        assert tag not in html


def test_indented_lines_are_no_code() -> None:
    assert render("    far from the margin") == "<p>far from the margin</p>\n"


def test_too_long_a_text_is_refused_with_words_that_help() -> None:
    with pytest.raises(TooLong, match=r"10,001 characters long and there is room for 10,000"):
        render("a" * (MAX_CHARACTERS + 1))
    assert render("a" * MAX_CHARACTERS)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 13 + "deep",
        ">" * 5000,
        "- " * 7 + "deep",
        "".join("  " * depth + "- a\n" for depth in range(8)),
        "".join(f"*a{depth} **b " for depth in range(9)) + "c** d*" * 9,
    ],
    ids=["quotes", "only quotes", "lists on a line", "lists", "emphasis"],
)
def test_too_deep_a_text_is_refused_and_never_cut_short(text: str) -> None:
    with pytest.raises(TooDeep, match="many levels deep"):
        render(text)


def test_quotes_in_quotes_are_fine_as_deep_as_people_talk() -> None:
    assert render("> " * 10 + "you said").count("<blockquote>") == 10


async def test_a_long_text_leaves_the_loop_and_a_short_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[threading.Thread] = []
    real = markup.render
    monkeypatch.setattr(
        markup, "render", lambda text: (seen.append(threading.current_thread()), real(text))[1]
    )
    long = "It was a *long* day.\n\n" * 100
    assert await render_off_loop("short") == "<p>short</p>\n"
    assert await render_off_loop(long) == real(long)
    assert seen[0] is threading.main_thread()
    assert seen[1] is not threading.main_thread()


async def test_many_threads_do_not_mix_their_texts() -> None:
    texts = [f"[{number}](https://{number}.example) *{number}*\n\n" * 50 for number in range(24)]
    pages = await asyncio.wait_for(
        asyncio.gather(*(render_off_loop(text) for text in texts)), timeout=60
    )
    assert pages == [render(text) for text in texts]


async def test_off_the_loop_the_same_texts_are_refused() -> None:
    with pytest.raises(TooLong):
        await render_off_loop("a" * (MAX_CHARACTERS + 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Hi\n\n*one* `two`\nthree\n\n- four\n- five", "Hi one two three four five"),
        ("[a page](https://a.example)", "a page"),
        ("```\ncode\n```\nafter", "code after"),
        ("a < b & c", "a < b & c"),
        ("a\\\nb", "a b"),
        ("well*be*ing", "wellbeing"),
        ("", ""),
    ],
)
def test_an_excerpt_is_words_alone(text: str, words: str) -> None:
    assert plain(text) == words


def test_an_excerpt_has_the_same_limits() -> None:
    with pytest.raises(TooLong):
        plain("a" * (MAX_CHARACTERS + 1))
