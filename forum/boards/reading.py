"""Pages to read: a community's boards, a board's topics, a topic, a post's earlier versions."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forum.boards import queries, thread
from forum.boards.choices import GOALS, NOTES
from forum.boards.fragments import fragment
from forum.boards.history import history
from forum.boards.queries import page_of, storable
from forum.boards.topic_list import PlaceInList, topics
from forum.care.panel import panel_for
from forum.errors import NotFound
from forum.ids import new_form_id
from forum.markup import MAX_CHARACTERS
from forum.peers.queries import coverage
from forum.permissions import Action
from forum.web.pages import page
from forum.web.state import actor_of, place_of, services_of


async def home(request: Request) -> Response:
    """The community's first page: its boards, and who is there now."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        shown = {
            "boards": await queries.boards(reader, place, actor),
            "on_now": await coverage(reader, place.id, services.clock.now()),
            "may_arrange": actor.may(Action.BOARD_CREATE, place.id),
            "goals": GOALS,
        }
    return page(request, "boards/home.html", shown)


async def board(request: Request) -> Response:
    """A board: its topics, the latest spoken in first."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    asked = request.query_params
    async with services.db.read() as reader:
        found = await queries.board(reader, place, request.path_params["board"])
        listed = await topics(
            reader,
            place,
            actor,
            found.id or 0,
            after=_point(asked.get("after")),
            before=_point(asked.get("before")),
        )
    shown = {
        "board": found,
        "goal": GOALS.get(found.goal, "") if found.goal else "",
        "page": listed,
        "may_write": not found.is_closed and actor.may(Action.TOPIC_CREATE, place.id),
        "may_arrange": actor.may(Action.BOARD_CREATE, place.id),
    }
    return page(request, "boards/board.html", shown)


async def topic(request: Request) -> Response:
    """A page of a topic, with the form to answer."""
    asked = request.query_params
    quote = _number(asked.get("quote"))
    number = _number(asked.get("page")) or page_of(quote or 1)
    return await show_topic(request, topic_id(request), number, answers=quote)


async def last(request: Request) -> Response:
    """The way to a topic's newest post."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        found = await queries.thread(reader, place, actor, topic_id(request))
    return to_post(place.slug, found.id, found.post_count)


async def numbered(request: Request) -> Response:
    """The way to a topic's post of some number."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    number = request.path_params["number"]
    async with services.db.read() as reader:
        found = await queries.thread(reader, place, actor, topic_id(request))
    if not 1 <= number <= found.post_count:
        raise NotFound
    return to_post(place.slug, found.id, number)


async def post(request: Request) -> Response:
    """The lasting address of a post."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        spot = await queries.whereabouts(reader, place, actor, post_id(request))
    return to_post(place.slug, *spot)


async def earlier(request: Request) -> Response:
    """A post's versions."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        found = await history(reader, place, actor, post_id(request))
        title = (await queries.thread(reader, place, actor, found.topic_id)).title
    return page(request, "boards/history.html", {"history": found, "title": title})


async def show_topic(
    request: Request,
    asked_id: int,
    number: int,
    *,
    answers: int | None = None,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
    preview: object = None,
) -> Response:
    """A page of a topic.

    answers: the post to be quoted. values, errors: of an answer that was sent, to keep its words.
    """
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        found = await queries.thread(reader, place, actor, asked_id)
        posts = await thread.posts(reader, place, actor, found, number, now)
        panel = await panel_for(reader, actor, place, now)
        quote = await thread.quotable(reader, found, answers) if answers else None
    own = [one.number for one in posts if one.is_own]
    viewer = thread.viewer_of(place, actor, found, now)
    shown = {
        "topic": found,
        "posts": [(one.number, fragment(one)) for one in posts],
        "number": number,
        "panel": panel,
        "panel_at": own[-1] if own else 0,
        "may_answer": viewer.may_answer,
        "may_decide": actor.may(Action.REVIEW_DECIDE, place.id),
        "quote": quote,
        "values": values or {"form_id": new_form_id()},
        "errors": errors or {},
        "preview": preview,
        "notes": note_options(),
        "max_characters": MAX_CHARACTERS,
    }
    return page(request, "boards/topic.html", shown, 422 if errors else 200)


def to_post(slug: str, of_topic: int, number: int) -> Response:
    """Go to a post on the page that it is on."""
    return to(address(slug, of_topic, number))


def to(url: str) -> Response:
    """Go there."""
    return RedirectResponse(url, 303)


def address(slug: str, of_topic: int, number: int, anchor: str = "") -> str:
    """Where a post is shown. anchor: another place on the same page."""
    return f"/c/{slug}/t/{of_topic}?page={page_of(number)}#{anchor or f'post-{number}'}"


def topic_id(request: Request) -> int:
    """The topic that the address names. Raises NotFound for a number that no topic can have."""
    return storable(request.path_params["topic"])


def post_id(request: Request) -> int:
    """The post that the address names. Raises NotFound for a number that no post can have."""
    return storable(request.path_params["post"])


def note_options() -> list[tuple[str, str]]:
    """The content notes to choose from."""
    return [("", "No content note"), *NOTES.items()]


def _point(text: str | None) -> PlaceInList | None:
    return PlaceInList.parse(text) if text is not None else None


def _number(text: str | None) -> int | None:
    """A page or post number from the address. Raises NotFound for anything else."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise NotFound
    return storable(int(text))
