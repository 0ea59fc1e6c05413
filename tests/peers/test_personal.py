"""What peers keep about a person, and how it goes."""

import json

from sqlmodel import func, select

from forum.peers.models import Certificate, Duty, Enrolment
from forum.peers.personal import PeersData
from forum.permissions import Role
from forum.services import Services
from tests.peers.learners import finish
from tests.peers.test_course_pages import BASE
from tests.people import World


async def test_the_export_holds_ones_own_words_and_nobody_who_signed(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    lee = await world.person("lee", harbour, Role.LEAD, certified=True)
    mo = await world.person("mo", harbour, Role.MODERATOR, on_duty=True)
    await mo.post(f"{BASE}/reflection", {"text": "My own words."})
    request = await finish(services, mo, harbour)
    await lee.post(f"/c/harbour/certificates/requests/{request}/signed")
    async with services.db.read() as reader:
        exported = await PeersData().export(reader, mo.id)

    assert isinstance(exported, dict)
    assert {name: len(rows) for name, rows in exported.items()} == {
        "courses": 1,
        "certificates": 1,
        "duty": 1,
        "rest": 0,
    }
    text = json.dumps(exported)
    assert "My own words." in text
    assert "signed_by" not in text


async def test_erasing_removes_it_and_what_was_signed_for_others_stays(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    lee = await world.person("lee", harbour, Role.LEAD, certified=True, on_duty=True)
    mo = await world.person("mo", harbour, Role.MODERATOR)
    request = await finish(services, mo, harbour)
    await lee.post(f"/c/harbour/certificates/requests/{request}/signed")
    await finish(services, lee, harbour)
    async with services.db.write() as tx:
        await PeersData().erase(tx, lee.id, keep_words=True)

    async with services.db.read() as reader:
        for table, left in ((Enrolment, 1), (Certificate, 1), (Duty, 0)):
            count = (await reader.exec(select(func.count()).select_from(table))).one()
            assert count == left, table
