"""Who is on duty, and who can be reached when nobody is."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.sql.expression import Select

from forum.accounts.models import Account
from forum.communities.models import Community, Grant
from forum.communities.queries import holding, holds
from forum.db import Reader
from forum.peers.coverage import Coverage, cover
from forum.peers.models import Duty, Rest
from forum.permissions import Role

# Who may be told of a crisis or urgent case; peers answer lighter ones in public.
ALERTED_ROLES = (Role.MODERATOR, Role.LEAD)
TEAM_ROLES = (Role.PEER, *ALERTED_ROLES)


class Person(NamedTuple):
    """Somebody of the team."""

    account_id: int
    name: str


class MyDuty(NamedTuple):
    """A person's own duty in one community, for the switch that they see.

    until: when duty ends by itself, None when off duty. resting_until: their own "not me today".
    is_certified: whether the certificate is valid now, so that duty can be started.
    """

    until: datetime | None
    resting_until: datetime | None
    is_certified: bool


async def on_duty(reader: Reader, community_id: int, now: datetime) -> list[Person]:
    """Who receives alerts now: on duty, certified today, moderator or lead, not resting."""
    rows = await reader.exec(_on_duty([community_id], ALERTED_ROLES, now))
    return [Person(account_id, name) for _, account_id, name in rows]


async def present(reader: Reader, community_id: int, now: datetime) -> list[Person]:
    """Everybody of the team who is on duty now, with the peers who get no alerts."""
    rows = await reader.exec(_on_duty([community_id], TEAM_ROLES, now))
    return [Person(account_id, name) for _, account_id, name in rows]


async def leads(reader: Reader, community_id: int, now: datetime) -> list[Person]:
    """Every lead who is not resting, on duty or not: who is paged when nobody else is there."""
    rows = await reader.exec(_leads([community_id], now))
    return [Person(account_id, name) for _, account_id, name in rows]


async def duties_of(reader: Reader, account_id: int, now: datetime) -> frozenset[int]:
    """The communities where this person is on duty now."""
    rows = await reader.exec(
        select(Duty.community_id).where(Duty.account_id == account_id, _open(now))
    )
    return frozenset(rows)


async def my_duty(reader: Reader, account_id: int, community_id: int, now: datetime) -> MyDuty:
    """Whether this person is on duty here, resting, and certified."""
    until = await reader.exec(
        select(Duty.until).where(
            Duty.account_id == account_id, Duty.community_id == community_id, _open(now)
        )
    )
    rest = await reader.exec(
        select(func.max(Rest.until)).where(Rest.account_id == account_id, _resting(now))
    )
    certified = await reader.exec(
        select(col(Grant.id)).where(
            Grant.account_id == account_id,
            Grant.community_id == community_id,
            Grant.role == Role.CERTIFIED.value,
            holding(now),
        )
    )
    return MyDuty(until.first(), rest.one(), certified.first() is not None)


async def coverage(reader: Reader, community_id: int, now: datetime) -> Coverage:
    """Who answers in this community now, in numbers and in a sentence that members read."""
    return (await coverages(reader, [community_id], now))[community_id]


async def coverages(
    reader: Reader, community_ids: Collection[int], now: datetime
) -> dict[int, Coverage]:
    """Community id → its coverage; three statements however many communities there are."""
    on = Counter(row[0] for row in await reader.exec(_on_duty(community_ids, ALERTED_ROLES, now)))
    led = {row[0] for row in await reader.exec(_leads(community_ids, now))}
    zones = await reader.exec(
        select(Community.id, Community.timezone).where(col(Community.id).in_(community_ids))
    )
    return {
        community_id: cover(
            on[community_id], lead_reachable=community_id in led, timezone=zone, now=now
        )
        for community_id, zone in zones
        if community_id is not None
    }


async def on_duty_counts(reader: Reader, now: datetime) -> dict[int, int]:
    """Community id → how many people get alerts there now, for the gauge; every community."""
    everywhere = list(await reader.exec(select(Community.id)))
    rows = await reader.exec(_on_duty([one or 0 for one in everywhere], ALERTED_ROLES, now))
    on = Counter(where for where, _, _ in rows)
    return {one: on[one] for one in everywhere if one is not None}


def _on_duty(
    community_ids: Collection[int], roles: Iterable[Role], now: datetime
) -> Select[int, int, str]:
    """Community id, account id and name of those with one of `roles` who are on duty there."""
    who, where = col(Duty.account_id), col(Duty.community_id)
    return (
        select(Duty.community_id, Duty.account_id, Account.name)
        .join(Account, col(Account.id) == who)
        .where(
            where.in_(community_ids),
            _open(now),
            holds(who, where, roles, now),
            holds(who, where, (Role.CERTIFIED,), now),
            col(Account.erased_at).is_(None),
            who.not_in(select(Rest.account_id).where(_resting(now))),
        )
        .order_by(col(Account.name))
    )


def _leads(community_ids: Collection[int], now: datetime) -> Select[int, int, str]:
    return (
        select(Grant.community_id, Grant.account_id, Account.name)
        .join(Account, col(Account.id) == col(Grant.account_id))
        .where(
            col(Grant.community_id).in_(community_ids),
            Grant.role == Role.LEAD.value,
            holding(now),
            col(Account.erased_at).is_(None),
            col(Account.id).not_in(select(Rest.account_id).where(_resting(now))),
        )
        .order_by(col(Account.name))
    )


def _open(now: datetime) -> ColumnElement[bool]:
    """On duty and not past the time that they said: the job that ends it may come later."""
    return col(Duty.ended_at).is_(None) & (col(Duty.until) > now)


def _resting(now: datetime) -> ColumnElement[bool]:
    return (col(Rest.since) <= now) & (col(Rest.until) > now)
