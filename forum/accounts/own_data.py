"""Pages for taking everything along, and for erasing it."""

import re
from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from forum.accounts import personal
from forum.accounts.forms import typed_password
from forum.errors import Invalid, StillNeeded
from forum.web.cookies import take_session
from forum.web.pages import page
from forum.web.state import actor_of, sent_of, services_of

FILE_NAME = "my-data.json"  # says nothing about the place, since it lies in a downloads folder
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
# What the page calls things that the file names for machines.
IN_WORDS = {
    "email": "e-mail",
    "timezone": "time zone",
    "is_discreet": "discreet mode",
    "is_site_admin": "runs the site",
    "created_at": "began",
    "age_confirmed_at": "told your age",
    "terms_agreed_at": "agreed to the terms",
    "sensitive_agreed_at": "agreed to words about health being kept",
    "recovery_saved_at": "recovery code kept safe",
    "seen_at": "last seen",
    "expires_at": "ends",
    "locked_at": "locked",
    "read_at": "read",
}
WORDS = (
    ("remove", "Remove my words", "Posts and messages go. Answers to them stay."),
    ("keep", "Keep my words, without my name", "They stay for those they help, signed by nobody."),
)


async def export(request: Request) -> Response:
    """Everything that is kept about this person, to read."""
    found = await personal.collect(services_of(request), actor_of(request))
    shown = {name: readable(kept) for name, kept in found.items()}
    return page(request, "accounts/export.html", {"domains": shown})


async def export_json(request: Request) -> Response:
    """The same, for a machine."""
    services = services_of(request)
    found = await personal.collect(services, actor_of(request))
    whole = {"exported_at": services.clock.now().isoformat()} | found
    headers = {"content-disposition": f'attachment; filename="{FILE_NAME}"'}
    return JSONResponse(whole, headers=headers)


async def erase(request: Request) -> Response:
    """Say what goes and what stays; with the password, erase at once."""
    if request.method == "GET":
        return _erase_form(request, {}, {})
    services, sent = services_of(request), sent_of(request)
    choice = sent.get("words")
    try:
        if choice not in ("remove", "keep"):
            raise Invalid({"words": "Please choose what happens to your words."})
        keep_words = choice == "keep"
        given = typed_password(sent)
        await personal.erase(services, actor_of(request), given, keep_words=keep_words)
    except Invalid as error:
        return _erase_form(request, {"words": choice}, error.fields)
    except StillNeeded as error:
        return _erase_form(request, {"words": choice}, {"": error.advice}, error.status)
    response = RedirectResponse("/erased", 303)
    take_session(response, services.settings)
    return response


async def erased(request: Request) -> Response:
    """Good-bye, with the way to help still open."""
    return page(request, "accounts/erased.html")


def readable(kept: object) -> object:
    """Exported data with its moments as datetimes, which the page shows in the reader's time."""
    if isinstance(kept, Mapping):
        return {_in_words(str(name)): readable(value) for name, value in kept.items()}
    if isinstance(kept, list | tuple):
        return [readable(value) for value in kept]
    if isinstance(kept, str) and MOMENT.fullmatch(kept):
        try:
            return datetime.fromisoformat(kept)
        except ValueError:
            return kept  # a person's own words may begin like a date
    return kept


def _in_words(name: str) -> str:
    return IN_WORDS.get(name, name.replace("_", " "))


def _erase_form(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str], status: int = 422
) -> Response:
    context = {"values": values, "errors": errors, "choices": WORDS}
    return page(request, "accounts/erase.html", context, status if errors else 200)
