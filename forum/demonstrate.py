"""Runs the demo: a fresh folder, a free port, invented people, and a room that is awake."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from forum import schema
from forum.accounts.passwords import Argon2
from forum.app import create_app
from forum.demo import guide, life
from forum.demo.folder import FOLDER, fresh_folder
from forum.demo.founding import PASSWORD
from forum.demo.seed import seed
from forum.demo.stage import MovedClock, Progress, SharedHash
from forum.listening import build_screener
from forum.screening.screener import Screener
from forum.server import build_server, listening_socket
from forum.settings import Settings, load_settings

HOST = "127.0.0.1"  # a demo is for one's own machine: its password is no secret
USUAL_PORT = 8000
Print = Callable[[str], None]


def demonstrate(tell: Print, tell_progress: Progress, folder: Path = FOLDER) -> None:
    """Fill a demo in `folder` and serve it until Ctrl-C.

    Raises BadSettings when something else is in the place of the folder, or the ear is damaged.
    """
    with free_socket() as listener:
        settings = demo_settings(fresh_folder(folder), listener.getsockname()[1])
        asyncio.run(schema.upgrade(settings.database))
        screener = build_screener(settings)
        asyncio.run(fill(settings, screener, tell_progress))
        for line in guide.welcome(settings.public_url, guide.environment(settings)):
            tell(line)
        with suppress(KeyboardInterrupt):  # uvicorn has shut down by then
            asyncio.run(_serve(create_app(settings, screener=screener), listener))
    tell(f"The demo has stopped. Nothing is kept: you may throw {folder} away.")


def demo_settings(folder: Path, port: int) -> Settings:
    """Settings that reach nothing outside `folder`, whatever the environment says."""
    return load_settings(
        site_name="Handrail",
        public_url=f"http://localhost:{port}",
        host=HOST,
        port=port,
        data_dir=folder,
        database_url="",
        broker_url="",
        secret_key="",
        smtp_url="",
        metrics_token="",
        log_level="warning",
        demo=True,
    )


async def fill(settings: Settings, screener: Screener, progress: Progress) -> None:
    """Put the demo's people and their talk into an empty database that has its tables."""
    clock = MovedClock(datetime.now(UTC))
    hasher = SharedHash(Argon2(), PASSWORD)
    app = create_app(settings, screener=screener, clock=clock, hasher=hasher, runs_jobs=False)
    async with app.router.lifespan_context(app):
        await seed(app.state.services, clock, progress)


async def _serve(app: Starlette, listener: socket.socket) -> None:
    living = asyncio.create_task(life.live(app.state.services), name="demo life")
    try:
        await build_server(app).serve(sockets=[listener])
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)


def free_socket() -> socket.socket:
    """The usual port, or another when somebody listens there."""
    try:
        return listening_socket(HOST, USUAL_PORT)
    except OSError:
        return listening_socket(HOST, 0)
