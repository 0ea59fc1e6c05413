"""Invitations: used once each, never past their time or their maker's right."""

import asyncio

import pytest
from sqlmodel import select

from forum.communities.actions import end_office, leave
from forum.communities.forms import InvitationDraft
from forum.communities.invitations import InvitationGone, accept, create
from forum.communities.models import Invitation
from forum.permissions import Action, Role
from forum.services import Place, Services
from tests.communities.test_roles import roles_there
from tests.fakes import FrozenClock
from tests.people import Person, World


async def invite(
    services: Services, person: Person, place: Place, role: Role = Role.MEMBER, uses: int = 1
) -> str:
    draft = InvitationDraft(role, uses, 7, "one-form-id")
    return await create(services, await person.actor(), place, draft)


async def uses_left(services: Services) -> int:
    async with services.db.read() as reader:
        return (await reader.exec(select(Invitation.uses_left))).one()


async def test_two_people_accepting_the_last_use_at_once(services: Services, world: World) -> None:
    cove = await world.community("cove", access="invitation")
    ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
    token = await invite(services, ada, cove)
    actors = [await (await world.person(name)).actor() for name in ("ben", "col")]

    outcomes = await asyncio.gather(
        *(accept(services, actor, token) for actor in actors), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["InvitationGone", "str"]
    joined = [await roles_there(services, actor.id, cove) for actor in actors]
    assert sorted(map(len, joined)) == [0, 1]
    assert await uses_left(services) == 0


async def test_one_person_clicking_twice_at_once_uses_one(services: Services, world: World) -> None:
    cove = await world.community("cove", access="invitation")
    ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
    token = await invite(services, ada, cove, uses=2)
    actor = await (await world.person("ben")).actor()

    await asyncio.gather(*(accept(services, actor, token) for _ in range(2)))

    assert await uses_left(services) == 1


async def test_an_invited_moderator_finds_the_desk_closed_until_certified(
    services: Services, world: World
) -> None:
    cove = await world.community("cove", access="invitation")
    ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben")
    await accept(services, await ben.actor(), await invite(services, ada, cove, Role.MODERATOR))

    actor = await ben.actor()
    assert actor.roles[cove.id] == {Role.MEMBER, Role.MODERATOR}
    assert not actor.may(Action.CASE_LIST, cove.id)


async def test_a_link_ends_with_its_time(
    services: Services, world: World, clock: FrozenClock
) -> None:
    cove = await world.community("cove", access="invitation")
    ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
    token = await invite(services, ada, cove)
    clock.advance(days=7)
    with pytest.raises(InvitationGone):
        await accept(services, await (await world.person("ben")).actor(), token)


async def test_a_link_ends_with_the_right_of_who_made_it(services: Services, world: World) -> None:
    cove = await world.community("cove", access="invitation")
    ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
    bo = await world.person("bo", cove, Role.COMMUNITY_ADMIN)
    token = await invite(services, bo, cove, Role.MODERATOR)
    await end_office(services, await ada.actor(), cove, bo.id, Role.COMMUNITY_ADMIN)
    with pytest.raises(InvitationGone):
        await accept(services, await bo.actor(), token)


async def test_who_left_comes_back_only_by_a_new_use(services: Services, world: World) -> None:
    cove = await world.community("cove", access="invitation")
    ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben")
    token = await invite(services, ada, cove)
    await accept(services, await ben.actor(), token)
    await leave(services, await ben.actor(), cove)
    with pytest.raises(InvitationGone):
        await accept(services, await ben.actor(), token)


async def test_a_restriction_is_not_shed_by_an_invitation(services: Services, world: World) -> None:
    cove = await world.community("cove", access="invitation")
    ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", cove, Role.RESTRICTED)
    await leave(services, await ben.actor(), cove)
    await accept(services, await ben.actor(), await invite(services, ada, cove))
    assert await roles_there(services, ben.id, cove) == {Role.MEMBER, Role.RESTRICTED}


async def test_a_made_up_token_opens_nothing(services: Services, world: World) -> None:
    ben = await world.person("ben")
    with pytest.raises(InvitationGone):
        await accept(services, await ben.actor(), "0" * 64)
