"""The clocks of care. Each handler stores its effect and its own end in one commit."""

from datetime import timedelta
from functools import partial

from forum.care import alerts, drills, line, rounds, trail
from forum.care.events import LeaseWarned
from forum.care.ladder import TIMERS, Audience, rung
from forum.care.models import Case
from forum.care.rounds import FIRST_WORDS_JOB, FOLLOW_UP_JOB, LADDER_JOB, LEASE_JOB
from forum.care.states import ENDED, HELD, RESTING, State
from forum.db import Tx
from forum.jobs import Job, complete
from forum.screening.verdict import Need
from forum.services import Services


def join(services: Services) -> None:
    """Tell the worker what each of these kinds of job is."""
    clocks = Clocks(services)
    services.worker.handle(LADDER_JOB, clocks.climb)
    services.worker.handle(FIRST_WORDS_JOB, clocks.miss_first_words)
    services.worker.handle(LEASE_JOB, clocks.check_lease)
    services.worker.handle(FOLLOW_UP_JOB, clocks.follow_up)
    services.worker.handle(drills.DRILL_JOB, partial(drills.tell_desks, services))
    services.worker.handle(line.SCREEN_AGAIN_JOB, partial(line.screen_again, services))


class Clocks:
    """What happens when a clock runs out. Harmless when it runs twice or too late."""

    def __init__(self, services: Services) -> None:
        self._db = services.db

    async def climb(self, job: Job) -> None:
        """One rung of the ladder, if the case still waits in the same round; then the next."""
        case_id, round_, number = _ids(job)
        async with self._db.write() as tx:
            await complete(tx, job)
            case = await trail.locked(tx, case_id)
            if case.round != round_ or State(case.state) is not State.QUEUED:
                return
            step = rung(Need(case.pace), number)
            if step is None:
                return
            if step.band is not None:
                case.band = max(case.band, step.band)
                await trail.leave(tx, case, "aged", reason=step.band.name.lower())
            if step.audience is not None:
                await alerts.ring(tx, case, step.step, step.audience)
            if number + 1 >= len(TIMERS[Need(case.pace)].rungs):
                await _schedule_next(tx, case, number + 1)

    async def miss_first_words(self, job: Job) -> None:
        """Nobody has written to the person in time: the leads hear of it, and the owner."""
        case_id, level = _ids(job)
        async with self._db.write() as tx:
            await complete(tx, job)
            case = await trail.locked(tx, case_id)
            was_said = case.first_words_at is not None or State(case.state) in ENDED | RESTING
            if was_said or case.level < level:  # a lead has lowered it meanwhile
                return
            await alerts.ring(tx, case, "first_words", Audience.LEADS)
            if case.owner_id is not None:
                owner = case.owner_id
                await alerts.ring_people(tx, case, "owner_words", Audience.OWNER, owner)

    async def check_lease(self, job: Job) -> None:
        """Warn an idle owner; after that, put the case back into the queue with its draft."""
        case_id, claim_no = _ids(job)
        async with self._db.write() as tx:
            await complete(tx, job)
            case = await trail.locked(tx, case_id)
            if case.claim_no != claim_no or State(case.state) not in HELD:
                return
            timers, until = TIMERS[Need(case.level)], case.lease_until or tx.now
            if until <= tx.now:
                await rounds.begin(tx, case, "lease_lost", pace=Need(case.level), reason="idle")
                return
            if case.lease_warned_at is None and until - timers.lease + timers.lease_warn <= tx.now:
                case.lease_warned_at = tx.now
                tx.announce(LeaseWarned(case_id, case.community_id, case.owner_id or 0))
            await rounds.check_lease_later(tx, case)

    async def follow_up(self, job: Job) -> None:
        """A planned look at a resting case has come: back on top, with its owner when on duty."""
        (case_id,) = _ids(job)
        async with self._db.write() as tx:
            await complete(tx, job)
            case = await trail.locked(tx, case_id)
            due = case.follow_up_at
            if State(case.state) in RESTING and due is not None and due <= tx.now:
                await rounds.wake(
                    tx, case, "follow_up_due", pace=min(Need(case.level), Need.CONCERN)
                )


async def _schedule_next(tx: Tx, case: Case, number: int) -> None:
    """Set the clock of the next repeat; after a long stop of the server one, not each missed."""
    step = rung(Need(case.pace), number)
    every = TIMERS[Need(case.pace)].repeat_every
    if step is None or every is None:
        return
    missed = max(timedelta(0), tx.now - case.queued_at - step.after) // every
    await rounds.schedule_rung(tx, case, number + missed)


def _ids(job: Job) -> tuple[int, ...]:
    return tuple(int(part) for part in job.subject.split(":"))
