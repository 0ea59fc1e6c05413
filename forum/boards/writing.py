"""Pages to write on: a new topic, an answer, an edit, taking a post back."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum.boards import actions, forms, queries
from forum.boards.actions import Written
from forum.boards.privately import ToldPrivately
from forum.boards.queries import OwnPost
from forum.boards.reading import (
    address,
    note_options,
    post_id,
    show_topic,
    to,
    to_post,
    topic_id,
)
from forum.boards.wording import split
from forum.care.panel import panel_for
from forum.content import Visibility
from forum.errors import Invalid, NotFound
from forum.ids import new_form_id
from forum.markup import MAX_CHARACTERS, stored
from forum.screening.verdict import Need
from forum.web.errors import wants_json
from forum.web.forms import Sent
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

CARE = "care-panel"  # the panel's anchor: whoever may need someone sees it and their post below


async def new_topic(request: Request) -> Response:
    """The empty form of a new topic."""
    return await _topic_form(request, {"form_id": new_form_id()})


async def create_topic(request: Request) -> Response:
    """Begin a topic, or show what it would look like."""
    sent = sent_of(request)
    try:
        draft = await forms.topic(sent)
    except Invalid as error:
        return await _topic_form(request, _kept(sent), error.fields)
    if sent.has("preview"):
        return await _topic_form(request, _kept(sent), preview=stored(draft.html))
    written = await actions.create_topic(
        services_of(request),
        actor_of(request),
        place_of(request),
        request.path_params["board"],
        draft,
    )
    return _went_well(request, written)


async def reply(request: Request) -> Response:
    """Answer in a topic, or show what the answer would look like."""
    sent, asked = sent_of(request), topic_id(request)
    again = partial(
        show_topic,
        request,
        asked,
        sent.number("page") or 1,
        answers=sent.number("answers"),
        values=_kept(sent),
    )
    try:
        draft = await forms.reply(sent)
    except Invalid as error:
        return await again(errors=error.fields)
    if sent.has("preview"):
        return await again(preview=stored(draft.html))
    written = await actions.reply(
        services_of(request), actor_of(request), place_of(request), asked, draft
    )
    return _went_well(request, written)


async def edit_form(request: Request) -> Response:
    """One's own post, to change it."""
    own = await _own(request)
    title, words = split(own.text, own.number)
    values = {
        "form_id": new_form_id(),
        "title": title,
        "text": words,
        "note": own.note,
        "version": own.version,
    }
    return _edit_page(request, own, values)


async def edit(request: Request) -> Response:
    """Change one's own post, or show what it would look like."""
    own, sent = await _own(request), sent_of(request)
    try:
        draft = await (forms.topic(sent) if own.number == 1 else forms.reply(sent))
    except Invalid as error:
        return _edit_page(request, own, _kept(sent), error.fields)
    if sent.has("preview"):
        return _edit_page(request, own, _kept(sent), preview=stored(draft.html))
    written = await actions.edit(
        services_of(request),
        actor_of(request),
        place_of(request),
        own.id,
        sent.number("version") or 0,
        draft,
    )
    return _went_well(request, written)


async def remove_form(request: Request) -> Response:
    """The question before a post is taken back."""
    own = await _own(request)
    shown = {"own": own, "back": address(place_of(request).slug, own.topic_id, own.number)}
    return page(request, "boards/remove.html", shown)


async def remove(request: Request) -> Response:
    """Take one's own post back."""
    place = place_of(request)
    written = await actions.remove(services_of(request), actor_of(request), place, post_id(request))
    return to_post(place.slug, written.topic_id, written.number)


async def told_privately(request: Request) -> Response:
    """What became of urgent words that may not stand on a board."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        panel = await panel_for(reader, actor, place, services.clock.now())
    return page(request, "boards/told_privately.html", {"panel": panel})


async def _topic_form(
    request: Request,
    values: dict[str, object],
    errors: dict[str, str] | None = None,
    preview: object = None,
) -> Response:
    services, place = services_of(request), place_of(request)
    async with services.db.read() as reader:
        board = await queries.board(reader, place, request.path_params["board"])
    shown = {
        "board": board,
        "values": values,
        "errors": errors or {},
        "preview": preview,
        "notes": note_options(),
        "max_title": forms.MAX_TITLE,
        "max_characters": MAX_CHARACTERS,
    }
    return page(request, "boards/new_topic.html", shown, 422 if errors else 200)


async def _own(request: Request) -> OwnPost:
    services, place = services_of(request), place_of(request)
    async with services.db.read() as reader:
        own = await queries.own_post(reader, place, actor_of(request), post_id(request))
    if own.visibility == Visibility.REMOVED.value:
        raise NotFound
    return own


def _edit_page(
    request: Request,
    own: OwnPost,
    values: dict[str, object],
    errors: dict[str, str] | None = None,
    preview: object = None,
) -> Response:
    shown = {
        "own": own,
        "back": address(place_of(request).slug, own.topic_id, own.number),
        "values": values,
        "errors": errors or {},
        "preview": preview,
        "notes": note_options(),
        "max_title": forms.MAX_TITLE,
        "max_characters": MAX_CHARACTERS,
    }
    return page(request, "boards/edit.html", shown, 422 if errors else 200)


def _kept(sent: Sent) -> dict[str, object]:
    """What was sent, to be shown in the form again."""
    kept: dict[str, object] = {name: sent.get(name) for name in ("title", "text", "note")}
    kept["form_id"] = sent.get("form_id") or new_form_id()
    return kept | {"version": sent.number("version") or 0}


def _went_well(request: Request, written: Written | ToldPrivately) -> Response:
    """To the post; whoever may need someone lands at the panel, which stands above it."""
    if isinstance(written, ToldPrivately):
        url = f"/c/{place_of(request).slug}/told-privately"
        return JSONResponse({"url": url}, 202) if wants_json(request) else to(url)
    anchor = CARE if written.need >= Need.CONCERN else ""
    url = address(place_of(request).slug, written.topic_id, written.number, anchor)
    if wants_json(request):
        body = {"post": written.post_id, "number": written.number, "url": url}
        return JSONResponse(body, 201)
    return to(url)
