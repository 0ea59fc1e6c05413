"""A member's own side of care: their page, their line, asking for someone, telling of a worry."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.care import asking, forms, line, queries, wording
from forum.care.panel import (
    ABOUT_OTHER,
    OK,
    country_name,
    lines_for,
    panel_for,
    reach_of,
    status_of,
)
from forum.care.socket import line_live
from forum.errors import BadRequest, Invalid, ReadOnly
from forum.ids import new_form_id
from forum.peers.queries import coverage
from forum.permissions import Action
from forum.screening.verdict import Need
from forum.web.errors import wants_json
from forum.web.guard import route, socket
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of


async def care(request: Request) -> Response:
    """My page: where my call is, the panel, the help lines, and my line to the care team."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        case = await queries.open_case_of(reader, place.id, actor.id)
        context = {
            "panel": await panel_for(reader, actor, place, now),
            "status": await status_of(reader, case) if case else None,
            "reach": await reach_of(reader, actor, place, case, now),
            "written": await queries.line_of(reader, place.id, actor.id),
            "lines": lines_for(actor, place, Need.CRISIS, now.date()),
            "country": country_name(actor, place),
            "asked": request.query_params.get("asked") == "yes",
            "noted": _noted(request),
            "back": forms.way_back(request.query_params.get("back", ""), place.slug),
            "wording": wording,
        }
    return page(request, "care/mine.html", context)


def _noted(request: Request) -> str:
    """The answer to what was said to the panel; the query only chooses among our sentences."""
    actor, place, query = actor_of(request), place_of(request), request.query_params
    today = services_of(request).clock.now().date()
    if query.get("noted") == ABOUT_OTHER:
        return wording.about_someone_else(lines_for(actor, place, Need.CRISIS, today))
    if query.get("noted") == OK:
        return wording.not_about_me(int(query.get("level") == "4") * 4)
    return ""


async def care_panel(request: Request) -> Response:
    """The panel alone, for scripts; 204 when there is nothing to show."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        panel = await panel_for(reader, actor, place, services.clock.now())
    if panel is None:
        return Response(status_code=204)
    return page(request, "care/panel.html", {"panel": panel})


async def say_to_panel(request: Request) -> Response:
    """I am OK, or it is about someone else: noted, put away, and told what happens now."""
    services, actor, place, sent = (
        services_of(request),
        actor_of(request),
        place_of(request),
        sent_of(request),
    )
    says = sent.get("says")
    if says not in (OK, ABOUT_OTHER):
        raise BadRequest
    level = await asking.answer_panel(services, actor, place, says)
    if wants_json(request):
        lines = lines_for(actor, place, Need.CRISIS, services.clock.now().date())
        other = says == ABOUT_OTHER
        text = wording.about_someone_else(lines) if other else wording.not_about_me(int(level))
        return JSONResponse({"text": text})
    back = quote(forms.way_back(sent.get("back"), place.slug))
    there = f"/c/{place.slug}/care?noted={says}&level={int(level)}&back={back}"
    return RedirectResponse(there, 303)


async def my_line(request: Request) -> Response:
    """The private line: what was written, and a box to write in."""
    return await _line_page(request, {"form_id": new_form_id()}, {})


async def _line_page(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        case = await queries.open_case_of(reader, place.id, actor.id)
        written = await queries.line_of(reader, place.id, actor.id)
        context: dict[str, Any] = {
            "written": written,
            "status": await status_of(reader, case) if case else None,
            "on": await coverage(reader, place.id, now),
            "values": values,
            "errors": errors,
            "wording": wording,
        }
    await _see(request, written)
    return page(request, "care/line.html", context, status)


async def _see(request: Request, written: list[queries.Letter]) -> None:
    """Note that the person has the answers before them: those who wait for it may rest.

    The one write on a read path here: at most once for each message, and never in its way.
    """
    if any(letter.from_team and letter.read_at is None for letter in written):
        try:
            await line.mark_read(services_of(request), actor_of(request), place_of(request).id)
        except ReadOnly:
            return


async def write_line(request: Request) -> Response:
    """Write to the care team."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    sent = sent_of(request)
    try:
        words = forms.read_words(sent)
        await line.write(services, actor, place, words.text, words.form_id)
    except Invalid as error:
        return await _line_page(request, forms.typed(sent, "text", "form_id"), error.fields, 422)
    return RedirectResponse(f"/c/{place.slug}/care/line#newest", 303)


