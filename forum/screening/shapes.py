"""Things that are known by their shape and not by words: addresses, numbers, links."""

import re
from collections.abc import Callable, Iterator, Mapping

Finder = Callable[[str], Iterator[tuple[int, int]]]

MANY_LINKS = 4  # links in one text: more than somebody needs who points to one page
# A number of this many digits belongs to a person; help lines and emergency numbers are shorter.
PHONE_DIGITS = range(9, 16)
_EMAIL = re.compile(r"(?<![\w.+-])[\w+-][\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w./:-])\+?\(?\d(?:[ ().-]{0,2}\d){8,14}(?![\w/:-])")
_FREE_CALL = re.compile(r"(?:\+?44|0)?\s?\(?0?80\d|(?:\+?1[ -]?)?\(?8(?:00|33|44|55|66|77|88)\b")
_DATE = re.compile(r"(?:19|20)\d\d[.-]\d\d?[.-]\d\d?|\d\d?[.-]\d\d?[.-](?:19|20)\d\d")
_ROUND = re.compile(r"\d{1,3}(?:[ .]000)+$")
_LINK = re.compile(r"https?://[^\s<>]{3,500}")
_SHORT_LINK = re.compile(
    r"(?<![\w.])(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|is\.gd|cutt\.ly|linktr\.ee|shorturl\.at)"
    r"/[\w-]{2,60}"
)
_INVITE = re.compile(r"(?<![\w.])(?:t\.me|discord\.gg|chat\.whatsapp\.com|wa\.me)/[\w+-]{2,60}")


def _spans(pattern: re.Pattern[str]) -> Finder:
    return lambda text: (match.span() for match in pattern.finditer(text))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        number = match.group()
        digits = sum(char.isdigit() for char in number)
        is_other = _FREE_CALL.match(number) or _DATE.match(number) or _ROUND.match(number)
        if digits in PHONE_DIGITS and not is_other:
            yield match.span()


def _many_links(text: str) -> Iterator[tuple[int, int]]:
    links = [match.span() for match in _LINK.finditer(text)]
    if len(links) >= MANY_LINKS:
        yield from links


# Each finder gives the spans in plain, lower-case text. Rules name them in `shapes`.
SHAPES: Mapping[str, Finder] = {
    "email": _spans(_EMAIL),
    "phone": _phones,
    "short_link": _spans(_SHORT_LINK),
    "invite": _spans(_INVITE),
    "many_links": _many_links,
}
