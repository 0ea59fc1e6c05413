"""Help lines in one tap, from anywhere, without an account and without a script."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from forum.care.helplines import Directory
from forum.screening.verdict import Need
from tests.browser import chromium, sideways
from tests.journeys.house import BOARD, PHONE, ROOM, House
from tests.journeys.steps import photograph

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

# The first page, a board, a room, signing in, and an address that leads nowhere.
STARTS = ("/", f"/c/harbour/b/{BOARD}", f"/c/harbour/rooms/{ROOM}", "/sign-in", "/no/such/page")


@pytest.fixture
async def guest(chromium: Browser, house: House) -> AsyncIterator[Page]:
    """A stranger's old phone."""
    how = {"viewport": PHONE, "java_script_enabled": False}
    async with house.browser_of(chromium, house.world.guest(), **how) as page:
        yield page


def contacts(country: str | None) -> list[str]:
    """What the directory gives for a country today, in order."""
    today = datetime.now(UTC).date()
    lines = Directory.packaged().for_country(country, need=Need.CRISIS, today=today)
    return [line.contact for line in lines]


async def test_help_is_one_tap_away_from_every_page(guest: Page, house: House) -> None:
    for start in STARTS:
        await guest.goto(house.url + start)
        await guest.get_by_role("link", name="Get help now").first.click()
        await expect(guest.get_by_role("heading", level=1)).to_have_text("Get help now")
        shown = await guest.locator("main").inner_text()
        for contact in contacts(None):
            assert contact in shown, start


async def test_another_country_is_two_taps_and_needs_no_script(guest: Page, house: House) -> None:
    await guest.goto(f"{house.url}/help-now")
    await photograph(guest, "help-unknown")
    for code, name in (("DE", "Germany"), ("GB", "United Kingdom")):
        await guest.get_by_label("Another country").select_option(code)
        await guest.get_by_role("button", name="Show these lines").click()
        await expect(guest.get_by_role("heading", level=2).first).to_contain_text(name)
        shown = await guest.locator(".lines").inner_text()
        places = [shown.find(contact) for contact in contacts(code)]
        assert places
        assert -1 not in places
        assert places == sorted(places)
        assert await sideways(guest) == []
        await photograph(guest, f"help-{code}")
