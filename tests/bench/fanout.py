"""How near the hub's fan-out comes to the most that one Python process can write.

`python -m tests.bench.fanout` serves the same room twice, once bare (one frame, one loop over the
transports) and once through uvicorn and the hub, and prints one line with the ratio of their CPU
times for each delivery. CPU time and not the clock on the wall: others may be using this machine.
"""

import argparse
import asyncio
import base64
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from forum.live import Hub
from forum.server import build_server, listening_socket
from tests.live.rooms import room_app
from tests.services import free_port

PATIENCE_SECONDS = 30
PEOPLE = 300  # a full room
ROUNDS = 40
PIECE = 20  # texts between two looks at the clock
TEXT = "It was a long day and I am glad that you are all here tonight. " * 2  # as people talk


class BareRoom(asyncio.Protocol):
    """The ceiling: what comes in is framed once and written to every transport."""

    def __init__(self, everybody: set[asyncio.Transport]) -> None:
        self.everybody = everybody
        self.websocket = ServerProtocol()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.everybody.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.websocket.receive_data(data)
        for event in self.websocket.events_received():
            if isinstance(event, Request):
                self.websocket.send_response(self.websocket.accept(event))
                self.transport.write(b"".join(self.websocket.data_to_send()))
                self.transport.write(Frame(Opcode.TEXT, b"welcome").serialize(mask=False))
                self.everybody.add(self.transport)
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                frame = Frame(Opcode.TEXT, event.data).serialize(mask=False)
                for transport in self.everybody:
                    transport.write(frame)


async def serve_bare(port: int) -> None:
    """Serve the bare room until the process is ended."""
    everybody: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: BareRoom(everybody), "127.0.0.1", port)
    await server.serve_forever()


def serve_hub(port: int) -> None:
    """Serve the same through uvicorn and the hub."""
    server = build_server(room_app(Hub()))
    server.config.ws_ping_interval = None  # the crowd counts bytes and answers nothing
    with listening_socket("127.0.0.1", port) as listener:
        server.run(sockets=[listener])


class Crowd:
    """Many clients in this process that count bytes and understand nothing."""

    def __init__(self, port: int, size: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.members = [self._enter(port, number) for number in range(size)]

    def _enter(self, port: int, number: int) -> socket.socket:
        member = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        member.sendall(
            f"GET /?account={number} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            "".encode()
        )
        seen = b""
        while not seen.endswith(b"welcome"):
            seen += _some(member)
        self.selector.register(member, selectors.EVENT_READ)
        return member

    def say(self, text: str) -> None:
        """The first member says it; returns when every member has heard it."""
        self.members[0].sendall(Frame(Opcode.TEXT, text.encode()).serialize(mask=True))
        missing = len(self.members) * len(Frame(Opcode.TEXT, text.encode()).serialize(mask=False))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while missing:
            assert time.monotonic() < deadline, f"{missing} bytes were never heard"
            for key, _ in self.selector.select(timeout=1):
                assert isinstance(key.fileobj, socket.socket)
                missing -= len(_some(key.fileobj))

    def leave(self) -> None:
        """Everybody goes."""
        self.selector.close()
        for member in self.members:
            member.close()


def _some(member: socket.socket) -> bytes:
    heard = member.recv(65_536)
    assert heard, "the server cut somebody off"
    return heard


def cpu_seconds(process_id: int) -> float:
    """CPU time of a process's main thread so far; Linux only."""
    return int(Path(f"/proc/{process_id}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def visited(kind: str, people: int) -> Iterator[Callable[[], float]]:
    """A fresh server with a crowd in it; gives what measures one piece of talk.

    That returns CPU seconds for each text that one person hears.
    """
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "tests.bench.fanout", kind, str(port)]) as server:
        try:
            _wait_for(port)
            crowd = Crowd(port, people)

            def talk() -> float:
                before = cpu_seconds(server.pid)
                for _ in range(PIECE):
                    crowd.say(TEXT)
                return (cpu_seconds(server.pid) - before) / (PIECE * people)

            talk()  # everything has happened once
            yield talk
            crowd.leave()
        finally:
            server.kill()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)


def measure(people: int, rounds: int) -> str:
    """One line for `make bench`; both take turns within a second, so that they meet one weather."""
    with visited("bare", people) as bare, visited("hub", people) as hub:
        pairs = [(bare(), hub()) for _ in range(rounds)]
    bare_cost, hub_cost = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    return (
        f"fan-out to {people} people: {ratio:.2f} of the bare ceiling "
        f"({hub_cost * 1e6:.1f} µs of CPU a delivery, bare {bare_cost * 1e6:.1f} µs)"
    )


def main() -> None:
    """Serve when told a kind and a port, else measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", nargs="?", choices=["bare", "hub"])
    parser.add_argument("port", nargs="?", type=int)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    told = parser.parse_args()
    if told.kind == "bare":
        uvloop.run(serve_bare(told.port))
    elif told.kind == "hub":
        serve_hub(told.port)
    else:
        print(measure(told.people, told.rounds))


if __name__ == "__main__":
    main()
