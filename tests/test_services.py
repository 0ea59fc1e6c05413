"""The services that other tests lean on: they start, they answer, they may not be skipped in CI."""

import asyncpg
import pytest
import redis.asyncio

from tests import services
from tests.services import postgres_cluster, redis_server

__all__ = ["postgres_cluster", "redis_server"]


async def test_the_private_cluster_answers(postgres_cluster: str) -> None:
    connection = await asyncpg.connect(postgres_cluster, timeout=10)
    try:
        assert await connection.fetchval("SELECT 'kept' || 1", timeout=10) == "kept1"
    finally:
        await connection.close()


async def test_the_private_redis_answers(redis_server: str) -> None:
    async with redis.asyncio.from_url(redis_server, socket_timeout=10) as client:
        assert await client.ping()


def test_a_missing_program_skips_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("HANDRAIL_TEST_REQUIRE_SERVICES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no such program"):
        services.missing("no such program")


@pytest.mark.parametrize(
    ("name", "value"), [("CI", "true"), ("HANDRAIL_TEST_REQUIRE_SERVICES", "1")]
)
def test_a_missing_program_fails_where_all_is_promised(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(pytest.fail.Exception, match="no such program"):
        services.missing("no such program")
