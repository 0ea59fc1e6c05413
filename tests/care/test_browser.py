"""Care in a real browser: each page is open to everybody, and the desk hears without a reload."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette

import forum.app as composition
from forum.care import line, ownership
from forum.care.ownership import CaseRef
from forum.screening.verdict import Need
from forum.server import build_server
from forum.settings import Settings
from forum.web.cookies import session_cookie
from tests.browser import axe_findings, chromium, sideways
from tests.care.cases import Harbour
from tests.fakes import FrozenClock, QuickHasher
from tests.live.rooms import eventually
from tests.people import Person, World

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE_MS = 20_000  # a busy machine; what must be quick is measured in the test itself
MEMBER_PAGES = ["/care", "/care/line", "/need", "/worry", "/worry/thanks"]


@dataclass
class Site:
    """The forum on a free port of this machine, with its people."""

    url: str
    harbour: Harbour
    browser: Browser

    @asynccontextmanager
    async def open(
        self, person: Person | None, path: str, *, width: int = 1100, dark: bool = False
    ) -> AsyncIterator[Page]:
        """A person's own browser on a page."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            base_url=self.url,
        )
        if person is not None:
            name = session_cookie(self.harbour.services.settings)
            await context.add_cookies([{"name": name, "value": person.token, "url": self.url}])
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(path)
        yield page
        await context.close()


@pytest.fixture
def empty(sqlite_template: Path) -> bytes:
    """A database with every table and nothing in it."""
    return sqlite_template.read_bytes()


@pytest.fixture
async def site(
    chromium: Browser, tmp_path: Path, empty: bytes, clock: FrozenClock
) -> AsyncIterator[Site]:
    database = tmp_path / "browser.db"
    await asyncio.to_thread(database.write_bytes, empty)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(
            public_url=url, database_url=f"sqlite:///{database}", data_dir=tmp_path / "data"
        )
        app: Starlette = composition.create_app(
            settings, clock=clock, hasher=QuickHasher(), runs_jobs=False
        )
        server = build_server(app)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await eventually(lambda: server.started)
        world = World(app)
        try:
            yield Site(url, await Harbour.open(world), chromium)
        finally:
            server.should_exit = True
            await asyncio.wait_for(running, 20)
            await world.close()


async def ref_of(site: Site) -> CaseRef:
    return CaseRef(site.harbour.place.id, (await site.harbour.case()).id or 0)


async def talk(site: Site) -> CaseRef:
    """A crisis, claimed and answered: every page has something on it."""
    harbour = site.harbour
    await harbour.raise_()
    ref, ana = await ref_of(site), await harbour.ana.actor()
    await ownership.claim(harbour.services, ana, ref)
    await line.answer(harbour.services, ana, harbour.place, ref, "Hi mia, I am here.", "a1")
    await ownership.keep(harbour.services, ana, ref, "And I")
    noa = await harbour.world.person("noa", harbour.place)
    await harbour.raise_(Need.URGENT, person_id=noa.id)
    return ref


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1100, True)])
async def test_axe_finds_nothing_and_nobody_scrolls_sideways(
    site: Site, width: int, dark: bool
) -> None:
    harbour, ref = site.harbour, await talk(site)
    visits: list[tuple[Person | None, str]] = [(None, "/help-now"), (None, "/help-now?country=GB")]
    visits += [(harbour.mia, f"/c/harbour{path}") for path in MEMBER_PAGES]
    visits += [(harbour.ana, "/c/harbour/desk"), (harbour.ana, "/c/harbour/desk/counts")]
    visits += [(harbour.ana, f"/c/harbour/cases/{ref.case_id}")]
    found = []
    for person, path in visits:
        async with site.open(person, path, width=width, dark=dark) as page:
            found += [f"{path}: {one}" for one in await axe_findings(page)]
            found += [f"{path}: sideways {one}" for one in await sideways(page)]
    assert found == []


async def test_an_open_desk_shows_a_crisis_within_two_seconds_and_claims_it_by_key(
    site: Site,
) -> None:
    errors: list[str] = []
    async with site.open(site.harbour.ana, "/c/harbour/desk") as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        await expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        await page.wait_for_timeout(500)  # the socket opens
        loop = asyncio.get_running_loop()
        began = loop.time()
        await site.harbour.raise_()
        await expect(page.locator(".queue__title", has_text="mia")).to_be_visible()
        seconds = loop.time() - began
        assert "You are called" in await page.title()
        await page.keyboard.press("j")
        await page.keyboard.press("c")
        await expect(page.get_by_text("This case is yours")).to_be_visible()
    assert (await site.harbour.case()).owner_id == site.harbour.ana.id
    assert errors == []
    assert seconds < 2


async def test_a_desk_whose_socket_is_cut_still_hears_by_asking(site: Site) -> None:
    async with site.open(site.harbour.ana, "/c/harbour/desk") as page:
        await page.route_web_socket("**/live", lambda ws: ws.close())
        await page.reload()
        await site.harbour.raise_()
        await expect(page.locator(".queue__title", has_text="mia")).to_be_visible()


async def test_a_letter_goes_into_the_box_and_an_answer_shows_on_the_members_open_page(
    site: Site,
) -> None:
    harbour = site.harbour
    await harbour.raise_()
    ref = await ref_of(site)
    await ownership.claim(harbour.services, await harbour.ana.actor(), ref)
    async with (
        site.open(harbour.mia, "/c/harbour/care/line") as mia,
        site.open(harbour.ana, f"/c/harbour/cases/{ref.case_id}") as ana,
    ):
        await ana.get_by_text("Start from a letter").click()
        await ana.get_by_text("First reply, in danger now").click()
        await ana.get_by_role("button", name="Put this into the box").first.click()
        assert "[" in await ana.locator("#text").input_value()
        await ana.locator("#text").fill("Hi mia, I am here now.")
        await ana.get_by_role("button", name="Send", exact=True).click()
        await expect(mia.get_by_text("Hi mia, I am here now.")).to_be_visible()
