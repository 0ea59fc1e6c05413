"""What readers may see of a text: its title and words apart, masks applied, quotes cut short."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from forum.content import Span
from forum.markup import MASK_WORDS, TooDeep, TooLong, plain, render_masked

TITLE_END = "\n\n"  # a title is one line, so the first empty line ends it
# A mask is longer than most words it stands for: the column of the shown title has this room.
MAX_SHOWN_TITLE = 300
QUOTE_CHARACTERS = 300  # enough to know what is answered; the whole post is one step away
QUOTED_CHARACTERS = 1_000  # read of a text for its quote: title, signs and some words to cut off
QUOTES_KEPT = 2_000  # about 2 MB


class Shown(NamedTuple):
    """A text as readers see it; title is empty for a reply."""

    title: str
    html: Markup


def opening(title: str, words: str) -> str:
    """The text of a first post."""
    return f"{title}{TITLE_END}{words}"


def split(text: str, number: int) -> tuple[str, str]:
    """Title and words of a post's text; only post 1 has a title."""
    if number > 1:
        return "", text
    title, _, words = text.partition(TITLE_END)
    return title, words


def shown(text: str, number: int, masks: Sequence[Span]) -> Shown:
    """The text with every masked span taken out; nothing of a span is left in either part."""
    title, words = split(text, number)
    start = len(text) - len(words)
    in_words = [(a - start, b - start) for a, b in masks if b > start]
    return Shown(masked(title, masks)[:MAX_SHOWN_TITLE], render_masked(words, in_words))


def masked(text: str, masks: Iterable[Span]) -> str:
    """Plain text with each masked span replaced by the words that say so."""
    pieces, kept_until = [], 0
    for start, end in joined(masks, len(text)):
        pieces += [text[kept_until:start], f"[{MASK_WORDS}]"]
        kept_until = end
    return "".join([*pieces, text[kept_until:]])


def joined(spans: Iterable[Span], length: int) -> Iterator[Span]:
    """The spans within 0 to `length`, sorted, those that touch made one."""
    reach: Span | None = None
    for start, end in sorted((max(a, 0), min(b, length)) for a, b in spans):
        if start >= end:
            continue
        if reach is not None and start <= reach[1]:
            reach = (reach[0], max(reach[1], end))
            continue
        if reach is not None:
            yield reach
        reach = (start, end)
    if reach is not None:
        yield reach


def carried(text: str, masks: Iterable[Span], hidden_words: Iterable[str]) -> list[Span]:
    """The masks of another version of a text: its own, and wherever hidden words stand again.

    Otherwise a small edit would bring back, or an old version keep, what a person had masked.
    """
    spans = list(masks)
    for words in hidden_words:
        pattern = r"\s+".join(re.escape(word) for word in words.split())
        if pattern:
            found = re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
            spans += [match.span() for match in found]
    return list(joined(spans, len(text)))


def words_under(text: str, masks: Iterable[Span]) -> list[str]:
    """The words that masks hide."""
    return [text[start:end] for start, end in joined(masks, len(text))]


@lru_cache(maxsize=QUOTES_KEPT)
def quoted(text: str, number: int, masks: tuple[Span, ...]) -> str:
    """The beginning of a post for the one who answers it: plain, short, masked."""
    _, words = split(text, number)
    start = len(text) - len(words)
    line = in_one_line(masked(words, [(a - start, b - start) for a, b in masks]))
    return line if len(line) <= QUOTE_CHARACTERS else _cut(line, QUOTE_CHARACTERS)


def title_from(words: str, length: int) -> str:
    """A title for somebody who gave none: the first words of what they wrote."""
    line = in_one_line(words)
    return (line if len(line) <= length else _cut(line, length)) or "No title"


def in_one_line(text: str) -> str:
    """The words without Markdown signs; with them where a mask has upset their nesting."""
    try:
        return plain(text)
    except (TooLong, TooDeep):
        return " ".join(text.split())


def _cut(line: str, length: int) -> str:
    return line[: length - 2].rsplit(" ", 1)[0] + " …"


def spans(masks: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    """Masks as a JSON column gives them back."""
    return tuple((start, end) for start, end in masks)
