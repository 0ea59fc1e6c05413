"""What communities keep about a person, and how it goes."""

import pytest
from sqlmodel import select

from forum.communities.actions import LastAdmin
from forum.communities.models import Grant, Invitation
from forum.communities.personal import CommunitiesData, may_not_erase
from forum.permissions import Role
from forum.services import Services
from tests.communities.test_invitations import invite
from tests.people import World


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
    async with services.db.read() as reader:
        why = await may_not_erase(reader, ada.id)
    assert why is not None
    assert "the only community admin of Harbour" in why
    with pytest.raises(LastAdmin):
        await erase(services, ada.id)


async def test_who_shares_the_office_may_go(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    await world.person("bo", harbour, Role.COMMUNITY_ADMIN)
    async with services.db.read() as reader:
        assert await may_not_erase(reader, ada.id) is None
