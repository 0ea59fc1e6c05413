"""Leave this page: at once, and Back does not bring it up again."""

import asyncio

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages.conftest import Gallery

pytestmark = pytest.mark.browser
WAIT_MS = 5000


async def left(page: Page) -> None:
    await page.wait_for_url("**/away", timeout=WAIT_MS)


async def test_one_press_leaves_and_locks_the_session(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.get_by_role("link", name="Leave this page").click()
        await left(page)
        beacon = await asyncio.wait_for(gallery.app.state.beacons.get(), WAIT_MS / 1000)
        assert beacon == "token"


async def test_back_never_shows_the_pages_before(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.goto(gallery.url + "/second")
        await page.goto(gallery.url + "/?errors=yes")
        await page.get_by_role("link", name="Leave this page").click()
        await left(page)
        for _ in range(2):
            await page.evaluate("history.back()")
            await page.wait_for_timeout(300)  # longer than a page of this machine takes to show
            await left(page)


async def test_the_page_is_blank_before_the_neutral_one_has_come(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        seen = await page.evaluate(
            """() => {
                document.querySelector("[data-leave]").click();
                return [location.pathname, getComputedStyle(document.body).display, document.title];
            }"""
        )
        assert seen == ["/", "none", "\u200b"]
        await left(page)


async def test_shift_three_times_leaves(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.locator("#text").focus()
        for _ in range(3):
            await page.keyboard.press("Shift")
        await left(page)


async def test_capital_letters_do_not_leave(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.locator("#name").fill("")
        await page.locator("#name").focus()
        for letter in "ABCD":
            await page.keyboard.down("Shift")
            await page.keyboard.press(letter)
            await page.keyboard.up("Shift")
        assert page.url == gallery.url + "/"
        assert await page.locator("#name").input_value() == "ABCD"


async def test_who_comes_back_on_purpose_finds_everything_as_before(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.get_by_role("link", name="Leave this page").click()
        await left(page)
        await page.goto(gallery.url + "/second")
        await expect(page.locator("h1")).to_be_visible()
        await page.goto(gallery.url)
        await page.go_back()
        await expect(page.locator("h1")).to_have_text("Second page")


async def test_leaving_wipes_what_was_being_written(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await page.goto(gallery.url)
        await page.get_by_label("Write to the room").fill("words only for me")
        assert "words only" in await page.evaluate("JSON.stringify({...localStorage})")
        await page.get_by_role("link", name="Leave this page").click()
        await left(page)
        await page.goto(gallery.url + "/second")
        assert await page.evaluate("JSON.stringify({...localStorage})") == "{}"
