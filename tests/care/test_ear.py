"""The team reads one calm line while the ear is failing; members read nothing of it."""

from collections.abc import AsyncIterator, Sequence

import pytest
from starlette.applications import Starlette

import forum.app as composition
from forum.care.ear import said_of_ear
from forum.permissions import Role
from forum.screening.model import Scores, WindowScore
from forum.screening.rulebook import RuleBook
from forum.screening.screener import FAILING_SECONDS, Screener
from forum.screening.verdict import Need, Surface
from forum.screening.windows import Span
from forum.services import Services
from forum.settings import Settings
from tests.boards.scene import Scene
from tests.fakes import FrozenClock, QuickHasher
from tests.people import Person, World

NOT_ANSWERING = "The listening model is not answering. The rules still listen."
READ_ALONG = "Please read along more than usual."
HOME = "/c/harbour"


class Ill:
    """A model that fails until it is well."""

    version = "ill"
    is_well = False

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        if not self.is_well:
            raise MemoryError
        return Scores(tuple(WindowScore() for _ in spans))


@pytest.fixture
def model() -> Ill:
    return Ill()


@pytest.fixture
async def app(
    settings: Settings, clock: FrozenClock, rules: RuleBook, model: Ill
) -> AsyncIterator[Starlette]:
    """A forum whose model is ill, and whose screener reads the test's own clock."""
    made = composition.create_app(
        settings,
        screener=Screener(rules, model, now=lambda: clock.now().timestamp()),
        clock=clock,
        hasher=QuickHasher(),
        runs_jobs=False,
    )
    async with made.router.lifespan_context(made):
        yield made


async def team(world: World, scene: Scene) -> dict[str, Person]:
    """Those who read along, and the page where each of them reads."""
    place = scene.place
    return {
        f"{HOME}/desk": await world.person("ana", place, Role.MODERATOR, certified=True),
        f"{HOME}/reviews": await world.person("lea", place, Role.LEAD),
        f"{HOME}/desk/counts": await world.person("ada", place, Role.COMMUNITY_ADMIN),
    }


async def test_the_team_reads_one_line_while_the_model_is_away_and_members_none(
    world: World, services: Services, clock: FrozenClock, model: Ill
) -> None:
    scene = await Scene.build(world)
    readers = await team(world, scene)
    mia = await world.person("mia", scene.place)
    for url, person in readers.items():
        assert READ_ALONG not in (await person.get(url)).text

    topic = await scene.topic("How are you all?")
    for url, person in readers.items():
        page = (await person.get(url)).text
        assert f"{NOT_ANSWERING} 1 text waits to be heard again. {READ_ALONG}" in page, url
    for url in (HOME, f"{HOME}/t/{topic}", f"{HOME}/rooms", "/"):
        assert "listening model" not in (await mia.get(url, follow_redirects=True)).text, url

    model.is_well = True
    clock.advance(minutes=1)
    await services.worker.run_due()
    for url, person in readers.items():
        assert READ_ALONG not in (await person.get(url)).text, "it goes by itself"


async def test_texts_that_wait_are_told_also_when_the_failure_was_long_ago(
    world: World, clock: FrozenClock
) -> None:
    scene = await Scene.build(world)
    readers = await team(world, scene)
    await scene.topic("How are you all?")
    clock.advance(seconds=FAILING_SECONDS)
    for url, person in readers.items():
        page = (await person.get(url)).text
        assert NOT_ANSWERING not in page
        assert f"1 text waits to be heard again. {READ_ALONG}" in page


def test_the_line_counts_as_people_do_and_is_empty_when_all_is_well() -> None:
    assert said_of_ear(is_failing=False, waiting=0) == ""
    assert said_of_ear(is_failing=True, waiting=0) == f"{NOT_ANSWERING} {READ_ALONG}"
    assert said_of_ear(is_failing=False, waiting=3) == (
        f"3 texts wait to be heard again. {READ_ALONG}"
    )
