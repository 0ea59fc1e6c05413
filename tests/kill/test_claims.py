"""Two processes with four moderators each, two thousand alerts: each has one owner."""

import asyncio
import json
import os
import sys
from collections import Counter

import pytest
from sqlmodel import col, func, select

from forum.accounts.models import Account
from forum.care.actions import raise_need
from forum.care.models import Case
from forum.care.signals import Concern
from forum.content import Subject
from forum.db import Tx
from forum.permissions import Role
from forum.screening.verdict import Need
from forum.services import Place, Services
from tests.kill.server import ROOT
from tests.people import World

pytestmark = [pytest.mark.kill, pytest.mark.timeout(900)]

ALERTS = 2000
AT_ONCE = 100  # alerts raised in one transaction, to be quick about the preparation
TEAM = ("Ana", "Ben", "Cy", "Dee")


async def people(tx: Tx, first: int) -> list[int]:
    """The ids of some new accounts."""
    accounts = [
        Account(
            name=f"member {number}",
            name_key=f"member {number}",
            password_hash="",
            recovery_hash="",
            created_at=tx.now,
            age_confirmed_at=tx.now,
            terms_agreed_at=tx.now,
            sensitive_agreed_at=tx.now,
        )
        for number in range(first, first + AT_ONCE)
    ]
    tx.add(*accounts)
    await tx.flush()
    return [account.id or 0 for account in accounts]


async def raise_all(services: Services, place: Place) -> None:
    for first in range(0, ALERTS, AT_ONCE):
        async with services.db.write() as tx:
            for person_id in await people(tx, first):
                subject = Subject("post", person_id)
                await raise_need(tx, Concern(person_id, place.id, subject, Need.CRISIS, "rule"))


async def run_racer(services: Services, place: Place, tokens: list[str]) -> Counter[str]:
    settings = services.settings
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.kill.racer",
        str(place.id),
        *tokens,
        cwd=ROOT,
        env=os.environ
        | {
            "HANDRAIL_PUBLIC_URL": settings.public_url,
            "HANDRAIL_DATABASE_URL": settings.database_url,
            "HANDRAIL_DATA_DIR": str(settings.data_dir),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return Counter(json.loads(out))


async def test_each_alert_has_one_winner_and_losers_are_told_who(
    world: World, services: Services, database_kind: str
) -> None:
    place = await world.community()
    await world.person("Leo", place, Role.LEAD, certified=True)
    team = [
        await world.person(f"{name} {process}", place, Role.MODERATOR, certified=True, on_duty=True)
        for process in (1, 2)
        for name in TEAM
    ]
    await raise_all(services, place)
    results = await asyncio.gather(
        run_racer(services, place, [one.token for one in team[:4]]),
        run_racer(services, place, [one.token for one in team[4:]]),
    )
    total = results[0] + results[1]
    print(f"\n{database_kind}: {dict(total)}, by process {[one['won'] for one in results]}")
    assert total == {"won": ALERTS, "told who": ALERTS * (len(team) - 1)}
    async with services.db.read() as reader:
        owned = select(func.count()).select_from(Case).where(col(Case.owner_id).is_not(None))
        assert (await reader.exec(owned)).one() == ALERTS