async def line_events(request: Request) -> Response:
    """The newest message's number and time of change, for pages without a socket."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        written = await queries.line_of(reader, place.id, actor.id)
        case = await queries.open_case_of(reader, place.id, actor.id)
    last = written[-1].id if written else 0
    return JSONResponse({"last": last, "state": case.state if case else ""})


async def need(request: Request) -> Response:
    """I need someone now. Whoever cannot be answered here is sent on to the help lines."""
    if not actor_of(request).may(Action.SOMEONE_ASK, place_of(request).id):
        return RedirectResponse("/help-now", 303)
    return await _need_page(request, {"form_id": new_form_id()}, {})


async def _need_page(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    context = {
        "lines": lines_for(actor, place, Need.CRISIS, now.date()),
        "country": country_name(actor, place),
        "values": values,
        "errors": errors,
        "wording": wording,
    }
    return page(request, "care/need.html", context, status)


async def ask_for_someone(request: Request) -> Response:
    """Take the call. What could not be stored is never said to be heard."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    if not actor.may(Action.SOMEONE_ASK, place.id):
        return RedirectResponse("/help-now", 303)
    sent = sent_of(request)
    typed = forms.typed(sent, "text", "form_id")
    try:
        await asking.need_someone(services, actor, place, forms.read_words(sent, optional=True))
    except Invalid as error:
        return await _need_page(request, typed, error.fields, 422)
    except ReadOnly:
        return await _need_page(request, typed, {"": wording.NOT_SAVED}, 503)
    return RedirectResponse(f"/c/{place.slug}/care?asked=yes", 303)


async def worry(request: Request) -> Response:
    """I'm worried about someone: about this post, or about somebody by name."""
    about = request.query_params.get("about", "")
    return await _worry_page(request, {"about": about, "form_id": new_form_id()}, {})


async def _worry_page(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    about = forms.parse_about(values.get("about", ""))
    whom = None
    if about is not None:
        async with services.db.read() as reader:
            whom = await asking.whom(services, reader, actor, place, about)
    context = {
        "whom": whom,
        "is_self": whom is not None and whom.person_id == actor.account_id,
        "values": values,
        "errors": errors,
        "wording": wording,
    }
    return page(request, "care/worry.html", context, status)


async def tell_worry(request: Request) -> Response:
    """Take the worry, and say thanks with what one can do oneself."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    sent = sent_of(request)
    try:
        await asking.worry(services, actor, place, forms.read_worry(sent))
    except Invalid as error:
        kept = forms.typed(sent, "about", "name", "text", "soon", "form_id")
        return await _worry_page(request, kept, error.fields, 422)
    return RedirectResponse(f"/c/{place.slug}/worry/thanks", 303)


async def worry_thanks(request: Request) -> Response:
    """Thank you for looking out for them."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        on = await coverage(reader, place.id, now)
    lines = lines_for(actor, place, Need.CRISIS, now.date())
    context = {
        "thanks": wording.worry_thanks(on.on_duty > 0, lines),
        "lines": lines,
        "country": country_name(actor, place),
    }
    return page(request, "care/worry_thanks.html", context)


_HOME = "/c/{community}"
# lobby: whoever left, or never joined, still reads what was said to them and finds help.
ROUTES: list[BaseRoute] = [
    route(f"{_HOME}/care", care, needs=Action.LINE_OWN, lobby=True),
    route(f"{_HOME}/care/panel", care_panel, needs=Action.LINE_OWN, lobby=True),
    route(f"{_HOME}/care/panel", say_to_panel, needs=Action.LINE_OWN, methods=["POST"], lobby=True),
    route(f"{_HOME}/care/line", my_line, needs=Action.LINE_OWN, lobby=True),
    route(f"{_HOME}/care/line", write_line, needs=Action.LINE_OWN, methods=["POST"], lobby=True),
    route(f"{_HOME}/care/line/events", line_events, needs=Action.LINE_OWN, lobby=True),
    socket(f"{_HOME}/care/live", line_live, needs=Action.LINE_OWN),
    route(f"{_HOME}/need", need, needs=None, lobby=True),
    route(f"{_HOME}/need", ask_for_someone, needs=None, methods=["POST"], lobby=True),
    route(f"{_HOME}/worry", worry, needs=Action.WORRY_CREATE),
    route(f"{_HOME}/worry", tell_worry, needs=Action.WORRY_CREATE, methods=["POST"]),
    route(f"{_HOME}/worry/thanks", worry_thanks, needs=Action.WORRY_CREATE),
]
