"""Accounts in a real Chromium: with a narrow screen, with and without scripts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page
from sqlmodel import select
from starlette.applications import Starlette

from forum.accounts.models import Session
from forum.services import Services
from tests.accounts.visitors import CODE, PASSWORD
from tests.browser import axe_findings, chromium, serve, sideways

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.one_database]
PHONE = {"width": 360, "height": 740}
GUEST_PAGES = ("/sign-up", "/sign-in", "/recover", "/unlock", "/terms", "/erased")
OWN_PAGES = (
    *("/settings", "/settings/password", "/settings/recovery-code", "/settings/sessions"),
    *("/settings/export", "/settings/erase", "/notices"),
)


@asynccontextmanager
async def open_site(app: Starlette, browser: Browser, **how: Any) -> AsyncIterator[Page]:
    """A phone's browser at the first page of the running site."""
    services: Services = app.state.services
    async with serve(app) as address:
        here = services.settings.model_copy(update={"public_url": address})
        object.__setattr__(services, "settings", here)  # the port is known only now
        context = await browser.new_context(viewport=PHONE, base_url=address, **how)
        context.set_default_timeout(15_000)
        try:
            yield await context.new_page()
        finally:
            await context.close()


async def join(page: Page, name: str = "Ana") -> str:
    """Fill in the form for a new account; the recovery code."""
    await page.goto("/sign-up")
    await page.get_by_label("Your name here").fill(name)
    await page.get_by_label("A password", exact=True).fill(PASSWORD)
    await page.get_by_label("How old are you?").fill("34")
    await page.get_by_label("I have read the terms").check()
    await page.get_by_label("I agree that what I choose to write").check()
    await page.get_by_role("button", name="Join").click()
    await page.get_by_role("heading", name="Keep this code safe").wait_for()
    found = CODE.search(await page.locator(".code").inner_text())
    assert found is not None
    return found[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_person_joins_goes_and_comes_back(
    app: Starlette, chromium: Browser, scripts: bool
) -> None:
    async with open_site(app, chromium, java_script_enabled=scripts) as page:
        code = await join(page)
        await page.get_by_role("button", name="I have saved it").click()
        await page.goto("/settings/sessions")
        assert "Chrome, Linux" in await page.locator("main").inner_text()
        await page.goto("/settings/password")
        await page.locator("summary", has_text="Ana").click()
        await page.get_by_role("button", name="Sign out").click()
        await page.goto("/recover")
        await page.get_by_label("Your name here").fill("ana")
        await page.get_by_label("Recovery code").fill(code.upper())
        await page.get_by_label("A new password", exact=True).fill("four quiet boats")
        await page.get_by_role("button", name="Set the new password").click()
        assert await page.locator(".code").inner_text() != code


async def test_the_password_can_be_shown_and_the_lock_opens(
    app: Starlette, chromium: Browser
) -> None:
    async with open_site(app, chromium) as page:
        await page.context.route(
            "**://*.wikipedia.org/**", lambda route: route.fulfill(body="calm")
        )
        await join(page)
        await page.goto("/settings")
        await page.get_by_role("link", name="Leave this page").click()
        await page.wait_for_url("**://*.wikipedia.org/**")
        await _until_locked(app.state.services)
        await page.goto("/settings")
        assert page.url.endswith("/unlock?next=%2Fsettings")
        field = page.get_by_label("Password", exact=True)
        await field.fill(PASSWORD)
        await page.get_by_role("button", name="Show password").click()
        assert await field.get_attribute("type") == "text"
        await page.get_by_role("button", name="Open").click()
        await page.get_by_role("heading", name="Settings").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_and_nothing_sticks_out(
    app: Starlette, chromium: Browser, scheme: str
) -> None:
    found: dict[str, list[str]] = {}
    async with open_site(app, chromium, color_scheme=scheme) as page:
        for url in GUEST_PAGES:
            await page.goto(url)
            found[url] = await axe_findings(page) + await sideways(page)
        await page.goto("/sign-up")
        await page.get_by_role("button", name="Join").evaluate("button => button.form.submit()")
        await page.locator(".errors").wait_for()
        found["mistakes"] = await axe_findings(page) + await sideways(page)
        await join(page)
        found["code"] = await axe_findings(page) + await sideways(page)
        for url in OWN_PAGES:
            await page.goto(url)
            found[url] = await axe_findings(page) + await sideways(page)
    assert {url: findings for url, findings in found.items() if findings} == {}


async def _until_locked(services: Services) -> None:
    """Wait for the beacon, which travels while the next page opens."""
    async with asyncio.timeout(10):
        while True:
            async with services.db.read() as reader:
                if (await reader.exec(select(Session.locked_at))).one() is not None:
                    return
            await asyncio.sleep(0.02)
