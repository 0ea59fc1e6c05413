"""Who belongs where; every list of communities starts at `visible_to`."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from forum.accounts.models import Account
from forum.communities.models import Community, Grant
from forum.db import Reader
from forum.permissions import Actor, Role
from forum.services import Place


def holding(now: datetime) -> ColumnElement[bool]:
    """The condition that a grant holds at this moment."""
    return or_(col(Grant.ends_at).is_(None), col(Grant.ends_at) > now)


def visible_to(actor: Actor) -> SelectOfScalar[Community]:
    """The communities this person may know of: all but other people's invitation-only ones."""
    return select(Community).where(
        or_(col(Community.access) != "invitation", col(Community.id).in_(actor.roles)),
        col(Community.closed_at).is_(None),
    )


async def place(reader: Reader, slug: str, actor: Actor) -> Place | None:
    """The community of that slug; None when it does not exist for this person."""
    found = (await reader.exec(visible_to(actor).where(Community.slug == slug))).first()
    if found is None:
        return None
    return Place(found.id or 0, found.slug, found.name, found.access, found.country)


async def roles_of(reader: Reader, account_id: int, now: datetime) -> dict[int, frozenset[Role]]:
    """Community id → the roles this person holds there now."""
    rows = await reader.exec(
        select(Grant.community_id, Grant.role).where(Grant.account_id == account_id, holding(now))
    )
    roles: defaultdict[int, set[Role]] = defaultdict(set)
    for community_id, role in rows:
        roles[community_id].add(Role(role))
    return {community_id: frozenset(held) for community_id, held in roles.items()}


async def holders(
    reader: Reader, community_id: int, role: Role, now: datetime
) -> list[tuple[int, str]]:
    """Account id and name of everybody who holds `role` here now, by name."""
    rows = await reader.exec(
        select(col(Account.id), col(Account.name))
        .join(Grant, col(Grant.account_id) == col(Account.id))
        .where(
            Grant.community_id == community_id,
            Grant.role == role.value,
            holding(now),
            col(Account.erased_at).is_(None),
        )
        .order_by(col(Account.name))
    )
    return [(account_id or 0, name) for account_id, name in rows]
