"""The gallery, served to a real browser."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
from starlette.applications import Starlette

from tests.browser import chromium, serve
from tests.pages.gallery import app

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
