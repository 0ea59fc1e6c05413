"""The two ways to put bytes on a WebSocket without ever waiting for the one who reads it."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.frames import Frame, Opcode

# The key in the ASGI scope's "extensions" under which forum.server hands its connection over.
HANDED_OVER: Final = "handrail.connection"
SEND_SECONDS: Final = 10  # one who takes no frame for so long is not there


class Batch:
    """Texts for one audience, framed once however many people hear them.

    Raises UnicodeEncodeError for half characters, which UTF-8 has no place for.
    """

    __slots__ = ("frames", "texts")

    def __init__(self, text: str) -> None:
        self.texts = [text]
        self.frames = Frame(Opcode.TEXT, text.encode()).serialize(mask=False)

    @classmethod
    def joined(cls, batches: Sequence["Batch"]) -> "Batch":
        """One batch of several, in their order, so that each listener costs one write."""
        if len(batches) == 1:
            return batches[0]
        whole = cls.__new__(cls)
        whole.texts = [text for batch in batches for text in batch.texts]
        whole.frames = b"".join(batch.frames for batch in batches)
        return whole


class Wire(Protocol):
    """One connection's outgoing side. Nothing raises here, and nothing but `finish` waits."""

    def write(self, batch: Batch) -> None:
        """Send the batch after all that was written before; do nothing once it is closed."""

    def unsent(self) -> int:
        """Bytes, about, that were written and that the kernel has not taken over yet."""

    def close(self, code: int) -> None:
        """Say goodbye with this WebSocket close code, behind what is unsent."""

    def abort(self) -> None:
        """End it now and drop what is unsent."""

    async def receive(self) -> Message:
        """What comes in next: a disconnection as soon as either side has ended it."""

    async def finish(self) -> None:
        """What must still happen before the endpoint may return."""


class HandedOver(Protocol):
    """What forum.server puts into the scope: the connection itself."""

    transport: asyncio.Transport

    def hang_up(self, code: int) -> None:
        """Send a close frame and give the other side a moment to answer it."""


class TransportWire:
    """Writes ready frames straight to the server's transport: the fast way."""

    def __init__(self, connection: HandedOver, websocket: WebSocket) -> None:
        self._connection = connection
        self._transport = connection.transport
        # The server itself reports a disconnection when we hang up or abort.
        self.receive = websocket.receive
        self.unsent = connection.transport.get_write_buffer_size
        self.abort = connection.transport.abort

    def write(self, batch: Batch) -> None:
        """Send the batch."""
        # A lost connection that nobody told us about yet: asyncio would log each write to it.
        if not self._transport.is_closing():
            self._transport.write(batch.frames)

    def close(self, code: int) -> None:
        """Say goodbye."""
        self._connection.hang_up(code)

    async def finish(self) -> None:
        """Nothing to wait for: the server itself sees to the goodbye."""


class QueueWire:
    """A queue and one task that sends from it: for servers that hand nothing over.

    on_gone: called once when nothing more can be sent.
    """

    def __init__(self, websocket: WebSocket, on_gone: Callable[[], None]) -> None:
        self._websocket = websocket
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self._unsent = 0
        self._is_closing = False
        self._ended = asyncio.Event()
        self._task = asyncio.create_task(self._send_all())
        self._task.add_done_callback(lambda _: self._ended.set())
        self._task.add_done_callback(lambda _: on_gone())

    def write(self, batch: Batch) -> None:
        """Queue the batch."""
        for text in batch.texts:
            self._unsent += len(text)
            self._queue.put_nowait(text)

    def unsent(self) -> int:
        """Characters in the queue, which is near enough."""
        return self._unsent

    def close(self, code: int) -> None:
        """Say goodbye after what is queued."""
        self._is_closing = True
        self._queue.put_nowait(code)
        self._ended.set()

    def abort(self) -> None:
        """Stop sending. The server closes the connection when the endpoint returns."""
        self._task.cancel()
        self._ended.set()

    async def receive(self) -> Message:
        """What comes in next; the server would not report a disconnection that we ask for."""
        receiving = asyncio.ensure_future(self._websocket.receive())
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((receiving, ending), return_when=asyncio.FIRST_COMPLETED)
            gone: Message = {"type": "websocket.disconnect"}
            return receiving.result() if receiving.done() else gone
        finally:
            receiving.cancel()
            ending.cancel()

    async def finish(self) -> None:
        """Wait until the goodbye is sent; without one there is nobody left to send to."""
        if not self._is_closing:
            self._task.cancel()
        await asyncio.wait({self._task})

    async def _send_all(self) -> None:
        # WebSocketDisconnect: the first send to one who left. RuntimeError: every later one.
        with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            while True:
                item = await self._queue.get()
                async with asyncio.timeout(SEND_SECONDS):
                    if isinstance(item, int):
                        await self._websocket.close(item)
                        return
                    await self._websocket.send_text(item)
                self._unsent -= len(item)
