"""One WebSocket of one person, as the hub and the endpoint see it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from starlette.types import Message
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
        self._websocket = websocket
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held: list[Batch] | None = None
        self._held_size = 0
        handed_over = websocket.scope.get("extensions", {}).get(HANDED_OVER)
        self._wire: Wire = (
            TransportWire(handed_over) if handed_over else QueueWire(websocket, self._end)
        )

    @property
    def is_ended(self) -> bool:
        """Whether nothing more may be sent or is read."""
        return self._ended.done()

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
            message = await self._next_message()
            if message["type"] == "websocket.disconnect":
                self._end()
                return
            text: str | None = message.get("text")
            yield message["bytes"] if text is None else text

    def close(self, code: int = CLOSED_NORMALLY) -> None:
        """End it with a WebSocket close code; `received` ends as well. Twice is as once."""
        if not self.is_ended:
            self._end()
            self._wire.close(code)

    def abort(self) -> None:
        """Cut it without a goodbye, for one who reads nothing would not hear that either."""
        self._end()
        self._wire.abort()

    async def finish(self, code: int) -> None:
        """Close it, if it is still open, and let the goodbye out; the hub calls this."""
        self.close(code)
        await self._wire.finish()

    def _write(self, batch: Batch) -> None:
        if self._ended.done():
            return
        if self._wire.unsent() > MAX_UNSENT:
            self.abort()
        else:
            self._wire.write(batch)

    async def _next_message(self) -> Message:
        """What comes in next; a disconnection when we end it meanwhile, whoever is talking."""
        receiving = asyncio.ensure_future(self._websocket.receive())
        try:
            await asyncio.wait((receiving, self._ended), return_when=asyncio.FIRST_COMPLETED)
            return {"type": "websocket.disconnect"} if self.is_ended else receiving.result()
        finally:
            receiving.cancel()

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)
