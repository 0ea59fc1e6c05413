"""Pages that say the same to everybody and need no database: about, accessibility, leaving."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.web.guard import route
from forum.web.pages import page


def _shows(template: str) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        return page(request, template)

    return show


ROUTES: list[BaseRoute] = [
    route("/about", _shows("standing/about.html"), needs=None, name="about_site"),
    route(
        "/accessibility", _shows("standing/accessibility.html"), needs=None, name="accessibility"
    ),
    route("/leave", _shows("standing/leave.html"), needs=None, name="leaving"),
]
