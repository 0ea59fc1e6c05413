"""The pages that say the same to everybody."""

import pytest

from tests.people import World

PAGES = ("/about", "/accessibility", "/leave")


@pytest.mark.parametrize("path", PAGES)
async def test_a_guest_and_a_member_can_read_it(world: World, path: str) -> None:
    for person in (world.guest(), await world.person("River", await world.community())):
        answer = await person.get(path)
        assert answer.status_code == 200
        assert "Get help now" in answer.text


async def test_leaving_says_what_it_cannot_do(world: World) -> None:
    answer = await world.guest().get("/leave")
    assert "cannot clear your browser's history" in answer.text
