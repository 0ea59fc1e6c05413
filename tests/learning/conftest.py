"""A forum that learns: a board, a team, and quick ways to decide."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import structlog
from sqlmodel import col, select

from forum.care import asking, casework, ownership
from forum.care.forms import Worry
from forum.care.models import Case
from forum.care.ownership import CaseRef
from forum.care.states import NoConcern, Outcome
from forum.content import Subject
from forum.ids import new_form_id
from forum.learning.collecting import collect
from forum.learning.models import Label
from forum.learning.queries import history
from forum.logs import FORWARDED
from forum.permissions import Role
from forum.screening.backtest import Decided
from forum.screening.verdict import Need
from forum.services import Services
from forum.settings import Settings
from tests.boards.scene import Scene
from tests.people import Person, World

CRISIS = "I have everything ready. I am going to kill myself tonight."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The operator has opted in."""
    return settings.model_copy(update={"screening_learns": True})


@dataclass
class School:
    """ana writes, ben worries, mo moderates and lea leads; both are on duty."""

    scene: Scene
    mo: Person
    lea: Person

    @classmethod
    async def open(cls, world: World, slug: str = "harbour") -> "School":
        scene = await Scene.build(world, slug)
        team = {"certified": True, "on_duty": True}
        mo = await world.person(f"mod-{slug}", scene.place, Role.MODERATOR, **team)
        return cls(scene, mo, await world.person(f"lea-{slug}", scene.place, Role.LEAD, **team))

    @property
    def services(self) -> Services:
        return self.scene.world.services

    async def post(self, text: str, by: Person | None = None) -> int:
        """Begin a topic of these words; the id of its post."""
        return await self.scene.post_id(await self.scene.topic(text, by=by))

    async def claim(self) -> CaseRef:
        """mo takes the newest case."""
        async with self.services.db.read() as reader:
            newest = select(Case.id).order_by(col(Case.id).desc())
            case_id = (await reader.exec(newest)).first() or 0
        ref = CaseRef(self.scene.place.id, case_id)
        await ownership.claim(self.services, await self.mo.actor(), ref)
        return ref

    async def no_concern(self) -> None:
        """mo ends the newest case as none."""
        ref = await self.claim()
        mo = await self.mo.actor()
        await casework.no_concern(self.services, mo, ref, NoConcern.FIGURE_OF_SPEECH)

    async def close(self, outcome: Outcome = Outcome.SUPPORTED_HERE) -> None:
        """mo ends the newest case with an outcome."""
        ref = await self.claim()
        await casework.close(self.services, await self.mo.actor(), ref, outcome, "none")

    async def set_level(self, by: Person, level: Need) -> None:
        """Set the level of the newest case, which `by` may."""
        ref = await self.claim()
        await casework.set_level(self.services, await by.actor(), ref, level)

    async def worry(self, post_id: int) -> None:
        """ben tells the team that he worries about who wrote this."""
        told = Worry(Subject("post", post_id), "", "I am worried", False, new_form_id())
        ben = await self.scene.ben.actor()
        await asking.worry(self.services, ben, self.scene.place, told)

    async def labels(self) -> list[Label]:
        """Every label after one pass of the clockwork."""
        await collect(self.services)
        async with self.services.db.read() as reader:
            return list((await reader.exec(select(Label).order_by(col(Label.id)))).all())

    async def history(self) -> list[Decided]:
        """What this community could learn from."""
        async with self.services.db.read() as reader:
            return await history(reader, self.scene.place.id)


@pytest.fixture
async def school(world: World) -> School:
    return await School.open(world)


@pytest.fixture
def opted_out(services: Services) -> Services:
    """The same forum where the operator has not opted in."""
    settings = services.settings.model_copy(update={"screening_learns": False})
    return replace(services, settings=settings)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Commands run in this process write their logs to a stream that is closed when they end."""
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in FORWARDED)]
    before = [(one, one.handlers[:], one.propagate, one.level) for one in loggers]
    config = structlog.get_config()
    yield
    structlog.configure(**config)
    for one, handlers, propagate, level in before:
        one.handlers, one.propagate = handlers, propagate
        one.setLevel(level)
