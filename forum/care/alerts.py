"""Calling people to a case: who is told, that they were told, and that they heard."""

from sqlalchemy import func, or_, update
from sqlmodel import col, select

from forum.care import ladder, trail
from forum.care.events import AlertAcknowledged, AlertRaised
from forum.care.ladder import TIMERS, Audience, Team, Told
from forum.care.models import Alert, AlertRecipient, Case
from forum.care.states import State
from forum.communities.models import Community
from forum.communities.queries import holders
from forum.db import Reader, Tx
from forum.errors import NotFound
from forum.notices.actions import tell
from forum.peers.queries import leads, on_duty
from forum.permissions import Action, Actor, Role, require
from forum.screening.verdict import Need
from forum.services import Services

# Read in an inbox, perhaps on a locked screen: no name, and no word of what was written.
NOTICE_TITLE = "Somebody needs a volunteer"
NOTICE_BODY = (
    "A case at level {level} in {community} is waiting and you are asked to look. "
    "If you cannot open it yourself, please reach somebody of the team who can."
)
LEVEL_WORDS = {
    Need.CRISIS: "crisis",
    Need.URGENT: "urgent",
    Need.CONCERN: "concern",
    Need.SUPPORT: "support",
}


async def team_for(tx: Tx, case: Case) -> Team:
    """Everybody who can be told of this case now, never the person it is about."""
    reader, place, now = tx.session, case.community_id, tx.now
    shift = {person.account_id for person in await on_duty(reader, place, now)}
    all_leads = {person.account_id for person in await leads(reader, place, now)}
    admins = {person for person, _ in await holders(reader, place, Role.COMMUNITY_ADMIN, now)}
    them = {case.person_id}
    return Team(frozenset(shift - them), frozenset(all_leads - them), frozenset(admins - them))


async def ring(tx: Tx, case: Case, step: str, wanted: Audience) -> Told:
    """Call `wanted` to the case, as `ladder.whom` widens it; once for each step of a round."""
    team = await team_for(tx, case)
    told = ladder.whom(
        wanted,
        team,
        pages_leads=TIMERS[Need(case.pace)].pages_leads,
        quiet=await _acknowledged(tx, case),
    )
    await _raise(tx, case, step, told, on_shift=team.on_shift)
    return told


async def ring_people(tx: Tx, case: Case, step: str, audience: Audience, *people: int) -> None:
    """Call exactly these people, whether or not they are on duty; once for each step of a round."""
    others = frozenset(people) - {case.person_id}
    await _raise(tx, case, step, Told(audience, others), on_shift=frozenset())


async def acknowledge(services: Services, actor: Actor, community_id: int, alert_id: int) -> None:
    """I have heard it: this person is not called again in this round; the others still are.

    Raises NotFound for an alert that did not call this person. Harmless to repeat.
    """
    require(actor, Action.ALERT_ACKNOWLEDGE, community_id)
    async with services.db.write() as tx:
        case = await _case_of(tx, actor, community_id, alert_id)
        heard = await tx.change(
            update(AlertRecipient)
            .where(
                col(AlertRecipient.alert_id) == alert_id,
                col(AlertRecipient.account_id) == actor.id,
                col(AlertRecipient.acknowledged_at).is_(None),
            )
            .values(acknowledged_at=tx.now, seen_at=tx.now)
        )
        if not heard:
            return
        await tx.change(
            update(Alert)
            .where(col(Alert.id) == alert_id, col(Alert.acknowledged_at).is_(None))
            .values(acknowledged_by=actor.id, acknowledged_at=tx.now)
        )
        await trail.leave(tx, case, "acknowledged", actor_id=actor.id)
        tx.announce(AlertAcknowledged(alert_id, case.id or 0, community_id, actor.id))


async def answer_calls(tx: Tx, case: Case, account_id: int) -> None:
    """Whoever takes the case has answered every call of this round that went to them."""
    calls = select(col(Alert.id)).where(Alert.case_id == case.id, Alert.round == case.round)
    await tx.change(
        update(AlertRecipient)
        .where(
            col(AlertRecipient.alert_id).in_(calls),
            col(AlertRecipient.account_id) == account_id,
            col(AlertRecipient.acknowledged_at).is_(None),
        )
        .values(acknowledged_at=tx.now, seen_at=tx.now)
    )


