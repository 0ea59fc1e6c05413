"""Notices: one person's own inbox, in order, new until it was opened."""

import pytest

from forum.notices.actions import mark_read, tell
from forum.notices.queries import PAGE_SIZE, notices_of, unread_count
from forum.services import Services
from tests.people import Person, World


async def write(services: Services, person: Person, *bodies: str, url: str = "") -> None:
    async with services.db.write() as tx:
        for body in bodies:
            await tell(tx, person.id, "news", f"About {body}", body, url=url)


async def test_a_notice_is_new_until_it_was_opened(world: World, services: Services) -> None:
    ana = await world.person("Ana")
    await write(services, ana, "the tide", url="/settings")
    first = (await ana.get("/notices")).text
    assert "the tide" in first
    assert 'href="/settings">About the tide' in first
    assert ">new</span>" in first.split("<main", 1)[1]
    assert ">new</span>" not in (await ana.get("/notices")).text


async def test_each_person_reads_their_own_and_marks_nobody_elses(
    world: World, services: Services
) -> None:
    ana, ben, guest = await world.person("Ana"), await world.person("Ben"), world.guest()
    await write(services, ana, "the tide")
    assert "the tide" not in (await ben.get("/notices")).text
    assert (await guest.get("/notices")).status_code == 303
    async with services.db.read() as reader:
        shown, _ = await notices_of(reader, ana.id)
        assert await unread_count(reader, ana.id) == 1
    assert await mark_read(services, await ben.actor(), shown) == 0
    assert await mark_read(services, await ana.actor(), shown) == 1


async def test_a_notice_is_plain_text(world: World, services: Services) -> None:
    ana = await world.person("Ana")
    await write(services, ana, "<script>alert(1)</script>\n\nSecond part")
    page = (await ana.get("/notices")).text
    assert "<script>alert" not in page
    assert "<p>Second part</p>" in page


@pytest.mark.parametrize("url", ["https://evil.test", "//evil.test", "javascript:alert(1)"])
async def test_a_notice_leads_to_no_other_site(world: World, services: Services, url: str) -> None:
    ana = await world.person("Ana")
    with pytest.raises(ValueError, match="this site"):
        await write(services, ana, "the tide", url=url)


async def test_every_notice_is_on_one_page_of_the_list(world: World, services: Services) -> None:
    ana = await world.person("Ana")
    bodies = [f"number {n:03}" for n in range(PAGE_SIZE * 2 + 5)]
    await write(services, ana, *bodies)
    seen: list[str] = []
    before = None
    for _ in range(3):
        async with services.db.read() as reader:
            shown, before = await notices_of(reader, ana.id, before)
        seen += [notice.body for notice in shown]
    assert before is None
    assert seen == bodies[::-1]
    page = (await ana.get("/notices")).text
    assert "number 025" in page
    assert "number 024" not in page
    for odd in ("0", "-1", "x", "9" * 40, "١"):
        assert (await ana.get(f"/notices?before={odd}")).status_code == 200


async def test_somebody_without_notices_is_told_so_kindly(world: World) -> None:
    ana = await world.person("Ana")
    assert "There is nothing here." in (await ana.get("/notices")).text


async def test_a_changed_password_cannot_be_hidden_from_its_owner(world: World) -> None:
    ana = await world.person("Ana")
    form = {"password": "correct horse battery", "new_password": "four quiet boats"}
    await ana.post("/settings/password", form)
    assert "Your password was changed" in (await ana.get("/notices")).text
