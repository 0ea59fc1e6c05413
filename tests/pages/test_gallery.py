"""Every component in a real browser, under the real headers: for eyes, thumbs, keys and readers."""

import pytest
from playwright.async_api import Browser, Page

from tests.browser import axe_findings, sideways
from tests.pages.conftest import Gallery

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}


def complaints(page: Page) -> list[str]:
    """What the browser's console says from now on; a refused script or style is said there."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize(
    "query",
    ["?errors=yes", "?dir=rtl&guest=yes", "?discreet=yes&demo=yes&read_only=yes"],
    ids=["with mistakes", "right to left", "banners"],
)
async def test_axe_finds_nothing_and_the_policy_refuses_nothing(
    chromium: Browser, gallery: Gallery, scheme: str, size: dict[str, int], query: str
) -> None:
    async with await chromium.new_context(color_scheme=scheme, viewport=size) as context:
        page = await context.new_page()
        heard = complaints(page)
        await page.goto(gallery.url + "/" + query)
        for fold in await page.locator("main details").all():
            await fold.evaluate("one => { one.open = true; }")
        assert await axe_findings(page) == []
        assert await sideways(page) == []
        assert heard == []


@pytest.mark.parametrize("query", ["?demo=yes&errors=yes", "?dir=rtl"])
@pytest.mark.parametrize("size", [NARROW, PHONE], ids=["320", "360"])
async def test_nobody_must_scroll_sideways_on_a_phone(
    chromium: Browser, gallery: Gallery, size: dict[str, int], query: str
) -> None:
    async with await chromium.new_context(viewport=size) as context:
        page = await context.new_page()
        await page.goto(gallery.url + "/" + query)
        assert await sideways(page) == []


async def test_text_at_twice_its_size_still_fits_a_phone(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context(viewport=PHONE, bypass_csp=True) as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.add_style_tag(content="html { font-size: 200% }")
        assert await sideways(page) == []


@pytest.mark.parametrize("size", [NARROW, PHONE, WIDE], ids=["320", "360", "wide"])
async def test_help_and_leaving_stay_in_sight_in_one_row(
    chromium: Browser, gallery: Gallery, size: dict[str, int]
) -> None:
    async with await chromium.new_context(viewport=size) as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.mouse.wheel(0, 3000)
        await page.wait_for_function("scrollY > 1000", timeout=5000)
        help_now = await page.get_by_role("link", name="Get help now").bounding_box()
        leave = await page.get_by_role("link", name="Emergency: Leave this page").bounding_box()
        assert help_now is not None
        assert leave is not None
        assert help_now["y"] == leave["y"]
        assert 0 <= help_now["y"] < 60
        assert min(help_now["height"], leave["height"]) >= 44
        assert leave["x"] + leave["width"] <= size["width"]


async def test_what_has_the_focus_is_seen_and_never_under_the_bar(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context(viewport=PHONE) as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        seen = """() => {
            const one = document.activeElement, box = one.getBoundingClientRect();
            const inside = (side) => Math.min(5, side / 2);
            const top = document.elementFromPoint(
                box.left + inside(box.width), box.top + inside(box.height));
            const ring = getComputedStyle(one).outlineStyle;
            return [one.outerHTML.slice(0, 120), ring !== "none", top !== null
                && (one.contains(top) || top.contains(one) && !top.closest(".topbar"))];
        }"""
        for key in ["Tab"] * 75 + ["Shift+Tab"] * 70:
            await page.keyboard.press(key)
            what, has_ring, is_on_top = await page.evaluate(seen)
            if what.startswith("<body"):
                break
            assert has_ring, what
            assert is_on_top, what


async def test_every_target_is_big_enough_to_hit(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context(viewport=PHONE) as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        small = await page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, summary")]
                .filter((one) => one.checkVisibility() && !one.closest("p, dd, .unseen"))
                .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
                .filter(([, box]) => box.height > 1 && (box.height < 24 || box.width < 24))
                .map(([what, box]) => `${what} ${box.width}×${box.height}`)"""
        )
        assert small == []


async def test_the_skip_link_is_first_and_leads_past_the_frame(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context(viewport=PHONE) as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == (
            "Skip to the main content"
        )
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"


async def test_without_scripts_all_is_there_and_the_way_out_is_a_plain_link(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context(java_script_enabled=False, viewport=PHONE) as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        assert await page.locator(".post time").first.inner_text() == "3 March 2026, 14:02 UTC"
        await page.locator("summary", has_text="River").click()
        assert await page.get_by_role("button", name="Sign out").is_visible()
        await page.get_by_role("link", name="Leave this page").click()
        await page.wait_for_url("**/away")


async def test_a_moment_is_shown_on_the_readers_own_clock(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context(locale="en-GB", timezone_id="Asia/Tokyo") as context:
        page = await context.new_page()
        await page.clock.set_fixed_time("2026-03-04T12:00:00Z")
        await page.goto(gallery.url)
        assert await page.locator(".post time").first.inner_text() == "yesterday, 23:02"


async def test_a_key_presses_its_button_but_never_while_someone_writes(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.keyboard.press("?")
        assert await page.locator(".keys dl").is_visible()
        await page.locator("#text").focus()
        await page.keyboard.press("c")
        assert page.url == gallery.url + "/"
        await page.locator("h1").click()
        async with page.expect_request("**/claim/1"):
            await page.keyboard.press("c")


async def test_keys_can_be_turned_off_for_good(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.keyboard.press("?")
        await page.get_by_role("button", name="Turn these keys off").click()
        await page.reload()
        await page.keyboard.press("c")
        await page.keyboard.press("?")
        assert page.url == gallery.url + "/"
        assert not await page.locator(".keys dl").is_visible()
        await page.get_by_text("Keys for this page").click()
        await page.get_by_role("button", name="Turn these keys on").click()
        await page.locator("h1").click()
        async with page.expect_request("**/claim/1"):
            await page.keyboard.press("c")


async def test_a_form_is_sent_once_however_often_its_button_is_pressed(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
        await page.goto(gallery.url)
        await page.evaluate(
            """() => {
                const buttons = [...document.querySelectorAll("button")];
                const button = buttons.find((one) => one.textContent === "Claim");
                button.click(); button.click(); button.click();
            }"""
        )
        await page.wait_for_url("**/claim/1")
        assert sent == [gallery.url + "/claim/1"]


async def test_a_password_can_be_looked_at(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.get_by_label("Password", exact=True).fill("three calm words")
        await page.get_by_role("button", name="Show password").click()
        assert await page.locator("#password").get_attribute("type") == "text"
        await page.get_by_role("button", name="Hide password").click()
        assert await page.locator("#password").get_attribute("type") == "password"
