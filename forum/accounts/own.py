"""Pages of a person's own account: profile, password, sessions."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forum.accounts import actions, credentials, queries
from forum.accounts.entrance import show_code
from forum.accounts.forms import (
    MAX_ABOUT,
    countries,
    kept,
    read_new_password,
    read_profile,
    timezones,
    typed_password,
)
from forum.accounts.models import Account
from forum.errors import Invalid, NotFound
from forum.screening.screener import Context
from forum.screening.verdict import Need, Surface
from forum.web.cookies import give_session
from forum.web.pages import page
from forum.web.state import actor_of, sent_of, services_of

PROFILE_FIELDS = ("about", "email", "country", "timezone", "discreet")


async def settings(request: Request) -> Response:
    """The profile, and the way to everything else about the account."""
    services, actor = services_of(request), actor_of(request)
    if request.method == "GET":
        own = await own_account(request)
        values = {name: getattr(own, name) or "" for name in PROFILE_FIELDS[:-1]}
        return await _profile(request, values | ({"discreet": "yes"} if own.is_discreet else {}))
    sent = sent_of(request)
    try:
        await actions.save_profile(services, actor, read_profile(sent))
    except Invalid as error:
        return await _profile(request, kept(sent, *PROFILE_FIELDS), error.fields)
    return RedirectResponse("/settings?saved=profile", 303)


async def password(request: Request) -> Response:
    """Change the password; every other session ends."""
    if request.method == "GET":
        return await _password_form(request)
    services, actor, sent = services_of(request), actor_of(request), sent_of(request)
    try:
        new = read_new_password(sent, actor.name)
        token = await credentials.change_password(services, actor, typed_password(sent), new)
    except Invalid as error:
        return await _password_form(request, error.fields)
    response = RedirectResponse("/settings/password?saved=password", 303)
    give_session(response, services.settings, token)
    return response


async def recovery_code(request: Request) -> Response:
    """Make a new recovery code; the old one opens nothing any more."""
    if request.method == "GET":
        return await _code_form(request)
    services, actor = services_of(request), actor_of(request)
    try:
        given = typed_password(sent_of(request))
        code = await credentials.renew_recovery_code(services, actor, given)
    except Invalid as error:
        return await _code_form(request, error.fields)
    return await show_code(request, code)


async def session_list(request: Request) -> Response:
    """Where this person is signed in."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as reader:
        mine = await queries.sessions_of(reader, actor.id, services.clock.now())
    return page(request, "accounts/sessions.html", {"sessions": mine})


async def end_session(request: Request) -> Response:
    """End one session; ending this one is signing out."""
    session_id = request.path_params["session_id"]
    await actions.end_session(services_of(request), actor_of(request), session_id)
    return RedirectResponse("/settings/sessions", 303)


async def end_other_sessions(request: Request) -> Response:
    """End every session but this one."""
    await actions.end_other_sessions(services_of(request), actor_of(request))
    return RedirectResponse("/settings/sessions?saved=ended", 303)


async def own_account(request: Request) -> Account:
    """The account of the person who asks. Raises NotFound when it was erased a moment ago."""
    async with services_of(request).db.read() as reader:
        own = await queries.account(reader, actor_of(request).id)
    if own is None:
        raise NotFound
    return own


async def _profile(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> Response:
    context = {
        "values": values,
        "errors": errors or {},
        "countries": countries(),
        "timezones": timezones(),
        "max_about": MAX_ABOUT,
        "is_heavy": await _sounds_heavy(request, values.get("about", "")),
    }
    return page(request, "accounts/settings.html", context, 422 if errors else 200)


async def _sounds_heavy(request: Request, about: str) -> bool:
    """Whether the words are a reason to show the way to help. Nobody else reads them."""
    if not about:
        return False
    context = Context(surface=Surface.BOARD)
    verdict = await services_of(request).screener.screen(about, context)
    return verdict.need >= Need.CONCERN


async def _password_form(request: Request, errors: Mapping[str, str] | None = None) -> Response:
    return page(request, "accounts/password.html", {"errors": errors or {}}, 422 if errors else 200)


async def _code_form(request: Request, errors: Mapping[str, str] | None = None) -> Response:
    own = await own_account(request)
    context = {"errors": errors or {}, "saved_at": own.recovery_saved_at}
    return page(request, "accounts/new_code.html", context, 422 if errors else 200)
