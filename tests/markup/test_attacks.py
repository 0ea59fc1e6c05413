"""What must never come out, whatever goes in."""

import contextlib
import json
import re
import time

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.markup import LINK_REL, MAX_CHARACTERS, TAGS, TooDeep, TooLong, is_plain_address, render
from tests.markup.reading import Piece, assert_harmless, read

# Each is written as a link, as raw HTML and as an address between angle brackets.
BAD_ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript:1337//alert",
    "javascript:80/alert(1)",
    "javascript:`1`",
    "javascript:é//x",
    "javascript:１",
    "java\tscript:alert(1)",
    "java&#10;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;&#x61;vascript:alert(1)",
    "javascript&colon;alert(1)",
    "\x01javascript:alert(1)",
    "\N{NO-BREAK SPACE}javascript:alert(1)",
    "javascript\N{ZERO WIDTH SPACE}:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "blob:https://a.example/1",
    "file:///etc/hostname",
    "ftp://a.example/",
    "//evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "https://bank.example@evil.example/",
    "https://a.example\\@evil.example/",
    "https://[::1]/",
    "https://a.example:99999999/",
    "http://-a.example",
    "/c/one/board",
    "page.html",
    "#top",
    "?q=1",
    "mailto:a@b.example?bcc=all@c.example",
    "mailto:a@b.example%0Abcc:c@d.example",
    "tel:123",
    "sms:123",
    "intent://x#Intent;end",
    "view-source:https://a.example",
]
RAW = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=1'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=https://a.example onclick=alert(1)>x</a>",
    "<p style='position:fixed'>x</p>",
    "<span class='badge badge--staff'>Moderator</span>",
    "<form action=//evil.example><input name=password>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<!-- --!><script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<a href='javascript:alert(1)//https://a.example'>x</a>",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1)")',
    "[x](https://a.example/'onmouseover='alert(1)')",
    "[`x](https://a.example)`<script>",
    "```<script>\nalert(1)\n```",
    '```x" onload="alert(1)\ncode\n```',
    "https://a.example/<script>alert(1)</script>",
    "https://a.example/\"onmouseover='alert(1)'",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "</p></div></main><h1>Moved</h1>",
    "\x00<scr\x00ipt>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/who-reads.png)",
]
TEMPLATES = [
    "[x]({})",
    "[x](<{}>)",
    "<{}>",
    "{}",
    "[x][1]\n\n[1]: {}",
    '<a href="{}">x</a>',
    "[x](\t{})",
    "> - [*x*]({})",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_link_leads_anywhere_but_a_plain_page(template: str, address: str) -> None:
    assert not is_plain_address(address)
    assert_harmless(render(template.format(address)))


@pytest.mark.parametrize("text", RAW)
def test_raw_html_never_becomes_a_tag(text: str) -> None:
    html = render(text)
    assert_harmless(html)
    for kind, _ in read(html):
        assert kind.strip("</>") not in {"script", "img", "svg", "h1", "span", "form"}


def test_a_refused_address_is_shown_as_it_was_typed() -> None:
    assert render("[x](javascript:alert(1))") == "<p>[x](javascript:alert(1))</p>\n"


@pytest.mark.parametrize("address", ["https://a.example\n", "\nhttps://a.example", "https://", ""])
def test_an_address_is_looked_at_from_its_first_to_its_last_letter(address: str) -> None:
    assert not is_plain_address(address)


BOMBS = {
    "nested html": "<b>" * 20_000,
    "table rows": "|a|b|\n|-|-|\n" + "|a|b|\n" * 7_000,
    "quotes": ">" * 60_000,
}
DENSE = {
    "html": "<b>",
    "brackets": "[",
    "links without end": "[a](",
    "stars": "*_",
    "emphasis": "a** b*",
    "addresses": "http://a.",
    "ampersands": "&",
    "backticks": "`a``",
    "quotes in quotes that end": "> > >\na\n",
    "quoted headings that end": "> #\na\n",
    "quotes in lists that end": "- >\n  a\n",
    "quotes that end with returns": "> ---\ra\r",
    "newlines": "\n",
    "lists": "1. a\n",
    "table rows": "|a|b|\n|-|-|\n",
    "fences": "```\n",
    "halves of characters": "\ud83d",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_anything_reads_it(text: str) -> None:
    with pytest.raises(TooLong):
        render(text)


@pytest.mark.parametrize("unit", DENSE.values(), ids=DENSE)
def test_the_densest_text_that_fits_costs_little(unit: str) -> None:
    text = (unit * MAX_CHARACTERS)[:MAX_CHARACTERS]
    began = time.process_time()  # of this process, however busy the machine: usually 0.1 to 0.6 s
    with contextlib.suppress(TooDeep):
        assert_harmless(render(text))
    assert time.process_time() - began < 3, "the parser's cost has grown as a square"


def test_a_long_answer_with_each_paragraph_quoted_is_no_bomb() -> None:
    talk = "> you said that it was a long day\n> and a hard one\n\nYes. I am glad you asked.\n\n"
    assert render(talk * 100).count("<blockquote>") == 100


def test_half_a_character_cannot_reach_the_database() -> None:
    text = json.loads('"a \\ud83d b"')
    assert render(text) == "<p>a \N{REPLACEMENT CHARACTER} b</p>\n"


FRAGMENTS = [*BAD_ADDRESSES, *RAW, *DENSE.values(), "](", "[x](", ")", '"', "'", ">", "<", "\n\n"]


def same_to_a_second_cleaner(html: str) -> bool:
    """Whether nh3, an HTML5 cleaner of another make, finds nothing to take out with our rules."""
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href", "rel"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    # It writes carriage returns and quotes in its own way: compare what a parser reads.
    return _without_dead_links(read(cleaned)) == _without_dead_links(read(html))


def _without_dead_links(pieces: list[Piece]) -> list[Piece]:
    return [
        (kind, [pair for pair in what if not _is_dead(*pair)] if isinstance(what, list) else what)
        for kind, what in pieces
    ]


def _is_dead(name: str, value: str) -> bool:
    """Whether no browser can open it; nh3 drops such a link, and we leave it, for it is harmless.

    A host that ends in a number and is no IP address, letters that do not exist, a port too high.
    """
    if name != "href" or value.startswith("mailto:"):
        return False
    host, _, port = re.split("[/?#]", value.split("//", 1)[1])[0].partition(":")
    last_part = host.rstrip(".").rpartition(".")[2].lower()
    is_number = last_part[:1].isdigit() and not re.search("[g-wyz-]", last_part)
    return "xn--" in host or is_number or not host.isascii() or len(port) > 4


@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12)), max_size=12))
def test_nothing_that_can_be_put_together_gets_through(fragments: list[str]) -> None:
    try:
        html = render("".join(fragments)[:MAX_CHARACTERS])
    except TooDeep:
        return
    assert_harmless(html)
    assert same_to_a_second_cleaner(html)
    assert f'rel="{LINK_REL}"' in html or "<a " not in html
