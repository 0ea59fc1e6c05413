"""Who holds which role: granting, ending, leaving, and never without an admin."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from forum.audit import AuditEntry
from forum.communities.actions import (
    LastAdmin,
    end_office,
    end_role,
    give_office,
    grant_role,
    join,
    leave,
)
from forum.communities.events import MemberLeft, RoleEnded, RoleGranted
from forum.communities.queries import badges, holders, roles_of
from forum.errors import Forbidden, ForumError, NotFound
from forum.events import Event
from forum.notices.models import Notice
from forum.permissions import Role
from forum.services import Place, Services
from tests.people import World


async def roles_there(services: Services, account_id: int, place: Place) -> frozenset[Role]:
    async with services.db.read() as reader:
        held = await roles_of(reader, account_id, services.clock.now())
    return held.get(place.id, frozenset())


async def notices_of(services: Services, account_id: int) -> list[str]:
    async with services.db.read() as reader:
        rows = await reader.exec(select(Notice.title).where(Notice.account_id == account_id))
        return list(rows)


async def audited(services: Services) -> list[str]:
    async with services.db.read() as reader:
        return list(await reader.exec(select(AuditEntry.action).order_by(AuditEntry.id)))


def heard(services: Services, *kinds: type[Event]) -> list[Event]:
    """A list that fills with the events of these kinds."""
    events: list[Event] = []

    async def listen(event: Event) -> None:
        events.append(event)

    for kind in kinds:
        services.bus.subscribe(kind, listen)
    return events


async def test_a_grant_is_told_to_the_person_recorded_and_announced(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", harbour)
    events = heard(services, RoleGranted, RoleEnded)

    await give_office(services, await ada.actor(), harbour, ben.id, Role.MODERATOR)

    assert Role.MODERATOR in await roles_there(services, ben.id, harbour)
    assert await notices_of(services, ben.id) == ["You are now moderator of Harbour"]
    assert await audited(services) == ["communities:role:granted"]
    assert events == [RoleGranted(ben.id, harbour.id, Role.MODERATOR)]


async def test_the_cookie_is_exchanged_when_rights_change(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", harbour)
    copied = ben.token
    await give_office(services, await ada.actor(), harbour, ben.id, Role.MODERATOR)
    await ben.get("/c/harbour/about")

    assert ben.token != copied
    async with services.db.read() as reader:
        assert await services.door.actor(reader, copied, services.clock.now()) is None
    assert (await ben.actor()).name == "ben"


async def test_granting_twice_tells_once(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", harbour)
    for _ in range(2):
        await give_office(services, await ada.actor(), harbour, ben.id, Role.PEER)

    assert len(await notices_of(services, ben.id)) == 1
    assert len(await audited(services)) == 1


async def test_an_office_that_ends_is_told_recorded_and_announced(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", harbour, Role.MODERATOR)
    events = heard(services, RoleEnded)

    await end_office(services, await ada.actor(), harbour, ben.id, Role.MODERATOR)

    assert await roles_there(services, ben.id, harbour) == {Role.MEMBER}
    assert await notices_of(services, ben.id) == ["You are no longer moderator of Harbour"]
    assert await audited(services) == ["communities:role:ended"]
    assert events == [RoleEnded(ben.id, harbour.id, Role.MODERATOR)]


async def test_a_role_with_an_end_is_gone_at_that_moment(
    services: Services, world: World, clock
) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    async with services.db.write() as tx:
        until = tx.now + timedelta(hours=24)
        await grant_role(tx, None, harbour.id, ben.id, Role.RESTRICTED, until)

    assert Role.RESTRICTED in await roles_there(services, ben.id, harbour)
    clock.advance(hours=24)
    assert Role.RESTRICTED not in await roles_there(services, ben.id, harbour)


async def test_a_role_that_has_run_out_can_be_granted_anew(
    services: Services, world: World, clock
) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    for _ in range(2):
        async with services.db.write() as tx:
            until = tx.now + timedelta(hours=1)
            assert await grant_role(tx, None, harbour.id, ben.id, Role.RESTRICTED, until)
        clock.advance(hours=2)


async def test_the_last_admin_cannot_be_removed_and_cannot_leave(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    actor = await ada.actor()
    with pytest.raises(LastAdmin):
        await end_office(services, actor, harbour, ada.id, Role.COMMUNITY_ADMIN)
    with pytest.raises(LastAdmin):
        await leave(services, actor, harbour)

    held = {Role.MEMBER, Role.COMMUNITY_ADMIN}
    assert await roles_there(services, ada.id, harbour) == held


async def test_two_admins_removing_each_other_leave_one(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    bo = await world.person("bo", harbour, Role.COMMUNITY_ADMIN)

    async def remove(actor_id: int, other_id: int) -> bool:
        async with services.db.write() as tx:
            return await end_role(tx, actor_id, harbour.id, other_id, Role.COMMUNITY_ADMIN)

    outcomes = await asyncio.gather(
        remove(ada.id, bo.id), remove(bo.id, ada.id), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["LastAdmin", "bool"]
    async with services.db.read() as reader:
        now = services.clock.now()
        assert len(await holders(reader, harbour.id, Role.COMMUNITY_ADMIN, now)) == 1


async def test_two_admins_leaving_at_once_leave_one(services: Services, world: World) -> None:
    harbour = await world.community()
    people = [await world.person(name, harbour, Role.COMMUNITY_ADMIN) for name in ("ada", "bo")]
    actors = [await person.actor() for person in people]

    outcomes = await asyncio.gather(
        *(leave(services, actor, harbour) for actor in actors), return_exceptions=True
    )

    assert [isinstance(one, LastAdmin) for one in outcomes].count(True) == 1


async def test_a_refused_removal_stores_and_tells_nothing(services: Services, world: World) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    events = heard(services, RoleEnded, MemberLeft)
    with pytest.raises(LastAdmin):
        await leave(services, await ada.actor(), harbour)

    assert events == []
    assert await audited(services) == []
    assert await notices_of(services, ada.id) == []


async def test_leaving_ends_every_office_but_not_a_restriction(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour, Role.MODERATOR, Role.RESTRICTED)
    events = heard(services, MemberLeft)
    await leave(services, await ben.actor(), harbour)
    assert await roles_there(services, ben.id, harbour) == {Role.RESTRICTED}
    assert events == [MemberLeft(ben.id, harbour.id)]

    await join(services, await ben.actor(), harbour)

    assert await roles_there(services, ben.id, harbour) == {Role.MEMBER, Role.RESTRICTED}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CERTIFIED, Role.RESTRICTED, Role.SITE_ADMIN])
async def test_what_is_no_office_cannot_be_given(
    services: Services, world: World, role: Role
) -> None:
    harbour = await world.community()
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", harbour)
    with pytest.raises(NotFound):
        await give_office(services, await ada.actor(), harbour, ben.id, role)


async def test_an_office_is_not_given_to_somebody_of_another_community(
    services: Services, world: World
) -> None:
    harbour, meadow = await world.community(), await world.community("meadow")
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    zoe = await world.person("zoe", meadow)
    with pytest.raises(NotFound):
        await give_office(services, await ada.actor(), harbour, zoe.id, Role.MODERATOR)


async def test_an_admin_of_one_community_grants_nothing_in_another(
    services: Services, world: World
) -> None:
    harbour, meadow = await world.community(), await world.community("meadow")
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    zoe = await world.person("zoe", meadow)
    with pytest.raises(Forbidden):
        await give_office(services, await ada.actor(), meadow, zoe.id, Role.MODERATOR)


@pytest.mark.parametrize("role", [Role.PEER, Role.MODERATOR, Role.LEAD])
async def test_the_team_does_not_grant_roles(services: Services, world: World, role: Role) -> None:
    harbour = await world.community()
    mo = await world.person("mo", harbour, role, certified=True)
    with pytest.raises(Forbidden):
        await give_office(services, await mo.actor(), harbour, mo.id, Role.COMMUNITY_ADMIN)


async def test_a_site_admin_grants_nothing_in_a_community_of_others(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    sam = await world.person("sam", site_admin=True)
    ben = await world.person("ben", harbour)
    with pytest.raises(ForumError):
        await give_office(services, await sam.actor(), harbour, ben.id, Role.MODERATOR)


async def test_nobody_joins_an_invitation_only_community_without_a_link(
    services: Services, world: World
) -> None:
    cove = await world.community("cove", access="invitation")
    ben = await world.person("ben")
    with pytest.raises(Forbidden):
        await join(services, await ben.actor(), cove)


async def test_a_badge_says_trained_only_while_the_certificate_holds(
    services: Services, world: World, clock
) -> None:
    harbour = await world.community()
    mo = await world.person("mo", harbour, Role.MODERATOR, certified=True)
    lee = await world.person("lee", harbour, Role.LEAD)
    ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
    ben = await world.person("ben", harbour)
    everybody = [mo.id, lee.id, ada.id, ben.id]

    async with services.db.read() as reader:
        worn = await badges(reader, harbour.id, everybody, clock.now())
        later = await badges(reader, harbour.id, everybody, clock.now() + timedelta(days=366))

    assert worn == {mo.id: "Moderator", ada.id: "Community admin"}
    assert later == {ada.id: "Community admin"}
