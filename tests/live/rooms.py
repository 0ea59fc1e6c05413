"""A room with nothing in it but the hub: what the tests of live delivery connect to."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect

from forum.live import Hub
from forum.server import build_server, listening_socket

ROOM = "community:1:room:1"
PATIENCE_SECONDS = 10  # for anything that ought to happen at once, on a busy machine


def room_app(hub: Hub) -> Starlette:
    """Whoever connects to /?account=7&topic=… hears these topics; what they say goes to ROOM."""

    async def room(websocket: WebSocket) -> None:
        asked = websocket.query_params
        await websocket.accept()
        async with hub.connect(
            websocket, account_id=int(asked["account"]), session=asked.get("session")
        ) as connection:
            for topic in asked.getlist("topic") or [ROOM]:
                hub.subscribe(topic, connection)
            connection.send("welcome")
            async for frame in connection.received():
                match frame:
                    case "leave":
                        return
                    case "crash":
                        raise RuntimeError("as asked")
                    case bytes():
                        connection.send(f"{len(frame)} bytes")
                    case _:
                        hub.publish(ROOM, frame)

    return Starlette(routes=[WebSocketRoute("/", room)])


@dataclass
class House:
    """A running server, its hub and its doors."""

    hub: Hub
    server: uvicorn.Server
    port: int

    @asynccontextmanager
    async def visitor(
        self, account: int, *, topics: tuple[str, ...] = (), session: str = "", takes: int = 0
    ) -> AsyncIterator[ClientConnection]:
        """Somebody who was let in. takes: bytes of receive buffer, 0 for the system's own."""
        query = f"account={account}&session={session}"
        query += "".join(f"&topic={topic}" for topic in topics)
        line = socket.socket()
        if takes:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
        line.connect(("127.0.0.1", self.port))
        line.setblocking(False)
        async with connect(
            f"ws://127.0.0.1:{self.port}/?{query}", sock=line, close_timeout=1, compression=None
        ) as client:
            assert await heard(client) == "welcome"
            yield client


@asynccontextmanager
async def house(hub: Hub, *, hands_over: bool = True) -> AsyncIterator[House]:
    """Serve a room. hands_over: whether the server gives the hub its connections."""
    server = build_server(room_app(hub))
    if not hands_over:
        server.config.ws = "websockets-sansio"
    with listening_socket("127.0.0.1", 0) as listener:
        # Small, so that one who does not read is noticed after kilobytes and not megabytes.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await eventually(lambda: server.started)
        try:
            yield House(hub, server, listener.getsockname()[1])
        finally:
            server.should_exit = True
            await asyncio.wait_for(running, PATIENCE_SECONDS)


async def heard(client: ClientConnection) -> str | bytes:
    """The next thing this client hears, in time."""
    return await asyncio.wait_for(client.recv(), PATIENCE_SECONDS)


async def closed_with(client: ClientConnection) -> int | None:
    """The code the connection was closed with, once it is."""
    await asyncio.wait_for(client.wait_closed(), PATIENCE_SECONDS)
    return client.close_code


async def eventually(condition: Callable[[], bool]) -> None:
    """Return as soon as it is so; fail when it is not so in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)
