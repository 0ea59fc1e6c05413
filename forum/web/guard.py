"""Guarded routes: each says what it needs, and the guard sees to it before the endpoint runs."""

from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from forum.db import Reader
from forum.errors import (
    BadRequest,
    FormExpired,
    ForumError,
    NotFound,
    ReadOnly,
    SignInFirst,
    TooLarge,
)
from forum.ids import new_token
from forum.permissions import GUEST, Action, Actor, may, require
from forum.services import Services
from forum.web.cookies import give_guest, give_session, guest_cookie, session_cookie
from forum.web.errors import on_crash
from forum.web.forms import (
    TOKEN_FIELD,
    TOKEN_HEADER,
    Sent,
    check_origin,
    check_sent_from_here,
    check_token,
    is_own_origin,
)
from forum.web.pages import form_owner
from forum.web.state import Visit, services_of, visit_of

Endpoint = Callable[[Request], Awaitable[Response]]
SocketEndpoint = Callable[[WebSocket], Awaitable[None]]

READING = {"GET", "HEAD"}
MAX_FORM_FIELDS = 400
MAX_FORM_BYTES = 256 * 1024  # 10,000 characters of any script, form-encoded, and room to spare
MAX_ID = 2**31 - 1  # what an id column holds; a larger number in an address is nothing of ours


class GuardedRoute(Route):
    """A route that says out loud what it needs; None means anybody.

    lobby: reachable in a community that is not open to the person yet (to join it).
    tokenless: a form that needs no token; it must then prove that our own page sent it.
    """

    needs: Action | None
    lobby: bool
    tokenless: bool


class GuardedSocket(WebSocketRoute):
    """A WebSocket route that says what it needs."""

    needs: Action | None


def route(
    path: str,
    endpoint: Endpoint,
    *,
    needs: Action | None,
    methods: Sequence[str] = ("GET",),
    lobby: bool = False,
    tokenless: bool = False,
    name: str | None = None,
) -> GuardedRoute:
    """A page or form that runs only for those who may do `needs`."""

    async def guarded(request: Request) -> Response:
        began = perf_counter()
        status = 500
        try:
            response = await admit(request)
            status = response.status_code
            return response
        except ForumError as error:
            status = error.status
            raise
        except HTTPException as error:
            status = error.status_code
            raise
        except Exception as error:
            # Here and not in the outermost layer, so that the error page carries every header.
            return await on_crash(request, error)
        finally:
            services_of(request).metrics.answered(path, status, perf_counter() - began)

    async def admit(request: Request) -> Response:
        visit = visit_of(request)
        await _welcome(request, visit, public=needs is None)
        if request.method not in READING:
            await _check_form(request, visit, tokenless=tokenless)
        entry = _entry(visit, lobby)
        if entry is not None:
            return entry
        if needs is not None:
            require(visit.actor, needs, visit.place.id if visit.place else None)
        response = await endpoint(request)
        await _complete_cookies(request, visit, response)
        return response

    made = GuardedRoute(path, guarded, methods=list(methods), name=name or endpoint.__name__)
    made.needs, made.lobby, made.tokenless = needs, lobby, tokenless
    return made


def socket(path: str, endpoint: SocketEndpoint, *, needs: Action | None) -> GuardedSocket:
    """A WebSocket end that opens only for those who may do `needs`, from our own pages.

    A refusal is told after the handshake (4401 sign in, 4403 not for you, 4404 nothing here),
    because browsers hide the reason of a refused handshake.
    """

    async def guarded(websocket: WebSocket) -> None:
        settings = services_of(websocket).settings
        origin = websocket.headers.get("origin")
        if origin is None or not is_own_origin(origin, settings):
            await websocket.close(1008)
            return
        visit = visit_of(websocket)
        refusal = await _refusal(websocket, visit, needs)
        if refusal:
            await websocket.accept()
            await websocket.close(refusal)
            return
        await endpoint(websocket)

    made = GuardedSocket(path, guarded, name=endpoint.__name__)
    made.needs = needs
    return made


