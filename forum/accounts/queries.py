"""Reads of accounts and sessions."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from forum.accounts.models import Account, Session
from forum.db import Reader
from forum.ids import signed, token_hash


class SignedIn(NamedTuple):
    """The person behind a session's cookie."""

    account_id: int
    name: str
    session_id: int
    session_key: str
    has_stale_session: bool
    is_site_admin: bool
    country: str | None
    timezone: str | None
    is_discreet: bool


class Credentials(NamedTuple):
    """What a sign-in is checked against."""

    account_id: int
    name: str
    password_hash: str
    recovery_hash: str


class LockedSession(NamedTuple):
    """A session whose person left in a hurry."""

    session_id: int
    account_id: int
    password_hash: str


async def signed_in(reader: Reader, token: str, now: datetime) -> SignedIn | None:
    """Whose session this token opens; None when it has ended, is locked or never was."""
    row = (
        await reader.exec(
            select(
                Account.id,
                Account.name,
                Session.id,
                func.coalesce(col(Session.key), col(Session.token_hash)),
                Session.is_stale,
                Account.is_site_admin,
                Account.country,
                Account.timezone,
                Account.is_discreet,
            )  # type: ignore[call-overload]  # sqlmodel types no more than four columns
            .join(Session, col(Session.account_id) == col(Account.id))
            .where(*_opens(token, now), col(Session.locked_at).is_(None))
        )
    ).first()
    return SignedIn(*row) if row else None


async def locked_session(reader: Reader, token: str, now: datetime) -> LockedSession | None:
    """The locked session of this cookie; None when it has ended, is open or never was."""
    row = (
        await reader.exec(
            select(Session.id, Session.account_id, Account.password_hash)
            .join(Account, col(Account.id) == col(Session.account_id))
            .where(*_opens(token, now), col(Session.locked_at).is_not(None))
        )
    ).first()
    return LockedSession(row[0] or 0, row[1], row[2]) if row else None


async def credentials(reader: Reader, name_key: str) -> Credentials | None:
    """What a sign-in with this name is checked against; None for a name nobody has."""
    return await _credentials(reader, col(Account.name_key) == name_key)


async def credentials_of(reader: Reader, account_id: int) -> Credentials | None:
    """The same for an account; None when it is erased or never was."""
    return await _credentials(reader, col(Account.id) == account_id)


async def account(reader: Reader, account_id: int) -> Account | None:
    """The account itself, for its own person's pages; None when it is erased or never was."""
    found = select(Account).where(Account.id == account_id, col(Account.erased_at).is_(None))
    return (await reader.exec(found)).first()


async def sessions_of(reader: Reader, account_id: int, now: datetime) -> list[Session]:
    """This person's sessions that have not ended, the one seen last first."""
    mine = select(Session).where(Session.account_id == account_id, Session.expires_at > now)
    return list(await reader.exec(mine.order_by(col(Session.seen_at).desc(), col(Session.id))))


async def all_sessions_of(reader: Reader, account_id: int) -> list[Session]:
    """Every session that is kept of this person, those that are over too."""
    mine = select(Session).where(Session.account_id == account_id).order_by(col(Session.id))
    return list(await reader.exec(mine))


async def is_name_taken(reader: Reader, keys: Iterable[str], secret: bytes) -> bool:
    """Whether somebody has, or an erased person had, a name that looks like this one.

    keys: what `names.name_keys` gives. secret: the key of `erased_key`.
    """
    looked_up = [known for key in keys for known in (key, erased_key(secret, key))]
    found = select(Account.id).where(col(Account.name_key).in_(looked_up)).limit(1)
    return (await reader.exec(found)).first() is not None


def erased_key(secret: bytes, name_key: str) -> str:
    """What is kept of an erased person's name: enough to know it again, not to read it."""
    return "erased:" + signed(secret, "erased name", name_key)


async def name_of(reader: Reader, account_id: int) -> str | None:
    """The pseudonym of an account; None when it is erased or never was."""
    found = select(Account.name).where(Account.id == account_id, col(Account.erased_at).is_(None))
    return (await reader.exec(found)).first()


async def member_count(reader: Reader) -> int:
    """How many accounts are not erased."""
    counted = select(func.count()).select_from(Account).where(col(Account.erased_at).is_(None))
    return (await reader.exec(counted)).one()


def _opens(token: str, now: datetime) -> list[ColumnElement[bool]]:
    return [
        col(Session.token_hash) == token_hash(token),
        col(Session.expires_at) > now,
        col(Account.erased_at).is_(None),
    ]


async def _credentials(reader: Reader, whose: ColumnElement[bool]) -> Credentials | None:
    row = (
        await reader.exec(
            select(Account.id, Account.name, Account.password_hash, Account.recovery_hash).where(
                whose, col(Account.erased_at).is_(None)
            )
        )
    ).first()
    return Credentials(row[0] or 0, *row[1:]) if row else None
