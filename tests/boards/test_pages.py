"""The pages of boards in a real browser: nothing for axe to find, nothing sticking out."""

import pytest
from playwright.async_api import Browser, Page
from starlette.types import ASGIApp, Receive, Scope, Send

from forum.screening.verdict import Harm, Need
from forum.web.guard import session_cookie
from tests.boards.scene import Scene
from tests.browser import axe_findings, chromium, serve, sideways
from tests.fakes import FakeScreener
from tests.people import Person

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.one_database]

STORY = (
    "It was a long day.\n\n> What helped?\n\n- tea\n- the **warm** coat\n\n"
    "Averyverylongwordwithoutanyplacetobreakitthatsomebodytypedononelinebecausetheywereupset"
)


class As:
    """The forum as one person's browser sees it."""

    def __init__(self, app: ASGIApp, person: Person) -> None:
        name = session_cookie(person.world.services.settings)
        self._app, self._cookie = app, f"{name}={person.token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the person's cookie."""
        if scope["type"] == "http":
            scope = scope | {"headers": [*scope["headers"], (b"cookie", self._cookie)]}
        await self._app(scope, receive, send)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_of_boards_is_open_to_everybody(
    scene: Scene, screener: FakeScreener, chromium: Browser, scheme: str
) -> None:
    paths = await lived_in(scene, screener)
    context = await chromium.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = await context.new_page()
    found = {}
    for person, path in paths:
        async with serve(As(scene.world.app, person)) as address:
            await page.goto(address + path)
            found[f"{person.name} {path}"] = await wrong_with(page)
    await context.close()

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


async def wrong_with(page: Page) -> list[str]:
    """What is wrong with the page that is open."""
    return [*await axe_findings(page), *await sideways(page)]


async def lived_in(scene: Scene, screener: FakeScreener) -> list[tuple[Person, str]]:
    """A board where all sorts of things have happened; who then looks at which page."""
    screener.hear("the bridge", harm=Harm.UNSAFE_DETAIL)
    screener.hear("cannot go on", Need.CRISIS)
    screener.hear("do it then", harm=Harm.ENCOURAGEMENT)
    topic = await scene.topic(STORY, "A long evening, and what helped a little")
    await scene.answer(topic, "I stood at the bridge once.", answers="1", note="suicide")
    await scene.answer(topic, "Well, do it then.")
    await scene.answer(topic, "I am here.", scene.mo, answers="2")
    for number in range(18):
        await scene.answer(topic, f"Answer {number}.", scene.ana if number % 2 else scene.chris)
    await scene.answer(topic, "I cannot go on.", scene.ana)
    first, second = await scene.post_id(topic), await scene.post_id(topic, 2)
    fields = {"title": "A long evening", "text": STORY, "version": "1", "form_id": "f"}
    await scene.ana.post(f"{scene.home}/p/{first}/edit", fields)
    await scene.topic("Short.", "Another one", scene.ben)
    return [
        (scene.ben, scene.home),
        (scene.ben, scene.board),
        (scene.zoe, topic),
        (scene.ben, f"{topic}?quote=1"),
        (scene.ana, f"{topic}?page=2"),
        (scene.mo, topic),
        (scene.ana, f"{scene.board}/new"),
        (scene.ana, f"{scene.home}/p/{first}/edit"),
        (scene.ana, f"{scene.home}/p/{first}/history"),
        (scene.ben, f"{scene.home}/p/{second}/remove"),
        (scene.ana, f"{scene.home}/told-privately"),
        (scene.chris, f"{scene.home}/boards/new"),
        (scene.chris, f"{scene.board}/edit"),
    ]
