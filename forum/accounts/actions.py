"""Coming and going: new accounts, signing in and out, leaving in a hurry."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from forum import audit
from forum.accounts import queries, sessions
from forum.accounts.browsers import Browser
from forum.accounts.forms import NewAccount, Profile
from forum.accounts.models import Account
from forum.accounts.names import BadName, check_name, name_key, name_keys
from forum.accounts.passwords import as_typed
from forum.db import Tx
from forum.errors import Invalid, NotFound
from forum.ids import new_recovery_code
from forum.limits import (
    NAMES_PER_ADDRESS,
    SIGN_IN_PER_ACCOUNT,
    SIGN_IN_PER_ADDRESS,
    SIGN_UP_PER_ADDRESS,
    Limit,
)
from forum.permissions import Action, Actor, require
from forum.services import Services

# How long a form sent again still counts as the same sign-up, and not as a visitor.
SAME_FORM_MINUTES = 60


class NameTaken(Invalid):
    """Somebody has that name, or one that looks like it."""

    def __init__(self) -> None:
        super().__init__(
            {"name": "Somebody here has this name or one that looks like it. Please try another."}
        )


class WrongSignIn(Invalid):
    """Name and password do not belong together; the same words whoever exists."""

    def __init__(self) -> None:
        super().__init__({"": "This name and password do not fit together. Please try again."})


@dataclass(frozen=True, slots=True)
class Created:
    """A new account. recovery_code: shown once, stored only as a hash."""

    account_id: int
    recovery_code: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A browser that is signed in now. token: for its cookie; recovery_code: to show once."""

    token: str
    recovery_code: str


async def create_account(services: Services, new: NewAccount) -> Created:
    """Make an account for somebody who has given every consent the form asks for.

    Raises Invalid for a name that cannot be taken, NameTaken for one that somebody has.
    """
    await check_free(services, new.name)
    code = new_recovery_code()
    values = {
        "name": new.name,
        "name_key": name_key(new.name),
        "password_hash": await services.hasher.hash(as_typed(new.password)),
        "recovery_hash": await services.hasher.hash(code),
        "form_id": new.form_id,
        "email": new.email,
        "country": new.country,
        "timezone": new.timezone,
    }
    async with services.db.write() as tx:
        account_id = await _insert(tx, values)
    return Created(account_id, code)


async def check_free(services: Services, name: str) -> None:
    """Refuse a name that cannot be taken (Invalid) or that somebody has (NameTaken)."""
    try:
        check_name(name)
    except BadName as error:
        raise Invalid({"name": str(error)}) from error
    async with services.db.read() as reader:
        if await queries.is_name_taken(reader, name_keys(name), services.key):
            raise NameTaken


async def sign_up(services: Services, new: NewAccount, browser: Browser) -> Entered:
    """Make the account and sign its person in; a form sent twice makes one account.

    Raises Invalid, NameTaken, or TooMany when this address asks for many.
    """
    # Names are public, so the form says when one is taken; not thousands of times to a script.
    _limit(services, NAMES_PER_ADDRESS, browser)
    created = await _create_once(services, new, browser)
    async with services.db.write() as tx:
        token = await _enter(tx, services, created.account_id, browser)
    return Entered(token, created.recovery_code)


async def sign_in(services: Services, name: str, password: str, browser: Browser) -> str:
    """Sign a person in; the token for the cookie.

    Known and unknown names cost the same work and get the same answer.
    Raises WrongSignIn, or TooMany for the name or the address.
    """
    key = name_key(name)
    _limit(services, SIGN_IN_PER_ADDRESS, browser)
    services.limits.require(SIGN_IN_PER_ACCOUNT, key, services.clock.now())
    async with services.db.read() as reader:
        person = await queries.credentials(reader, key)
    stored = person.password_hash if person else None
    fits = await services.hasher.verify(as_typed(password), stored)
    if person is None or not fits:
        raise WrongSignIn
    async with services.db.write() as tx:
        await _still_stored(tx, person.account_id, person.password_hash)
        return await _enter(tx, services, person.account_id, browser)


async def sign_out(services: Services, browser: Browser) -> None:
    """End this browser's session, locked or not."""
    async with services.db.write() as tx:
        await sessions.end_token(tx, browser.token)


async def leave(services: Services, browser: Browser) -> None:
    """Lock this browser's session: the password opens it again. Harmless for a guest."""
    if browser.token:
        async with services.db.write() as tx:
            await sessions.lock_session(tx, browser.token)


