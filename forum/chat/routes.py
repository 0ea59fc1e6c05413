"""The addresses of rooms, and what each needs."""

from starlette.routing import BaseRoute

from forum.chat import pages, writing
from forum.chat.socket import live
from forum.permissions import Action
from forum.services import NavItem
from forum.web.guard import route, socket

NAV = NavItem("Rooms", "/c/{community}/rooms", Action.ROOM_READ)

_LIST = "/c/{community}/rooms"
_ROOM = _LIST + "/{room}"
_MESSAGE = _ROOM + "/m/{message:int}"

# Words are heard before they are refused: a restricted member may write in despair, and a room may
# be closed. So these two need only what nobody in the community can lose; whether the words may
# stand in the room is asked in `actions`, by MESSAGE_CREATE and MESSAGE_EDIT.
_TO_BE_HEARD = Action.SOMEONE_ASK

ROUTES: list[BaseRoute] = [
    route(_LIST, pages.room_list, needs=Action.ROOM_READ),
    route(_LIST + "/new", writing.new_room, needs=Action.ROOM_CREATE),
    route(_LIST + "/new", writing.create_room, needs=Action.ROOM_CREATE, methods=("POST",)),
    route(_ROOM, pages.show_room, needs=Action.ROOM_READ),
    route(_ROOM, writing.say, needs=_TO_BE_HEARD, methods=("POST",)),
    route(_ROOM + "/events", pages.events, needs=Action.ROOM_READ, name="room_events"),
    socket(_ROOM + "/live", live, needs=Action.ROOM_READ),
    route(_ROOM + "/edit", writing.edit_room, needs=Action.ROOM_CREATE),
    route(_ROOM + "/edit", writing.save_room, needs=Action.ROOM_CREATE, methods=("POST",)),
    route(_MESSAGE + "/edit", writing.edit_form, needs=Action.MESSAGE_EDIT, name="edit_message"),
    route(_MESSAGE + "/edit", writing.save_edit, needs=_TO_BE_HEARD, methods=("POST",)),
    # A member's own words are theirs to take back, restricted or not.
    route(
        _MESSAGE + "/remove",
        writing.remove_form,
        needs=Action.FLAG_CREATE,
        name="remove_form_message",
    ),
    route(
        _MESSAGE + "/remove",
        writing.remove,
        needs=Action.FLAG_CREATE,
        methods=("POST",),
        name="remove_message",
    ),
]
