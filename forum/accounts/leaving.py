"""Leaving in a hurry: the session locks, and only the password opens it again."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forum.accounts import actions
from forum.accounts.browsers import browser_of
from forum.accounts.forms import typed_password
from forum.accounts.paths import local_path
from forum.errors import Invalid
from forum.web.cookies import give_session
from forum.web.pages import page
from forum.web.state import actor_of, sent_of, services_of

SIGN_IN_PAGE = "/sign-in"


async def leave(request: Request) -> Response:
    """Lock this browser's session; sent as a beacon by a page that is going away."""
    await actions.leave(services_of(request), browser_of(request))
    return Response(status_code=204)


async def unlock(request: Request) -> Response:
    """Ask for the password only. The page names neither the person nor the place."""
    if request.method == "GET":
        onward = local_path(request.query_params.get("next", ""))
        if not actor_of(request).is_guest:
            return RedirectResponse(onward, 303)
        return _unlock_form(request, onward, {})
    services, sent = services_of(request), sent_of(request)
    onward = local_path(sent.get("next"))
    try:
        token = await actions.unlock(services, typed_password(sent), browser_of(request))
    except Invalid as error:
        return _unlock_form(request, onward, error.fields)
    if token is None:
        return RedirectResponse(SIGN_IN_PAGE, 303)
    response = RedirectResponse(onward, 303)
    give_session(response, services.settings, token)
    return response


def _unlock_form(request: Request, onward: str, errors: Mapping[str, str]) -> Response:
    context = {"next": onward, "errors": errors, "discreet": True}
    return page(request, "accounts/unlock.html", context, 422 if errors else 200)
