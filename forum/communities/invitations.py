"""Invitations: links that let people in, some with an office, until used up or out of date."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import update
from sqlmodel import col, select

from forum import audit
from forum.accounts.models import Account
from forum.communities.actions import become_member, grant_role
from forum.communities.forms import InvitationDraft
from forum.communities.models import Community, Invitation
from forum.communities.queries import roles_of
from forum.db import Reader, Tx
from forum.errors import ForumError, NotFound
from forum.ids import signed, token_hash
from forum.permissions import Action, Actor, Role, may, require
from forum.services import Place, Services


class InvitationGone(ForumError):
    """The link is used up, too old, taken back, or never was; which of these is not told."""

    status = 410
    title = "This invitation does not work any more"
    advice = "Ask the person who sent it to you for a new one."


class Invited(NamedTuple):
    """What a link opens."""

    invitation_id: int
    community_id: int
    slug: str
    name: str
    about: str
    rules: list[str]
    role: Role


class OpenInvitation(NamedTuple):
    """A link that still works, as the team sees it: never the link itself."""

    id: int
    role: Role
    uses_left: int
    expires_at: datetime
    maker: str


async def create(services: Services, actor: Actor, place: Place, draft: InvitationDraft) -> str:
    """Make a link; returns its token, which is stored nowhere.

    An office may be given along only by those who may grant it. The same form sent twice gives
    the same link: its token is the keyed fingerprint of who made it where with which form.
    """
    require(actor, _needed(draft.role), place.id)
    require(actor, Action.INVITATION_CREATE, place.id)
    token = signed(services.key, "invitation", str(place.id), str(actor.id), draft.form_id)
    async with services.db.write() as tx:
        values = {
            "community_id": place.id,
            "token_hash": token_hash(token),
            "role": draft.role.value,
            "created_by": actor.id,
            "created_at": tx.now,
            "expires_at": tx.now + timedelta(days=draft.days),
            "uses_left": draft.uses,
        }
        made = await tx.insert_once(Invitation, values)
        if made is not None:
            await _record(tx, actor.id, "created", place.id, made, draft.role)
    return token


async def withdraw(services: Services, actor: Actor, place: Place, invitation_id: int) -> None:
    """Take a link back. Raises NotFound for one that is not this community's or not open."""
    require(actor, Action.INVITATION_CREATE, place.id)
    async with services.db.write() as tx:
        withdrawn = await tx.change(
            update(Invitation)
            .where(
                col(Invitation.id) == invitation_id,
                col(Invitation.community_id) == place.id,
                col(Invitation.uses_left) > 0,
            )
            .values(uses_left=0)
        )
        if not withdrawn:
            raise NotFound
        await _record(tx, actor.id, "withdrawn", place.id, invitation_id)


async def find(reader: Reader, token: str, now: datetime) -> Invited:
    """What this link opens. Raises InvitationGone."""
    row = (
        await reader.exec(
            select(Invitation, Community)
            .join(Community, col(Community.id) == col(Invitation.community_id))
            .where(
                Invitation.token_hash == token_hash(token),
                Invitation.expires_at > now,
                Invitation.uses_left > 0,
                col(Community.closed_at).is_(None),
            )
        )
    ).first()
    if row is None:
        raise InvitationGone
    made, community = row
    role = Role(made.role)
    # Somebody whose own right has ended must not keep letting people in with an old link.
    maker = Actor(made.created_by, roles=await roles_of(reader, made.created_by, now))
    if not (may(maker, _needed(role), made.community_id)):
        raise InvitationGone
    return Invited(
        made.id or 0,
        made.community_id,
        community.slug,
        community.name,
        community.about,
        community.rules.splitlines(),
        role,
    )


async def accept(services: Services, actor: Actor, token: str) -> str:
    """Come in by a link; returns the community's slug. Raises InvitationGone.

    Who is in already, in that role, uses nothing up. Of two who accept the last use at once, one
    comes in: test_two_people_accepting_the_last_use_at_once.
    """
    require(actor, Action.COMMUNITY_JOIN)
    async with services.db.write() as tx:
        invited = await find(tx.session, token, tx.now)
        if await _use(tx, actor.id, invited):
            await become_member(tx, invited.community_id, actor.id)
            if invited.role is not Role.MEMBER:
                await grant_role(tx, None, invited.community_id, actor.id, invited.role)
            await _record(tx, actor.id, "accepted", invited.community_id, invited.invitation_id)
    return invited.slug


async def open_invitations(
    reader: Reader, community_id: int, now: datetime
) -> list[OpenInvitation]:
    """The links of this community that still work, the newest first."""
    rows = await reader.exec(
        select(Invitation, Account.name)
        .join(Account, col(Account.id) == col(Invitation.created_by))
        .where(
            Invitation.community_id == community_id,
            Invitation.expires_at > now,
            Invitation.uses_left > 0,
        )
        .order_by(col(Invitation.id).desc())
    )
    return [
        OpenInvitation(one.id or 0, Role(one.role), one.uses_left, one.expires_at, maker)
        for one, maker in rows
    ]


async def _use(tx: Tx, account_id: int, invited: Invited) -> bool:
    """Use the link once; False when this person needs no more of it."""
    row = select(col(Invitation.id)).where(Invitation.id == invited.invitation_id)
    await tx.session.exec(row.with_for_update())  # two clicks of one person take turns
    held = await roles_of(tx.session, account_id, tx.now)
    if {Role.MEMBER, invited.role} <= held.get(invited.community_id, frozenset()):
        return False
    used = await tx.change(
        update(Invitation)
        .where(col(Invitation.id) == invited.invitation_id, col(Invitation.uses_left) > 0)
        .values(uses_left=col(Invitation.uses_left) - 1)
    )
    if not used:
        raise InvitationGone
    return True


def _needed(role: Role) -> Action:
    return Action.INVITATION_CREATE if role is Role.MEMBER else Action.ROLE_GRANT


async def _record(
    tx: Tx,
    actor_id: int,
    what: str,
    community_id: int,
    invitation_id: int,
    role: Role | None = None,
) -> None:
    await audit.record(
        tx,
        actor_id,
        f"communities:invitation:{what}",
        community_id=community_id,
        subject=f"invitation:{invitation_id}",
        detail={"role": role.value} if role else None,
    )
