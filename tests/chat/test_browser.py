"""A room in a real Chromium, with a server that goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette

import forum.app as composition
from forum.chat.content import Messages
from forum.content import Visibility
from forum.screening.verdict import Need
from forum.server import build_server, listening_socket
from forum.settings import Settings
from forum.web.cookies import session_cookie
from tests.browser import axe_findings, chromium, sideways
from tests.chat.scene import Scene, eventually, said
from tests.fakes import FakeScreener, FrozenClock, QuickHasher
from tests.people import Person, World
from tests.services import free_port

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


class Site:
    """A forum at one address, which can be stopped and started again on the same data."""

    def __init__(self, tmp_path: Path, database: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = Settings(
            public_url=self.url, database_url=f"sqlite:///{database}", data_dir=tmp_path / "data"
        )
        self.screener = FakeScreener()
        self.clock = FrozenClock()
        self.app = self._make()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Starlette]:
        """Serve while the block runs, each time as a new process would."""
        self.app = self._make()
        server = build_server(self.app)
        with listening_socket("127.0.0.1", self.port) as listener:
            running = asyncio.create_task(server.serve(sockets=[listener]))
            await eventually(lambda: server.started)
            try:
                yield self.app
            finally:
                server.should_exit = True
                await asyncio.wait_for(running, 15)

    def _make(self) -> Starlette:
        return composition.create_app(
            self.settings,
            clock=self.clock,
            hasher=QuickHasher(),
            screener=self.screener,  # type: ignore[arg-type]  # the fake at its seam
            runs_jobs=False,
        )

    @asynccontextmanager
    async def browser_of(
        self, browser: Browser, person: Person, **how: object
    ) -> AsyncIterator[Page]:
        """A person's own browser, signed in."""
        async with await browser.new_context(**how) as context:  # type: ignore[arg-type]
            if person.account_id:
                name = session_cookie(self.settings)
                await context.add_cookies([{"name": name, "value": person.token, "url": self.url}])
            page = await context.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            yield page
            assert faults == []


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Site:
    database = tmp_path / "handrail.db"
    database.write_bytes(sqlite_template.read_bytes())
    return Site(tmp_path, database)


async def build(site: Site, app: Starlette) -> Scene:
    scene = await Scene.build(World(app))
    site.clock.advance(days=4)
    return scene


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Write to the room").fill(text)
    await page.get_by_role("button", name="Send").click()


async def test_what_is_written_offline_is_kept_and_sent_once_in_order(
    chromium: Browser, site: Site
) -> None:
    async with site.open() as app:
        scene = await build(site, app)
        page_of_ana = site.browser_of(chromium, scene.ana)
        page = await page_of_ana.__aenter__()
        await page.goto(site.url + scene.url)
        await expect(page.locator("#room-people")).to_be_visible()
        await write(page, "before")
        await expect(page.locator(".message--waiting")).to_have_count(0)
    await expect(page.locator("#room-line")).to_contain_text("The connection is lost")
    for number in range(4):
        await write(page, f"offline {number}")
    await expect(page.locator(".message--waiting")).to_have_count(4)
    await expect(page.locator(".message__state").last).to_contain_text("kept in this browser")
    async with site.open() as app:
        await expect(page.locator(".message--waiting")).to_have_count(0, timeout=40_000)
        await expect(page.locator("#room-line")).to_have_text("", timeout=40_000)
        wanted = ["before", *(f"offline {number}" for number in range(4))]
        await expect(page.locator("#messages .message__words")).to_have_text(wanted)
        scene.world = World(app)
        async with app.state.services.db.read() as reader:
            rows = await Messages().recent(reader, scene.ana.id, 20)
        assert [row.text for row in rows][::-1] == wanted
        assert (
            await page.evaluate("Object.keys(localStorage).filter((k) => k.includes('outbox'))")
            == []
        )
        await page_of_ana.__aexit__(None, None, None)


async def test_words_on_their_way_survive_a_page_that_is_closed(
    chromium: Browser, site: Site
) -> None:
    async with site.open() as app:
        scene = await build(site, app)
        async with site.browser_of(chromium, scene.ana) as page:
            await page.goto(site.url + scene.url)
            await expect(page.locator("#room-people")).to_be_visible()
            await page.route("**/rooms/**", lambda route: route.abort())
            await page.evaluate("() => { WebSocket.prototype.send = function () {}; }")
            await write(page, "do not lose me")
            await expect(page.locator(".message--waiting")).to_have_count(1)
            again = await page.context.new_page()
            await page.close()
            await again.goto(site.url + scene.url)
            await expect(again.locator(".message--waiting")).to_have_count(0)
            await expect(again.locator(".message__words")).to_have_text(["do not lose me"])


