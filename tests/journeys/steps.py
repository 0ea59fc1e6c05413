"""What people do and see on the way, one step a function."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.journeys.house import BOARD, PATIENCE_SECONDS, ROOM, House

# Plain despair with means in hand, and nothing that would teach anybody a way.
CRISIS = "I have the tablets here beside me and I am going to take them tonight. Goodbye."
NOW = "performance.timeOrigin + performance.now()"
ALERT_SECONDS = 2.0  # issue 2: from the press of the button to the desk


async def write_on_the_board(page: Page, house: House, text: str) -> None:
    """Fill in a new topic; the next press of "Post it" sends it."""
    await page.goto(f"{house.home}/b/{BOARD}/new")
    await page.get_by_label("Title").fill("Tonight")
    await page.get_by_label("Your words").fill(text)


async def write_in_the_room(page: Page, house: House, text: str) -> None:
    """Go into the room and type; the next press of "Send" sends it."""
    await page.goto(f"{house.home}/rooms/{ROOM}")
    if await page.evaluate("document.querySelector('#room-people') !== null"):
        await expect(page.locator("#room-people")).to_be_visible()  # the socket stands
    await page.get_by_label("Write to the room").fill(text)


async def open_desk(page: Page, house: House) -> None:
    """The desk, open and listening, with nobody waiting."""
    listens = asyncio.Event()
    page.on("websocket", lambda line: line.on("framereceived", lambda _: listens.set()))
    await page.goto(f"{house.home}/desk")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await listens.wait()
    await expect(page.locator("#desk")).to_contain_text("Nobody is waiting")


@asynccontextmanager
async def alert_within_two_seconds(desk: Page, house: House, way: str) -> AsyncIterator[None]:
    """What happens inside brings mia onto the open desk, and soon enough.

    Both moments are read from the desk page's own clock; the first before the press is on its
    way to the other browser, so the figure is never flattering.
    """
    await desk.evaluate(
        f"""(name) => {{
            window.cameAt = new Promise((resolve) => {{
                const look = () => {{
                    const row = document.querySelector("#desk .queue__row");
                    if (row?.textContent.includes(name)) resolve({NOW});
                }};
                const parts = {{ childList: true, subtree: true }};
                new MutationObserver(look).observe(document.body, parts);
            }});
        }}""",
        house.mia.name,
    )
    pressed = await desk.evaluate(NOW)
    yield
    async with asyncio.timeout(PATIENCE_SECONDS):
        seconds = (await desk.evaluate("window.cameAt") - pressed) / 1000
    print(f"\n{way}: on the open desk after {seconds:.3f} s")
    assert seconds <= ALERT_SECONDS
    await expect(row_of(desk, house)).to_contain_text("Crisis")


def row_of(desk: Page, house: House) -> Locator:
    """Mia's line on the desk."""
    return desk.locator("#desk .queue__row", has_text=house.mia.name)


async def claim_by_keyboard(desk: Page, house: House) -> None:
    """j stands on the first case, c claims it, Enter opens it."""
    await desk.keyboard.press("j")
    await expect(row_of(desk, house)).to_have_attribute("aria-current", "true")
    await desk.keyboard.press("c")
    await expect(desk.get_by_text("This case is yours.")).to_be_visible()


async def answer_privately(desk: Page, text: str) -> None:
    """Write on the private line from the case page."""
    await desk.get_by_label("Write as Community care").fill(text)
    await desk.get_by_role("button", name="Send").click()
    await expect(desk.locator("#line")).to_contain_text(text)


async def read_through_the_notice(page: Page, text: str) -> None:
    """The member follows the notice to the private line and reads the answer there."""
    await page.reload()
    await page.get_by_role("link", name="Notices new").click()
    await page.get_by_role("main").get_by_role("link").first.click()
    await expect(page.locator("#line")).to_contain_text(text)
    await expect(page.locator("#line")).to_contain_text("Community care (ana)")


async def answer_back(page: Page, text: str) -> None:
    """The member writes on the private line."""
    await page.get_by_label("Write to the care team").fill(text)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#line")).to_contain_text(text)


async def photograph(page: Page, name: str) -> None:
    """Keep a picture for whoever wants to look, in the folder HANDRAIL_PICTURES."""
    folder = os.environ.get("HANDRAIL_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
