"""The WebSocket end of a room; README.md writes the protocol down."""

import structlog
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from forum.chat import actions, protocol, queries
from forum.chat.feed import Feed, Rooms
from forum.chat.models import Room
from forum.errors import ForumError, NotFound
from forum.live import Connection
from forum.live.hub import REVOKED
from forum.permissions import GUEST, Action, Actor
from forum.screening.verdict import Need
from forum.services import Place
from forum.web.cookies import session_cookie
from forum.web.state import actor_of, place_of, services_of

log = structlog.get_logger(__name__)

NO_SUCH_ROOM = 4404
SIGNED_OUT = 4401


def rooms_of(connection: HTTPConnection) -> Rooms:
    """The live side of the rooms of this process."""
    rooms: Rooms = connection.app.state.rooms
    return rooms


async def live(websocket: WebSocket) -> None:
    """Hear a room and speak in it."""
    services, actor, place = services_of(websocket), actor_of(websocket), place_of(websocket)
    await websocket.accept()
    try:
        async with services.db.read() as reader:
            room = await queries.room(reader, place, actor, websocket.path_params["room"])
    except NotFound:
        await websocket.close(NO_SUCH_ROOM)
        return
    feed = rooms_of(websocket).feed(room.id or 0)
    async with services.hub.connect(
        websocket, account_id=actor.account_id, session=actor.session_key or None
    ) as connection:
        visit = _Visit(websocket, connection, room, feed)
        with feed.present(connection, actor.name):
            async for frame in connection.received():
                await visit.hear(frame)


class _Visit:
    """One person's connection to one room, from the first frame to the last."""

    def __init__(
        self, websocket: WebSocket, connection: Connection, room: Room, feed: Feed
    ) -> None:
        self._websocket = websocket
        self._connection = connection
        self._room = room
        self._feed = feed

    async def hear(self, frame: str | bytes) -> None:
        """Answer one frame. What cannot be understood or done is said, and nothing else changes."""
        try:
            match protocol.read(frame):
                case protocol.Hello() as hello:
                    await self._welcome(hello)
                case protocol.Post() as post:
                    await self._post(post)
        except protocol.NotUnderstood as problem:
            self._connection.send(protocol.error(problem))
        except ForumError as error:  # the database is away: the page polls and comes back
            self._connection.send(protocol.failed(error))

    async def _welcome(self, hello: protocol.Hello) -> None:
        """Subscribe first, then replay: nothing is missed, and what comes twice has its number."""
        if hello.room != self._room.slug:
            raise protocol.NotUnderstood("other_room", "That is another room's.")
        person = await self._person()
        if person is None:
            return
        actor, _ = person
        hub, connection, feed = services_of(self._websocket).hub, self._connection, self._feed
        # Names of those who are here are for people with a name.
        about_people = feed.guests_topic if actor.is_guest else feed.members_topic
        hub.subscribe(feed.topic, connection)
        hub.subscribe(about_people, connection)
        with connection.held():
            await feed.catch_up()
            await connection.replay(await feed.missed(hello.last, hello.epoch))
            connection.send(protocol.live(feed.newest, feed.epoch))
            connection.send(feed.people(named=not actor.is_guest))

    async def _post(self, post: protocol.Post) -> None:
        """Store it and say so; never say so when it is not."""
        try:
            draft = post.draft()
            person = await self._person()
            if person is None:
                return
            actor, place = person
            services = services_of(self._websocket)
            posted = await actions.post_message(services, actor, place, self._room.id or 0, draft)
            panel = posted.need >= Need.SUPPORT
            self._connection.send(protocol.ack(post.cid, posted.seq, panel=panel))
        except ForumError as error:
            self._connection.send(protocol.refused(post.cid, error))
        except Exception:
            log.exception("room_post_failed")
            self._connection.send(protocol.refused(post.cid, ForumError()))

    async def _person(self) -> tuple[Actor, Place] | None:
        """Who this is now, by today's rights; None when they may no longer be here: cut off.

        Asked with every message and every hello, for what was true at the door may have ended.
        """
        services, websocket = services_of(self._websocket), self._websocket
        token = websocket.cookies.get(session_cookie(services.settings), "")
        async with services.db.read() as reader:
            actor = await services.door.actor(reader, token, services.clock.now()) or GUEST
            place = await services.door.place(reader, place_of(websocket).slug, actor)
        if actor.account_id != actor_of(websocket).account_id:
            self._connection.close(SIGNED_OUT)
            return None
        is_open = place is not None and place.is_open_to(actor)
        if place is None or not is_open or not actor.may(Action.ROOM_READ, place.id):
            self._connection.close(REVOKED)
            return None
        return actor, place
