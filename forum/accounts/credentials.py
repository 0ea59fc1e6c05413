"""The password and the recovery code: changed, renewed, used to come back."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from forum.accounts import queries, sessions
from forum.accounts.actions import Entered
from forum.accounts.browsers import Browser
from forum.accounts.events import PasswordChanged
from forum.accounts.forms import Recovery
from forum.accounts.models import Account
from forum.accounts.names import name_key
from forum.accounts.passwords import as_typed
from forum.db import Tx
from forum.errors import Conflict, Invalid, NotFound
from forum.ids import new_recovery_code
from forum.limits import RECOVERY_PER_ACCOUNT, RECOVERY_PER_ADDRESS, SIGN_IN_PER_ACCOUNT
from forum.permissions import Action, Actor, require
from forum.services import Services


class WrongCode(Invalid):
    """Name and code do not belong together; the same words whoever exists."""

    def __init__(self) -> None:
        super().__init__({"": "This name and code do not fit together. Please look once more."})


async def check_password(services: Services, actor: Actor, password: str) -> str:
    """Make sure that it is the person who sits there; the stored hash that fitted.

    Raises Invalid for a wrong password, TooMany after many.
    """
    require(actor, Action.ACCOUNT_OWN)
    services.limits.require(SIGN_IN_PER_ACCOUNT, str(actor.id), services.clock.now())
    async with services.db.read() as reader:
        person = await queries.credentials_of(reader, actor.id)
    if person is None:
        raise NotFound
    if not await services.hasher.verify(as_typed(password), person.password_hash):
        raise Invalid({"password": "That is not your password. Please try again."})
    return person.password_hash


async def change_password(services: Services, actor: Actor, old: str, new: str) -> str:
    """Set a new password and end every other session; the new token of this one.

    Raises Invalid for a wrong old password, Conflict when it was changed elsewhere meanwhile.
    """
    fitted = await check_password(services, actor, old)
    new_hash = await services.hasher.hash(as_typed(new))
    async with services.db.write() as tx:
        same = [col(Account.id) == actor.id, col(Account.password_hash) == fitted]
        if not await tx.change(update(Account).where(*same).values(password_hash=new_hash)):
            raise Conflict("The password was changed elsewhere. Please sign in again.")
        await sessions.end_sessions(tx, actor.id, but=actor.session_id)
        token = await sessions.exchange_token(tx, actor.session_id or 0)
        tx.announce(PasswordChanged(actor.id, by_code=False))
    if token is None:
        raise Conflict("You were signed out elsewhere. Your new password is set.")
    return token


async def recover(services: Services, recovery: Recovery, browser: Browser) -> Entered:
    """Let a person back in with their code: new password, new code, no other session left.

    Known and unknown names cost the same work and get the same answer. A code works once.
    Raises WrongCode, or TooMany for the name or the address.
    """
    limits, now = services.limits, services.clock.now()
    key = name_key(recovery.name)
    limits.require(RECOVERY_PER_ADDRESS, limits.address_key(browser.address, now), now)
    limits.require(RECOVERY_PER_ACCOUNT, key, now)
    async with services.db.read() as reader:
        person = await queries.credentials(reader, key)
    stored = person.recovery_hash if person else None
    fits = await services.hasher.verify(_as_printed(recovery.code), stored)
    if person is None or not fits:
        raise WrongCode
    password_hash = await services.hasher.hash(as_typed(recovery.password))
    code = new_recovery_code()
    code_hash = await services.hasher.hash(code)
    async with services.db.write() as tx:
        unused = [
            col(Account.id) == person.account_id,
            col(Account.recovery_hash) == person.recovery_hash,
        ]
        values = {"password_hash": password_hash, "recovery_hash": code_hash}
        if not await tx.change(
            update(Account).where(*unused).values(recovery_saved_at=None, **values)
        ):
            raise WrongCode
        await sessions.end_sessions(tx, person.account_id)
        lasts = timedelta(days=services.settings.session_days)
        token = await sessions.open_session(tx, person.account_id, browser.words, lasts)
        tx.announce(PasswordChanged(person.account_id, by_code=True))
    return Entered(token, code)


async def renew_recovery_code(services: Services, actor: Actor, password: str) -> str:
    """A new code to show once; the old one opens nothing any more. Raises Invalid."""
    await check_password(services, actor, password)
    code = new_recovery_code()
    code_hash = await services.hasher.hash(code)
    async with services.db.write() as tx:
        await _set(tx, actor, recovery_hash=code_hash, recovery_saved_at=None)
    return code


async def mark_code_saved(services: Services, actor: Actor) -> None:
    """The person says that the code is kept safe."""
    require(actor, Action.ACCOUNT_OWN)
    async with services.db.write() as tx:
        await _set(tx, actor, recovery_saved_at=tx.now)


async def _set(tx: Tx, actor: Actor, **values: object) -> None:
    await tx.change(update(Account).where(col(Account.id) == actor.id).values(**values))


def _as_printed(code: str) -> str:
    """A code as it was shown, however it was typed: case, spaces and hyphens do not matter."""
    letters = "".join(sign for sign in code.lower() if sign.isalnum())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
