"""Pages for the team: make and order boards, lock and pin topics."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forum.boards import forms, queries, upkeep
from forum.boards.choices import GOALS
from forum.boards.reading import topic_id
from forum.errors import Invalid
from forum.web.forms import Sent
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of


async def new_board(request: Request) -> Response:
    """The empty form of a board."""
    return _form(request, {})


async def create_board(request: Request) -> Response:
    """Make a board."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    sent = sent_of(request)
    try:
        slug = await upkeep.create_board(services, actor, place, forms.board(sent))
    except Invalid as error:
        return _form(request, _kept(sent), error.fields)
    return RedirectResponse(f"/c/{place.slug}/b/{slug}", 303)


async def edit_board(request: Request) -> Response:
    """A board, to change it."""
    services, place = services_of(request), place_of(request)
    async with services.db.read() as reader:
        board = await queries.board(reader, place, request.path_params["board"])
    values = {
        "name": board.name,
        "about": board.about,
        "goal": board.goal,
        "position": board.position,
        "is_closed": board.is_closed,
    }
    return _form(request, values, slug=board.slug)


async def change_board(request: Request) -> Response:
    """Change a board."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    sent, slug = sent_of(request), request.path_params["board"]
    async with services.db.read() as reader:
        await queries.board(reader, place, slug)  # what is not here is not found, form or no form
    try:
        draft = forms.board(sent, slug=slug)
    except Invalid as error:
        return _form(request, _kept(sent), error.fields, slug=slug)
    await upkeep.change_board(services, actor, place, draft)
    return RedirectResponse(f"/c/{place.slug}/b/{slug}", 303)


async def set_topic(request: Request) -> Response:
    """Lock or pin a topic, or undo it; unticked boxes are not sent."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    sent, asked = sent_of(request), topic_id(request)
    await upkeep.set_topic(
        services,
        actor,
        place,
        asked,
        is_locked=sent.has("is_locked"),
        is_pinned=sent.has("is_pinned"),
    )
    return RedirectResponse(f"/c/{place.slug}/t/{asked}", 303)


def _form(
    request: Request,
    values: dict[str, object],
    errors: dict[str, str] | None = None,
    slug: str = "",
) -> Response:
    shown = {
        "slug": slug,
        "values": values,
        "errors": errors or {},
        "goals": list(GOALS.items()),
        "max_name": forms.MAX_BOARD_NAME,
        "max_about": forms.MAX_ABOUT,
        "max_position": forms.MAX_POSITION,
    }
    return page(request, "boards/board_form.html", shown, 422 if errors else 200)


def _kept(sent: Sent) -> dict[str, object]:
    """What was sent, to be shown in the form again."""
    names = ("name", "slug", "about", "goal", "position", "is_closed")
    return {name: sent.get(name) for name in names}
