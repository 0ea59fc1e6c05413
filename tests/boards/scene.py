"""A community with a board, and people who write there."""

import re
from dataclasses import dataclass
from html import unescape

from httpx2 import Response

from forum.boards import upkeep
from forum.boards.forms import BoardDraft
from forum.ids import new_form_id
from forum.permissions import Role
from forum.services import Place
from tests.people import Person, World

BOARD = "evenings"


@dataclass
class Scene:
    """ana writes, ben reads and answers, mo moderates, chris arranges, zoe is a guest."""

    world: World
    place: Place
    ana: Person
    ben: Person
    mo: Person
    chris: Person
    zoe: Person

    @classmethod
    async def build(cls, world: World, slug: str = "harbour", access: str = "open") -> "Scene":
        """The people and an empty board."""
        place = await world.community(slug, access)
        made = cls(
            world,
            place,
            await world.person(f"ana-{slug}", place),
            await world.person(f"ben-{slug}", place),
            await world.person(f"mo-{slug}", place, Role.MODERATOR, certified=True),
            await world.person(f"chris-{slug}", place, Role.COMMUNITY_ADMIN),
            world.guest(),
        )
        draft = BoardDraft(BOARD, "Evenings", "When it gets late", "", 0, is_closed=False)
        await upkeep.create_board(world.services, await made.chris.actor(), place, draft)
        return made

    @property
    def home(self) -> str:
        return f"/c/{self.place.slug}"

    @property
    def board(self) -> str:
        return f"{self.home}/b/{BOARD}"

    async def topic(
        self,
        text: str = "It is late.",
        title: str = "Tonight",
        by: Person | None = None,
        **more: str,
    ) -> str:
        """Begin a topic through the form; its address."""
        person = by or self.ana
        fields = {"title": title, "text": text, "form_id": new_form_id()} | more
        sent = await person.post(f"{self.board}/new", fields)
        assert sent.status_code == 303, sent.text
        return sent.headers["location"].partition("?")[0]

    async def answer(
        self, topic: str, text: str = "I am here too.", by: Person | None = None, **more: str
    ) -> Response:
        """Answer through the form."""
        fields = {"text": text, "form_id": new_form_id()} | more
        return await (by or self.ben).post(topic, fields)

    async def post_id(self, topic: str, number: int = 1, by: Person | None = None) -> int:
        """The id of a post, as its permalink names it."""
        shown = await (by or self.mo).get(f"{topic}?page={(number - 1) // 20 + 1}")
        article = re.search(rf'id="post-{number}".*?/p/(\d+)"', shown.text, re.DOTALL)
        assert article, f"post {number} is not on its page"
        return int(article[1])


def words(response: Response) -> str:
    """What a person reads on a page: no tags, entities resolved, one space between words."""
    main = response.text.partition("<main")[2] or response.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
