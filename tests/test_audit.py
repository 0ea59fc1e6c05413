"""The audit log: what was done cannot be changed unseen."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from forum import audit
from forum.audit import AuditEntry
from forum.services import Services


async def fill(services: Services, count: int) -> None:
    for number in range(count):
        async with services.db.write() as tx:
            await audit.record(tx, None, "test:thing:done", subject=number, detail={"n": number})


async def check(services: Services) -> audit.ChainCheck:
    async with services.db.read() as reader:
        return await audit.verify(reader)


async def tamper(services: Services, statement: str) -> None:
    async with services.db.write() as tx:
        await tx.session.exec(text(statement))  # type: ignore[call-overload]


async def lift_the_guard(services: Services) -> None:
    """What somebody with the database's own password could do."""
    table = "" if services.db.is_sqlite else " ON audit_entry"
    for name in ("audit_entry_no_update", "audit_entry_no_delete"):
        await tamper(services, f"DROP TRIGGER {name}{table}")


async def test_an_untouched_chain_holds(services: Services) -> None:
    await fill(services, 5)
    assert (await check(services)).entries == 5
    assert (await check(services)).broken_id is None


async def test_an_empty_chain_holds(services: Services) -> None:
    assert await check(services) == audit.ChainCheck(0)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor_id = 9 WHERE id = 3", "DELETE FROM audit_entry WHERE id = 3"],
)
async def test_the_database_itself_refuses_changes(services: Services, statement: str) -> None:
    await fill(services, 5)
    with pytest.raises(DBAPIError, match="append-only"):
        await tamper(services, statement)
    assert (await check(services)).broken_id is None


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_entry SET action = 'other' WHERE id = 3", 3),
        ("UPDATE audit_entry SET detail = '{\"n\": 7}' WHERE id = 3", 3),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE id = 3", 3),
        ("DELETE FROM audit_entry WHERE id = 3", 4),
        ("DELETE FROM audit_entry WHERE id = 1", 2),
    ],
)
async def test_a_change_behind_our_back_is_found(
    services: Services, statement: str, broken: int
) -> None:
    await fill(services, 5)
    await lift_the_guard(services)
    await tamper(services, statement)
    assert (await check(services)).broken_id == broken


async def test_many_at_once_make_one_chain(services: Services) -> None:
    await asyncio.gather(*(fill(services, 5) for _ in range(6)))
    held = await check(services)
    assert (held.entries, held.broken_id) == (30, None)


async def test_a_rolled_back_act_leaves_no_entry(services: Services) -> None:
    async def fail() -> None:
        async with services.db.write() as tx:
            entry: AuditEntry = await audit.record(tx, 1, "test:thing:done")
            assert entry.id
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert (await check(services)).entries == 0