async def catch_up(tx: Tx, community_id: int, account_id: int) -> int:
    """Call somebody who has just come on duty to what waits; how many calls that were."""
    newest = (
        select(func.max(col(Alert.id)))
        .join(Case, col(Case.id) == col(Alert.case_id))
        .where(
            Case.community_id == community_id,
            Case.state == State.QUEUED.value,
            col(Case.person_id) != account_id,
            Alert.round == Case.round,
        )
        .group_by(col(Alert.case_id))
    )
    called = 0
    for alert_id in (await tx.session.exec(newest)).all():
        row = {"alert_id": alert_id, "account_id": account_id}
        called += await tx.insert_once(AlertRecipient, row) is not None
    return called


async def _case_of(tx: Tx, actor: Actor, community_id: int, alert_id: int) -> Case:
    found = await tx.session.exec(
        select(Case.id)
        .join(Alert, col(Alert.case_id) == col(Case.id))
        .join(AlertRecipient, col(AlertRecipient.alert_id) == col(Alert.id))
        .where(
            Alert.id == alert_id,
            Case.community_id == community_id,
            AlertRecipient.account_id == actor.id,
        )
    )
    case_id = found.first()
    if case_id is None:
        raise NotFound
    return await trail.locked(tx, case_id)


async def _acknowledged(reader: Tx, case: Case) -> frozenset[int]:
    """Who has heard an alert of this round and is left in peace."""
    rows = await reader.session.exec(
        select(AlertRecipient.account_id)
        .join(Alert, col(Alert.id) == col(AlertRecipient.alert_id))
        .where(
            Alert.case_id == case.id,
            Alert.round == case.round,
            col(AlertRecipient.acknowledged_at).is_not(None),
        )
    )
    return frozenset(rows)


async def _raise(tx: Tx, case: Case, step: str, told: Told, *, on_shift: frozenset[int]) -> None:
    alert_id = await tx.insert_once(
        Alert,
        {
            "case_id": case.id,
            "step": step,
            "round": case.round,
            "claim_no": case.claim_no,
            "level": case.level,
            "audience": told.audience.value,
            "raised_at": tx.now,
        },
    )
    if alert_id is None:
        return
    tx.add(*(AlertRecipient(alert_id=alert_id, account_id=one) for one in sorted(told.people)))
    await tx.flush()
    for away in sorted(told.people - on_shift):
        await _write_to(tx, case, away)
    detail = {"step": step, "round": case.round, "told": len(told.people)}
    await trail.leave(tx, case, "alert", reason=f"{step} {told.audience}", detail=detail)
    tx.announce(AlertRaised(alert_id, case.id or 0, case.community_id))


async def _write_to(tx: Tx, case: Case, account_id: int) -> None:
    """A notice for somebody whose desk may not be open."""
    place = await tx.session.get_one(Community, case.community_id)
    body = NOTICE_BODY.format(level=LEVEL_WORDS[Need(case.level)], community=place.name)
    url = f"/c/{place.slug}/cases/{case.id}"
    await tell(tx, account_id, "care_alert", NOTICE_TITLE, body, community_id=place.id, url=url)


async def waiting_alerts(reader: Reader, actor: Actor, community_id: int) -> list[tuple[int, int]]:
    """(alert id, case id) of the calls to this person not yet answered, highest level first."""
    rows = await reader.exec(
        select(col(Alert.id), Alert.case_id)
        .join(AlertRecipient, col(AlertRecipient.alert_id) == col(Alert.id))
        .join(Case, col(Case.id) == col(Alert.case_id))
        .where(
            AlertRecipient.account_id == actor.id,
            col(AlertRecipient.acknowledged_at).is_(None),
            Case.community_id == community_id,
            col(Case.closed_at).is_(None),
            Alert.round == Case.round,
            # A claim answers the calls before it; those that came since are for others as well.
            or_(col(Case.owner_id).is_(None), col(Alert.claim_no) == col(Case.claim_no)),
        )
        .order_by(col(Alert.level).desc(), col(Alert.id))
    )
    return [(alert_id or 0, case_id) for alert_id, case_id in rows]
