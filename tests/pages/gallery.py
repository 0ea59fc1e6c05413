"""A page with every component on it, served under the real rules, for tests and for eyes."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

ROOT = Path(__file__).parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
BODY = Markup("<p>I walked to the bridge and back. It was <strong>cold</strong> and I am glad.</p>")
MASKED = Markup(
    '<p>Last year <span class="mask">a detail is hidden to keep readers safe</span>'
    " and my sister came.</p>"
)


@dataclass(frozen=True)
class Person:
    """Who looks at the gallery."""

    account_id: str | None
    name: str

    @property
    def is_guest(self) -> bool:
        return self.account_id is None


@dataclass(frozen=True)
class Link:
    """One line of the menu."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Coverage:
    """Who is on duty, in a sentence."""

    sentence: str


@dataclass(frozen=True)
class Line:
    """A help line that does not exist."""

    name: str
    contact: str
    channel: str
    hours: str
    href: str | None
    checked_on: date | None = date(2026, 3, 1)


LINES = (
    Line("Emergency services", "000", "emergency", "24/7", "tel:000"),
    Line("An invented line", "0000 - 000 000", "phone", "10:00 to 22:00", "tel:0000000000"),
    Line("A line without a link", "Text HELLO to 00000", "text", "24/7", None, None),
    Line(
        "An invented list with a long address",
        "https://lines.example.org/find/a/line/for/your/country",
        "directory",
        "n/a",
        "https://lines.example.org/find/a/line/for/your/country",
    ),
)


PANEL = SimpleNamespace(
    need=4,
    title="It sounds like things are very heavy right now",
    before=("Your post is up.", "Thank you for saying it."),
    lines_intro="These people can talk:",
    country="Nowhere",
    lines=LINES,
    after=("This note is automatic. Only you can see it.",),
    status=None,
    answer_url="/fine",
    choices=(
        SimpleNamespace(label="Talk to someone here", href="/need", says=""),
        SimpleNamespace(label="More help lines", href="/help-now", says=""),
        SimpleNamespace(label="I am OK for now", href="", says="ok"),
    ),
)


@dataclass(frozen=True)
class Look:
    """How the page around the gallery is shown; each name is a query argument as well."""

    dir: str = "ltr"
    guest: str = ""
    discreet: str = ""
    demo: str = ""
    read_only: str = ""
    errors: str = ""


def environment() -> Environment:
    """The templates as the forum loads them, and the gallery's own page."""
    folders = [FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent)]
    env = Environment(
        loader=ChoiceLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["static"] = lambda path: f"/static/{path}"
    return env


def context(look: Look) -> dict[str, Any]:
    """What every template is given, with sample people."""
    wrong = {"name": "Someone has this name already.", "agree": "Please tick this to go on."}
    return {
        "actor": Person(None, "Guest") if look.guest else Person("a1", "River"),
        "site_name": "Handrail",
        "leave_to": "https://www.wikipedia.org/",
        "community": None,
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf" value="token">'),
        "demo": bool(look.demo),
        "coverage": Coverage("Two people are on duty until 23:00."),
        "panel": PANEL,
        "request": SimpleNamespace(url=SimpleNamespace(path="/")),
        "unread_notices": 1,
        "now": datetime(2026, 3, 3, 14, 2, tzinfo=UTC),
        "nav": [Link("Boards", "/c/r", current=True), Link("Rooms", "/rooms"), Link("Desk", "/d")],
        "discreet": bool(look.discreet),
        "lang": "ar" if look.dir == "rtl" else "en",
        "dir": look.dir,
        "read_only": bool(look.read_only),
        "body": BODY,
        "masked": MASKED,
        "values": {"name": "River", "text": "<b>my words</b>", "country": "NL", "about": "me"},
        "errors": wrong if look.errors else {},
    }


def render(template: str, look: Look | None = None, **more: object) -> str:
    """One template as text."""
    return environment().get_template(template).render(context(look or Look()) | more)


def app() -> Starlette:
    """The gallery as a small site; `beacons` in its state holds what was sent to /leave."""

    async def show(request: Request) -> Response:
        # Another origin than the gallery's, as the neutral site is.
        away = f"http://localhost:{request.url.port}/away"
        look = replace(Look(), **request.query_params)
        return HTMLResponse(render("gallery.html", look, leave_to=away))

    async def second(request: Request) -> Response:
        told = {"title": "Second page", "advice": "Nothing here.", "status": 404, "kept": []}
        return HTMLResponse(render("error.html", **told))

    async def away(request: Request) -> Response:
        return HTMLResponse("<title>Weather</title><p>Mild.")

    async def leave(request: Request) -> Response:
        request.app.state.beacons.put_nowait((await request.form()).get("csrf"))
        return Response(status_code=204)

    async def send(request: Request) -> Response:
        words = (await request.form()).get("message")
        return await second(request) if words == "refuse me" else RedirectResponse("/", 303)

    async def sign_out(request: Request) -> Response:
        return RedirectResponse("/second", 303)

    made = Starlette(
        routes=[
            Route("/", show),
            Route("/second", second),
            Route("/away", away),
            Route("/leave", leave, methods=["POST"]),
            Route("/send", send, methods=["POST"]),
            Route("/claim/1", second, methods=["POST"]),
            Route("/sign-out", sign_out, methods=["POST"]),
            Mount("/static", StaticFiles(directory=ROOT / "static")),
        ]
    )
    made.state.beacons = asyncio.Queue()
    made.add_middleware(_Strict)
    return made


class _Strict:
    """The headers that the forum sends, which decide whether a page works at all."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sealed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [
                    (b"content-security-policy", POLICY.encode()),
                    (b"referrer-policy", b"no-referrer"),
                    (b"x-content-type-options", b"nosniff"),
                    (b"cache-control", b"no-store"),
                ]
            await send(message)

        await self.inner(scope, receive, sealed)
