"""A newcomer who clicks on everything never meets a broken page."""

import pytest
from starlette.applications import Starlette

from tests.demo.visitors import OFFICES, browser, sign_in, walk

pytestmark = pytest.mark.slow

FEWEST = {"guest": 40}
USUAL = 60


@pytest.mark.parametrize("office", OFFICES)
async def test_every_link_leads_to_a_page(demo: Starlette, office: str) -> None:
    async with browser(demo) as client:
        if OFFICES[office]:
            await sign_in(client, OFFICES[office])
        seen = await walk(client)
    broken = {address: found for address, found in seen.items() if found[0] != 200}
    assert not broken
    assert len(seen) >= FEWEST.get(office, USUAL)


async def test_the_team_finds_its_desk(demo: Starlette) -> None:
    async with browser(demo) as client:
        await sign_in(client, OFFICES["moderator"])
        seen = await walk(client)
    assert "/c/harbour-lights/desk" in seen
