"""Who listens to which topic, and how a text reaches all of them without waiting for anybody."""

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from starlette.websockets import WebSocket

from forum.live.brokers import Broker, BrokerDown, LocalBroker
from forum.live.connection import CLOSED_NORMALLY, INTERNAL_ERROR, Connection
from forum.live.wires import Batch

log = structlog.get_logger(__name__)

# The page asks at the door once more, for the person may still be welcome to read; refused there,
# it says so and stays away.
REVOKED: Final = 4403
RESTART: Final = 1012  # the page comes back, after a random pause, and resumes
YIELD_EVERY: Final = 500  # writes, about 2 ms: others on this loop need not wait longer

# Told (topic, id) when another process says that the topic has reached that id.
OnReached = Callable[[str, int], Awaitable[None]]


class Hub:
    """The live connections of this process, and its ear to those of others.

    Topics are names with parts from wide to narrow, such as "community:3:room:5", so that a prefix
    names all that is inside; they hold ids only, for they may be logged.
    """

    def __init__(self, broker: Broker | None = None) -> None:
        self._broker = broker or LocalBroker()
        self._name = secrets.token_hex(8)  # tells our own notes from those of others
        self._connections: set[Connection] = set()
        self._topics: dict[str, set[Connection]] = defaultdict(set)
        self._urgent: dict[str, list[Batch]] = {}
        self._pending: dict[str, list[Batch]] = {}
        self._fan_out: asyncio.Task[None] | None = None
        self._on_reached: dict[str, OnReached] = {}
        self._reached: dict[str, int] = {}
        self._catching_up: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Hear the other processes from now on."""
        await self._broker.start(self._on_note, self._on_gap)

    async def stop(self) -> None:
        """Close every connection for a restart and stop hearing the others."""
        self.close_all()
        await self._broker.stop()
        tasks = [*self._catching_up.values(), *([self._fan_out] if self._fan_out else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- connections ---------------------------------------------------------------------------

    @asynccontextmanager
    async def connect(
        self, websocket: WebSocket, *, account_id: int | None, session: str | None = None
    ) -> AsyncIterator[Connection]:
        """Take care of an accepted WebSocket while the block runs, and close it afterwards.

        However the block ends, the connection hears nothing more; it is closed with 1000, or with
        1011 when the block raises, unless either side has closed it already.
        """
        connection = Connection(websocket, account_id, session)
        self._connections.add(connection)
        code = INTERNAL_ERROR
        try:
            yield connection
            code = CLOSED_NORMALLY
        finally:
            self._connections.discard(connection)
            for topic in tuple(connection.topics):
                self.unsubscribe(topic, connection)
            await connection.finish(code)

    def subscribe(self, topic: str, connection: Connection) -> None:
        """Let it hear what is published from now on. The caller has checked that it may."""
        if connection in self._connections:
            connection.topics.add(topic)
            self._topics[topic].add(connection)

    def unsubscribe(self, topic: str, connection: Connection) -> None:
        """It hears nothing more of this topic, not even what is on its way."""
        connection.topics.discard(topic)
        listeners = self._topics.get(topic, set())
        listeners.discard(connection)
        if not listeners:
            self._topics.pop(topic, None)

    @property
    def connection_count(self) -> int:
        """How many WebSockets are open in this process."""
        return len(self._connections)

    def listeners(self, topic: str) -> int:
        """How many connections of this process listen to it."""
        return len(self._topics.get(topic, ()))

    def people(self, topic: str) -> set[int]:
        """The account ids of those who listen here; guests are not among them."""
        listeners = self._topics.get(topic, ())
        return {one.account_id for one in listeners if one.account_id is not None}

    # -- fan-out -------------------------------------------------------------------------------

    def publish(self, topic: str, text: str, *, urgent: bool = False) -> None:
        """Send a text to all who listen in this process, soon and in order; never waits.

        urgent: ahead of all that is not, such as an alert ahead of the talk in the rooms.
        Raises UnicodeEncodeError for half characters.
        """
        if topic not in self._topics:
            return
        waiting = self._urgent if urgent else self._pending
        waiting.setdefault(topic, []).append(Batch(text))
        if self._fan_out is None:
            self._fan_out = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        writes = 0
        try:
            while waiting := self._urgent or self._pending:
                topic = next(iter(waiting))
                # All that was said since the last round: one write to each, however busy it is.
                batch = Batch.joined(waiting.pop(topic))
                for connection in tuple(self._topics.get(topic, ())):
                    if topic in connection.topics:  # it may have left while we yielded
                        connection.deliver(batch)
                    writes += 1
                    if writes % YIELD_EVERY == 0:
                        await asyncio.sleep(0)
        finally:
            self._fan_out = None

    # -- ending --------------------------------------------------------------------------------

    async def revoke(self, account_id: int, topic_prefix: str = "") -> None:
        """Close this person's connections in every process; with a prefix, those that hear it."""
        self._close(lambda one: one.account_id == account_id and _hears(one, topic_prefix))
        await self._tell({"revoked": account_id, "prefix": topic_prefix})

    async def revoke_session(self, session: str) -> None:
        """Close the connections of one ended session in every process."""
        self._close(lambda one: one.session == session)
        await self._tell({"session": session})

    def close_all(self, code: int = RESTART) -> None:
        """Close every connection of this process."""
        for connection in tuple(self._connections):
            connection.close(code)

    def _close(self, belongs: Callable[[Connection], bool]) -> None:
        for connection in [one for one in self._connections if belongs(one)]:
            connection.close(REVOKED)

    # -- other processes -----------------------------------------------------------------------

    def on_reached(self, topic_prefix: str, callback: OnReached) -> None:
        """Call back when another process announces a topic that somebody here listens to.

        The callback reads what is new from the database and publishes it. While it runs, further
        ids of the same topic wait and become one call with the newest.
        """
        self._on_reached[topic_prefix] = callback

    async def announce(self, topic: str, reached: int) -> None:
        """Tell the other processes that the topic has reached this id, after the commit.

        A broker that is down is logged and no error: the heartbeat's newest id tells it later.
        """
        await self._tell({"topic": topic, "reached": reached})

    async def _tell(self, note: dict[str, Any]) -> None:
        try:
            await self._broker.publish(json.dumps({"by": self._name, **note}))
        except BrokerDown:
            log.warning("live.note_lost", kind=next(iter(note)))

    def _on_note(self, text: str) -> None:
        try:
            self._obey(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError):
            # A forum of another version, or a stranger on the same broker: hear the next one.
            log.warning("live.note_not_understood")

    def _obey(self, note: dict[str, Any]) -> None:
        if note["by"] == self._name:
            return
        if "revoked" in note:
            account_id, prefix = note["revoked"], note["prefix"]
            self._close(lambda one: one.account_id == account_id and _hears(one, prefix))
        elif "session" in note:
            self._close(lambda one: one.session == note["session"])
        elif note["topic"] in self._topics:
            self._catch_up(note["topic"], note["reached"])

    def _on_gap(self) -> None:
        """A revocation may have been missed: all come back, and are checked at the door."""
        self.close_all(RESTART)

    def _catch_up(self, topic: str, reached: int) -> None:
        self._reached[topic] = max(reached, self._reached.get(topic, 0))
        if topic not in self._catching_up:
            self._catching_up[topic] = asyncio.create_task(self._read_what_is_new(topic))

    async def _read_what_is_new(self, topic: str) -> None:
        callbacks = [call for prefix, call in self._on_reached.items() if topic.startswith(prefix)]
        try:
            while (reached := self._reached.pop(topic, None)) is not None:
                for callback in callbacks:
                    await callback(topic, reached)
        except Exception:
            log.exception("live.catch_up_failed", topic=topic)
        finally:
            del self._catching_up[topic]


def _hears(connection: Connection, topic_prefix: str) -> bool:
    return not topic_prefix or any(topic.startswith(topic_prefix) for topic in connection.topics)
