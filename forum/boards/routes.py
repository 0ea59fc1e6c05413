"""The addresses of boards, and what each needs."""

from starlette.routing import BaseRoute

from forum.boards import arranging, reading, writing
from forum.permissions import Action
from forum.services import NavItem
from forum.web.guard import route

NAV = NavItem("Boards", "/c/{community}", Action.BOARD_READ)

_HOME = "/c/{community}"
_BOARD = _HOME + "/b/{board}"
_TOPIC = _HOME + "/t/{topic:int}"
_POST = _HOME + "/p/{post:int}"

# Words are heard before they are refused: a restricted member may write in despair, and a topic
# may be locked. So these forms need only what nobody in the community can lose; whether the words
# may stand on a board is asked in `actions`, by TOPIC_CREATE, POST_CREATE and POST_EDIT.
_TO_BE_HEARD = Action.SOMEONE_ASK

ROUTES: list[BaseRoute] = [
    route(_HOME, reading.home, needs=Action.BOARD_READ, name="boards_home"),
    route(_HOME + "/boards/new", arranging.new_board, needs=Action.BOARD_CREATE),
    route(
        _HOME + "/boards/new", arranging.create_board, needs=Action.BOARD_CREATE, methods=("POST",)
    ),
    route(_HOME + "/told-privately", writing.told_privately, needs=Action.LINE_OWN),
    route(_BOARD, reading.board, needs=Action.BOARD_READ),
    route(_BOARD + "/edit", arranging.edit_board, needs=Action.BOARD_CREATE),
    route(_BOARD + "/edit", arranging.change_board, needs=Action.BOARD_CREATE, methods=("POST",)),
    route(_BOARD + "/new", writing.new_topic, needs=Action.TOPIC_CREATE),
    route(_BOARD + "/new", writing.create_topic, needs=_TO_BE_HEARD, methods=("POST",)),
    route(_TOPIC, reading.topic, needs=Action.BOARD_READ),
    route(_TOPIC, writing.reply, needs=_TO_BE_HEARD, methods=("POST",)),
    route(_TOPIC + "/last", reading.last, needs=Action.BOARD_READ),
    route(_TOPIC + "/state", arranging.set_topic, needs=Action.REVIEW_DECIDE, methods=("POST",)),
    route(_TOPIC + "/{number:int}", reading.numbered, needs=Action.BOARD_READ),
    route(_POST, reading.post, needs=Action.BOARD_READ),
    route(_POST + "/history", reading.earlier, needs=Action.BOARD_READ),
    route(_POST + "/edit", writing.edit_form, needs=Action.POST_EDIT),
    route(_POST + "/edit", writing.edit, needs=_TO_BE_HEARD, methods=("POST",)),
    # A member's own words are theirs to take back, restricted or not.
    route(_POST + "/remove", writing.remove_form, needs=Action.FLAG_CREATE),
    route(_POST + "/remove", writing.remove, needs=Action.FLAG_CREATE, methods=("POST",)),
]
