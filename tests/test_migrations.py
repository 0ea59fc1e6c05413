"""The migrations lead to exactly the tables that the code declares, on both databases."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from forum import schema
from forum.db import open_engine
from tests.conftest import create_database, drop_database, run_apart


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """An empty database, without any table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'empty.db'}"
        return
    cluster = request.getfixturevalue("postgres_cluster")
    yield run_apart(create_database(cluster, "migrated"))
    run_apart(drop_database(cluster, "migrated"))


async def test_migrations_make_the_declared_tables(empty_url: str) -> None:
    assert not await schema.is_current(empty_url)
    await schema.upgrade(empty_url)
    assert await schema.is_current(empty_url)
    assert await schema.differences(empty_url) == []


async def test_an_upgraded_database_is_left_alone(empty_url: str) -> None:
    await schema.upgrade(empty_url)
    await schema.upgrade(empty_url)
    assert await schema.is_current(empty_url)


async def test_every_migration_can_be_taken_back(empty_url: str) -> None:
    await schema.upgrade(empty_url)
    engine = open_engine(empty_url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(schema.config_for(sync), "base"))
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            if engine.dialect.name == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        left = {row[0] for row in await connection.execute(text(listed))}
    await engine.dispose()
    assert left == {"alembic_version"}
