"""Every role at every route, with its own community's objects and with another's.

The table in tests/matrix.txt is what people may do today, for people to read. A change of routes or
permissions must change it too: `python -m pytest tests/test_matrix.py --write-matrix`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from forum.ids import new_form_id
from forum.permissions import GUEST, Actor, Role, may
from forum.services import Place
from forum.web.guard import GuardedRoute, GuardedSocket
from tests.people import Person, World
from tests.things import Things, make_things

pytestmark = pytest.mark.slow

TABLE = Path(__file__).parent / "matrix.txt"
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")

# A column of the table: the person's roles in the community, and whether they run the site.
ROLES: Mapping[str, tuple[Role, ...] | None] = {
    "guest": None,
    "stranger": (),
    "member": (Role.MEMBER,),
    "restricted": (Role.MEMBER, Role.RESTRICTED),
    "peer": (Role.MEMBER, Role.PEER, Role.CERTIFIED),
    "uncertified": (Role.MEMBER, Role.MODERATOR),
    "moderator": (Role.MEMBER, Role.MODERATOR, Role.CERTIFIED),
    "lead": (Role.MEMBER, Role.LEAD, Role.CERTIFIED),
    "admin": (Role.MEMBER, Role.COMMUNITY_ADMIN),
    "site": (),
}
WORDS = {"sign in": "sign-in", "join": "join", "no": "–", "nothing": "none", "yes": "yes"}


@dataclass(frozen=True)
class Cell:
    """One person at one route."""

    outcome: str
    allowed: bool


async def somebody(world: World, role: str, place: Place, number: int) -> Person:
    """A fresh person of this role, since some routes change who they are."""
    roles = ROLES[role]
    if roles is None:
        return world.guest()
    name = f"{role} {number}"
    if not roles:
        return await world.person(name, site_admin=role == "site")
    return await world.person(name, place, *roles, certified=Role.CERTIFIED in roles)


def guarded(app: Starlette) -> list[GuardedRoute]:
    """Every page and form of the forum."""
    return [route for route in app.routes if isinstance(route, GuardedRoute)]


def path_of(route: GuardedRoute, slug: str, things: Things) -> str:
    """The route's address with real things in it. A parameter nobody knows fails the test."""
    return PARAMETER.sub(lambda found: str(things.value(found[1], slug)), route.path)


def outcome(answer: Response) -> str:
    """In one word, what the person met."""
    where = answer.headers.get("location", "")
    if where.startswith("/sign-in") or answer.status_code == 401:
        return "sign in"
    if where.endswith("/join") and answer.status_code == 303:
        return "join"
    if answer.status_code >= 500:
        return f"broke with {answer.status_code}"
    return {403: "no", 404: "nothing"}.get(answer.status_code, "yes")


async def ask(person: Person, route: GuardedRoute, method: str, path: str) -> Response:
    if method == "GET":
        return await person.get(path)
    return await person.post(path, {"form_id": new_form_id()})


def methods(route: GuardedRoute) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD"})


async def actor_of(person: Person) -> Actor:
    return await person.actor() if person.account_id else GUEST


@pytest.fixture
async def things(world: World) -> Things:
    return await make_things(world)


def test_every_route_says_what_it_needs(app: Starlette) -> None:
    unguarded = [
        route
        for route in app.routes
        if not isinstance(route, (GuardedRoute, GuardedSocket))
        and not (isinstance(route, Mount) and route.path == "/static")
    ]
    assert not unguarded, unguarded


@pytest.mark.parametrize("kind", [Route, WebSocketRoute])
def test_a_route_without_a_guard_would_be_seen(app: Starlette, kind: type[BaseRoute]) -> None:
    async def open_door(_anything: Any) -> None: ...

    app.router.routes.append(kind("/open", open_door))  # type: ignore[call-arg]
    with pytest.raises(AssertionError):
        test_every_route_says_what_it_needs(app)


@pytest.mark.one_database
async def test_the_matrix(
    app: Starlette, world: World, things: Things, pytestconfig: pytest.Config
) -> None:
    lines, surprises = [], []
    number = 0
    for route in guarded(app):
        for method in methods(route):
            row = []
            for role in ROLES:
                number += 1
                person = await somebody(world, role, things.own, number)
                actor = await actor_of(person)
                answer = await ask(person, route, method, path_of(route, things.own.slug, things))
                met = outcome(answer)
                place_id = things.own.id if "{community}" in route.path else None
                allowed = route.needs is None or may(actor, route.needs, place_id)
                if met.startswith("broke") or (met == "yes" and not allowed):
                    surprises.append(f"{role} at {method} {route.path}: {met}")
                row.append(WORDS.get(met, met))
            lines.append(f"{method:5}{route.path:60}" + "".join(f"{cell:>12}" for cell in row))
    header = f"{'':65}" + "".join(f"{role:>12}" for role in ROLES)
    text = "\n".join([header, *lines]) + "\n"
    assert not surprises, surprises
    if pytestconfig.getoption("--write-matrix"):
        TABLE.write_text(text)
    assert TABLE.read_text() == text


@pytest.mark.one_database
@pytest.mark.parametrize("role", ["member", "moderator", "lead", "admin"])
async def test_another_communitys_things_do_not_exist_here(
    app: Starlette, world: World, things: Things, role: str
) -> None:
    """The address of our own community with the id of something that belongs to another."""
    surprises = []
    for number, route in enumerate(guarded(app)):
        names = PARAMETER.findall(route.path)
        if "community" not in names or len(names) < 2:
            continue
        for method in methods(route):
            person = await somebody(world, role, things.own, number)
            path = PARAMETER.sub(
                lambda found: (
                    things.own.slug
                    if found[1] == "community"
                    else str(things.value(found[1], things.other.slug))
                ),
                route.path,
            )
            if path == path_of(route, things.own.slug, things):
                continue  # courses are the same everywhere
            met = outcome(await ask(person, route, method, path))
            if met not in ("nothing", "no"):
                surprises.append(f"{role} at {method} {path}: {met}")
    assert not surprises, surprises


@pytest.mark.one_database
@pytest.mark.parametrize("role", ["stranger", "member", "moderator", "lead", "admin", "site"])
async def test_a_closed_community_is_closed_to_the_roles_of_another(
    app: Starlette, world: World, things: Things, role: str
) -> None:
    surprises = []
    for number, route in enumerate(guarded(app)):
        if "{community}" not in route.path or route.lobby:
            continue
        for method in methods(route):
            person = await somebody(world, role, things.own, number)
            met = outcome(
                await ask(person, route, method, path_of(route, things.other.slug, things))
            )
            if met not in ("join", "no", "nothing"):
                surprises.append(f"{role} at {method} {route.path}: {met}")
    assert not surprises, surprises