async def _welcome(connection: HTTPConnection, visit: Visit, *, public: bool) -> None:
    """Find out who asks and about which community."""
    services = services_of(connection)
    if any(isinstance(given, int) and given > MAX_ID for given in connection.path_params.values()):
        raise NotFound
    visit.guest_key = connection.cookies.get(guest_cookie(services.settings), "")
    visit.new_guest_key = not visit.guest_key
    visit.guest_key = visit.guest_key or new_token()
    slug = connection.path_params.get("community")
    token = connection.cookies.get(session_cookie(services.settings))
    if slug is None and token is None:
        return
    try:
        async with services.db.read() as reader:
            await _look_up(connection, visit, reader, token, slug)
    except ReadOnly:
        # Pages that anybody may read, Get help now first, stand without the database.
        if not public or slug is not None:
            raise
        visit.read_only = True


async def _look_up(
    connection: HTTPConnection, visit: Visit, reader: Reader, token: str | None, slug: str | None
) -> None:
    services = services_of(connection)
    if token:
        found = await services.door.actor(reader, token, services.clock.now())
        visit.actor = found or GUEST
        visit.unread_notices = visit.actor.unread_notices
    if slug is not None:
        visit.place = await services.door.place(reader, slug, visit.actor)
        if visit.place is None:
            raise NotFound


async def _complete_cookies(request: Request, visit: Visit, response: Response) -> None:
    """Set what this browser must keep from now on."""
    services = services_of(request)
    if visit.guest_key_used and visit.new_guest_key:
        give_guest(response, services.settings, visit.guest_key)
    if visit.actor.has_stale_session and _is_page(request) and response.status_code < 400:
        # Somebody with new rights gets a new cookie: an older copy of it opens nothing.
        token = await _renewed(services, visit.actor)
        if token:
            give_session(response, services.settings, token)


async def _renewed(services: Services, actor: Actor) -> str | None:
    try:
        async with services.db.write() as tx:
            return await services.door.renew(tx, actor)
    except ReadOnly:
        return None  # later; pages must stand while nothing can be stored


def _is_page(request: Request) -> bool:
    """Whether the browser opens a page, rather than a script asking beside it."""
    return request.method == "GET" and request.headers.get("sec-fetch-mode") in (None, "navigate")


def _entry(visit: Visit, lobby: bool) -> Response | None:
    """The way to the lobby for those who have not joined; None when they may go on."""
    place = visit.place
    if place is None or lobby or place.is_open_to(visit.actor):
        return None
    if visit.actor.is_guest:
        raise SignInFirst
    return RedirectResponse(f"/c/{place.slug}/join", 303)


async def _check_form(request: Request, visit: Visit, *, tokenless: bool) -> None:
    """Take the form in, and take it only from our own page."""
    services = services_of(request)
    check = check_sent_from_here if tokenless else check_origin
    check(request.headers, services.settings)
    if int(request.headers.get("content-length", 0)) > MAX_FORM_BYTES:
        raise TooLarge
    try:
        visit.sent = Sent(await request.form(max_files=0, max_fields=MAX_FORM_FIELDS))
    except UnicodeDecodeError as error:
        raise BadRequest("The text is not in a form we can read (UTF-8).") from error
    if tokenless:
        return
    token = request.headers.get(TOKEN_HEADER) or visit.sent.get(TOKEN_FIELD)
    owner = form_owner(visit)
    if visit.actor.is_guest and visit.new_guest_key:
        raise FormExpired
    check_token(services.key, owner, token)


async def _refusal(websocket: WebSocket, visit: Visit, needs: Action | None) -> int | None:
    try:
        await _welcome(websocket, visit, public=False)
    except NotFound:
        return 4404
    except ReadOnly:
        return 1013
    place = visit.place
    closed = place is not None and not place.is_open_to(visit.actor)
    if closed or (needs and not may(visit.actor, needs, place.id if place else None)):
        return 4401 if visit.actor.is_guest else 4403
    return None
