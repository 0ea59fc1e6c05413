"""A real Chromium for tests, and what every page is asked there.

`from tests.browser import chromium, serve` in a test module or conftest; mark the tests `browser`.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright
from starlette.types import ASGIApp

from tests.services import missing

STOP_SECONDS = 10
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# WCAG 2.2 AA, and the habits axe calls best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the whole run; each test opens a context of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("Chromium is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


@asynccontextmanager
async def serve(app: ASGIApp, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve an app on `listener`, else on a free port of this machine; gives its address."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="auto"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        if running.done():
            running.result()
        await asyncio.sleep(0.01)
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        await asyncio.wait_for(running, STOP_SECONDS)
        listener.close()


def address(listener: socket.socket) -> str:
    """How a browser reaches a listener; settings need it before the app is made."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def axe_findings(page: Page, *, only: str = "") -> list[str]:
    """What axe has against this page, a line for each place; empty is what we want.

    only: one rule's name, for what is quick to look at again.
    """
    options: dict[str, Any] = {"resultTypes": ["violations"], "runOnly": [only] if only else RULES}
    found = (await Axe().run(page, options=options)).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


async def sideways(page: Page) -> list[str]:
    """The elements that stick out of the window's side; empty when nobody must scroll sideways."""
    found: list[str] = await page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            return [...document.querySelectorAll("body *")]
                .filter((one) => {
                    const box = one.getBoundingClientRect();
                    return box.width > 1 && (box.right > wide + 1 || box.left < -1);
                })
                .map((one) => `${one.tagName}.${one.className}`);
        }"""
    )
    return found
