"""What the one who answers does for a person: set the level, wait, ask a lead, end the case."""

from sqlmodel import col, select

from forum import jobs
from forum.care import alerts, rounds, trail
from forum.care.actions import inform_leads
from forum.care.ladder import Audience
from forum.care.models import Case, Signal
from forum.care.ownership import (
    CaseRef,
    Taken,
    owned,
    refuse_ended,
    refuse_unless_mine,
    take,
    visible,
)
from forum.care.states import HELD, RESTS, NoConcern, Outcome, Source, State
from forum.care.wording import WORRY_OUTCOME
from forum.content import Subject
from forum.db import Tx
from forum.errors import Forbidden, Invalid
from forum.notices.actions import tell
from forum.peers.queries import leads, on_duty
from forum.permissions import Action, Actor, Role, may, require
from forum.screening.verdict import Need
from forum.services import Services

WORRY_NOTICE_TITLE = "About the person you were worried about"


async def set_level(
    services: Services, actor: Actor, ref: CaseRef, level: Need, note: str = ""
) -> None:
    """Raise the level as its owner, or lower it as a lead; the clocks follow.

    Raises Forbidden when somebody other than a lead would lower it.
    """
    if level is Need.NONE:
        raise Invalid({"level": "Choose one of the four levels, or close the case."})
    require(actor, Action.CASE_ANSWER, ref.community_id)
    async with services.db.write() as tx:
        case = await visible(tx, actor, ref)
        refuse_ended(case)
        if level < case.level:
            await _lower(tx, actor, case, level, note)
        elif level > case.level:
            await _raise_by_hand(tx, actor, case, level, note)


async def _lower(tx: Tx, actor: Actor, case: Case, level: Need, note: str) -> None:
    if not may(actor, Action.CASE_LOWER, case.community_id):
        raise Forbidden("Only a lead can lower a level. Ask for a lead to look at this case.")
    await trail.leave(tx, case, "lowered", actor_id=actor.id, level=level, note=note)
    if State(case.state) is State.QUEUED:
        await rounds.begin(tx, case, "queued_again", pace=level, actor_id=actor.id)


async def _raise_by_hand(tx: Tx, actor: Actor, case: Case, level: Need, note: str) -> None:
    await refuse_unless_mine(tx, case, actor.id)
    await trail.leave(tx, case, "raised", actor_id=actor.id, level=level, note=note)
    if State(case.state) in HELD:
        rounds.renew(tx, case)
        await rounds.check_lease_later(tx, case)
    await rounds.expect_first_words(tx, case, level)
    if level is Need.CRISIS:
        await inform_leads(tx, case, (await alerts.team_for(tx, case)).leads)


async def rest(services: Services, actor: Actor, ref: CaseRef, after: str) -> None:
    """Wait for the member's answer; the case comes back on top after RESTS[after]."""
    async with services.db.write() as tx:
        case = await owned(tx, actor, Action.CASE_ANSWER, ref)
        await _put_to_rest(tx, case, actor.id, State.WAITING, after)


async def close(
    services: Services, actor: Actor, ref: CaseRef, outcome: Outcome, follow_up: str, note: str = ""
) -> None:
    """End the case with an outcome, or keep it for a follow-up first.

    follow_up: "none", or a key of RESTS, after which the case comes back on top. A lead is told
    when a case that cannot wait ends without contact: a second pair of eyes.
    """
    async with services.db.write() as tx:
        case = await owned(tx, actor, Action.CASE_CLOSE, ref)
        case.outcome = outcome.value
        if outcome is Outcome.NO_CONTACT:
            await _second_look(tx, actor, case)
        if follow_up != "none":
            await _put_to_rest(tx, case, actor.id, State.FOLLOW_UP, follow_up, note)
            return
        await end(tx, case, actor.id, State.CLOSED, outcome.value, note)


