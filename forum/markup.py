"""Safe HTML from what people write: the one place that makes it.

A small part of Markdown becomes HTML, and one strict `bleach.Cleaner` decides what of that HTML
may reach a page. Neither is trusted alone: `bleach` keeps some `javascript:` addresses that it
takes for a host and a port, so every address must also pass `is_plain_address`.
Proven by tests/markup/test_attacks.py.
"""

import asyncio
import re
import threading
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from bleach.sanitizer import Cleaner  # type: ignore[import-untyped]  # has no types
from linkify_it import LinkifyIt  # type: ignore[import-untyped]  # has no types
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

# Stored beside the HTML; a row with an older one is rendered again. Raise it with any change to
# what comes out.
RENDERER_VERSION: Final = 1
MAX_CHARACTERS: Final = 10_000  # about four printed pages; a longer story reads better in parts
MAX_DEPTH: Final = 12  # a quotation is one level, a list two: nobody can follow deeper than this
# Prose of this length renders in about 2 ms, a text made of links in 7; nobody waits longer.
LONG_CHARACTERS: Final = 1_000
# The parser looks through all lines below wherever a quotation ends, so ends times lines is what it
# costs: at most 0.2 s. The longest answer with each paragraph quoted before it needs a quarter.
MAX_QUOTE_COST: Final = 150_000
LINK_REL: Final = "nofollow ugc noopener"
MASK_WORDS: Final = "a detail is hidden to keep readers safe"

# Raw HTML and pictures: a picture tells a stranger the reader's address. Tables: slow to read in
# bulk. Indented code and underlined headings: they surprise people who indent or draw a line.
# References: an address far from its words is hard for a moderator to see.
NOT_OURS = ("html_block", "html_inline", "image", "table", "code", "lheading", "reference")
TAGS = frozenset(
    (
        "p",
        "br",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "blockquote",
        "code",
        "pre",
        "a",
        "h3",
        "h4",
        "hr",
    )
)
# No user name ("https://bank@evil"), no backslash, nothing outside ASCII that a browser may read
# in another way: international host names arrive as xn--.
_WEB_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?([/?#][!#-;=?-\[\]^_a-~]*)?"
)
_MAIL_ADDRESS = re.compile(r"mailto:[A-Za-z0-9._%+-]+@[A-Za-z0-9][A-Za-z0-9.-]*")
_LINE_END = re.compile(r"\r\n?|\n")
_LINE_START = re.compile(r"[> \t\-+*0-9.)]*")
_LIST_NUMBER = re.compile(r"[0-9]{1,9}")

# Stands for a masked span while Markdown is read: a private-use character.
_HOLE = "\ue000"
# Forged holes, and halves of characters (JSON lets them in, UTF-8 has no place for them).
_UNREADABLE = re.compile(f"[\ud800-\udfff{_HOLE}]")
_MASK = Markup('<span class="mask">{}</span>').format(MASK_WORDS)


class TooLong(ValueError):
    """The text has more than MAX_CHARACTERS characters. Its words may be shown to the writer."""

    def __init__(self, length: int) -> None:
        super().__init__(
            f"Your text is {length:,} characters long and there is room for {MAX_CHARACTERS:,}. "
            "You could send it in two parts."
        )
        self.length = length


class TooDeep(ValueError):
    """Lists or quotations lie too deep in each other, or are too many. For the writer's eyes."""

    def __init__(self) -> None:
        super().__init__(
            "Your text has very many lists or quotes, or has them many levels deep. "
            "Please take out some of the signs like > - * _ and send it again."
        )


def is_plain_address(address: str) -> bool:
    """Whether a link may lead there: an ordinary web page or mailbox and nothing else."""
    return bool(_WEB_ADDRESS.fullmatch(address) or _MAIL_ADDRESS.fullmatch(address))


def render(text: str) -> Markup:
    """The HTML of what somebody wrote, safe to put into a page; empty for empty text.

    Raises TooLong before reading it and TooDeep before the cleaner, which is slow on deep HTML.
    """
    return _tools.render(_tokens(_readable(text)))


async def render_off_loop(text: str) -> Markup:
    """The same as `render`, in a thread when the text is long enough to hold others up."""
    if len(text) <= LONG_CHARACTERS:
        return render(text)
    return await asyncio.to_thread(render, text)


def stored(html: str) -> Markup:
    """HTML that `render` or `render_masked` made and a row has kept, fit for a page again."""
    return Markup(html)  # noqa: S704 - it was made safe before it was stored


def plain(text: str) -> str:
    """The words alone, on one line and without Markdown signs, for excerpts. It is not escaped.

    Raises TooLong and TooDeep like `render`.
    """
    words: list[str] = []
    for token in _tokens(_readable(text)):
        # Breaks have no content: the space keeps the words around them apart.
        words += [part.content or " " for part in token.children or () if not part.nesting]
        words.append(token.content if token.type == "fence" else " ")
    return " ".join("".join(words).split())


def render_masked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """The same as `render` with each span of `text` replaced by MASK_WORDS.

    spans: half-open ranges of characters in any order; those that touch become one. Nothing of a
    span reaches the HTML, for it is cut out before Markdown is read. Where Markdown would lose the
    mask, and where `render` would raise, the other words are shown without formatting.
    """
    cut, holes = _cut_out(_readable(text), spans)
    try:
        html = _tools.render(_tokens(cut))
    except (TooLong, TooDeep):
        html = _unformatted(cut)
    if html.count(_HOLE) != holes:  # one lay in a link's address or a code block's first line
        html = _unformatted(cut)
    return html.replace(_HOLE, _MASK)


def mark_reasons(text: str, reasons: Iterable[tuple[int, int, str]]) -> Markup:
    """The text as it was typed, for moderators: each span in `<mark>`, its label beside it.

    reasons: (start, end, label) in any order; where spans overlap, each stretch names all its
    labels once, in the order given. Line breaks are kept as they are: show it in a `pre-wrap` box.
    """
    reasons = [(max(start, 0), min(end, len(text)), label) for start, end, label in reasons]
    edges = {0, len(text)}.union(*((start, end) for start, end, _ in reasons if start < end))
    html = Markup()
    corners = sorted(edges)
    for start, end in pairwise(corners):
        labels = dict.fromkeys(
            what for left, right, what in reasons if left <= start < end <= right
        )
        piece = escape(_readable(text[start:end]))
        if labels:
            template = Markup(
                '<mark class="reason">{} <span class="reason__label">{}</span></mark>'
            )
            piece = template.format(piece, ", ".join(labels))
        html += piece
    return html


def _readable(text: str) -> str:
    """The text with what cannot be stored or could pass for a mask replaced, one for one."""
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _tokens(text: str) -> list[Token]:
    if len(text) > MAX_CHARACTERS:
        raise TooLong(len(text))
    if _quote_cost(text) > MAX_QUOTE_COST:
        raise TooDeep
    tokens = _tools.markdown.parse(text)
    if any(_depth(token) > MAX_DEPTH for token in tokens):
        raise TooDeep
    return tokens


def _quote_cost(text: str) -> int:
    starts = [_LINE_START.match(line) for line in _LINE_END.split(text)]
    depths = [start.group().count(">") for start in starts if start]
    return len(depths) * sum(below < above for above, below in pairwise(depths))


def _depth(block: Token) -> int:
    return block.level + max((part.level for part in block.children or ()), default=0)


def _cut_out(text: str, spans: Iterable[tuple[int, int]]) -> tuple[str, int]:
    """The text with a hole for each span, and how many holes. Spaces end an address before it."""
    pieces: list[str] = []
    kept_until = holes = 0
    reach = -1  # the end of the last hole; a span that starts there or before widens it
    for start, end in sorted((max(start, 0), min(end, len(text))) for start, end in spans):
        if start >= end:
            continue
        if start > reach:
            pieces += [text[kept_until:start], f" {_HOLE} "]
            holes += 1
        reach = kept_until = max(reach, end)
    pieces.append(text[kept_until:])
    return "".join(pieces), holes


def _unformatted(text: str) -> Markup:
    """The words in paragraphs and lines as they were typed, with every Markdown sign left in."""
    paragraphs = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    lines = (Markup("<br>\n").join(block.splitlines()) for block in paragraphs)
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in lines)


