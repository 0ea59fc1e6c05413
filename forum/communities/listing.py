"""Lists that pages show: the communities of a person, and the members for their admin."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select

from forum.accounts.models import Account
from forum.accounts.names import name_key
from forum.communities.models import Community, Grant
from forum.communities.queries import holding, roles_held, visible_to
from forum.communities.titles import OFFICES, TITLES, badge
from forum.db import Reader
from forum.permissions import Actor, Role

COMMUNITIES_AT_ONCE = 30
MEMBERS_AT_ONCE = 50


class Listed(NamedTuple):
    """A community in a list."""

    id: int
    slug: str
    name: str
    about: str
    access: str


class Member(NamedTuple):
    """A member as a community admin sees them; offices: (role, its title), the first weightiest."""

    account_id: int
    name: str
    badge: str
    offices: list[tuple[Role, str]]


class MemberPage(NamedTuple):
    """A part of the members by name; next_after continues the list, empty at its end."""

    members: list[Member]
    next_after: str


class TeamMember(NamedTuple):
    """Somebody of the team with the badge that the server draws."""

    account_id: int
    name: str
    badge: str


async def own_communities(reader: Reader, actor: Actor) -> list[Listed]:
    """The communities where this person is a member, by name."""
    mine = [place for place, roles in actor.roles.items() if Role.MEMBER in roles]
    rows = visible_to(actor).where(col(Community.id).in_(mine))
    found = await reader.exec(rows.order_by(col(Community.name), col(Community.slug)))
    return [_listed(row) for row in found]


async def other_communities(reader: Reader, actor: Actor, after: str) -> tuple[list[Listed], str]:
    """Communities that this person could look into, after that slug; and where to go on."""
    mine = [place for place, roles in actor.roles.items() if Role.MEMBER in roles]
    rows = (
        visible_to(actor)
        .where(col(Community.id).not_in(mine), col(Community.slug) > after)
        .order_by(col(Community.slug))
        .limit(COMMUNITIES_AT_ONCE + 1)
    )
    found = [_listed(row) for row in await reader.exec(rows)]
    shown = found[:COMMUNITIES_AT_ONCE]
    return shown, shown[-1].slug if len(found) > COMMUNITIES_AT_ONCE else ""


async def community_row(reader: Reader, community_id: int) -> Community:
    """Everything that a community says of itself."""
    return await reader.get_one(Community, community_id)


async def team(reader: Reader, community_id: int, now: datetime) -> list[TeamMember]:
    """Everybody who wears a badge here, leads first."""
    offices = [role.value for role in OFFICES]
    rows = await reader.exec(
        select(Grant.account_id, Account.name)
        .join(Account, col(Account.id) == col(Grant.account_id))
        .where(
            Grant.community_id == community_id,
            col(Grant.role).in_(offices),
            holding(now),
            col(Account.erased_at).is_(None),
        )
        .order_by(col(Account.name))
    )
    names = dict(rows.all())  # each person once, whatever they hold
    held = await roles_held(reader, community_id, list(names), now)
    worn = [TeamMember(one, name, badge(held[one])) for one, name in names.items()]
    order = [word.capitalize() for word in reversed(TITLES.values())]
    return sorted((one for one in worn if one.badge), key=lambda one: order.index(one.badge))


async def members(
    reader: Reader, community_id: int, now: datetime, *, begins: str = "", after: str = ""
) -> MemberPage:
    """Members whose name begins so, after that name; two statements however many there are."""
    rows = await reader.exec(
        select(Grant.account_id, Account.name, Account.name_key)
        .join(Account, col(Account.id) == col(Grant.account_id))
        .where(
            Grant.community_id == community_id,
            Grant.role == Role.MEMBER.value,
            holding(now),
            col(Account.name_key).startswith(name_key(begins), autoescape=True),
            Account.name_key > after,
            col(Account.erased_at).is_(None),
        )
        .order_by(col(Account.name_key))
        .limit(MEMBERS_AT_ONCE + 1)
    )
    found = rows.all()
    shown = found[:MEMBERS_AT_ONCE]
    held = await roles_held(reader, community_id, [row[0] for row in shown], now)
    listed = [Member(one, name, badge(held[one]), _offices(held[one])) for one, name, _ in shown]
    return MemberPage(listed, shown[-1][2] if len(found) > MEMBERS_AT_ONCE else "")


def _listed(row: Community) -> Listed:
    return Listed(row.id or 0, row.slug, row.name, row.about, row.access)


def _offices(roles: Collection[Role]) -> list[tuple[Role, str]]:
    return [(role, TITLES[role]) for role in reversed(OFFICES) if role in roles]
