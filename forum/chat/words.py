"""What readers may see of a message, as a short list of pieces that page and script draw alike."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from forum.content import Span
from forum.markup import MASK_WORDS, is_plain_address

# A kind (text, link or mask) and its words; a link's words are its address.
Token = tuple[str, str]

_ADDRESS: Final = re.compile(r"https?://\S+")
_TRAILING: Final = ".,;:!?'\"*_>"  # ends the sentence or quotation, not the address


def tokens(text: str, masks: Iterable[Iterable[int]] = ()) -> list[Token]:
    """The pieces of `text` in order, every masked span replaced by a mask; line breaks stay.

    masks: half-open spans of characters in any order; those that touch become one. Nothing of a
    span is in the result: it is cut out before addresses are looked for.
    """
    found: list[Token] = []
    shown_until = 0
    for start, end in _joined(masks, len(text)):
        found += [*_pieces(text[shown_until:start]), ("mask", MASK_WORDS)]
        shown_until = end
    return [*found, *_pieces(text[shown_until:])]


def _joined(masks: Iterable[Iterable[int]], length: int) -> Iterator[Span]:
    reach: Span | None = None
    for start, end in sorted((max(a, 0), min(b, length)) for a, b in masks):
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


def _pieces(text: str) -> Iterator[Token]:
    """Plain words and the addresses among them that a link may lead to."""
    said_until = 0
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(_TRAILING)
        if "(" not in address:
            address = address.rstrip(")" + _TRAILING)
        if not is_plain_address(address):
            continue
        if match.start() > said_until:
            yield "text", text[said_until : match.start()]
        yield "link", address
        said_until = match.start() + len(address)
    if said_until < len(text):
        yield "text", text[said_until:]
