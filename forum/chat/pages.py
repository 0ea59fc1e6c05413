"""Pages of rooms: the list, a room with its newest messages, and its events as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum.care.panel import panel_for
from forum.chat import queries
from forum.chat.actions import EDITABLE_FOR
from forum.chat.forms import MAX_TEXT
from forum.chat.models import Room
from forum.chat.protocol import shown
from forum.chat.queries import NEWEST, Said
from forum.chat.words import Token, tokens
from forum.content import Visibility
from forum.ids import new_form_id
from forum.peers.queries import coverage
from forum.permissions import Action, Actor
from forum.services import Place
from forum.web.pages import page
from forum.web.state import actor_of, place_of, services_of

AFTER_A_LINKED_ONE = 20  # messages shown after the one that a link leads to
STATES = {
    Visibility.SHOWN: "",
    Visibility.HIDDEN: "This message is hidden for now.",
    Visibility.REMOVED: "This message was taken back.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A message as one person's page shows it.

    hidden: why there are no words. note: a quiet word about it. message: its id, or a
    placeholder in the pattern from which the script draws.
    """

    message: int | str
    seq: int
    author: str
    badge: str
    said_at: datetime
    words: Sequence[Token]
    hidden: str
    note: str
    is_own: bool
    may_edit: bool
    may_remove: bool
    may_flag: bool


async def room_list(request: Request) -> Response:
    """The community's rooms."""
    actor, place = actor_of(request), place_of(request)
    services = services_of(request)
    async with services.db.read() as reader:
        found = await queries.rooms(reader, place, actor)
        on_now = await coverage(reader, place.id, services.clock.now())
    may_arrange = actor.may(Action.ROOM_CREATE, place.id)
    shown = {"rooms": found, "may_arrange": may_arrange, "coverage": on_now}
    return page(request, "chat/list.html", shown)


async def show_room(request: Request) -> Response:
    """A room: its newest messages, or older ones by number."""
    return await room_page(request)


async def room_page(
    request: Request,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """The room's page; with `values` and `errors` when a message was not taken."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    before, now = _before(request), services.clock.now()
    async with services.db.read() as reader:
        room = await queries.room(reader, place, actor, request.path_params["room"])
        said = await queries.newest(reader, room, now, before=before)
        panel = await panel_for(reader, actor, place, now)
        on_now = await coverage(reader, place.id, now)
    found = {
        "room": room,
        "lines": [line_of(one, place, actor, now) for one in said],
        "older": said[0].seq if len(said) == NEWEST else None,
        "is_newest": before is None,
        "values": {"text": "", "cid": new_form_id()} | dict(values or {}),
        "errors": errors or {},
        "panel": panel,
        "coverage": on_now,
        "may_write": actor.may(Action.SOMEONE_ASK, place.id) and not room.is_closed,
        "may_arrange": actor.may(Action.ROOM_CREATE, place.id),
        "is_told_care": "told" in request.query_params,
        "max_text": MAX_TEXT,
        "states": {state.value: words for state, words in STATES.items()},
        "patterns": [_pattern(own, place, actor, now) for own in (True, False)],
        "newest": room.last_event,
    }
    return page(request, "chat/room.html", found, 422 if errors else 200)


async def events(request: Request) -> Response:
    """What happened after event `after`, for browsers without WebSocket; like a replay there."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    after = request.query_params.get("after", "")
    last = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else None
    async with services.db.read() as reader:
        room = await queries.room(reader, place, actor, request.path_params["room"])
        epoch = request.query_params.get("epoch", "")
        replay = await queries.replay(reader, room, last, epoch, services.clock.now())
    return JSONResponse(
        {
            "epoch": room.epoch,
            "reset": replay.is_reset,
            "id": max([room.last_event, *(said.number for said in replay.messages)]),
            "messages": [shown(said) for said in replay.messages],
        }
    )


def line_of(said: Said, place: Place, actor: Actor, now: datetime) -> Line:
    """A message for this person: its author and the team read also what is hidden."""
    is_own = actor.account_id is not None and said.author_id == actor.account_id
    is_shown = said.visibility is Visibility.SHOWN
    may_read = is_shown or (
        said.visibility is Visibility.HIDDEN and (is_own or actor.may(Action.REVIEW_LIST, place.id))
    )
    note = "edited" if said.edited_at else ""
    if may_read and not is_shown:
        note = "hidden: only its author and the team see it"
    return Line(
        message=said.id,
        seq=said.seq,
        author=said.author,
        badge=said.badge,
        said_at=said.said_at,
        words=tokens(said.text, said.masks) if may_read else [],
        hidden="" if may_read else STATES[said.visibility],
        note=note,
        is_own=is_own,
        may_edit=is_own and is_shown and not said.masks and now < said.said_at + EDITABLE_FOR,
        may_remove=is_own and said.visibility is not Visibility.REMOVED,
        may_flag=not is_own and is_shown and actor.may(Action.FLAG_CREATE, place.id),
    )


def _pattern(own: bool, place: Place, actor: Actor, now: datetime) -> Line:
    """What the script draws a message from, so that page and script draw alike."""
    may_flag = not own and actor.may(Action.FLAG_CREATE, place.id)
    return Line("MESSAGE", 0, "", " ", now, (), "", " ", own, own, own, may_flag)


def _before(request: Request) -> int | None:
    """The number before which the page ends; None for the newest page."""
    asked: dict[str, Any] = {
        name: int(text)
        for name, text in request.query_params.items()
        if name in ("before", "at") and text.isascii() and text.isdigit() and len(text) < 10
    }
    if "at" in asked:
        return int(asked["at"]) + AFTER_A_LINKED_ONE + 1
    return asked.get("before")


def room_address(place: Place, room: Room | str) -> str:
    """Where a room is."""
    return f"/c/{place.slug}/rooms/{room if isinstance(room, str) else room.slug}"
