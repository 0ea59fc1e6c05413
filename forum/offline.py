"""Running a piece of work on this installation without serving it: for the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from forum import logs
from forum.app import create_app
from forum.screening.screener import Screener
from forum.services import Services
from forum.settings import load_settings

T = TypeVar("T")


def with_services(work: Callable[[Services], Awaitable[T]], *, listens: bool = False) -> T:
    """Run `work` on the installation that the environment describes; what it returns.

    listens: whether it screens texts as the server does; what does not must work without the ear.
    """
    settings = load_settings()
    logs.set_up(settings.log_level)

    async def run() -> T:
        screener = None if listens else Screener.default()
        app = create_app(settings, screener=screener, runs_jobs=False)
        async with app.router.lifespan_context(app):
            return await work(app.state.services)

    return asyncio.run(run())
