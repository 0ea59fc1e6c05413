"""Who loses a right stops hearing what it opened."""

import pytest

from forum.communities.actions import end_office, grant_role, leave
from forum.permissions import Role
from forum.services import Services
from tests.people import World


@pytest.fixture
def cut(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The accounts whose connections were closed, in order."""
    closed: list[int] = []

    async def revoke(account_id: int, topic_prefix: str = "") -> None:
        closed.append(account_id)

    monkeypatch.setattr(services.hub, "revoke", revoke)
    return closed


async def test_who_loses_an_office_is_cut_off(
    services: Services, world: World, cut: list[int]
) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", harbour, Role.MODERATOR)
    await end_office(services, await ada.actor(), harbour, ben.id, Role.MODERATOR)
    assert cut == [ben.id]


async def test_who_leaves_is_cut_off(services: Services, world: World, cut: list[int]) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    await leave(services, await ben.actor(), harbour)
    assert cut == [ben.id]


async def test_who_is_restricted_is_cut_off_and_others_are_not(
    services: Services, world: World, cut: list[int]
) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    async with services.db.write() as tx:
        await grant_role(tx, None, harbour.id, ben.id, Role.PEER)
        assert cut == []
        await grant_role(tx, None, harbour.id, ben.id, Role.RESTRICTED)
    assert cut == [ben.id]
