"""Pages of communities: making and changing one, joining and leaving."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.communities import actions, founding, invitations, listing, team_pages
from forum.communities.forms import ACCESS, read_community, read_form_id
from forum.communities.house_rules import FIRST_RULES
from forum.errors import Invalid
from forum.ids import new_form_id
from forum.permissions import Action
from forum.services import NavItem
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

FIELDS = ("name", "about", "access", "country", "timezone", "rules", "keeper", "form_id")


async def new_community(request: Request) -> Response:
    """The form that makes a community, with rules to begin with."""
    values = {
        "access": "members",
        "timezone": services_of(request).settings.timezone,
        "rules": FIRST_RULES.strip(),
        "form_id": new_form_id(),
    }
    return page(request, "communities/new.html", _form(values))


async def create_community(request: Request) -> Response:
    """Make it and go there."""
    sent = sent_of(request)
    try:
        slug = await founding.create(
            services_of(request),
            actor_of(request),
            read_community(sent),
            form_id=read_form_id(sent),
            keeper=" ".join(sent.get("keeper").split()),
        )
    except Invalid as error:
        return _again(request, "communities/new.html", error)
    return RedirectResponse(f"/c/{slug}/about", 303)


async def edit_community(request: Request) -> Response:
    """The form that changes a community."""
    async with services_of(request).db.read() as reader:
        row = await listing.community_row(reader, place_of(request).id)
    values = {name: getattr(row, name) or "" for name in FIELDS if hasattr(row, name)}
    return page(request, "communities/edit.html", _form(values))


async def save_community(request: Request) -> Response:
    """Change it and show it."""
    try:
        draft = read_community(sent_of(request))
    except Invalid as error:
        return _again(request, "communities/edit.html", error)
    place = place_of(request)
    await founding.edit(services_of(request), actor_of(request), place, draft)
    return RedirectResponse(f"/c/{place.slug}/about", 303)


async def lobby(request: Request) -> Response:
    """What a community is and asks for, for those who are not in it yet."""
    place = place_of(request)
    async with services_of(request).db.read() as reader:
        row = await listing.community_row(reader, place.id)
    belongs = place.id in actor_of(request).roles
    return page(request, "communities/join.html", {"row": row, "belongs": belongs})


async def join_community(request: Request) -> Response:
    """Join and go in."""
    place = place_of(request)
    await actions.join(services_of(request), actor_of(request), place)
    return RedirectResponse(f"/c/{place.slug}", 303)


async def leave_community(request: Request) -> Response:
    """Leave and say goodbye."""
    place = place_of(request)
    await actions.leave(services_of(request), actor_of(request), place)
    return page(request, "communities/left.html", {"left": place, "community": None, "nav": []})


async def show_invitation(request: Request) -> Response:
    """What a link opens, signed in or not."""
    services = services_of(request)
    async with services.db.read() as reader:
        invited = await invitations.find(reader, request.path_params["token"], services.clock.now())
    return page(request, "communities/invitation.html", {"invited": invited})


async def accept_invitation(request: Request) -> Response:
    """Come in by the link."""
    token = request.path_params["token"]
    slug = await invitations.accept(services_of(request), actor_of(request), token)
    return RedirectResponse(f"/c/{slug}", 303)


def _form(values: dict[str, Any], errors: dict[str, str] | None = None) -> dict[str, Any]:
    return {"values": values, "errors": errors or {}, "access": list(ACCESS.items())}


def _again(request: Request, template: str, error: Invalid) -> Response:
    """The same form with what was written and what is wrong with it."""
    sent = sent_of(request)
    return page(request, template, _form({n: sent.get(n) for n in FIELDS}, error.fields), 422)


ROUTES: list[BaseRoute] = [
    route("/communities/new", new_community, needs=Action.COMMUNITY_CREATE),
    route("/communities/new", create_community, needs=Action.COMMUNITY_CREATE, methods=["POST"]),
    route("/c/{community}/edit", edit_community, needs=Action.COMMUNITY_EDIT),
    route("/c/{community}/edit", save_community, needs=Action.COMMUNITY_EDIT, methods=["POST"]),
    route("/c/{community}/join", lobby, needs=None, lobby=True),
    route(
        "/c/{community}/join",
        join_community,
        needs=Action.COMMUNITY_JOIN,
        methods=["POST"],
        lobby=True,
    ),
    route("/c/{community}/leave", leave_community, needs=Action.COMMUNITY_LEAVE, methods=["POST"]),
    route("/invite/{token}", show_invitation, needs=None),
    route("/invite/{token}", accept_invitation, needs=Action.COMMUNITY_JOIN, methods=["POST"]),
    *team_pages.ROUTES,
]
NAV: NavItem | None = None
