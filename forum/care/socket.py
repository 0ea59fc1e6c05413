"""The WebSocket ends of care: the desk's feed, and a member's own line."""

import asyncio
import json
from contextlib import suppress

from starlette.websockets import WebSocket

from forum.care.listeners import desk_topic, line_topic
from forum.live import Connection
from forum.live.hub import REVOKED
from forum.permissions import Action
from forum.web.cookies import session_cookie
from forum.web.state import actor_of, place_of, services_of

# A certificate may run out while a desk stands open; frames hold ids only, so half a minute is
# soon enough. A certificate that is taken back closes the socket at once (`Hub.revoke`).
CHECK_SECONDS = 25.0
MAX_FRAME = 1000  # a page sends a dozen letters


async def desk_live(websocket: WebSocket) -> None:
    """What happens at the desk of this community, as it happens."""
    await _feed(websocket, desk_topic(place_of(websocket).id), Action.CASE_LIST)


async def line_live(websocket: WebSocket) -> None:
    """News of one's own line and case."""
    topic = line_topic(place_of(websocket).id, actor_of(websocket).id)
    await _feed(websocket, topic, Action.LINE_OWN)


async def _feed(websocket: WebSocket, topic: str, needs: Action) -> None:
    """Let the page hear `topic` for as long as its person may do `needs`."""
    hub, actor = services_of(websocket).hub, actor_of(websocket)
    await websocket.accept()
    async with hub.connect(websocket, account_id=actor.id, session=actor.session_key) as connection:
        hub.subscribe(topic, connection)
        connection.send(json.dumps({"type": "hello"}))
        checking = asyncio.create_task(_check(websocket, connection, needs))
        try:
            async for frame in connection.received():
                connection.send(_answer(frame))
        finally:
            checking.cancel()
            with suppress(asyncio.CancelledError):
                await checking


def _answer(frame: str | bytes) -> str:
    """A page may only ask whether we are there; all else is answered and changes nothing."""
    if isinstance(frame, str) and len(frame) <= MAX_FRAME:
        with suppress(ValueError, AttributeError, RecursionError):
            if json.loads(frame).get("type") == "ping":
                return json.dumps({"type": "pong"})
    return json.dumps({"type": "error", "advice": "This page can only listen. Please reload it."})


async def _check(websocket: WebSocket, connection: Connection, needs: Action) -> None:
    """Every CHECK_SECONDS: is this person still one who may hear it?"""
    services, place = services_of(websocket), place_of(websocket)
    token = websocket.cookies.get(session_cookie(services.settings), "")
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        async with services.db.read() as reader:
            actor = await services.door.actor(reader, token, services.clock.now())
        if actor is None or not actor.may(needs, place.id):
            connection.close(REVOKED)
            return
