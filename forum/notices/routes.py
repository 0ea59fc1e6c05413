"""The page of a person's own notices."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.errors import ReadOnly
from forum.notices import actions, queries
from forum.permissions import Action
from forum.services import NavItem
from forum.web.guard import MAX_ID, route
from forum.web.pages import page
from forum.web.state import actor_of, services_of


async def notices(request: Request) -> Response:
    """One's notices, newest first; those shown count as read from now on."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as reader:
        shown, next_before = await queries.notices_of(reader, actor.id, _before(request))
    response = page(request, "notices/notices.html", {"notices": shown, "next": next_before})
    with suppress(ReadOnly):  # they stay new; reading them still works
        await actions.mark_read(services, actor, shown)
    return response


def _before(request: Request) -> int | None:
    given = request.query_params.get("before", "")
    return min(int(given), MAX_ID) if given.isascii() and given.isdigit() else None


ROUTES: list[BaseRoute] = [route("/notices", notices, needs=Action.NOTICE_READ)]
NAV: NavItem | None = None