async def test_two_people_talk_and_changes_reach_both(chromium: Browser, site: Site) -> None:
    async with (
        site.open() as app,
    ):
        scene = await build(site, app)
        async with (
            site.browser_of(chromium, scene.ana) as ana,
            site.browser_of(chromium, scene.ben) as ben,
        ):
            for page in (ana, ben):
                await page.goto(site.url + scene.url)
                await expect(page.locator("#room-people")).to_be_visible()
            await write(ana, "look: https://example.org/x <b>no</b>\nsecond line")
            words = ben.locator(".message__words")
            await expect(words).to_have_count(1)
            assert await words.inner_text() == "look: https://example.org/x <b>no</b>\nsecond line"
            await expect(words.locator("a")).to_have_attribute("href", "https://example.org/x")
            await expect(ben.locator("#room-voice")).to_contain_text(scene.ana.name)
            link = ben.locator(".message__actions a", has_text="Report")
            (told,) = await scene.told()
            href = f"/c/{scene.place.slug}/flag?about=message:{told['message']}"
            await expect(link).to_have_attribute("href", href)
            async with scene.services.db.write() as tx:
                await Messages().set_masks(tx, told["message"], [(0, 4)])
            await expect(ben.locator(".mask")).to_have_count(1)
            async with scene.services.db.write() as tx:
                await Messages().set_visibility(tx, told["message"], Visibility.HIDDEN)
            await expect(ben.locator(".message__hidden")).to_have_text(
                "This message is hidden for now."
            )


async def test_crisis_words_bring_the_note_without_leaving_the_page(
    chromium: Browser, site: Site
) -> None:
    site.screener.hear("tonight", need=Need.CRISIS)
    async with site.open() as app:
        scene = await build(site, app)
        async with site.browser_of(chromium, scene.ana) as page:
            await page.goto(site.url + scene.url)
            await expect(page.locator("#room-people")).to_be_visible()
            await write(page, "it ends tonight")
            await expect(page.locator("#room-care #care-panel")).to_be_visible()
            await expect(page.locator("#care-panel h2")).to_be_in_viewport()
            await expect(page.locator(".message__words")).to_have_text(["it ends tonight"])
            assert await axe_findings(page) == []


async def test_new_messages_do_not_move_who_reads_older_ones(chromium: Browser, site: Site) -> None:
    async with site.open() as app:
        scene = await build(site, app)
        for number in range(40):
            await scene.say(f"line {number}", by=(scene.ana, scene.ben, scene.mo)[number % 3])
        async with site.browser_of(chromium, scene.ben) as page:
            await page.goto(site.url + scene.url)
            await expect(page.locator("#room-people")).to_be_visible()
            at = "document.getElementById('messages').scrollTop"
            assert await page.evaluate(at) > 0
            await page.evaluate(f"{at} = 0")
            await scene.say("something new", by=scene.chris)
            await expect(page.locator("#room-newer")).to_be_visible()
            assert await page.evaluate(at) == 0
            await page.get_by_role("button", name="New messages").click()
            assert await page.evaluate(at) > 0
            await expect(page.locator("#room-newer")).to_be_hidden()


async def test_without_a_socket_the_page_asks_and_sends_all_the_same(
    chromium: Browser, site: Site
) -> None:
    async with site.open() as app:
        scene = await build(site, app)
        async with site.browser_of(chromium, scene.ana) as page:
            await page.add_init_script(
                "window.WebSocket = class extends EventTarget { constructor() { super();"
                "setTimeout(() => this.dispatchEvent(Object.assign(new Event('close'),"
                "{ code: 1006 })), 10); } close() {} };"
            )
            await page.goto(site.url + scene.url)
            await scene.say("can you hear me", by=scene.ben)
            await expect(page.locator(".message__words")).to_have_text(
                ["can you hear me"], timeout=15_000
            )
            await write(page, "yes")
            await expect(page.locator(".message--waiting")).to_have_count(0, timeout=15_000)
            assert [said(one) for one in await scene.told()] == ["can you hear me", "yes"]


async def test_without_a_script_one_reads_writes_and_sees_newer_ones(
    chromium: Browser, site: Site
) -> None:
    async with site.open() as app:
        scene = await build(site, app)
        async with site.browser_of(chromium, scene.ana, java_script_enabled=False) as page:
            await page.goto(site.url + scene.url)
            await write(page, "from an old browser")
            await expect(page.locator(".message__words")).to_have_text(["from an old browser"])
            await scene.say("hello ana", by=scene.ben)
            await page.get_by_role("link", name="Show newer messages").click()
            await expect(page.locator(".message__words")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_pages_of_rooms_are_accessible_and_fit(
    chromium: Browser, site: Site, scheme: str, width: int
) -> None:
    async with site.open() as app:
        scene = await build(site, app)
        await scene.say("Morning all. Slept badly, but I am here.")
        await scene.say("Glad you are. Tea helps me.", by=scene.mo)
        posted = await scene.say("x" * 300, by=scene.ben)
        own = f"/m/{posted.message_id - 2}"
        how = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
        pages = {
            scene.ana: ["", f"{own}/edit", f"{own}/remove"],
            scene.chris: ["/edit", "/../new", "/.."],
        }
        for person, paths in pages.items():
            async with site.browser_of(chromium, person, **how) as page:
                for path in paths:
                    await page.goto(site.url + scene.url + path)
                    if not path:
                        await expect(page.locator("#room-people")).to_be_visible()
                    assert await axe_findings(page) == [], path
                    assert await sideways(page) == [], path
