"""Pages of the way in and out: sign up, sign in, sign out, come back with the code."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forum.accounts import actions, credentials, queries
from forum.accounts.browsers import browser_of
from forum.accounts.forms import (
    MAX_TYPED_NAME,
    TooYoung,
    countries,
    kept,
    read_recovery,
    read_sign_up,
    timezones,
    typed_password,
)
from forum.accounts.paths import local_path
from forum.errors import Invalid
from forum.ids import new_form_id
from forum.permissions import GUEST
from forum.web.cookies import give_session, take_session
from forum.web.pages import page
from forum.web.state import actor_of, sent_of, services_of, visit_of

Texts = Mapping[str, str]  # by field name
Form = Callable[[Request, Texts, Texts], Response]  # draws a form with values and mistakes

SIGN_UP_FIELDS = (
    *("name", "age", "email", "country", "timezone", "terms", "sensitive", "form_id", "next"),
)


async def sign_up(request: Request) -> Response:
    """Make an account; the recovery code is on the page that answers, and nowhere else."""
    if request.method == "GET":
        return await _form_or_onward(request, _sign_up_form)
    services, sent = services_of(request), sent_of(request)
    try:
        new = read_sign_up(sent, services.settings.minimum_age)
        entered = await actions.sign_up(services, new, browser_of(request))
    except TooYoung:
        return page(request, "accounts/too_young.html")
    except Invalid as error:
        return _sign_up_form(request, kept(sent, *SIGN_UP_FIELDS), error.fields)
    return await show_code(request, entered.recovery_code, entered.token)


async def sign_in(request: Request) -> Response:
    """Sign in, and go on to where the person was going."""
    if request.method == "GET":
        return await _form_or_onward(request, _sign_in_form)
    services, sent = services_of(request), sent_of(request)
    name = sent.get("name")[:MAX_TYPED_NAME]
    try:
        token = await actions.sign_in(services, name, typed_password(sent), browser_of(request))
    except Invalid as error:
        return _sign_in_form(request, kept(sent, "name", "next"), error.fields)
    response = RedirectResponse(local_path(sent.get("next")), 303)
    give_session(response, services.settings, token)
    return response


async def sign_out(request: Request) -> Response:
    """End this browser's session."""
    services = services_of(request)
    await actions.sign_out(services, browser_of(request))
    response = RedirectResponse("/", 303)
    take_session(response, services.settings)
    return response


async def recover(request: Request) -> Response:
    """Come back with the recovery code: a new password, a new code, every session ended."""
    if request.method == "GET":
        return _recover_form(request, {}, {})
    services, sent = services_of(request), sent_of(request)
    try:
        recovery = read_recovery(sent)
        entered = await credentials.recover(services, recovery, browser_of(request))
    except Invalid as error:
        return _recover_form(request, kept(sent, "name", "code"), error.fields)
    return await show_code(request, entered.recovery_code, entered.token)


async def show_code(request: Request, code: str, token: str | None = None) -> Response:
    """The one page that shows a recovery code. token: a session that begins with this answer."""
    services = services_of(request)
    if token is not None:
        async with services.db.read() as reader:
            found = await services.door.actor(reader, token, services.clock.now())
        visit_of(request).actor = found or GUEST
    onward = local_path(sent_of(request).get("next"))
    response = page(request, "accounts/recovery_code.html", {"code": code, "next": onward})
    if token is not None:
        give_session(response, services.settings, token)
    return response


async def code_saved(request: Request) -> Response:
    """The person has put the code away safely."""
    await credentials.mark_code_saved(services_of(request), actor_of(request))
    return RedirectResponse(local_path(sent_of(request).get("next")), 303)


async def terms(request: Request) -> Response:
    """What people agree to, and what is kept about them, in plain words."""
    minimum_age = services_of(request).settings.minimum_age
    return page(request, "accounts/terms.html", {"minimum_age": minimum_age})


async def _form_or_onward(request: Request, form: Form) -> Response:
    """The form; or on, for somebody who is in already or has only to unlock."""
    onward = local_path(request.query_params.get("next", ""))
    if not actor_of(request).is_guest:
        return RedirectResponse(onward, 303)
    services = services_of(request)
    token = browser_of(request).token
    if token:
        async with services.db.read() as reader:
            locked = await queries.locked_session(reader, token, services.clock.now())
        if locked is not None:
            return RedirectResponse(f"/unlock?{urlencode({'next': onward})}", 303)
    return form(request, {"next": onward}, {})


def _sign_up_form(request: Request, values: Texts, errors: Texts) -> Response:
    filled = {"form_id": new_form_id()} | dict(values)
    lists = {"countries": countries(), "timezones": timezones()}
    context = {"values": filled, "errors": errors} | lists
    return page(request, "accounts/sign_up.html", context, 422 if errors else 200)


def _sign_in_form(request: Request, values: Texts, errors: Texts) -> Response:
    context = {"values": values, "errors": errors}
    return page(request, "accounts/sign_in.html", context, 422 if errors else 200)


def _recover_form(request: Request, values: Texts, errors: Texts) -> Response:
    context = {"values": values, "errors": errors}
    return page(request, "accounts/recover.html", context, 422 if errors else 200)
