"""The desk: what waits, what is mine, who is on; and hearing an alert."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.care import alerts, queries
from forum.care.ear import ear_line
from forum.care.forms import row_id
from forum.care.socket import desk_live
from forum.errors import NotFound
from forum.peers.queries import coverage, my_duty, present
from forum.permissions import Action
from forum.screening.verdict import Need
from forum.services import NavItem
from forum.web.errors import wants_json
from forum.web.guard import route, socket
from forum.web.pages import page
from forum.web.state import actor_of, place_of, services_of

SOURCE_WORDS = {
    "model": "heard by the screening",
    "rule": "heard by the screening",
    "worry": "somebody is worried",
    "self": "asked for someone",
    "line": "wrote on the private line",
    "slide": "heard more often of late",
    "drill": "drill",
}


async def desk(request: Request) -> Response:
    """The whole desk. It works as it stands; a script only keeps it fresh."""
    return page(request, "care/desk.html", await _look(request))


async def desk_queue(request: Request) -> Response:
    """The changing part of the desk alone, for the script to put in the old one's place."""
    return page(request, "care/queue.html", await _look(request))


async def _look(request: Request) -> dict[str, Any]:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        waiting = await queries.queue(reader, actor, place.id, now)
        own = await queries.mine(reader, actor, place.id, now)
        others = await queries.taken(reader, actor, place.id, now)
        return {
            "queue": waiting,
            "mine": own,
            "taken": others,
            "rows_by_id": {row.id: row for row in (*waiting, *own, *others)},
            "counts": await queries.counts(reader, actor, place.id, now),
            "alerts": await alerts.waiting_alerts(reader, actor, place.id),
            "here": await present(reader, place.id, now),
            "on": await coverage(reader, place.id, now),
            "my_duty": await my_duty(reader, actor.id, place.id, now),
            "ear_line": await ear_line(services, reader),
            "source_words": SOURCE_WORDS,
            "rows_at_once": queries.ROWS_AT_ONCE,
        }


async def desk_row(request: Request) -> Response:
    """One case as a line of the desk."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        row = await queries.one_row(
            reader, actor, place.id, row_id(request.path_params["case"]), services.clock.now()
        )
    if row is None:
        raise NotFound
    return page(request, "care/row.html", {"row": row, "source_words": SOURCE_WORDS})


async def desk_events(request: Request) -> Response:
    """How the desk stands, for a page whose socket is down: ids, levels and ages.

    It gives all that is open instead of what is new since some number: on PostgreSQL a lower
    number may commit after a higher one, and an alert lost in that gap would be lost for good.
    """
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        waiting = await queries.queue(reader, actor, place.id, now)
        own = await queries.mine(reader, actor, place.id, now)
        calls = await alerts.waiting_alerts(reader, actor, place.id)
    return JSONResponse(
        {
            "alerts": [alert_id for alert_id, _ in calls],
            "cases": [
                {
                    "case": row.id,
                    "level": int(row.level),
                    "state": row.state.value,
                    "round": row.round,
                    "age": row.waiting_seconds,
                }
                for row in (*waiting, *own)
            ],
        }
    )


async def acknowledge(request: Request) -> Response:
    """I have heard this alert."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    await alerts.acknowledge(services, actor, place.id, row_id(request.path_params["alert"]))
    if wants_json(request):
        return JSONResponse({})
    return RedirectResponse(f"/c/{place.slug}/desk", 303)


async def counts(request: Request) -> Response:
    """Numbers without a word about anybody, for those who look after the community."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        context = {
            "counts": await queries.counts(reader, actor, place.id, now),
            "on": await coverage(reader, place.id, now),
            "ear_line": await ear_line(services, reader),
            "needs": [Need.CRISIS, Need.URGENT, Need.CONCERN, Need.SUPPORT],
        }
    return page(request, "care/counts.html", context)


_DESK = "/c/{community}/desk"
NAV = NavItem("Desk", _DESK, Action.CASE_LIST)
ROUTES: list[BaseRoute] = [
    route(_DESK, desk, needs=Action.CASE_LIST),
    route(f"{_DESK}/queue", desk_queue, needs=Action.CASE_LIST),
    route(f"{_DESK}/rows/{{case:int}}", desk_row, needs=Action.CASE_LIST),
    route(f"{_DESK}/events", desk_events, needs=Action.CASE_LIST),
    route(f"{_DESK}/counts", counts, needs=Action.CASE_COUNT),
    route(
        f"{_DESK}/alerts/{{alert:int}}/heard",
        acknowledge,
        needs=Action.ALERT_ACKNOWLEDGE,
        methods=["POST"],
    ),
    socket(f"{_DESK}/live", desk_live, needs=Action.CASE_LIST),
]
