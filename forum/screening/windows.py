"""Cuts a text into what a model is given: windows of two sentences, and chunks around them."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

WINDOW_CHARS = 600  # a "sentence" without an end is cut here; a model reads no further anyway
MAX_WINDOWS = 64  # the first and the last of a very long text; people say it at the end
WHOLE_CHARS = 300  # a text up to here is one window: its sentences explain each other
CHUNK_CHARS = 1_000  # about as much as the encoder reads at once
_SENTENCE = re.compile(rf"\s*([^.!?\n]{{1,{WINDOW_CHARS // 2}}}[.!?\n]*)")

Span = tuple[int, int]


def windows(text: str) -> tuple[Span, ...]:
    """Spans of two neighbouring sentences each, overlapping by one; a short text whole.

    At most MAX_WINDOWS: of a longer text the beginning and the end. No words, no windows.
    """
    sentences = _sentences(text)
    if sentences and sentences[-1][1] - sentences[0][0] <= WHOLE_CHARS:
        return ((sentences[0][0], sentences[-1][1]),)
    found = list(_pairs(sentences))
    half = MAX_WINDOWS // 2
    return tuple(found if len(found) <= MAX_WINDOWS else found[:half] + found[-half:])


def chunks(text: str) -> tuple[Span, ...]:
    """Spans of whole sentences, each up to CHUNK_CHARS, one after the other; of a very long
    text those that its windows stand in. No words, no chunks."""
    kept = windows(text)
    found: list[Span] = []
    for start, end in _sentences(text):
        if found and end - found[-1][0] <= CHUNK_CHARS:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(chunk for chunk in found if any(chunk[0] <= start < chunk[1] for start, _ in kept))


def holding(wholes: Sequence[Span], span: Span) -> Span:
    """The chunk in which a window begins."""
    return next((whole for whole in wholes if whole[0] <= span[0] < whole[1]), wholes[-1])


def _sentences(text: str) -> list[Span]:
    return [match.span(1) for match in _SENTENCE.finditer(text) if match.group(1).strip()]


def _pairs(sentences: list[Span]) -> Iterator[Span]:
    if len(sentences) == 1:
        yield sentences[0]
    for (start, _), (_, end) in pairwise(sentences):
        yield start, end
