"""Every page that anybody can reach by links: none is a dead end, each works for everybody."""

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize

from tests.browser import axe_findings, sideways
from tests.pages.town import Town, walk

pytestmark = pytest.mark.slow

NARROW: ViewportSize = {"width": 320, "height": 640}
WHO = ("guest", "member", "moderator", "lead", "keeper", "operator")


async def test_no_link_is_a_dead_end(town: Town) -> None:
    dead = []
    for who in WHO:
        walked = await walk(town, town.people[who])
        dead += [f"{who}: {one}" for one in walked.dead]
    assert not dead, "\n".join(dead)


@pytest.mark.browser
@pytest.mark.timeout(400)  # some sixty pages; a busy machine takes seconds for each
@pytest.mark.parametrize("who", WHO)
async def test_each_page_works_for_everybody(chromium: Browser, town: Town, who: str) -> None:
    person = town.people[who]
    walked = await walk(town, person)
    if who not in ("guest", "member"):  # outside a community they see what every member sees
        common = (await walk(town, town.people["member"])).seen
        pages = [at for route, at in walked.seen.items() if "{" in route or route not in common]
    else:
        pages = list(walked.seen.values())
    wrong: list[str] = []
    # Reduced motion: a colour half way to the other scheme is nobody's colour.
    async with await chromium.new_context(viewport=NARROW, reduced_motion="reduce") as context:
        if person.account_id:
            cookie = {"name": "session", "value": person.token, "url": town.url}
            await context.add_cookies([cookie])  # type: ignore[list-item]  # a dict that fits
        page = await context.new_page()
        for path in pages:
            wrong += [f"{path}: {one}" for one in await faults(page, town.url + path)]
    assert not wrong, "\n".join(wrong)


async def faults(page: Page, url: str) -> list[str]:
    """What is wrong with a page at 320 px: for screen readers, thumbs, or the content policy."""
    heard: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error":
            heard.append(said.text)

    page.on("console", hear)
    await page.emulate_media(color_scheme="light")
    await page.goto(url)
    found = await axe_findings(page) + await sideways(page)
    await page.emulate_media(color_scheme="dark")
    found += await axe_findings(page, only="color-contrast")
    page.remove_listener("console", hear)
    if await page.locator("h1").count() != 1:
        found.append("not one h1")
    for name in ("Get help now", "Leave this page"):
        if not await page.locator(".topbar").get_by_text(name).is_visible():
            found.append(f"{name} is not in sight")
    return found + heard
