"""What the tests of care share: a harbour with its people, concerns, and a look at the rows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel, col, select

from forum.care.actions import raise_need
from forum.care.models import Alert, AlertRecipient, Case, CaseEvent, Signal
from forum.care.signals import Concern, Raised
from forum.content import Subject
from forum.permissions import Role
from forum.screening.verdict import Need
from forum.services import Place, Services
from tests.people import Person, World


@dataclass
class Harbour:
    """A community with a member in need and a team, everybody on the team certified and on duty."""

    world: World
    place: Place
    mia: Person
    ana: Person
    ben: Person
    lea: Person

    @classmethod
    async def open(cls, world: World, *, on_duty: bool = True) -> "Harbour":
        place = await world.community()
        team = {"certified": True, "on_duty": on_duty}
        return cls(
            world,
            place,
            mia=await world.person("mia", place),
            ana=await world.person("ana", place, Role.MODERATOR, **team),
            ben=await world.person("ben", place, Role.MODERATOR, **team),
            lea=await world.person("lea", place, Role.LEAD, certified=True, on_duty=False),
        )

    @property
    def services(self) -> Services:
        return self.world.services

    def concern(self, need: Need = Need.CRISIS, **changes: Any) -> Concern:
        """Mia's own words, heard by a rule."""
        values: dict[str, Any] = {
            "person_id": self.mia.id,
            "community_id": self.place.id,
            "subject": Subject("post", 7),
            "source": "rule",
        }
        return Concern(need=need, **(values | changes))

    async def raise_(self, need: Need = Need.CRISIS, **changes: Any) -> Raised:
        """Raise Mia's need in a unit of work of its own."""
        async with self.services.db.write() as tx:
            return await raise_need(tx, self.concern(need, **changes))

    async def case(self) -> Case:
        """The one case there is."""
        (only,) = await rows(self.services, Case)
        return only

    async def later(self, **delta: float) -> None:
        """Move the clock and let every job run that is due then."""
        self.services.clock.advance(**delta)  # type: ignore[attr-defined]
        await self.services.worker.run_due()

    async def steps(self) -> list[str]:
        """The steps of the alerts that went out, in order."""
        return [alert.step for alert in await rows(self.services, Alert)]

    async def told(self, step: str) -> set[int]:
        """Whom that step called, over all rounds."""
        ids = {alert.id for alert in await rows(self.services, Alert) if alert.step == step}
        called = await rows(self.services, AlertRecipient)
        return {one.account_id for one in called if one.alert_id in ids}

    async def kinds(self) -> list[str]:
        """What happened in all cases, in order."""
        return [event.kind for event in await rows(self.services, CaseEvent)]

    async def signals(self) -> list[Signal]:
        return await rows(self.services, Signal)


async def rows(services: Services, table: type[Any]) -> list[Any]:
    """Every row of a table by id."""
    async with services.db.read() as reader:
        found: Sequence[SQLModel] = (await reader.exec(select(table).order_by(col(table.id)))).all()
    return list(found)


async def at_once(*units: Any) -> list[Any]:
    """Run all together; what each gave or raised."""
    async with asyncio.timeout(20):
        return await asyncio.gather(*units, return_exceptions=True)
