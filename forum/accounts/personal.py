"""Everything the forum keeps about one person: shown to them, and erased when they say so."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from forum import audit
from forum.accounts import queries, sessions
from forum.accounts.credentials import check_password
from forum.accounts.events import AccountErased
from forum.accounts.models import Account, Session
from forum.accounts.names import FORMER
from forum.db import Reader, Tx
from forum.errors import NotFound, StillNeeded
from forum.permissions import Action, Actor, require
from forum.services import Services

# Written by hand, so that a new column is left out until somebody has thought about it;
# tests/accounts/test_personal.py fails until then. Hashes are of use to a thief only.
ACCOUNT_FIELDS = (
    *("name", "email", "country", "timezone", "about", "is_discreet", "is_site_admin"),
    *("created_at", "age_confirmed_at", "terms_agreed_at", "sensitive_agreed_at"),
    "recovery_saved_at",
)
SESSION_FIELDS = ("browser", "created_at", "seen_at", "expires_at", "locked_at")


class LastSiteAdmin(StillNeeded):
    """A site must not be left without anybody to run it."""

    title = "Somebody has to run this site"
    advice = (
        "You are the only one who does. Make somebody else a site admin first, then come back. "
        "Nothing was erased."
    )


class AccountData:
    """What accounts keep: the account itself and the browsers signed in."""

    name = "account"

    def __init__(self, secret: bytes) -> None:
        """secret: the key under which names of erased people stay taken."""
        self._secret = secret

    async def export(self, reader: Reader, account_id: int) -> object:
        """The account and its sessions, as JSON can hold them."""
        account = await queries.account(reader, account_id)
        if account is None:
            return {}
        mine = await queries.all_sessions_of(reader, account_id)
        return _plain(account, ACCOUNT_FIELDS) | {
            "sessions": [_plain(session, SESSION_FIELDS) for session in mine]
        }

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Leave a nameless anchor, whose old name nobody can take over.

        keep_words is for those who keep words. Raises LastSiteAdmin.
        """
        await _check_site_is_kept(tx, account_id)
        account = await queries.account(tx.session, account_id)
        if account is None:
            raise NotFound
        emptied: dict[str, Any] = {
            "name": FORMER,
            "name_key": queries.erased_key(self._secret, account.name_key),
            "password_hash": "",
            "recovery_hash": "",
            "about": "",
            "erased_at": tx.now,
        }
        emptied |= dict.fromkeys(
            ("email", "country", "timezone", "form_id", "recovery_saved_at"), None
        )
        emptied |= {"is_site_admin": False, "is_discreet": False}
        await tx.change(update(Account).where(col(Account.id) == account_id).values(**emptied))
        await sessions.end_sessions(tx, account_id)


async def collect(services: Services, actor: Actor) -> dict[str, object]:
    """Everything kept about this person, by domain. Nobody can ask for anybody else's."""
    require(actor, Action.ACCOUNT_OWN)
    async with services.db.read() as reader:
        return {data.name: await data.export(reader, actor.id) for data in services.personal_data}


async def erase(services: Services, actor: Actor, password: str, *, keep_words: bool) -> None:
    """Erase this person everywhere, at once, in one transaction.

    Raises Invalid for a wrong password, StillNeeded when somebody must take over first; then
    nothing at all has changed.
    """
    await check_password(services, actor, password)
    async with services.db.write() as tx:
        # Those who build upon others go first, so that the account is there until the end.
        for data in reversed(services.personal_data):
            await data.erase(tx, actor.id, keep_words=keep_words)
        await audit.record(tx, actor.id, "account_erased", subject=f"account:{actor.id}")
        tx.announce(AccountErased(actor.id))


async def _check_site_is_kept(tx: Tx, account_id: int) -> None:
    """Keep one site admin. Both of two who go at once would think the other stays: lock first."""
    admins = select(Account.id).where(
        col(Account.is_site_admin).is_(True), col(Account.erased_at).is_(None)
    )
    if list(await tx.session.exec(admins.with_for_update())) == [account_id]:
        raise LastSiteAdmin


def _plain(row: Account | Session, fields: tuple[str, ...]) -> dict[str, object]:
    found = {name: getattr(row, name) for name in fields}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
    }
