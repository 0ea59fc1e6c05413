"""Sessions: opened, exchanged, locked and ended. Everything here joins the caller's transaction."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import col, select

from forum.accounts.events import SessionsEnded
from forum.accounts.models import Session
from forum.db import Tx
from forum.ids import new_token, token_hash

# An account collects sessions on old phones; the one not seen for longest makes room.
MAX_SESSIONS = 20


async def open_session(tx: Tx, account_id: int, browser: str, lasts: timedelta) -> str:
    """Sign this browser in; the token for its cookie, which is stored nowhere.

    Always a new token: whatever cookie the browser brought along opens nothing more.
    """
    token = new_token()
    tx.add(
        Session(
            account_id=account_id,
            token_hash=token_hash(token),
            browser=browser,
            created_at=tx.now,
            seen_at=tx.now,
            expires_at=tx.now + lasts,
        )
    )
    await tx.flush()
    await _make_room(tx, account_id)
    return token


async def exchange_token(tx: Tx, session_id: int, *, if_stale: bool = False) -> str | None:
    """A new token for the same session, also opening it when it was locked; None when it ended.

    if_stale: of several pages opened at once, only the first gets one; None for the others.
    """
    token = new_token()
    same = [col(Session.id) == session_id]
    if if_stale:
        same.append(col(Session.is_stale).is_(True))
    changed = await tx.change(
        update(Session)
        .where(*same)
        .values(
            key=func.coalesce(col(Session.key), col(Session.token_hash)),
            token_hash=token_hash(token),
            is_stale=False,
            locked_at=None,
            seen_at=tx.now,
        )
    )
    return token if changed else None


async def mark_stale(tx: Tx, account_id: int) -> None:
    """The person's rights change with this transaction: exchange each cookie at its next page."""
    mine = col(Session.account_id) == account_id
    await tx.change(update(Session).where(mine).values(is_stale=True))


async def lock_session(tx: Tx, token: str) -> bool:
    """Lock the session of this cookie until the password is given; False when there is none."""
    found = await tx.session.exec(
        select(Session).where(
            Session.token_hash == token_hash(token), col(Session.locked_at).is_(None)
        )
    )
    session = found.first()
    if session is None:
        return False
    session.locked_at = tx.now
    tx.add(session)
    tx.announce(SessionsEnded(session.account_id, (session.key or session.token_hash,)))
    return True


async def end_session(tx: Tx, account_id: int, session_id: int) -> bool:
    """End one of this person's sessions; False when they have no such session."""
    return await _end(tx, account_id, [col(Session.id) == session_id]) > 0


async def end_token(tx: Tx, token: str) -> bool:
    """End the session of this cookie, locked or not; False when there is none."""
    found = await tx.session.exec(select(Session).where(Session.token_hash == token_hash(token)))
    session = found.first()
    if session is None:
        return False
    return await end_session(tx, session.account_id, session.id or 0)


async def end_sessions(tx: Tx, account_id: int, *, but: int | None = None) -> int:
    """End all of this person's sessions, or all but one; how many that were."""
    return await _end(tx, account_id, [] if but is None else [col(Session.id) != but])


async def _make_room(tx: Tx, account_id: int) -> None:
    kept = (
        select(col(Session.id))
        .where(Session.account_id == account_id)
        .order_by(col(Session.seen_at).desc(), col(Session.id).desc())
        .limit(MAX_SESSIONS)
    )
    await _end(tx, account_id, [col(Session.id).not_in(list(await tx.session.exec(kept)))])


async def _end(tx: Tx, account_id: int, those: Iterable[ColumnElement[bool]]) -> int:
    mine = [col(Session.account_id) == account_id, *those]
    keys = tuple(
        await tx.session.exec(
            select(func.coalesce(col(Session.key), col(Session.token_hash))).where(*mine)
        )
    )
    if keys:
        await tx.change(delete(Session).where(*mine))
        tx.announce(SessionsEnded(account_id, keys))
    return len(keys)
