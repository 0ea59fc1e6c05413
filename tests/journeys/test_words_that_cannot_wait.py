"""The main job, from the first word to the answer: real server, sockets, database and browsers."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from forum.care.helplines import Directory
from forum.screening.verdict import Need
from tests.browser import chromium, sideways
from tests.journeys.house import PHONE, House
from tests.journeys.steps import (
    CRISIS,
    alert_within_two_seconds,
    answer_back,
    answer_privately,
    claim_by_keyboard,
    open_desk,
    photograph,
    read_through_the_notice,
    write_in_the_room,
    write_on_the_board,
)

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

ANSWER = "Hello mia, I am Ana. I have read your words and I am here now. Are the tablets near you?"
REPLY = "They are in the kitchen now. Thank you for asking."


async def sees_the_lines_of(page: Page, country: str) -> None:
    """The calm panel stands there with every line of that country, in order and verbatim."""
    panel = page.locator("#care-panel")
    await expect(panel).to_contain_text("It sounds like things are very heavy right now")
    today = datetime.now(UTC).date()
    lines = Directory.packaged().for_country(country, need=Need.CRISIS, today=today)
    shown = await panel.inner_text()
    places = [shown.find(line.contact) for line in lines]
    assert places
    assert -1 not in places


async def they_find_each_other(member: Page, desk: Page, house: House, way: str) -> None:
    """Claimed, answered, read, answered back and seen."""
    await claim_by_keyboard(desk, house)
    await photograph(desk, f"{way}-case")
    await answer_privately(desk, ANSWER)
    await read_through_the_notice(member, ANSWER)
    await photograph(member, f"{way}-line")
    await answer_back(member, REPLY)
    await desk.reload()
    await expect(desk.locator("#line")).to_contain_text(REPLY)


@pytest.mark.parametrize("country", ["GB", "DE"])
async def test_words_on_a_board_reach_a_person_who_answers(
    chromium: Browser, house: House, country: str
) -> None:
    await house.moves_to(house.mia, country)
    async with (
        house.browser_of(chromium, house.mia) as member,
        house.browser_of(chromium, house.ana) as desk,
    ):
        await open_desk(desk, house)
        await write_on_the_board(member, house, CRISIS)
        async with alert_within_two_seconds(desk, house, f"board, {country}"):
            await member.get_by_role("button", name="Post it").click()
            await expect(member.locator(".post__body")).to_contain_text(CRISIS)
            await sees_the_lines_of(member, country)
        await expect(member.locator("#care-panel")).to_contain_text("has been told")
        await photograph(member, f"board-{country}-panel")
        await photograph(desk, f"board-{country}-desk")
        await they_find_each_other(member, desk, house, f"board-{country}")


async def test_words_in_a_live_room_reach_a_person_who_answers(
    chromium: Browser, house: House
) -> None:
    async with (
        house.browser_of(chromium, house.mia) as member,
        house.browser_of(chromium, house.ana) as desk,
    ):
        await open_desk(desk, house)
        await write_in_the_room(member, house, CRISIS)
        async with alert_within_two_seconds(desk, house, "room"):
            await member.get_by_role("button", name="Send").click()
            await sees_the_lines_of(member, "GB")
        await expect(member.locator(".message__words")).to_have_text([CRISIS])
        await expect(member.locator("#care-panel .status")).not_to_contain_text("UTC")
        await photograph(member, "room-panel")
        await they_find_each_other(member, desk, house, "room")


async def test_words_from_a_phone_without_scripts_reach_a_person_who_answers(
    chromium: Browser, house: House
) -> None:
    phone = {"viewport": PHONE, "java_script_enabled": False}
    async with (
        house.browser_of(chromium, house.mia, **phone) as member,
        house.browser_of(chromium, house.ana) as desk,
    ):
        await open_desk(desk, house)
        await write_on_the_board(member, house, CRISIS)
        async with alert_within_two_seconds(desk, house, "board, no scripts, 360 px"):
            await member.get_by_role("button", name="Post it").click()
            await expect(member.locator(".post__body")).to_contain_text(CRISIS)
            await sees_the_lines_of(member, "GB")
        assert await sideways(member) == []
        await photograph(member, "phone-panel")
        await they_find_each_other(member, desk, house, "phone")


@pytest.mark.parametrize("house", [False], indirect=True, ids=["nobody on duty"])
async def test_with_nobody_on_duty_the_member_is_told_so_and_the_lead_is_paged(
    chromium: Browser, house: House
) -> None:
    async with (
        house.browser_of(chromium, house.mia) as member,
        house.browser_of(chromium, house.lea) as desk,
    ):
        await open_desk(desk, house)
        await write_on_the_board(member, house, CRISIS)
        async with alert_within_two_seconds(desk, house, "nobody on duty, the lead's page"):
            await member.get_by_role("button", name="Post it").click()
            await sees_the_lines_of(member, "GB")
        await expect(desk.locator("#desk")).to_contain_text("You are called")
        shown = await member.locator("#care-panel").inner_text()
        honest = "Nobody from our team is on duty right now. We have called the person on call"
        assert 0 < shown.index("116 123") < shown.index(honest), "the lines come first"
        assert "has been told" not in shown
        await photograph(member, "nobody-panel")
        await photograph(desk, "nobody-desk")
