"""One room as this process knows it: who is here, what was said lately, and telling them."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from forum.chat import protocol, queries
from forum.chat.models import Room
from forum.errors import NotFound
from forum.live import Connection
from forum.live.hub import RESTART
from forum.services import Services

log = structlog.get_logger(__name__)

RING: Final = queries.MAX_REPLAY  # kept for those who come back; about 300 kB in a busy room
HEARTBEAT_SECONDS: Final = 25.0  # below the 30 s after which the first proxies cut a silent line
PEOPLE_SECONDS: Final = 1.0  # joins and leaves within it are told as one: never N × N
NAMES: Final = 40  # more names than that nobody reads; the count says the rest


class Feed:
    """Publishes a room's events in their order, each once, and replays them.

    Whatever brings the news (a commit here, a note from another process, the heartbeat), what is
    told is read from the table: every message to which something happened after `newest`. Rows
    become visible in the order of their numbers (`store.next_number`), so none is overtaken.
    """

    def __init__(self, services: Services, room_id: int, *, heartbeat_seconds: float) -> None:
        self.topic = f"room:{room_id}"
        self.guests_topic, self.members_topic = f"{self.topic}:guests", f"{self.topic}:members"
        self.newest = 0
        self.epoch = ""
        self._services = services
        self._room_id = room_id
        self._heartbeat_seconds = heartbeat_seconds
        self._access = ""
        # Message id → (event, frame), by event: each message once, as it is now, so that a replay
        # cannot bring back what was masked or taken back since.
        self._ring: OrderedDict[int, tuple[int, str]] = OrderedDict()
        self._floor = 0  # the ring holds every event after this one
        self._turn = asyncio.Lock()
        self._here: dict[Connection, str] = {}
        self._beating: asyncio.Task[None] | None = None
        self._telling: asyncio.TimerHandle | None = None

    @contextmanager
    def present(self, connection: Connection, name: str) -> Iterator[None]:
        """Count somebody in while the block runs. name: empty for a guest."""
        self._here[connection] = name
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        self._tell_people_soon()
        try:
            yield
        finally:
            del self._here[connection]
            self._tell_people_soon()
            if not self._here:
                self._rest()

    @property
    def is_empty(self) -> bool:
        """Whether nobody is here."""
        return not self._here

    async def catch_up(self) -> None:
        """Tell everybody here what has happened since we last looked."""
        async with self._turn:
            services = self._services
            async with services.db.read() as reader:
                state = await queries.state(reader, self._room_id)
                self._agree(state)
                if state.last_event > self.newest:
                    room = await reader.get_one(Room, self._room_id)
                    self._publish(
                        await queries.since(reader, room, self.newest, services.clock.now())
                    )

    async def missed(self, last: int | None, epoch: str) -> list[str]:
        """The frames that bring a browser up to now: a replay, or a reset and the newest page.

        last, epoch: the newest event it has; None for nothing.
        """
        if last is not None and epoch == self.epoch and self._floor <= last <= self.newest:
            return [frame for number, frame in self._ring.values() if number > last]
        async with self._services.db.read() as reader:
            room = await reader.get_one(Room, self._room_id)
            replay = await queries.replay(reader, room, last, epoch, self._services.clock.now())
        first = [protocol.reset(room.epoch)] if replay.is_reset else []
        return first + [protocol.message_frame(said) for said in replay.messages]

    def people(self, *, named: bool) -> str:
        """Who is here now; names are for members alone."""
        names = sorted({name for name in self._here.values() if name}, key=str.casefold)
        guests = sum(not name for name in self._here.values())
        return protocol.people(len(names) + guests, names[:NAMES] if named else [])

    def _agree(self, state: queries.State) -> None:
        """Notice what no message says: another epoch, or another circle of readers."""
        if self._access not in ("", state.access):
            for connection in tuple(self._here):
                connection.close(RESTART)  # they come back, and are asked at the door
        self._access = state.access
        # So far behind is a room that was empty for long: whoever comes takes the newest page.
        if state.epoch != self.epoch or state.last_event - self.newest > queries.MAX_REPLAY:
            self._services.hub.publish(self.topic, protocol.again())
            self.epoch = state.epoch
            self._ring.clear()
            self.newest = self._floor = state.last_event

    def _publish(self, news: list[queries.Said]) -> None:
        for said in news:
            frame = protocol.message_frame(said)
            self._ring[said.id] = (said.number, frame)
            self._ring.move_to_end(said.id)
            self._services.hub.publish(self.topic, frame)
            self.newest = said.number
        while len(self._ring) > RING:
            _, (self._floor, _) = self._ring.popitem(last=False)

    async def _beat(self) -> None:
        """Every so often: hear what a lost note would have told, and show that the line stands."""
        while True:
            await asyncio.sleep(self._heartbeat_seconds)
            try:
                await self.catch_up()
            except Exception as error:
                log.error("room_beat_failed", error_kind=type(error).__name__)
            self._services.hub.publish(self.topic, protocol.heartbeat(self.newest))

    def _rest(self) -> None:
        """Nobody is here: nothing to tell and nothing to wait for."""
        for waiting in (self._beating, self._telling):
            if waiting is not None:
                waiting.cancel()
        self._beating = self._telling = None

    def _tell_people_soon(self) -> None:
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(PEOPLE_SECONDS, self._tell_people)

    def _tell_people(self) -> None:
        self._telling = None
        self._services.hub.publish(self.guests_topic, self.people(named=False))
        self._services.hub.publish(self.members_topic, self.people(named=True))


class Rooms:
    """The feeds of this process, by room."""

    def __init__(self, services: Services, *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self.heartbeat_seconds = heartbeat_seconds
        self._services = services
        self._feeds: dict[int, Feed] = {}

    def feed(self, room_id: int) -> Feed:
        """The feed of a room that somebody has been admitted to."""
        if room_id not in self._feeds:
            seconds = self.heartbeat_seconds
            self._feeds[room_id] = Feed(self._services, room_id, heartbeat_seconds=seconds)
        return self._feeds[room_id]

    async def happened(self, room_id: int, number: int) -> None:
        """Something happened in a room: tell those here, and the other processes."""
        await self.heard_of(room_id)
        await self._services.hub.announce(f"room:{room_id}", number)

    async def heard_of(self, room_id: int) -> None:
        """Tell those here what is new. An empty room is looked at when somebody comes."""
        feed = self._feeds.get(room_id)
        if feed is not None and not feed.is_empty:
            try:
                await feed.catch_up()
            except NotFound:
                del self._feeds[room_id]