async def no_concern(
    services: Services, actor: Actor, ref: CaseRef, reason: NoConcern, note: str = ""
) -> None:
    """End the case as none, with the reason. A lead looks as well when it was red or crisis."""
    async with services.db.write() as tx:
        case = await owned(tx, actor, Action.CASE_CLOSE, ref)
        await _second_look(tx, actor, case)
        case.outcome = State.NOT_A_CONCERN.value
        await end(tx, case, actor.id, State.NOT_A_CONCERN, reason.value, note)


async def escalate(services: Services, actor: Actor, ref: CaseRef, note: str) -> None:
    """Ask for a lead; the owner stays with the person until a lead takes over."""
    async with services.db.write() as tx:
        case = await owned(tx, actor, Action.CASE_ANSWER, ref)
        await trail.leave(tx, case, "escalated", actor_id=actor.id, to=State.ESCALATED, note=note)
        await alerts.ring(tx, case, f"escalated-{case.claim_no}", Audience.LEADS)


async def count_reply(tx: Tx, author_id: int, community_id: int, subject: Subject) -> None:
    """A reply in public to content of a case counts: from the team it claims and is first words.

    For boards and rooms, in the reply's own transaction. Nothing happens when the writer is not
    on duty here, or somebody else has the case.
    """
    found = await tx.session.exec(
        select(Case.id)
        .join(Signal, col(Signal.case_id) == col(Case.id))
        .where(
            Case.community_id == community_id,
            Signal.subject_kind == subject.kind,
            Signal.subject_id == subject.id,
            col(Case.closed_at).is_(None),
            col(Case.person_id) != author_id,
        )
    )
    case_id = found.first()
    shift = await on_duty(tx.session, community_id, tx.now) if case_id else []
    if case_id is None or author_id not in {person.account_id for person in shift}:
        return
    try:
        case = await take(tx, case_id, author_id)
    except Taken:
        return
    await say_first_words(tx, case, author_id, "replied")


async def say_first_words(tx: Tx, case: Case, actor_id: int, kind: str) -> None:
    """Human words reached the person: the clock for them stops, the owner's lease is whole."""
    if case.first_words_at is None:
        case.first_words_at = tx.now
    await trail.leave(tx, case, kind, actor_id=actor_id, to=State.RESPONDING)
    if case.lease_until is None:  # it was resting; a new chain of lease checks begins
        await rounds.start_lease(tx, case)
    rounds.renew(tx, case)


async def _put_to_rest(
    tx: Tx, case: Case, actor_id: int, state: State, after: str, note: str = ""
) -> None:
    case.follow_up_at = tx.now + RESTS[after]
    case.lease_until = case.lease_warned_at = None
    await trail.leave(tx, case, state.value, actor_id=actor_id, to=state, reason=after, note=note)
    await jobs.schedule(tx, rounds.FOLLOW_UP_JOB, str(case.id), case.follow_up_at)


async def _second_look(tx: Tx, actor: Actor, case: Case) -> None:
    if case.level < Need.URGENT or Role.LEAD in actor.roles_in(case.community_id):
        return
    others = await leads(tx.session, case.community_id, tx.now)
    people = [person.account_id for person in others]
    step = f"second_look-{case.claim_no}"
    await alerts.ring_people(tx, case, step, Audience.LEADS, *people)


async def end(tx: Tx, case: Case, actor_id: int, state: State, reason: str, note: str = "") -> None:
    """End a case that somebody has: no owner, no clocks, and whoever worried hears of it."""
    case.closed_at = tx.now
    case.owner_id = case.lease_until = case.lease_warned_at = case.follow_up_at = None
    case.draft = ""
    await trail.leave(tx, case, state.value, actor_id=actor_id, to=state, reason=reason, note=note)
    worried = await tx.session.exec(
        select(Signal.reported_by)
        .where(
            Signal.case_id == case.id,
            Signal.source == Source.WORRY.value,
            col(Signal.reported_by).is_not(None),
        )
        .distinct()
    )
    for reporter_id in worried:
        await tell(
            tx,
            reporter_id or 0,
            "care_outcome",
            WORRY_NOTICE_TITLE,
            WORRY_OUTCOME,
            community_id=case.community_id,
        )
