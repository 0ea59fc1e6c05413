"""What communities keep about a person, and how it goes."""

import asyncio

from sqlmodel import select

from forum.communities.actions import LastAdmin
from forum.communities.models import Grant, Invitation
from forum.communities.personal import CommunitiesData
from forum.permissions import Role
from forum.services import Services
from tests.communities.test_invitations import invite
from tests.communities.test_roles import roles_there
from tests.people import PASSWORD, World


async def erase(services: Services, account_id: int) -> None:
    async with services.db.write() as tx:
        await CommunitiesData().erase(tx, account_id, keep_words=True)


async def test_the_export_holds_each_role_with_its_time(services: Services, world: World) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour, certified=True)
    async with services.db.read() as reader:
        exported = await CommunitiesData().export(reader, ben.id)

    since = "2026-03-01T20:00:00+00:00"
    until = "2027-03-01T20:00:00+00:00"
    assert exported == [
        {"community": "Harbour", "role": "certified", "since": since, "until": until},
        {"community": "Harbour", "role": "member", "since": since, "until": None},
    ]


async def test_erasing_leaves_nothing_but_what_others_rely_on(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    bo = await world.person("bo", harbour, Role.COMMUNITY_ADMIN, Role.RESTRICTED, certified=True)
    await world.person("ben", harbour)
    await invite(services, ada, harbour)
    await erase(services, bo.id)

    async with services.db.read() as reader:
        assert (await reader.exec(select(Grant).where(Grant.account_id == bo.id))).all() == []
        assert len((await reader.exec(select(Invitation))).all()) == 1


async def test_the_only_admin_is_told_to_hand_over_first(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    answer = await ada.post("/settings/erase", {"words": "keep", "password": PASSWORD})
    assert answer.status_code == 409
    assert "Harbour has no other community admin." in answer.text
    assert Role.COMMUNITY_ADMIN in await roles_there(services, ada.id, harbour)


async def test_who_shares_the_office_may_go(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    await world.person("bo", harbour, Role.COMMUNITY_ADMIN)
    answer = await ada.post("/settings/erase", {"words": "keep", "password": PASSWORD})
    assert answer.headers["location"] == "/erased"
    assert await roles_there(services, ada.id, harbour) == frozenset()


async def test_two_admins_erasing_themselves_at_once_leave_one(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    people = [await world.person(name, harbour, Role.COMMUNITY_ADMIN) for name in ("ada", "bo")]
    outcomes = await asyncio.gather(
        *(erase(services, person.id) for person in people), return_exceptions=True
    )
    assert [isinstance(one, LastAdmin) for one in outcomes].count(True) == 1
