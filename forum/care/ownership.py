"""Whose case it is: taken once, kept while at work, given back, handed on."""

from dataclasses import dataclass

from sqlalchemy import func, update
from sqlmodel import col

from forum.accounts.queries import name_of
from forum.care import alerts, rounds, trail
from forum.care.actions import inform_leads
from forum.care.ladder import Audience
from forum.care.models import Case
from forum.care.queries import visible_to
from forum.care.states import ENDED, HELD, State
from forum.db import Tx
from forum.errors import Conflict, Invalid, NotFound
from forum.peers.queries import on_duty
from forum.permissions import Action, Actor, require
from forum.screening.verdict import Need
from forum.services import Services


class Taken(Conflict):
    """Somebody else has the case; `advice` names them, for losers must know who is there."""

    title = "Somebody is with them already"


@dataclass(frozen=True, slots=True)
class CaseRef:
    """Which case, in which community: an id from a URL is nothing without its community."""

    community_id: int
    case_id: int


async def claim(services: Services, actor: Actor, ref: CaseRef) -> None:
    """Take a case from the queue; exactly one of those who try at once gets it.

    Raises Taken, naming who was faster, and NotFound for a case this person may not know of.
    Claiming again what one has is harmless. Proven by tests/care/test_casework.py.
    """
    require(actor, Action.CASE_CLAIM, ref.community_id)
    async with services.db.write() as tx:
        await _check_visible(tx, actor, ref)
        await take(tx, ref.case_id, actor.id)


async def take(tx: Tx, case_id: int, account_id: int) -> Case:
    """Make this person the owner in the caller's transaction. Raises Taken."""
    # One conditional UPDATE: read-then-update gave 976 of 1,500 alerts to two people.
    won = await tx.change(
        update(Case)
        .where(
            col(Case.id) == case_id,
            col(Case.owner_id).is_(None),
            col(Case.state) == State.QUEUED.value,
        )
        .values(
            owner_id=account_id,
            claimed_at=tx.now,
            seen_at=func.coalesce(col(Case.seen_at), tx.now),
            state=State.ASSESSING.value,
        )
        .execution_options(synchronize_session=False)
    )
    case = await trail.locked(tx, case_id)
    if not won:
        await refuse_unless_mine(tx, case, account_id)
        return case
    await trail.leave(tx, case, "claimed", actor_id=account_id, was=State.QUEUED)
    await alerts.answer_calls(tx, case, account_id)
    await rounds.start_lease(tx, case)
    if case.level == Need.CRISIS:
        await inform_leads(tx, case, (await alerts.team_for(tx, case)).leads)
    return case


async def keep(services: Services, actor: Actor, ref: CaseRef, draft: str) -> None:
    """The owner is at work: the lease is renewed and what they write so far is kept."""
    async with services.db.write() as tx:
        case = await owned(tx, actor, Action.CASE_ANSWER, ref)
        case.draft = draft


async def release(
    services: Services, actor: Actor, ref: CaseRef, note: str, draft: str | None = None
) -> None:
    """Give the case back to the queue; the draft stays for whoever comes next."""
    async with services.db.write() as tx:
        case = await owned(tx, actor, Action.CASE_CLAIM, ref)
        if draft is not None:
            case.draft = draft
        pace = Need(case.level)
        await rounds.begin(tx, case, "released", pace=pace, actor_id=actor.id, note=note)


async def take_over(services: Services, actor: Actor, ref: CaseRef) -> None:
    """A lead takes an escalated case from its owner; one lead wins. Raises Taken."""
    require(actor, Action.CASE_LOWER, ref.community_id)
    async with services.db.write() as tx:
        case = await visible(tx, actor, ref)
        if State(case.state) is not State.ESCALATED:
            await refuse_unless_mine(tx, case, actor.id)
            return
        await _give(tx, case, actor.id, actor.id, "taken_over", State.ASSESSING)


async def hand_over(services: Services, actor: Actor, ref: CaseRef, to_id: int, note: str) -> None:
    """Hand the case to a colleague on duty; it is theirs at once, and their lease runs.

    Raises Invalid when that person is not on duty, or is the person the case is about.
    """
    async with services.db.write() as tx:
        case = await owned(tx, actor, Action.CASE_CLAIM, ref)
        shift = await on_duty(tx.session, ref.community_id, tx.now)
        if to_id not in {person.account_id for person in shift} - {case.person_id, actor.id}:
            raise Invalid({"to": "Choose somebody who is on duty now."})
        await _give(tx, case, actor.id, to_id, "handed_over", State.HANDED_OVER, note)
        step = f"handed_over-{case.claim_no}"
        await alerts.ring_people(tx, case, step, Audience.OWNER, to_id)


async def owned(tx: Tx, actor: Actor, action: Action, ref: CaseRef) -> Case:
    """The case, locked, when this person owns it; their lease is renewed by that.

    Raises NotFound, Taken, or Conflict for a case that nobody owns.
    """
    require(actor, action, ref.community_id)
    case = await visible(tx, actor, ref)
    refuse_ended(case)
    await refuse_unless_mine(tx, case, actor.id)
    if State(case.state) in HELD:
        rounds.renew(tx, case)
    return case


async def _check_visible(tx: Tx, actor: Actor, ref: CaseRef) -> None:
    """Raises NotFound for another community's case and for one about the person who asks."""
    found = visible_to(actor, ref.community_id).where(Case.id == ref.case_id)
    if (await tx.session.exec(found)).first() is None:
        raise NotFound


async def visible(tx: Tx, actor: Actor, ref: CaseRef) -> Case:
    """The case, locked, for whoever may know of it. Raises NotFound for all others."""
    await _check_visible(tx, actor, ref)
    return await trail.locked(tx, ref.case_id)


def refuse_ended(case: Case) -> None:
    """Raises Conflict for a case that has ended: nothing about it changes any more."""
    if State(case.state) in ENDED:
        raise Conflict("This case is closed. A new signal opens a new one.")


async def refuse_unless_mine(tx: Tx, case: Case, account_id: int) -> None:
    """Raises Taken, saying who has the case, or Conflict when nobody has."""
    if case.owner_id == account_id:
        return
    if case.owner_id is None:
        refuse_ended(case)
        raise Conflict("Nobody has this case at the moment. Claim it first, then go on.")
    who = await name_of(tx.session, case.owner_id) or "A former member"
    raise Taken(f"{who} has this case now. What you wrote is still on this page.")


async def _give(
    tx: Tx, case: Case, actor_id: int, to_id: int, kind: str, state: State, note: str = ""
) -> None:
    case.owner_id, case.claimed_at = to_id, tx.now
    await trail.leave(tx, case, kind, actor_id=actor_id, to=state, note=note)
    await rounds.start_lease(tx, case)
