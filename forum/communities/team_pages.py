"""Pages for those who look after a community: its members, their offices, its invitations."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.communities import actions, invitations, listing
from forum.communities.forms import INVITED_ROLES, read_invitation, read_role
from forum.communities.titles import OFFICES, title
from forum.errors import Invalid, NotFound
from forum.ids import new_form_id
from forum.permissions import Action, Role
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

INVITATION_FIELDS = ("role", "uses", "days", "form_id")
NO_ERRORS: Mapping[str, str] = {}


async def team(request: Request) -> Response:
    """The members, searched by the beginning of their name, with their offices."""
    services, place = services_of(request), place_of(request)
    begins = request.query_params.get("begins", "").strip()
    after = request.query_params.get("after", "")
    now = services.clock.now()
    async with services.db.read() as reader:
        found = await listing.members(reader, place.id, now, begins=begins, after=after)
    context = {"found": found, "begins": begins, "offices": [(r.value, title(r)) for r in OFFICES]}
    return page(request, "communities/team.html", context)


async def give_office(request: Request) -> Response:
    """Give a member an office."""
    account_id, role = _whom_and_what(request)
    place = place_of(request)
    await actions.give_office(services_of(request), actor_of(request), place, account_id, role)
    return RedirectResponse(f"/c/{place.slug}/team", 303)


async def end_office(request: Request) -> Response:
    """Take an office from a member."""
    account_id, role = _whom_and_what(request)
    place = place_of(request)
    await actions.end_office(services_of(request), actor_of(request), place, account_id, role)
    return RedirectResponse(f"/c/{place.slug}/team", 303)


async def show_invitations(request: Request) -> Response:
    """The links that still work, and the form that makes one."""
    values = {"role": Role.MEMBER.value, "uses": "1", "days": "7", "form_id": new_form_id()}
    return await _invitations(request, values)


async def create_invitation(request: Request) -> Response:
    """Make a link and show it, this once."""
    sent, place, services = sent_of(request), place_of(request), services_of(request)
    try:
        draft = read_invitation(sent)
    except Invalid as error:
        values = {name: sent.get(name) for name in INVITATION_FIELDS}
        return await _invitations(request, values, errors=error.fields, status=422)
    token = await invitations.create(services, actor_of(request), place, draft)
    link = f"{services.settings.public_url}/invite/{token}"
    values = {name: sent.get(name) for name in INVITATION_FIELDS} | {"form_id": new_form_id()}
    return await _invitations(request, values, link=link)


async def withdraw_invitation(request: Request) -> Response:
    """Take a link back."""
    place = place_of(request)
    number: int = request.path_params["invitation_id"]
    await invitations.withdraw(services_of(request), actor_of(request), place, number)
    return RedirectResponse(f"/c/{place.slug}/invitations", 303)


async def _invitations(
    request: Request,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] = NO_ERRORS,
    link: str = "",
    status: int = 200,
) -> Response:
    services, place = services_of(request), place_of(request)
    async with services.db.read() as reader:
        found = await invitations.open_invitations(reader, place.id, services.clock.now())
    grants = actor_of(request).may(Action.ROLE_GRANT, place.id)
    roles = INVITED_ROLES if grants else (Role.MEMBER,)
    context = {
        "roles": [(role.value, title(role).capitalize()) for role in roles],
        "open_invitations": [(one, title(one.role)) for one in found],
        "values": values,
        "errors": errors,
        "link": link,
    }
    return page(request, "communities/invitations.html", context, status)


def _whom_and_what(request: Request) -> tuple[int, Role]:
    sent = sent_of(request)
    account_id, role = sent.number("account_id"), read_role(sent)
    if account_id is None or role is None:
        raise NotFound("Please choose a person and a role from the list.")
    return account_id, role


ROUTES: list[BaseRoute] = [
    route("/c/{community}/team", team, needs=Action.ROLE_GRANT),
    route("/c/{community}/team/given", give_office, needs=Action.ROLE_GRANT, methods=["POST"]),
    route("/c/{community}/team/ended", end_office, needs=Action.ROLE_GRANT, methods=["POST"]),
    route("/c/{community}/invitations", show_invitations, needs=Action.INVITATION_CREATE),
    route(
        "/c/{community}/invitations",
        create_invitation,
        needs=Action.INVITATION_CREATE,
        methods=["POST"],
    ),
    route(
        "/c/{community}/invitations/{invitation_id:int}/withdrawn",
        withdraw_invitation,
        needs=Action.INVITATION_CREATE,
        methods=["POST"],
    ),
]
