"""Fixtures: a real database of each kind, a forum without background work, people in it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest
from starlette.applications import Starlette

import forum.app as composition
from forum.schema import upgrade
from forum.screening.rulebook import RuleBook, load_rules
from forum.screening.screener import Screener
from forum.services import Services
from forum.settings import Settings
from tests.fakes import FrozenClock, QuickHasher
from tests.people import World
from tests.services import postgres_cluster, redis_server

__all__ = ["postgres_cluster", "redis_server"]

# Needs an extra that is not in the lock files: `make test-detoxify` runs it.
collect_ignore = [] if find_spec("detoxify") else ["screening/hostility/test_checkpoint.py"]

T = TypeVar("T")

KINDS = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        default="both",
        choices=(*KINDS, "both"),
        help="run tests that need a database on one kind only; default: on both",
    )
    parser.addoption("--write-matrix", action="store_true", help="write tests/matrix.txt anew")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = KINDS if chosen == "both" else (chosen,)
        if metafunc.definition.get_closest_marker("one_database"):
            kinds = kinds[:1]
        marked = [
            pytest.param(kind, marks=[pytest.mark.postgres] if kind == "postgresql" else [])
            for kind in kinds
        ]
        metafunc.parametrize("database_kind", marked, scope="session")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with every table, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    run_apart(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: str) -> str:
    """The name of an empty PostgreSQL database with every table."""
    run_apart(upgrade(run_apart(create_database(postgres_cluster, "template_empty"))))
    return "template_empty"


@pytest.fixture
def database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of this test's own database, with every table and nothing in it."""
    if database_kind == "sqlite":
        own = tmp_path / "handrail.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), own)
        yield f"sqlite:///{own}"
        return
    cluster: str = request.getfixturevalue("postgres_cluster")
    template: str = request.getfixturevalue("postgres_template")
    name = f"test_{uuid4().hex}"
    yield run_apart(create_database(cluster, name, template))
    run_apart(drop_database(cluster, name))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a site at https://handrail.test."""
    return Settings(
        public_url="https://handrail.test", database_url=database_url, data_dir=tmp_path / "data"
    )


@pytest.fixture
def clock() -> FrozenClock:
    """A Sunday evening that lasts until the test moves on."""
    return FrozenClock()


@pytest.fixture(scope="session")
def rules() -> RuleBook:
    """The packaged rules, read once: reading them takes longer than most tests."""
    return load_rules()


@pytest.fixture
async def app(settings: Settings, clock: FrozenClock, rules: RuleBook) -> AsyncIterator[Starlette]:
    """A forum whose jobs run only when the test calls `services.worker.run_due()`."""
    made = composition.create_app(
        settings, screener=Screener(rules), clock=clock, hasher=QuickHasher(), runs_jobs=False
    )
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
def services(app: Starlette) -> Services:
    """The forum's parts."""
    parts: Services = app.state.services
    return parts


@pytest.fixture
async def world(app: Starlette) -> AsyncIterator[World]:
    """Makes communities and people."""
    made = World(app)
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A developer's own HANDRAIL_* must not reach a test."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HANDRAIL_{name.upper()}", raising=False)
    return


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a loop of its own, away from the tests' loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def create_database(cluster: str, name: str, template: str | None = None) -> str:
    connection = await asyncpg.connect(cluster)
    copied = f' TEMPLATE "{template}"' if template else ""
    await connection.execute(f'CREATE DATABASE "{name}"{copied}')
    await connection.close()
    return cluster.rsplit("/", 1)[0] + f"/{name}"


async def drop_database(cluster: str, name: str) -> None:
    connection = await asyncpg.connect(cluster)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()
