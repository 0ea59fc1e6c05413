"""A board with somebody who writes, somebody who reports, and two moderators."""

from dataclasses import dataclass

import pytest

from forum.permissions import Role
from tests.boards.scene import Scene
from tests.people import Person, World


@dataclass
class Desk:
    """ana wrote the topic, ben reports; mo and max moderate, lea leads, chris is the admin."""

    scene: Scene
    max: Person
    lea: Person
    topic: str
    post_id: int

    @property
    def about(self) -> str:
        return f"post:{self.post_id}"

    @property
    def home(self) -> str:
        return self.scene.home

    async def report(self, by: Person | None = None, category: str = "unkind") -> int:
        """Report the post; the status of the answer."""
        fields = {"category": category, "words": "It hurt to read"}
        answer = await (by or self.scene.ben).post(f"{self.home}/flag?about={self.about}", fields)
        return answer.status_code

    async def decide(self, by: Person | None = None, review: int = 1, **fields: object) -> int:
        """Decide a review; the status of the answer."""
        answer = await (by or self.scene.mo).post(f"{self.home}/reviews/{review}", fields)
        return answer.status_code

    async def reads(self, person: Person) -> str:
        """What a person sees of the topic."""
        return (await person.get(self.topic)).text


@pytest.fixture
async def desk(world: World) -> Desk:
    scene = await Scene.build(world)
    topic = await scene.topic("The bench by the river is where I go.", title="Benches")
    return Desk(
        scene,
        await world.person("max", scene.place, Role.MODERATOR, certified=True),
        await world.person("lea", scene.place, Role.LEAD, certified=True),
        topic,
        await scene.post_id(topic),
    )
