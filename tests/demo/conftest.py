"""The demo as a site: filled once, copied for each test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from forum.app import create_app
from forum.demo.founding import PASSWORD
from forum.demo.seed import seed
from forum.demo.stage import MovedClock, SharedHash
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.settings import Settings
from tests.conftest import run_apart
from tests.fakes import FrozenClock, QuickHasher

SITE = "https://handrail.test"


@pytest.fixture(scope="session")
def filled(
    sqlite_template: Path, rules: RuleBook, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A database with the whole demo in it."""
    path = tmp_path_factory.mktemp("demo") / "handrail.db"
    shutil.copyfile(sqlite_template, path)

    async def fill() -> None:
        clock = MovedClock(FrozenClock().now())
        app = demo_app(path, clock, rules)
        async with app.router.lifespan_context(app):
            assert await seed(app.state.services, clock, lambda done, total, what: None)

    run_apart(fill())
    return path


@pytest.fixture
async def demo(filled: Path, rules: RuleBook, tmp_path: Path) -> AsyncIterator[Starlette]:
    """The demo a moment after it was filled."""
    path = tmp_path / "handrail.db"
    shutil.copyfile(filled, path)
    app = demo_app(path, FrozenClock(), rules)
    async with app.router.lifespan_context(app):
        yield app


def demo_app(path: Path, clock: MovedClock | FrozenClock, rules: RuleBook) -> Starlette:
    settings = Settings(
        public_url=SITE, database_url=f"sqlite:///{path}", data_dir=path.parent, demo=True
    )
    return create_app(
        settings,
        screener=Screener(rules),
        clock=clock,
        hasher=SharedHash(QuickHasher(), PASSWORD),
        runs_jobs=False,
    )
