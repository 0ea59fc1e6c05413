"""Starting the doomed server, and talking to it as many members at once."""

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from httpx2 import AsyncClient, HTTPError

from forum.settings import Settings
from tests.people import SITE, Person
from tests.services import free_port

START_SECONDS = 30.0
ROOT = Path(__file__).parent.parent.parent


class Server:
    """One life after the other of a forum on one database."""

    def __init__(self, settings: Settings) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {
            "HANDRAIL_PUBLIC_URL": settings.public_url,
            "HANDRAIL_DATABASE_URL": settings.database_url,
            "HANDRAIL_DATA_DIR": str(settings.data_dir),
            "HANDRAIL_PORT": str(self.port),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.is_up = asyncio.Event()

    async def start(self, *, die_at: str = "", die_after: int = 0, ahead: float = 0.0) -> float:
        """Begin a life and wait until it answers; seconds from answering are the caller's."""
        fate = {"DIE_AT": die_at, "DIE_AFTER": str(die_after), "CLOCK_AHEAD": str(ahead)}
        self._process = await asyncio.to_thread(
            subprocess.Popen,
            [sys.executable, "-m", "tests.kill.doomed"],
            cwd=ROOT,
            env=self._environment | fate,
        )
        began = time.monotonic()
        async with AsyncClient() as client:
            while time.monotonic() - began < START_SECONDS:
                if self._process.poll() is not None:
                    return 0.0  # its fate met it at once
                try:
                    await client.get(f"{self.address}/healthz", timeout=2)
                    break
                except HTTPError:
                    await asyncio.sleep(0.05)
        self.is_up.set()
        return time.monotonic()

    async def died(self, within: float) -> bool:
        """Wait for the life to end by itself; False when it goes on."""
        assert self._process is not None
        ends = time.monotonic() + within
        while time.monotonic() < ends:
            if self._process.poll() is not None:
                self.is_up.clear()
                return True
            await asyncio.sleep(0.01)
        return False

    async def kill(self) -> None:
        """SIGKILL, now."""
        self.is_up.clear()
        if self._process:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)


async def send_until_answered(
    server: Server, client: AsyncClient, person: Person, url: str, fields: dict[str, str]
) -> str:
    """Send the same form again and again, as a browser's outbox does; where it led to."""
    headers = {
        "origin": SITE,
        "sec-fetch-site": "same-origin",
        "cookie": f"__Host-session={person.token}",
        "host": "handrail.test",
    }
    data = {"csrf": person.form_token} | fields
    while True:
        await server.is_up.wait()
        try:
            answer = await client.post(server.address + url, data=data, headers=headers, timeout=10)
        except HTTPError:
            await asyncio.sleep(0.02)
            continue
        if answer.status_code == 303:
            return answer.headers["location"]
        if answer.status_code < 500:
            raise AssertionError(f"{answer.status_code}: {heading(answer.text)}")
        await asyncio.sleep(0.02)


def heading(page: str) -> str:
    """The heading and first paragraph of a page of ours."""
    main = page.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:300]
