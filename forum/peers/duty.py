"""Being on duty: for some hours, and never because somebody forgot to say that they left."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, update
from sqlmodel import col, select

from forum import audit
from forum.db import Tx
from forum.errors import Invalid
from forum.jobs import schedule
from forum.peers.events import DutyEnded, DutyStarted
from forum.peers.models import Duty, Rest
from forum.permissions import Action, Actor, require
from forum.services import Place, Services

HOURS = (2, 4, 8)  # nobody answers people in crisis well for longer
END_JOB = "peers.duty.end"
# The night belongs to the day before: "not me today", said late, covers it.
REST_ENDS_AT_HOUR = 6


async def start(services: Services, actor: Actor, place: Place, hours: int) -> datetime:
    """Go on duty for so many hours, or from now on for so many more; returns until when.

    Ends one's own rest. Raises Invalid for hours that are not offered.
    """
    require(actor, Action.DUTY_KEEP, place.id)
    if hours not in HOURS:
        raise Invalid({"hours": "Please choose 2, 4 or 8 hours."})
    async with services.db.write() as tx:
        until = tx.now + timedelta(hours=hours)
        await _stop_resting(tx, actor.id)
        duty_id = await _open_row(tx, actor.id, place.id, until)
        await schedule(tx, END_JOB, str(duty_id), until)
        await _record(tx, actor.id, "peers:duty:started", place.id, actor.id)
        tx.announce(DutyStarted(actor.id, place.id))
    return until


async def stop(services: Services, actor: Actor, place: Place) -> None:
    """Go off duty; nothing happens to those who are not on."""
    require(actor, Action.DUTY_READ, place.id)
    async with services.db.write() as tx:
        await end_duty(tx, actor.id, place.id)


async def rest(services: Services, actor: Actor, place: Place) -> datetime:
    """Not me today: no alerts in any community until tomorrow morning; returns until when.

    Nobody is told why, and nothing but the end of duty is recorded.
    """
    require(actor, Action.DUTY_READ, place.id)
    zone = ZoneInfo(actor.timezone or services.settings.timezone)
    async with services.db.write() as tx:
        until = _tomorrow_morning(tx.now, zone)
        await _stop_resting(tx, actor.id)
        tx.add(Rest(account_id=actor.id, since=tx.now, until=until))
        await end_duty(tx, actor.id)
    return until


async def stop_resting(services: Services, actor: Actor, place: Place) -> None:
    """Be there again before tomorrow; duty begins only when it is started."""
    require(actor, Action.DUTY_READ, place.id)
    async with services.db.write() as tx:
        await _stop_resting(tx, actor.id)


async def end_duty(tx: Tx, account_id: int, community_id: int | None = None) -> None:
    """End somebody's duty, in one community or in all."""
    mine = (col(Duty.account_id) == account_id) & col(Duty.ended_at).is_(None)
    if community_id is not None:
        mine &= col(Duty.community_id) == community_id
    places = list(await tx.session.exec(select(Duty.community_id).where(mine)))
    await tx.change(update(Duty).where(mine).values(ended_at=tx.now))
    for place in places:
        await _record(tx, account_id, "peers:duty:ended", place, account_id)
        tx.announce(DutyEnded(account_id, place))


async def end_overdue(tx: Tx, duty_id: int) -> None:
    """End one duty whose time is over; one that was prolonged has a later job of its own."""
    row = (await tx.session.exec(select(Duty).where(Duty.id == duty_id).with_for_update())).first()
    if row is None or row.ended_at is not None or row.until > tx.now:
        return
    row.ended_at = tx.now
    await tx.flush()
    await _record(tx, None, "peers:duty:ended", row.community_id, row.account_id)
    tx.announce(DutyEnded(row.account_id, row.community_id))


async def _open_row(tx: Tx, account_id: int, community_id: int, until: datetime) -> int:
    """The one open row of this person here, with its new end."""
    mine = (
        (col(Duty.account_id) == account_id)
        & (col(Duty.community_id) == community_id)
        & col(Duty.ended_at).is_(None)
    )
    await tx.change(update(Duty).where(mine, col(Duty.until) <= tx.now).values(ended_at=tx.now))
    key = {"account_id": account_id, "community_id": community_id}
    made = await tx.insert_once(Duty, {**key, "started_at": tx.now, "until": until})
    if made is not None:
        return made
    await tx.change(update(Duty).where(mine).values(until=until))
    return (await tx.session.exec(select(col(Duty.id)).where(mine))).one() or 0


async def _stop_resting(tx: Tx, account_id: int) -> None:
    mine = (col(Rest.account_id) == account_id) & (col(Rest.until) > tx.now)
    await tx.change(delete(Rest).where(mine))


def _tomorrow_morning(now: datetime, zone: ZoneInfo) -> datetime:
    tomorrow = now.astimezone(zone) + timedelta(days=1)
    return tomorrow.replace(hour=REST_ENDS_AT_HOUR, minute=0, second=0, microsecond=0).astimezone(
        now.tzinfo
    )


async def _record(
    tx: Tx, actor_id: int | None, action: str, community_id: int, account_id: int
) -> None:
    subject = f"account:{account_id}"
    await audit.record(tx, actor_id, action, community_id=community_id, subject=subject)
