"""A forum whose screener hears what the test names, with a room in it, served when asked."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

import forum.app as composition
from forum.settings import Settings
from tests.chat.scene import House, Scene, house
from tests.fakes import FakeScreener, FrozenClock, QuickHasher
from tests.people import World


@pytest.fixture
def screener() -> FakeScreener:
    """Hears nothing until told to."""
    return FakeScreener()


@pytest.fixture
async def app(
    settings: Settings, clock: FrozenClock, screener: FakeScreener
) -> AsyncIterator[Starlette]:
    """A forum whose jobs run only when the test calls `services.worker.run_due()`."""
    made = composition.create_app(
        settings, clock=clock, hasher=QuickHasher(), screener=screener, runs_jobs=False
    )
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def scene(world: World, clock: FrozenClock) -> Scene:
    """An open community with a room; everybody joined long ago."""
    made = await Scene.build(world)
    clock.advance(days=4)
    return made


@pytest.fixture
async def served(app: Starlette, scene: Scene) -> AsyncIterator[House]:
    """The forum behind a real server on loopback."""
    async with house(app) as running:
        yield running
