"""The gallery and a whole town, served to a real browser."""

import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from starlette.applications import Starlette

import forum.app as composition
from forum.settings import Settings
from tests.browser import address, chromium, serve
from tests.fakes import QuickHasher
from tests.pages.gallery import app
from tests.pages.town import Town, settle
from tests.people import World

__all__ = ["chromium"]


@dataclass(frozen=True)
class Gallery:
    """The small site: where it is, and what its server was told."""

    url: str
    app: Starlette


@pytest_asyncio.fixture
async def gallery() -> AsyncIterator[Gallery]:
    made = app()
    async with serve(made) as url:
        yield Gallery(url, made)


@pytest_asyncio.fixture
async def town(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Town]:
    """A real forum on loopback, with something on every page."""
    shutil.copyfile(sqlite_template, tmp_path / "town.db")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = address(listener)
        settings = Settings(
            public_url=url, database_url=f"sqlite:///{tmp_path}/town.db", data_dir=tmp_path
        )
        made = composition.create_app(settings, hasher=QuickHasher(), runs_jobs=False)
        async with serve(made, listener):
            world = World(made)
            yield await settle(world, url)
            await world.close()
