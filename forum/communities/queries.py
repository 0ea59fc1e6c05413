"""Who belongs where; every list of communities starts at `visible_to`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from forum.accounts.models import Account
from forum.communities.models import Community, Grant
from forum.communities.titles import badge
from forum.db import Reader
from forum.permissions import Actor, Role
from forum.services import Place

NEWCOMER_FOR = timedelta(days=3)  # PRODUCT 5, "new member"


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


def holds(
    account_id: Mapped[int],
    community_id: Mapped[int] | int,
    roles: Iterable[Role],
    now: datetime,
) -> ColumnElement[bool]:
    """The condition that the account of that column holds one of `roles` there now."""
    grant = aliased(Grant)  # its own, so that it fits into a query that reads grants itself
    held = select(col(grant.id)).where(
        col(grant.account_id) == account_id,
        col(grant.community_id) == community_id,
        col(grant.role).in_([role.value for role in roles]),
        or_(col(grant.ends_at).is_(None), col(grant.ends_at) > now),
    )
    return held.exists()


async def roles_held(
    reader: Reader, community_id: int, account_ids: Collection[int], now: datetime
) -> Mapping[int, Collection[Role]]:
    """Account id → the roles held here now, for each of `account_ids`; empty for strangers."""
    rows = await reader.exec(
        select(Grant.account_id, Grant.role).where(
            Grant.community_id == community_id,
            col(Grant.account_id).in_(account_ids),
            holding(now),
        )
    )
    held: dict[int, set[Role]] = {account_id: set() for account_id in account_ids}
    for account_id, role in rows:
        held[account_id].add(Role(role))
    return held


async def badges(
    reader: Reader, community_id: int, account_ids: Collection[int], now: datetime
) -> dict[int, str]:
    """Account id → the badge beside the name, for those of `account_ids` who wear one here."""
    held = await roles_held(reader, community_id, account_ids, now)
    worn = {account_id: badge(roles) for account_id, roles in held.items()}
    return {account_id: word for account_id, word in worn.items() if word}


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


async def is_newcomer(reader: Reader, place: Place, actor: Actor, now: datetime) -> bool:
    """Whether this person joined only lately, so that narrower limits hold."""
    found = select(Grant.id).where(
        Grant.account_id == actor.id,
        Grant.community_id == place.id,
        Grant.role == Role.MEMBER.value,
        Grant.starts_at > now - NEWCOMER_FOR,
    )
    return (await reader.exec(found)).first() is not None
