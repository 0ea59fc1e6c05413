"""The browser that asks: what it is called in plain words, and from where."""

from dataclasses import dataclass

from starlette.requests import Request

from forum.web.cookies import session_cookie
from forum.web.state import services_of

# The first that is found counts: browsers name those they pretend to be after themselves.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
UNKNOWN = "An unknown browser"


@dataclass(frozen=True, slots=True)
class Browser:
    """Who asks, before we know who it is.

    address: for limits only, which keep a keyed hash for a day. token: the session's cookie it
    brought along, or empty.
    """

    address: str
    words: str
    token: str


def browser_of(request: Request) -> Browser:
    """The browser that sent this request."""
    return Browser(
        address=request.client.host if request.client else "",
        words=in_words(request.headers.get("user-agent", "")),
        token=request.cookies.get(session_cookie(services_of(request).settings), ""),
    )


def in_words(user_agent: str) -> str:
    """Such as "Firefox, Android". The header itself is too telling to be kept."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return ", ".join(word for word in (browser, system) if word) or UNKNOWN
