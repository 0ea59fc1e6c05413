"""One WebSocket of one person, as the hub and the endpoint see it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from starlette.websockets import WebSocket

from forum.live.wires import HANDED_OVER, Batch, QueueWire, TransportWire, Wire

# About a thousand chat messages. Who has so many waiting does not read; they come back and resume
# from the last one they saw.
MAX_UNSENT: Final = 256 * 1024
REPLAY_SECONDS: Final = 20  # for a slow phone line to take in a replay
REPLAY_LOOK_SECONDS: Final = 0.02
REPLAY_PIECE: Final = MAX_UNSENT // 4
CLOSED_NORMALLY: Final = 1000
INTERNAL_ERROR: Final = 1011


class Connection:
    """Sends without waiting and knows when either side has ended it.

    Made by `Hub.connect`, after the endpoint accepted the WebSocket.
    account_id: None for a guest. session: the stored (hashed) key of their session.
    """

    def __init__(self, websocket: WebSocket, account_id: int | None, session: str | None) -> None:
        self.account_id = account_id
        self.session = session
        self.topics: set[str] = set()
        self.is_ended = False  # when it is, nothing more is sent or read
        self._held: list[Batch] | None = None
        self._held_size = 0
        handed_over = websocket.scope.get("extensions", {}).get(HANDED_OVER)
        self._wire: Wire = (
            TransportWire(handed_over, websocket)
            if handed_over
            else QueueWire(websocket, self._end)
        )

    def send(self, text: str) -> None:
        """Send one text frame to this person only, now, also while live messages are held."""
        self._write(Batch(text))

    def deliver(self, batch: Batch) -> None:
        """Send what a topic's listeners hear; the hub calls this."""
        if self._held is None:
            self._write(batch)
            return
        self._held.append(batch)
        self._held_size += len(batch.frames)
        if self._held_size > MAX_UNSENT:
            self.abort()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within the block live messages wait, so that a replay sent meanwhile comes before them.

        Subscribe first, then replay inside the block: nothing is missed and nothing overtakes. What
        was published meanwhile may come twice; its id says so.
        """
        self._held, self._held_size = [], 0
        try:
            yield
        finally:
            batches, self._held = self._held, None
            for batch in batches:
                self._write(batch)

    async def replay(self, texts: Iterable[str]) -> None:
        """Send many texts, waiting for this one reader between pieces; ends who takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + REPLAY_SECONDS
        for text in texts:
            self.send(text)
            while self._wire.unsent() > REPLAY_PIECE and not self.is_ended:
                if loop.time() > deadline:
                    self.abort()
                await asyncio.sleep(REPLAY_LOOK_SECONDS)

    async def received(self) -> AsyncIterator[str | bytes]:
        """Each frame this person sends, text or binary, until either side ends it."""
        while not self.is_ended:
            message = await self._wire.receive()
            if self.is_ended or message["type"] == "websocket.disconnect":
                self.is_ended = True
                return
            text: str | None = message.get("text")
            yield message["bytes"] if text is None else text

    def close(self, code: int = CLOSED_NORMALLY) -> None:
        """End it with a WebSocket close code; `received` ends as well. Twice is as once."""
        if not self.is_ended:
            self.is_ended = True
            self._wire.close(code)

    def abort(self) -> None:
        """Cut it without a goodbye, for one who reads nothing would not hear that either."""
        self.is_ended = True
        self._wire.abort()

    async def finish(self, code: int) -> None:
        """Close it, if it is still open, and let the goodbye out; the hub calls this."""
        self.close(code)
        await self._wire.finish()

    def _write(self, batch: Batch) -> None:
        if self.is_ended:
            return
        if self._wire.unsent() > MAX_UNSENT:
            self.abort()
        else:
            self._wire.write(batch)

    def _end(self) -> None:
        self.is_ended = True