def _house_style(state: StateCore) -> None:
    """Small headings, for the page has its own; links that lend a stranger no good name."""
    for token in state.tokens:
        if token.type.startswith("heading_"):
            token.tag = "h3" if token.tag == "h1" else "h4"
        for part in token.children or ():
            if part.type == "link_open":
                part.attrSet("rel", LINK_REL)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    """bleach's question about each attribute; `value` comes with its entities resolved."""
    if tag == "a":
        return value == LINK_REL if name == "rel" else name == "href" and is_plain_address(value)
    return tag == "ol" and name == "start" and bool(_LIST_NUMBER.fullmatch(value))


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """A refused address stays in the text as it was typed: nothing of the words is lost."""
        return is_plain_address(url)


class _Tools(threading.local):
    """Parser and cleaner, one pair for each thread: both keep state while they work."""

    def __init__(self) -> None:
        # Past `maxNesting` blocks are dropped without a word: TooDeep must come before that.
        options = {"html": False, "linkify": True, "breaks": True, "maxNesting": 2 * MAX_DEPTH}
        self.markdown = _Markdown("commonmark", options)
        self.markdown.enable("linkify").disable(NOT_OURS)
        # Only what begins with https:// or mailto: is a link. "I feel better.so" is a sentence.
        links = {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False}
        self.markdown.linkify = LinkifyIt(options=links)
        self.markdown.core.ruler.push("house_style", _house_style)
        self.cleaner = Cleaner(
            tags=TAGS, attributes=_is_allowed, protocols=("http", "https", "mailto")
        )

    def render(self, tokens: list[Token]) -> Markup:
        html = self.markdown.renderer.render(tokens, self.markdown.options, {})
        return Markup(self.cleaner.clean(html))  # noqa: S704 - here it is made safe


_tools = _Tools()
