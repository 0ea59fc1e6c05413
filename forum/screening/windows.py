"""Cuts a text into windows of two sentences, the way a model listens to long posts."""

import re
from collections.abc import Iterator
from itertools import pairwise

WINDOW_CHARS = 600  # a "sentence" without an end is cut here; a model reads no further anyway
MAX_WINDOWS = 64  # the first and the last of a very long text; people say it at the end
_SENTENCE = re.compile(rf"\s*([^.!?\n]{{1,{WINDOW_CHARS // 2}}}[.!?\n]*)")


def windows(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of two neighbouring sentences each, overlapping by one, in the text's characters.

    At most MAX_WINDOWS: of a longer text the beginning and the end. No words, no windows.
    """
    sentences = [match.span(1) for match in _SENTENCE.finditer(text) if match.group(1).strip()]
    found = list(_pairs(sentences))
    half = MAX_WINDOWS // 2
    return tuple(found if len(found) <= MAX_WINDOWS else found[:half] + found[-half:])


def _pairs(sentences: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    if len(sentences) == 1:
        yield sentences[0]
    for (start, _), (_, end) in pairwise(sentences):
        yield start, end
