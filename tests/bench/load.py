"""A small load: a server in a process of its own, requests that keep the line open, CPU seconds."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import free_port

ROOT = Path(__file__).parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 30.0
CONNECTIONS = 4


@dataclass(frozen=True)
class Pages:
    """How many pages a server made, and what they cost it."""

    count: int
    cpu_seconds: float
    wall_seconds: float

    @property
    def per_cpu_second(self) -> float:
        return self.count / self.cpu_seconds


@contextmanager
def serving(module: str, *arguments: str) -> Iterator[tuple[int, int]]:
    """Run `python -m module PORT arguments`; gives its port and process id."""
    port = free_port()
    command = [sys.executable, "-m", module, str(port), *arguments]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            asyncio.run(_until_open(port))
            yield port, process.pid
        finally:
            process.kill()


def cpu_seconds(pid: int) -> float:
    """User and system time this process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def load(port: int, pid: int, path: str, count: int, cookie: str = "") -> Pages:
    """Ask for one page `count` times over a few connections; every answer must be 200."""
    asyncio.run(_ask(port, path, max(20, count // 10), cookie))  # warm up
    cpu, wall = cpu_seconds(pid), time.perf_counter()
    asyncio.run(_ask(port, path, count, cookie))
    return Pages(count, cpu_seconds(pid) - cpu, time.perf_counter() - wall)


async def _until_open(port: int) -> None:
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > ends:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def _ask(port: int, path: str, count: int, cookie: str) -> None:
    each = count // CONNECTIONS
    await asyncio.gather(*(_ask_one(port, path, each, cookie) for _ in range(CONNECTIONS)))


async def _ask_one(port: int, path: str, count: int, cookie: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"GET {path} HTTP/1.1", "host: handrail.test"] + ([f"cookie: {cookie}"] * bool(cookie))
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:200])
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()
