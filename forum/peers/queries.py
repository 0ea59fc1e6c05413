"""Who is on duty, and who can be reached when nobody is."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.communities.models import Grant
from forum.communities.queries import holders
from forum.db import Reader
from forum.peers.models import Duty, Rest
from forum.permissions import Role

# Who may be told of a crisis or urgent case; peers answer lighter ones in public.
ALERTED_ROLES = (Role.MODERATOR.value, Role.LEAD.value)


class Person(NamedTuple):
    """Somebody of the team."""

    account_id: int
    name: str


async def on_duty(reader: Reader, community_id: int, now: datetime) -> list[Person]:
    """Who receives alerts now: on duty, certified today, moderator or lead, not resting."""
    office, certified = aliased(Grant), aliased(Grant)
    resting = select(Rest.account_id).where(Rest.since <= now, Rest.until > now)
    rows = await reader.exec(
        select(col(Account.id), col(Account.name))
        .join(Duty, col(Duty.account_id) == col(Account.id))
        .join(office, col(office.account_id) == col(Account.id))
        .join(certified, col(certified.account_id) == col(Account.id))
        .where(
            Duty.community_id == community_id,
            col(Duty.ended_at).is_(None),
            Duty.until > now,
            office.community_id == community_id,
            col(office.role).in_(ALERTED_ROLES),
            (office.ends_at.is_(None)) | (office.ends_at > now),  # type: ignore[union-attr,operator]
            certified.community_id == community_id,
            certified.role == Role.CERTIFIED.value,
            (certified.ends_at.is_(None)) | (certified.ends_at > now),  # type: ignore[union-attr,operator]
            col(Account.erased_at).is_(None),
            col(Account.id).not_in(resting),
        )
        .distinct()
        .order_by(col(Account.name))
    )
    return [Person(account_id or 0, name) for account_id, name in rows]


async def leads(reader: Reader, community_id: int, now: datetime) -> list[Person]:
    """Every lead of the community, on duty or not: who is paged when nobody else is there."""
    return [Person(*row) for row in await holders(reader, community_id, Role.LEAD, now)]


async def duties_of(reader: Reader, account_id: int, now: datetime) -> frozenset[int]:
    """The communities where this person is on duty now."""
    rows = await reader.exec(
        select(Duty.community_id).where(
            Duty.account_id == account_id, col(Duty.ended_at).is_(None), Duty.until > now
        )
    )
    return frozenset(rows)
