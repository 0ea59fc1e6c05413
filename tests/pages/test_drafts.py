"""What someone writes is kept in their browser until the server has it, and not longer."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages.conftest import Gallery

pytestmark = pytest.mark.browser
WORDS = "It took me an hour to write this"


async def room(page: Page, gallery: Gallery, query: str = "") -> None:
    await page.goto(gallery.url + "/" + query)


async def test_words_survive_a_page_that_goes_away(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await room(page, gallery)
        await page.get_by_label("Write to the room").fill(WORDS)
        await page.close()
        again = await context.new_page()
        await room(again, gallery)
        await expect(again.get_by_label("Write to the room")).to_have_value(WORDS)
        await expect(again.locator(".field__draft")).to_have_count(1)


async def test_words_go_once_the_server_has_taken_them(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await room(page, gallery)
        await page.get_by_label("Write to the room").fill(WORDS)
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_label("Write to the room")).to_have_value("")


async def test_words_stay_when_the_server_could_not_be_reached(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await room(page, gallery)
        await page.get_by_label("Write to the room").fill(WORDS)
        await page.route("**/send", lambda route: route.abort())
        await page.get_by_role("button", name="Send").click()
        await page.wait_for_url("chrome-error://**")
        await room(page, gallery)
        await expect(page.get_by_label("Write to the room")).to_have_value(WORDS)


async def test_words_stay_when_the_server_refused_them(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await room(page, gallery)
        await page.get_by_label("Write to the room").fill("refuse me")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("[data-not-saved]")).to_be_visible()
        await room(page, gallery)
        await expect(page.get_by_label("Write to the room")).to_have_value("refuse me")


async def test_the_next_person_at_this_browser_does_not_find_them(
    chromium: Browser, gallery: Gallery
) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await room(page, gallery)
        await page.get_by_label("Write to the room").fill(WORDS)
        await room(page, gallery, "?guest=yes")
        await expect(page.get_by_label("Write to the room")).to_have_value("")


async def test_signing_out_wipes_them(chromium: Browser, gallery: Gallery) -> None:
    async with await chromium.new_context() as context:
        page = await context.new_page()
        await room(page, gallery)
        await page.get_by_label("Write to the room").fill(WORDS)
        await page.locator("summary", has_text="River").click()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/second")
        assert await page.evaluate("JSON.stringify({...localStorage})") == "{}"
