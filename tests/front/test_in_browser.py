"""The pages of communities and peers in a real browser: reachable, readable, narrow enough."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser

import forum.app as composition
from forum.permissions import Role
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.settings import Settings
from tests.browser import axe_findings, chromium, serve, sideways
from tests.fakes import FrozenClock, QuickHasher
from tests.peers.learners import COURSE, finish, way_to_an_end
from tests.people import Person, World

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

BASE = f"/c/harbour/courses/{COURSE.slug}"
PAGES = (
    "/",
    "/communities/new",
    "/c/harbour/about",
    "/c/harbour/edit",
    "/c/harbour/team",
    "/c/harbour/invitations",
    "/c/harbour/certificates",
    "/c/harbour/duty",
    "/c/meadow/join",
    "/c/harbour/courses",
    BASE,
    f"{BASE}/lessons/{COURSE.lessons[1].slug}",
    f"{BASE}/conversation",
    f"{BASE}/conversation?taken=0",
    f"{BASE}/conversation?taken={way_to_an_end()}",
    f"{BASE}/quiz",
    f"{BASE}/scope",
    f"{BASE}/reflection",
)
GUEST_PAGES = ("/", "/c/harbour/about", "/c/meadow/join")


@dataclass
class Site:
    address: str
    admin: Person


@pytest.fixture
async def site(sqlite_template: Path, tmp_path: Path, rules: RuleBook) -> AsyncIterator[Site]:
    """A community with a team, members and requests, and the person who may see most pages."""
    file = tmp_path / "handrail.db"
    shutil.copyfile(sqlite_template, file)
    settings = Settings(
        public_url="http://localhost:8000",
        database_url=f"sqlite:///{file}",
        data_dir=tmp_path / "data",
    )
    app = composition.create_app(
        settings,
        screener=Screener(rules),
        clock=FrozenClock(),
        hasher=QuickHasher(),
        runs_jobs=False,
    )
    async with serve(app) as address:
        world = World(app)
        harbour = await world.community()
        await world.community("meadow", access="members")
        offices = (Role.COMMUNITY_ADMIN, Role.LEAD)
        admin = await world.person("Ada", harbour, *offices, certified=True, site_admin=True)
        await world.person("Ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
        learner = await world.person("A rather long name to be read", harbour, Role.MODERATOR)
        await finish(world.services, learner, harbour)
        yield Site(address, admin)
        await world.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_and_nobody_scrolls_sideways(
    chromium: Browser, site: Site, scheme: str
) -> None:
    for cookie, pages in ((site.admin.token, PAGES), ("", GUEST_PAGES)):
        context = await chromium.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": 360, "height": 740},
            bypass_csp=True,  # axe is put into the page
        )
        if cookie:
            await context.add_cookies([{"name": "session", "value": cookie, "url": site.address}])
        page = await context.new_page()
        for path in pages:
            answer = await page.goto(site.address + path)
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert (path, await axe_findings(page)) == (path, [])
            assert (path, await sideways(page)) == (path, [])
        await context.close()


async def test_a_conversation_is_walked_by_keyboard_and_without_scripts(
    chromium: Browser, site: Site
) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    await context.add_cookies([{"name": "session", "value": site.admin.token, "url": site.address}])
    page = await context.new_page()
    await page.goto(f"{site.address}{BASE}/conversation")
    for _ in way_to_an_end().split("."):
        way = page.locator(".scenario a").first
        await way.focus()
        await page.keyboard.press("Enter")
        await page.get_by_text("You chose:").wait_for()
    await page.get_by_text("Go back one step").click()
    assert await page.locator(".scenario a").count() > 0
    await context.close()
