"""A round of waiting: a case stands in the queue, people are called, the clocks run."""

from forum import jobs
from forum.care import alerts, trail
from forum.care.ladder import TIMERS, Audience, rung
from forum.care.models import Case
from forum.care.states import State
from forum.db import Tx
from forum.screening.verdict import Need

LADDER_JOB = "care.ladder"
FIRST_WORDS_JOB = "care.first_words"
LEASE_JOB = "care.lease"
FOLLOW_UP_JOB = "care.follow_up"


async def begin(
    tx: Tx,
    case: Case,
    kind: str,
    *,
    pace: Need,
    actor_id: int | None = None,
    reason: str = "",
    note: str = "",
) -> None:
    """Put the case into the queue without an owner, call people, and set every clock.

    pace: the level whose clocks run, which a planned follow-up keeps below the case's level.
    The round's number makes the jobs of earlier rounds harmless.
    """
    timers = TIMERS[pace]
    case.round += 1
    case.pace = case.band = pace
    case.queued_at, case.claim_by = tx.now, tx.now + timers.claim_by
    case.owner_id = case.claimed_at = case.lease_until = case.lease_warned_at = None
    case.follow_up_at = None
    await trail.leave(tx, case, kind, actor_id=actor_id, to=State.QUEUED, reason=reason, note=note)
    first = timers.rungs[0]
    if first.audience:
        await alerts.ring(tx, case, first.step, first.audience)
    for number in range(1, len(timers.rungs)):
        await schedule_rung(tx, case, number)
    await expect_first_words(tx, case, pace)


async def wake(tx: Tx, case: Case, kind: str, *, pace: Need) -> None:
    """Bring a resting case back: to its owner when on duty, else into the queue at this pace."""
    team = await alerts.team_for(tx, case)
    if case.owner_id is None or case.owner_id not in team.on_shift:
        await begin(tx, case, kind, pace=pace)
        return
    case.follow_up_at = None
    await trail.leave(tx, case, kind, to=State.RESPONDING)
    await start_lease(tx, case)
    step = f"{kind}-{case.claim_no}"
    await alerts.ring_people(tx, case, step, Audience.OWNER, case.owner_id)


async def schedule_rung(tx: Tx, case: Case, number: int) -> None:
    """Set the clock of one rung of this round; nothing when the ladder has no such rung."""
    step = rung(Need(case.pace), number)
    if step is not None:
        subject = f"{case.id}:{case.round}:{number}"
        due = case.queued_at + step.after
        await jobs.schedule(tx, LADDER_JOB, subject, due, unique_key=f"{LADDER_JOB}:{subject}")


async def expect_first_words(tx: Tx, case: Case, level: Need) -> None:
    """Set the clock for the first human words, unless they were said.

    Once for each level, counted from when it was first heard: giving a case back buys no time.
    """
    by = TIMERS[level].first_words_by
    if by is not None and case.first_words_at is None:
        subject = f"{case.id}:{level}"
        key = f"{FIRST_WORDS_JOB}:{subject}"
        await jobs.schedule(tx, FIRST_WORDS_JOB, subject, tx.now + by, unique_key=key)


async def start_lease(tx: Tx, case: Case) -> None:
    """Let the owner's lease begin; the earlier chain of its jobs ends with the old claim number."""
    case.claim_no += 1
    renew(tx, case)
    await check_lease_later(tx, case)


def renew(tx: Tx, case: Case) -> None:
    """The owner did something: the lease is whole again. Its job finds out when it runs."""
    case.lease_until = tx.now + TIMERS[Need(case.level)].lease
    case.lease_warned_at = None


async def tighten_lease(tx: Tx, case: Case) -> None:
    """After the level rose: the owner may be idle no longer than the new level allows."""
    limit = tx.now + TIMERS[Need(case.level)].lease
    case.lease_until = min(case.lease_until or limit, limit)
    case.lease_warned_at = None
    await check_lease_later(tx, case)


async def check_lease_later(tx: Tx, case: Case) -> None:
    """Look again when the owner should be warned, or, after that, when the lease ends."""
    timers = TIMERS[Need(case.level)]
    due = case.lease_until or tx.now
    if case.lease_warned_at is None:
        due -= timers.lease - timers.lease_warn
    await jobs.schedule(tx, LEASE_JOB, f"{case.id}:{case.claim_no}", due)
