"""Who holds which role: granting, ending, joining and leaving."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import col, select

from forum import audit
from forum.accounts.models import Account
from forum.accounts.sessions import mark_stale
from forum.communities.events import MemberLeft, RoleEnded, RoleGranted
from forum.communities.models import Community, Grant
from forum.communities.queries import holding
from forum.communities.titles import OFFICES, title
from forum.db import Tx
from forum.errors import Forbidden, NotFound, StillNeeded
from forum.notices.actions import tell
from forum.permissions import Action, Actor, Role, require
from forum.services import Place, Services

# Facts about a person outlive their membership: nobody sheds a restriction by leaving.
STAYING = frozenset({Role.CERTIFIED, Role.RESTRICTED})


class LastAdmin(StillNeeded):
    """A community must not be left without anybody to look after it."""

    def __init__(self, community: str) -> None:
        super().__init__(
            f"{community} has no other community admin. Make another member community admin "
            "first, on its team page. Then this can be done."
        )


async def grant_role(
    tx: Tx,
    actor_id: int | None,
    community_id: int,
    account_id: int,
    role: Role,
    ends_at: datetime | None = None,
) -> bool:
    """Let a person hold `role` until `ends_at`; True when they did not hold it before.

    actor_id: None for the system. Holding it already, they hold it until the new `ends_at`.
    A new office is told to the person; certificates and restrictions are told by those who
    decide them, with the reason.
    """
    whose = _whose(community_id, account_id, role)
    held = list(await tx.session.exec(select(Grant.ends_at).where(whose, holding(tx.now))))
    if held == [ends_at]:
        return False
    values = {"granted_by": actor_id, "starts_at": tx.now, "ends_at": ends_at}
    key = {"account_id": account_id, "community_id": community_id, "role": role.value}
    is_new = await tx.insert_once(Grant, {**key, **values}) is not None
    if not is_new:
        await tx.change(update(Grant).where(whose).values(values))
    detail = {"role": role.value, "ends_at": ends_at.isoformat() if ends_at else None}
    await _record(tx, actor_id, "communities:role:granted", community_id, account_id, detail)
    if held:
        return False
    if role is not Role.MEMBER:
        await mark_stale(tx, account_id)
    if role in OFFICES:
        await _tell_of_office(tx, community_id, account_id, role, granted=True)
    tx.announce(RoleGranted(account_id, community_id, role))
    return True


async def end_role(
    tx: Tx, actor_id: int | None, community_id: int, account_id: int, role: Role
) -> bool:
    """Take a role from a person; False when they do not hold it, even by an expired grant.

    Raises LastAdmin rather than leave a community without an admin.
    """
    if role is Role.COMMUNITY_ADMIN:
        await keep_an_admin(tx, community_id, account_id)
    if not await tx.change(delete(Grant).where(_whose(community_id, account_id, role))):
        return False
    detail = {"role": role.value}
    await _record(tx, actor_id, "communities:role:ended", community_id, account_id, detail)
    await mark_stale(tx, account_id)
    if role in OFFICES:
        await _tell_of_office(tx, community_id, account_id, role, granted=False)
    tx.announce(RoleEnded(account_id, community_id, role))
    return True


async def give_office(
    services: Services, actor: Actor, place: Place, account_id: int, role: Role
) -> None:
    """Give a member of this community an office. Raises NotFound when they are no member."""
    require(actor, Action.ROLE_GRANT, place.id)
    _must_be_office(role)
    async with services.db.write() as tx:
        await _must_be_member(tx, place.id, account_id)
        await grant_role(tx, actor.id, place.id, account_id, role)


async def end_office(
    services: Services, actor: Actor, place: Place, account_id: int, role: Role
) -> None:
    """Take an office from a member of this community. Raises NotFound when it is not held."""
    require(actor, Action.ROLE_GRANT, place.id)
    _must_be_office(role)
    async with services.db.write() as tx:
        if not await end_role(tx, actor.id, place.id, account_id, role):
            raise NotFound("This person does not hold that role here.")


async def join(services: Services, actor: Actor, place: Place) -> None:
    """Become a member. Raises Forbidden where only an invitation opens the door."""
    require(actor, Action.COMMUNITY_JOIN, place.id)
    if place.access == "invitation":
        raise Forbidden("This community is by invitation. Ask somebody who is in it for a link.")
    async with services.db.write() as tx:
        await become_member(tx, place.id, actor.id)


async def become_member(tx: Tx, community_id: int, account_id: int) -> None:
    """Let somebody in; nothing happens when they are in already."""
    held = select(col(Grant.id)).where(_whose(community_id, account_id, Role.MEMBER))
    if (await tx.session.exec(held)).first() is None:
        await grant_role(tx, account_id, community_id, account_id, Role.MEMBER)


async def leave(services: Services, actor: Actor, place: Place) -> None:
    """Leave a community and every office in it. Raises LastAdmin for its only admin."""
    require(actor, Action.COMMUNITY_LEAVE, place.id)
    async with services.db.write() as tx:
        await remove_member(tx, actor.id, place.id)


async def remove_member(tx: Tx, account_id: int, community_id: int) -> None:
    """End a membership with every office that hangs on it, as the person wished.

    Raises LastAdmin rather than leave the community without an admin.
    """
    await keep_an_admin(tx, community_id, account_id)
    staying = [role.value for role in STAYING]
    ending = _here(community_id, account_id) & col(Grant.role).not_in(staying)
    held = list(await tx.session.exec(select(Grant.role).where(ending)))
    await tx.change(delete(Grant).where(ending))
    await mark_stale(tx, account_id)
    await _record(tx, account_id, "communities:member:left", community_id, account_id, {})
    for role in held:
        tx.announce(RoleEnded(account_id, community_id, Role(role)))
    tx.announce(MemberLeft(account_id, community_id))


async def keep_an_admin(tx: Tx, community_id: int, leaving_id: int) -> None:
    """Refuse to go on if `leaving_id` is the only admin. Raises LastAdmin.

    Two admins who remove each other at once take turns at the community's row, so the second
    sees that only one is left: test_two_admins_removing_each_other_leave_one.
    """
    # Not FOR UPDATE: that would also stop everybody who writes a post there meanwhile.
    row = select(Community.name).where(Community.id == community_id)
    name = (await tx.session.exec(row.with_for_update(key_share=True))).one()
    admins = set(
        await tx.session.exec(
            select(Grant.account_id)
            .join(Account, col(Account.id) == col(Grant.account_id))
            .where(
                Grant.community_id == community_id,
                Grant.role == Role.COMMUNITY_ADMIN.value,
                holding(tx.now),
                col(Account.erased_at).is_(None),
            )
        )
    )
    if admins == {leaving_id}:
        raise LastAdmin(name)


def _whose(community_id: int, account_id: int, role: Role) -> ColumnElement[bool]:
    return _here(community_id, account_id) & (col(Grant.role) == role.value)


def _here(community_id: int, account_id: int) -> ColumnElement[bool]:
    return (col(Grant.account_id) == account_id) & (col(Grant.community_id) == community_id)


def _must_be_office(role: Role) -> None:
    if role not in OFFICES:
        raise NotFound("There is no such role to give.")


async def _must_be_member(tx: Tx, community_id: int, account_id: int) -> None:
    """Nobody is made moderator of a community that they never joined."""
    whose = _whose(community_id, account_id, Role.MEMBER)
    if (await tx.session.exec(select(col(Grant.id)).where(whose, holding(tx.now)))).first():
        return
    raise NotFound("This person is not a member of this community.")


async def _record(
    tx: Tx,
    actor_id: int | None,
    action: str,
    community_id: int,
    account_id: int,
    detail: Mapping[str, str | None],
) -> None:
    subject = f"account:{account_id}"
    await audit.record(
        tx, actor_id, action, community_id=community_id, subject=subject, detail=detail
    )


async def _tell_of_office(
    tx: Tx, community_id: int, account_id: int, role: Role, *, granted: bool
) -> None:
    where = select(Community.name, Community.slug).where(Community.id == community_id)
    name, slug = (await tx.session.exec(where)).one()
    if granted:
        kind, what = "role_granted", f"You are now {title(role)} of {name}"
        body = "The team page says what that means. You can step back whenever you like."
    else:
        kind, what = "role_ended", f"You are no longer {title(role)} of {name}"
        body = "You are still a member. If you want to know why, ask a community admin."
    url = f"/c/{slug}/about"
    await tell(tx, account_id, kind, what, body, community_id=community_id, url=url)