async def unlock(services: Services, password: str, browser: Browser) -> str | None:
    """Open a locked session; the new token, or None when there is none to open.

    Raises Invalid for a wrong password, TooMany after many.
    """
    _limit(services, SIGN_IN_PER_ADDRESS, browser)
    now = services.clock.now()
    async with services.db.read() as reader:
        locked = await queries.locked_session(reader, browser.token, now)
    if locked is None:
        return None
    services.limits.require(SIGN_IN_PER_ACCOUNT, str(locked.account_id), now)
    if not await services.hasher.verify(as_typed(password), locked.password_hash):
        raise Invalid({"password": "That is not the password. Please try again."})
    async with services.db.write() as tx:
        await _still_stored(tx, locked.account_id, locked.password_hash)
        return await sessions.exchange_token(tx, locked.session_id)


async def end_session(services: Services, actor: Actor, session_id: int) -> None:
    """End one of one's own sessions. Raises NotFound for anybody else's."""
    require(actor, Action.ACCOUNT_OWN)
    async with services.db.write() as tx:
        if not await sessions.end_session(tx, actor.id, session_id):
            raise NotFound


async def end_other_sessions(services: Services, actor: Actor) -> int:
    """End every session but this one; how many that were."""
    require(actor, Action.ACCOUNT_OWN)
    async with services.db.write() as tx:
        return await sessions.end_sessions(tx, actor.id, but=actor.session_id)


async def save_profile(services: Services, actor: Actor, profile: Profile) -> None:
    """Keep what a person says of themselves."""
    require(actor, Action.ACCOUNT_OWN)
    async with services.db.write() as tx:
        mine = col(Account.id) == actor.id
        values = {name: getattr(profile, name) for name in Profile.__slots__}
        await tx.change(update(Account).where(mine).values(**values))


async def make_site_admin(tx: Tx, account_id: int) -> None:
    """Let this person run the site. Raises NotFound when there is no such person."""
    living = [col(Account.id) == account_id, col(Account.erased_at).is_(None)]
    if not await tx.change(update(Account).where(*living).values(is_site_admin=True)):
        raise NotFound
    await sessions.mark_stale(tx, account_id)
    await audit.record(tx, None, "site_admin_made", subject=f"account:{account_id}")


async def _create_once(services: Services, new: NewAccount, browser: Browser) -> Created:
    made = await _made_by_same_form(services, new)
    if made is not None:
        return made
    try:
        await check_free(services, new.name)
        _limit(services, SIGN_UP_PER_ADDRESS, browser)
        return await create_account(services, new)
    except NameTaken:
        made = await _made_by_same_form(services, new)  # both clicks of a double click at once
        if made is None:
            raise
        return made


async def _insert(tx: Tx, values: dict[str, str | None]) -> int:
    agreed = dict.fromkeys(
        ("created_at", "age_confirmed_at", "terms_agreed_at", "sensitive_agreed_at"), tx.now
    )
    flags = {"about": "", "is_site_admin": False, "is_discreet": False}
    account_id = await tx.insert_once(Account, values | agreed | flags)
    if account_id is None:
        raise NameTaken  # somebody was faster by the time of two hashes
    return account_id


async def _made_by_same_form(services: Services, new: NewAccount) -> Created | None:
    """The account that this very form made before, with a fresh code; None for any other form.

    The browser sends a form again when it lost our answer, and with it the code. Whoever sends
    it has the form's secret id and the password, so this opens nothing that they do not own.
    """
    if new.form_id is None:
        return None
    since = services.clock.now() - timedelta(minutes=SAME_FORM_MINUTES)
    async with services.db.read() as reader:
        made = select(Account.id, Account.password_hash).where(
            Account.form_id == new.form_id, Account.created_at > since
        )
        found = (await reader.exec(made)).first()
    if found is None or not await services.hasher.verify(as_typed(new.password), found[1]):
        return None
    code = new_recovery_code()
    recovery_hash = await services.hasher.hash(code)
    async with services.db.write() as tx:
        mine = col(Account.id) == found[0]
        await tx.change(update(Account).where(mine).values(recovery_hash=recovery_hash))
    return Created(found[0] or 0, code)


async def _enter(tx: Tx, services: Services, account_id: int, browser: Browser) -> str:
    """Open a session here; the one this browser had before ends."""
    await sessions.end_token(tx, browser.token)
    lasts = timedelta(days=services.settings.session_days)
    return await sessions.open_session(tx, account_id, browser.words, lasts)


async def _still_stored(tx: Tx, account_id: int, password_hash: str) -> None:
    """Refuse a password that was changed while it was being checked. Raises WrongSignIn."""
    same = select(Account.id).where(
        Account.id == account_id,
        Account.password_hash == password_hash,
        col(Account.erased_at).is_(None),
    )
    if (await tx.session.exec(same.with_for_update())).first() is None:
        raise WrongSignIn


def _limit(services: Services, limit: Limit, browser: Browser) -> None:
    now = services.clock.now()
    services.limits.require(limit, services.limits.address_key(browser.address, now), now)
