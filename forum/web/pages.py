"""Pages: Jinja templates, static files with a version in their address."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from forum import __version__
from forum.web.forms import TOKEN_FIELD, form_token
from forum.web.state import Visit, services_of, visit_of

_PACKAGED = Path(__file__).parent.parent / "_pages"
ROOT = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"


@dataclass(frozen=True, slots=True)
class NavLink:
    """A line of the menu as this person sees it."""

    label: str
    href: str
    current: bool


@cache
def environment() -> Environment:
    """The one template environment: escaped, and strict about missing names."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_url
    made.globals["version"] = __version__
    return made


@cache
def static_url(path: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep it for ever."""
    digest = sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


def page(
    request: Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HTMLResponse:
    """A whole page with what every page shows around its own `context`."""
    html = environment().get_template(template).render(around(request) | dict(context or {}))
    return HTMLResponse(html, status)


def around(request: Request) -> dict[str, Any]:
    """What every template gets: templates/README.md lists it."""
    services, visit = services_of(request), visit_of(request)
    settings = services.settings
    return {
        "request": request,
        "actor": visit.actor,
        "site_name": settings.site_name,
        "leave_to": settings.leave_url,
        "community": visit.place,
        "csrf_field": lambda: _csrf_field(request),
        "csrf_token": lambda: _csrf_token(request),
        "demo": settings.demo,
        "coverage": None,
        "panel": None,
        "unread_notices": visit.unread_notices,
        "now": services.clock.now(),
        "nav": _nav(request, visit),
        "discreet": visit.actor.is_discreet,
        "lang": "en",
        "dir": "ltr",
        "read_only": visit.read_only,
    }


def form_owner(visit: Visit) -> str:
    """Whose forms these are: the session's, else the guest's browser's."""
    return visit.actor.session_key or visit.guest_key


def _csrf_token(request: Request) -> str:
    visit = visit_of(request)
    visit.guest_key_used = visit.actor.is_guest
    return form_token(services_of(request).key, form_owner(visit))


def _csrf_field(request: Request) -> Markup:
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format(TOKEN_FIELD, _csrf_token(request))


def _nav(request: Request, visit: Visit) -> list[NavLink]:
    place = visit.place
    if place is None:
        return []
    here = request.url.path
    links = []
    for item in services_of(request).nav:
        if visit.actor.may(item.needs, place.id):
            href = item.path.format(community=place.slug)
            current = here == href or (item.path.count("/") > 2 and here.startswith(href + "/"))
            links.append(NavLink(item.label, href, current))
    return links
