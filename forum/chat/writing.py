"""Forms of rooms: saying something, changing it, taking it back; making and changing a room."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forum.chat import actions, forms, protocol, queries, upkeep
from forum.chat.actions import Posted
from forum.chat.models import Message, Room
from forum.chat.pages import room_address, room_page
from forum.chat.words import tokens
from forum.errors import ForumError, Invalid, NotFound
from forum.ids import new_form_id
from forum.screening.verdict import Need
from forum.web.errors import wants_json
from forum.web.forms import Sent
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

ROOM_FIELDS = ("name", "slug", "about", "position", "slow_seconds", "is_closed", "form_id")


async def say(request: Request) -> Response:
    """A message from a form, or from a script without a WebSocket."""
    sent = sent_of(request)
    cid, text = sent.get("cid"), sent.get("text")
    try:
        posted = await _say(request, forms.message(cid, text))
    except Invalid as error:
        if wants_json(request):
            return _refused(cid, error)
        return await room_page(request, {"text": text, "cid": cid or new_form_id()}, error.fields)
    except ForumError as error:
        if wants_json(request):
            return _refused(cid, error)
        raise
    if wants_json(request):
        frame = protocol.ack(cid, posted.seq, panel=posted.need >= Need.SUPPORT)
        return Response(frame, 201 if posted.is_new else 200, media_type="application/json")
    room = room_address(place_of(request), request.path_params["room"])
    return RedirectResponse(room + _anchor(posted), 303)


async def _say(request: Request, draft: forms.MessageDraft) -> Posted:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        room = await queries.room(reader, place, actor, request.path_params["room"])
    return await actions.post_message(services, actor, place, room.id or 0, draft)


async def edit_form(request: Request) -> Response:
    """One's own message, to change it."""
    message, room = await _own(request)
    return _edit_page(request, message, room, {"text": message.text})


async def save_edit(request: Request) -> Response:
    """Change it and show it."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    message, room = await _own(request)
    sent = sent_of(request)
    try:
        posted = await actions.edit_message(
            services,
            actor,
            place,
            message.id or 0,
            sent.number("version") or 0,
            forms.words(sent.get("text")),
        )
    except Invalid as error:
        return _edit_page(request, message, room, {"text": sent.get("text")}, error.fields)
    return RedirectResponse(room_address(place, room) + _anchor(posted), 303)


async def remove_form(request: Request) -> Response:
    """Ask once more before one's own words are taken back."""
    message, room = await _own(request)
    back = room_address(place_of(request), room)
    shown = {"message": message, "room": room, "back": back, "words": tokens(message.text)}
    return page(request, "chat/remove.html", shown)


async def remove(request: Request) -> Response:
    """Take it back."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    message, room = await _own(request)
    await actions.remove_message(services, actor, place, message.id or 0)
    return RedirectResponse(f"{room_address(place, room)}#message-{message.seq}", 303)


async def new_room(request: Request) -> Response:
    """The empty form of a room."""
    return _room_form(request, {"form_id": new_form_id()})


async def create_room(request: Request) -> Response:
    """Make a room and go there."""
    sent, place = sent_of(request), place_of(request)
    form_id = sent.get("form_id")
    try:
        if not 8 <= len(form_id) <= 40:
            raise Invalid({"": forms.SEND_AGAIN})
        slug = await upkeep.create_room(
            services_of(request), actor_of(request), place, forms.room(sent), form_id
        )
    except Invalid as error:
        return _room_form(request, _kept(sent), error.fields)
    return RedirectResponse(room_address(place, slug), 303)


async def edit_room(request: Request) -> Response:
    """A room, to change it."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        room = await queries.room(reader, place, actor, request.path_params["room"])
    values = {name: getattr(room, name) for name in ROOM_FIELDS if name != "form_id"}
    return _room_form(request, values, slug=room.slug)


async def save_room(request: Request) -> Response:
    """Change a room and show it."""
    services, actor = services_of(request), actor_of(request)
    sent, place, slug = sent_of(request), place_of(request), request.path_params["room"]
    async with services.db.read() as reader:
        await queries.room(reader, place, actor, slug)  # not here is not found, form or no form
    try:
        draft = forms.room(sent, slug=slug)
        await upkeep.change_room(services, actor, place, draft)
    except Invalid as error:
        return _room_form(request, _kept(sent), error.fields, slug=slug)
    return RedirectResponse(room_address(place, slug), 303)


async def _own(request: Request) -> tuple[Message, Room]:
    """The person's own message and its room. Raises NotFound, also in another room's address."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    message_id = int(request.path_params["message"])
    if message_id >= 2**31:
        raise NotFound
    async with services.db.read() as reader:
        room = await queries.room(reader, place, actor, request.path_params["room"])
        message = await queries.own_message(reader, place, actor, message_id)
    if message.room_id != room.id:
        raise NotFound
    return message, room


def _edit_page(
    request: Request,
    message: Message,
    room: Room,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
) -> Response:
    back = room_address(place_of(request), room)
    shown = {
        "message": message,
        "room": room,
        "back": back,
        "values": values,
        "errors": errors or {},
        "max_text": forms.MAX_TEXT,
    }
    return page(request, "chat/edit.html", shown, 422 if errors else 200)


def _room_form(
    request: Request,
    values: dict[str, object],
    errors: dict[str, str] | None = None,
    slug: str = "",
) -> Response:
    shown = {
        "slug": slug,
        "values": values,
        "errors": errors or {},
        "max_name": forms.MAX_NAME,
        "max_about": forms.MAX_ABOUT,
    }
    return page(request, "chat/room_form.html", shown, 422 if errors else 200)


def _kept(sent: Sent) -> dict[str, object]:
    """What was sent, to be shown in the form again."""
    kept: dict[str, object] = {name: sent.get(name) for name in ROOM_FIELDS}
    return kept | {"form_id": sent.get("form_id") or new_form_id()}


def _anchor(posted: Posted) -> str:
    """Where the person lands: at their note if there is one, else at their words."""
    if posted.seq is None:
        return "?told=care#told-care"
    return "#care-panel" if posted.need >= Need.CONCERN else f"#message-{posted.seq}"


def _refused(cid: str, error: ForumError) -> Response:
    return Response(protocol.refused(cid, error), error.status, media_type="application/json")
