"""Forms: what was sent, and proof that it was sent from our own page."""

import hmac
import re
from urllib.parse import urlsplit

from starlette.datastructures import FormData, Headers

from forum.errors import BadRequest, FormExpired
from forum.ids import signed
from forum.settings import Settings

TOKEN_FIELD = "csrf"  # noqa: S105  # a field's name
TOKEN_HEADER = "x-csrf"  # noqa: S105  # a header's name
# What both databases can hold as an id; anything longer names nothing.
ID = re.compile(r"[0-9]{1,9}")
SAME_SITE = {"same-origin", "none"}  # none: typed, reloaded or bookmarked by the person


class Sent:
    """The text fields of a form as they were sent; files are not taken."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def get(self, name: str, default: str = "") -> str:
        """One field with newlines as \\n; `default` when it is missing.

        Raises BadRequest for text that no keyboard makes: NUL, half a character, broken encoding.
        """
        value = self._form.get(name, default)
        return _readable(value) if isinstance(value, str) else default

    def all(self, name: str) -> list[str]:
        """Every value of a field that may come several times."""
        return [_readable(value) for value in self._form.getlist(name) if isinstance(value, str)]

    def has(self, name: str) -> bool:
        """Whether the field was sent at all; how a ticked box shows itself."""
        return name in self._form

    def number(self, name: str) -> int | None:
        """A whole number that fits an id (nine digits at most), or None."""
        value = self.get(name)
        return int(value) if ID.fullmatch(value) else None

    def long_texts(self) -> list[str]:
        """What the person wrote at length: shown again with any error, so nothing is lost."""
        return [
            value.replace("\x00", "")
            for name, value in self._form.multi_items()
            if isinstance(value, str) and len(value.split()) > 1 and not _is_secret(name)
        ]


def _is_secret(name: str) -> bool:
    """Whether a field holds what opens an account; that is never shown again."""
    return "password" in name or name == "code"


def form_token(key: bytes, owner: str) -> str:
    """The token of all forms of one session or one guest's browser."""
    return signed(key, "form", owner)


def check_origin(headers: Headers, settings: Settings) -> None:
    """Refuse what another site sent in a person's name. Raises FormExpired.

    Browsers that send neither header are left to the token alone.
    """
    site = headers.get("sec-fetch-site")
    origin = _told_origin(headers)
    foreign_site = site is not None and site not in SAME_SITE
    foreign_origin = origin is not None and not is_own_origin(origin, settings)
    if foreign_site or foreign_origin:
        raise FormExpired("This form was sent from another site, so it was not taken.")


def check_sent_from_here(headers: Headers, settings: Settings) -> None:
    """Refuse what does not prove that our own page sent it. Raises FormExpired.

    For the few forms without a token: here a browser that sends neither header is refused.
    """
    check_origin(headers, settings)
    if headers.get("sec-fetch-site") != "same-origin" and _told_origin(headers) is None:
        raise FormExpired


def _told_origin(headers: Headers) -> str | None:
    """The Origin header; None when it tells nothing.

    Our pages have no-referrer, for which browsers send `Origin: null` with every form (Fetch
    standard, "append a request Origin header"). A foreign page can do so too; then
    Sec-Fetch-Site gives it away, and in browsers without that header the token does.
    """
    origin = headers.get("origin")
    return None if origin == "null" else origin


def is_own_origin(origin: str, settings: Settings) -> bool:
    """Whether an Origin header names this site."""
    ours, theirs = urlsplit(settings.public_url), urlsplit(origin)
    return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)


def check_token(key: bytes, owner: str, token: str) -> None:
    """Refuse a form without its owner's token. Raises FormExpired."""
    if not owner or not hmac.compare_digest(form_token(key, owner).encode(), token.encode()):
        raise FormExpired


def _readable(value: str) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    # U+FFFD is what another encoding than UTF-8 becomes: stored, the words would be lost.
    if any(sign in "\x00\ufffd" or "\ud800" <= sign <= "\udfff" for sign in text):
        raise BadRequest("The text holds signs that cannot be shown. Please take them out.")
    return text
