"""Get help now: for everybody, with or without an account, a database or a script."""

from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from forum.care.helplines import Directory, country_for_timezone
from forum.communities.models import Community
from forum.countries import NAMES
from forum.errors import ReadOnly
from forum.screening.verdict import Need
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import actor_of, services_of


async def help_now(request: Request) -> Response:
    """The help lines of a country, the emergency number first."""
    directory = Directory.packaged()
    code = _country(request)
    today = services_of(request).clock.now().date()
    context = {
        "country_code": code,
        "country": NAMES.get(code or ""),
        "countries": directory.countries(),
        "lines": directory.for_country(code, need=Need.CRISIS, today=today),
        "own": await _own_communities(request),
    }
    return page(request, "care/help_now.html", context)


async def suggest_country(request: Request) -> Response:
    """The country that a browser's time zone suggests, for the page to offer, never to choose."""
    code = country_for_timezone(request.query_params.get("zone", ""))
    return JSONResponse({"code": code, "name": NAMES.get(code or "")})


def _country(request: Request) -> str | None:
    """The country asked for, else the person's own; "other" is none."""
    asked = request.query_params.get("country")
    code = actor_of(request).country if asked is None else asked.upper()
    return code if code in NAMES else None


async def _own_communities(request: Request) -> list[tuple[str, str]]:
    """(slug, name) of the person's communities, where somebody can be asked for. None without them.

    This page must stand when the database does not, so a failure means no such links.
    """
    ids = list(actor_of(request).roles)
    if not ids:
        return []
    try:
        async with services_of(request).db.read() as reader:
            rows = await reader.exec(
                select(Community.slug, Community.name)
                .where(col(Community.id).in_(ids), col(Community.closed_at).is_(None))
                .order_by(col(Community.name))
            )
            return list(rows)
    except ReadOnly:
        return []


ROUTES: list[BaseRoute] = [
    route("/help-now", help_now, needs=None),
    route("/help-now/country", suggest_country, needs=None),
]
