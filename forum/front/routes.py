"""The front page, and a community's page about itself."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.communities import listing
from forum.front.pace import pace
from forum.peers import queries as peers
from forum.permissions import Action
from forum.services import NavItem
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import actor_of, place_of, services_of


async def front(request: Request) -> Response:
    """Help first; then one's own communities, and those that one could look into."""
    services, actor = services_of(request), actor_of(request)
    after = request.query_params.get("after", "")
    async with services.db.read() as reader:
        mine = await listing.own_communities(reader, actor)
        others, next_after = await listing.other_communities(reader, actor, after)
        shown = [one.id for one in (*mine, *others)]
        answering = await peers.coverages(reader, shown, services.clock.now())
    context = {"mine": mine, "others": others, "next_after": next_after, "answering": answering}
    return page(request, "front/front.html", context)


async def about(request: Request) -> Response:
    """House rules, the team, who answers now and how fast, and how to leave."""
    services, place, actor = services_of(request), place_of(request), actor_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        row = await listing.community_row(reader, place.id)
        team = await listing.team(reader, place.id, now)
        here = {one.account_id for one in await peers.present(reader, place.id, now)}
        answering = await peers.coverage(reader, place.id, now)
        measured = await pace(reader, place.id, now)
    context = {
        "row": row,
        "team": team,
        "here": here if place.id in actor.roles else set(),  # who is on by name is for members
        "answering": answering,
        "pace": measured,
        "learns": services.settings.screening_learns,
        "belongs": actor.may(Action.COMMUNITY_LEAVE, place.id),
    }
    return page(request, "front/about.html", context)


ROUTES: list[BaseRoute] = [
    route("/", front, needs=None),
    route("/c/{community}/about", about, needs=None, lobby=True),
]
NAV = NavItem("About", "/c/{community}/about", Action.COMMUNITY_READ)
