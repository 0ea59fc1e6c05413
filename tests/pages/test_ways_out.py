"""The two ways that stand on every page, walked in a real forum: to help, and away."""

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.pages.town import Town
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
TOPIC = "/c/harbour/t/1"
AWAY = "https://www.wikipedia.org/"


async def sign_in(context: BrowserContext, town: Town, who: str) -> Page:
    """A page of somebody who is signed in; the harmless site is answered on this machine."""

    async def harmless(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<title>Mild</title><h1>Mild</h1>")

    await context.route(f"{AWAY}**", harmless)
    if town.people[who].account_id:
        token = town.people[who].token
        await context.add_cookies([{"name": "session", "value": token, "url": town.url}])
    return await context.new_page()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("path", ["/", TOPIC, "/no-such-page"])
async def test_a_guest_reaches_the_lines_of_another_country(
    chromium: Browser, town: Town, path: str, scripts: bool
) -> None:
    size = {"width": 360, "height": 740}
    async with await chromium.new_context(viewport=size, java_script_enabled=scripts) as context:
        page = await sign_in(context, town, "guest")
        await page.goto(town.url + path)
        await page.get_by_role("link", name="Get help now").first.click()
        await page.get_by_label("Another country").select_option("NL")
        await page.get_by_role("button", name="Show these lines").click()
        await expect(page.get_by_role("link", name="Call 113")).to_have_attribute("href", "tel:113")


async def test_help_is_reached_by_keyboard_alone(chromium: Browser, town: Town) -> None:
    async with await chromium.new_context() as context:
        page = await sign_in(context, town, "guest")
        await page.goto(town.url + TOPIC)
        for _ in range(3):  # past the skip link and home
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Get help now")


async def test_who_left_in_a_hurry_is_asked_for_the_password(chromium: Browser, town: Town) -> None:
    async with await chromium.new_context() as context:
        page = await sign_in(context, town, "member")
        await page.goto(town.url + "/settings")
        await page.goto(town.url + TOPIC)
        async with page.expect_request("**/leave"):
            await page.get_by_role("link", name="Leave this page").click()
        await page.wait_for_url(AWAY)
        await page.go_back()
        await page.wait_for_url(AWAY)

        other = await context.new_page()
        await other.goto(town.url + "/settings")
        await expect(other.locator("h1")).to_have_text("Password")
        assert "River" not in await other.content()
        await other.get_by_label("Password", exact=True).fill(PASSWORD)
        await other.get_by_role("button", name="Open").click()
        await expect(other.locator("h1")).to_have_text("Settings")
