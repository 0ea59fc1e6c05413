"""Transactions: stored whole or not at all; events only after the commit."""

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy import text, update
from sqlmodel import col, select

from forum.communities.models import Community
from forum.errors import ReadOnly
from forum.events import Event
from forum.services import Services
from tests.fakes import FrozenClock


@dataclass(frozen=True, slots=True)
class Happened(Event):
    number: int


def row(slug: str, clock: FrozenClock) -> Community:
    return Community(slug=slug, name=slug, created_at=clock.now())


async def slugs(services: Services) -> list[str]:
    async with services.db.read() as reader:
        return list(await reader.exec(select(Community.slug).order_by(Community.slug)))


async def test_an_event_is_delivered_after_the_commit(
    services: Services, clock: FrozenClock
) -> None:
    seen: list[list[str]] = []

    async def listener(_event: Happened) -> None:
        seen.append(await slugs(services))

    services.bus.subscribe(Happened, listener)
    async with services.db.write() as tx:
        tx.add(row("a", clock))
        tx.announce(Happened(1))
        assert seen == []
    assert seen == [["a"]]


async def test_nothing_is_stored_or_told_after_an_error(
    services: Services, clock: FrozenClock
) -> None:
    heard: list[Happened] = []

    async def listener(event: Happened) -> None:
        heard.append(event)

    services.bus.subscribe(Happened, listener)

    async def fail_half_way() -> None:
        async with services.db.write() as tx:
            tx.add(row("a", clock))
            await tx.flush()
            tx.announce(Happened(1))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail_half_way()
    assert await slugs(services) == []
    assert heard == []


async def test_a_failing_listener_does_not_stop_the_others(services: Services) -> None:
    heard: list[int] = []

    async def broken(_event: Happened) -> None:
        raise RuntimeError

    async def listener(event: Happened) -> None:
        heard.append(event.number)

    services.bus.subscribe(Happened, broken)
    services.bus.subscribe(Happened, listener)
    async with services.db.write() as tx:
        tx.announce(Happened(7))
    assert heard == [7]


async def test_two_hundred_writers_at_once_lose_nothing(
    services: Services, clock: FrozenClock
) -> None:
    async with services.db.write() as tx:
        tx.add(row("counted", clock))

    async def add_one() -> None:
        async with services.db.write() as tx:
            await tx.change(update(Community).values(about=col(Community.about) + "x"))

    await asyncio.gather(*(add_one() for _ in range(200)))
    async with services.db.read() as reader:
        assert len((await reader.exec(select(Community.about))).one()) == 200


async def test_insert_once_makes_one_row_of_many_tries(
    services: Services, clock: FrozenClock
) -> None:
    values = {
        "slug": "one",
        "name": "One",
        "about": "",
        "access": "open",
        "rules": "",
        "created_at": clock.now(),
    }

    async def insert() -> int | None:
        async with services.db.write() as tx:
            return await tx.insert_once(Community, values)

    made = await asyncio.gather(*(insert() for _ in range(8)))
    assert len([one for one in made if one is not None]) == 1
    assert await slugs(services) == ["one"]


async def test_a_claim_is_won_by_one(services: Services, clock: FrozenClock) -> None:
    async with services.db.write() as tx:
        tx.add(row("prize", clock))

    async def claim() -> int:
        async with services.db.write() as tx:
            free = update(Community).where(col(Community.closed_at).is_(None))
            return await tx.change(free.values(closed_at=tx.now))

    assert sum(await asyncio.gather(*(claim() for _ in range(20)))) == 1


async def test_a_read_only_database_says_so_and_stores_nothing(services: Services) -> None:
    if services.db.is_sqlite:
        refuse, allow = "PRAGMA query_only=ON", "PRAGMA query_only=OFF"
    else:
        refuse = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        allow = "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"
    async with services.db.read() as reader:
        await reader.exec(text(refuse))  # type: ignore[call-overload]
        await reader.commit()

    async def store() -> None:
        async with services.db.write() as tx:
            tx.add(Community(slug="lost", name="Lost", created_at=tx.now))

    with pytest.raises(ReadOnly):
        await store()
    async with services.db.read() as reader:
        await reader.exec(text(allow))  # type: ignore[call-overload]
        await reader.commit()
    assert await slugs(services) == []


async def test_foreign_keys_are_kept(services: Services, clock: FrozenClock) -> None:
    async with services.db.read() as reader:
        if services.db.is_sqlite:
            on = (await reader.exec(text("PRAGMA foreign_keys"))).scalar()  # type: ignore[call-overload]
            assert on == 1
