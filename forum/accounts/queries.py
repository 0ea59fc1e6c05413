"""Reads of accounts and sessions."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, func, select

from forum.accounts.models import Account, Session
from forum.db import Reader
from forum.ids import token_hash


class SignedIn(NamedTuple):
    """The person behind a session's cookie."""

    account_id: int
    name: str
    session_id: int
    session_key: str
    is_site_admin: bool
    country: str | None
    timezone: str | None
    is_discreet: bool


async def signed_in(reader: Reader, token: str, now: datetime) -> SignedIn | None:
    """Whose session this token opens; None when it has ended, is locked or never was."""
    row = (
        await reader.exec(
            select(
                Account.id,
                Account.name,
                Session.id,
                Session.token_hash,
                Account.is_site_admin,
                Account.country,
                Account.timezone,
                Account.is_discreet,
            )  # type: ignore[call-overload]  # sqlmodel types no more than four columns
            .join(Session, col(Session.account_id) == col(Account.id))
            .where(
                Session.token_hash == token_hash(token),
                Session.expires_at > now,
                col(Session.locked_at).is_(None),
                col(Account.erased_at).is_(None),
            )
        )
    ).first()
    return SignedIn(*row) if row else None


async def name_of(reader: Reader, account_id: int) -> str | None:
    """The pseudonym of an account; None when it is erased or never was."""
    found = select(Account.name).where(Account.id == account_id, col(Account.erased_at).is_(None))
    return (await reader.exec(found)).first()


async def member_count(reader: Reader) -> int:
    """How many accounts are not erased."""
    counted = select(func.count()).select_from(Account).where(col(Account.erased_at).is_(None))
    return (await reader.exec(counted)).one()
