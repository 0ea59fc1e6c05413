"""What a request carries: who asks, about which community, with what form."""

from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.requests import HTTPConnection

from forum.permissions import GUEST, Actor
from forum.services import Place, Services
from forum.web.forms import Sent


@dataclass(slots=True)
class Visit:
    """One request's state, filled in by the guard before the endpoint runs.

    guest_key: what ties a guest's forms to their browser; new_guest_key: it must be set as cookie.
    """

    actor: Actor = GUEST
    place: Place | None = None
    sent: Sent = field(default_factory=lambda: Sent(FormData()))
    guest_key: str = ""
    guest_key_used: bool = False
    new_guest_key: bool = False
    read_only: bool = False
    unread_notices: int = 0


def services_of(connection: HTTPConnection) -> Services:
    """The running forum's parts."""
    services: Services = connection.app.state.services
    return services


def visit_of(connection: HTTPConnection) -> Visit:
    """This request's state; a fresh one for a request that no guard has seen."""
    if not hasattr(connection.state, "visit"):
        connection.state.visit = Visit()
    visit: Visit = connection.state.visit
    return visit


def actor_of(connection: HTTPConnection) -> Actor:
    """Who is asking."""
    return visit_of(connection).actor


def place_of(connection: HTTPConnection) -> Place:
    """The community of a route below /c/{community}; the guard has found it."""
    place = visit_of(connection).place
    if place is None:
        raise LookupError("this route has no {community} in its path")
    return place


def sent_of(connection: HTTPConnection) -> Sent:
    """The form that came with this request, already checked to be ours."""
    return visit_of(connection).sent
