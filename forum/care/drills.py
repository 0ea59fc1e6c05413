"""Drills: telling the running server of one, reading what it set in motion, ending it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, or_, select

from forum import jobs
from forum.accounts.models import Account
from forum.care import casework, rounds, trail
from forum.care.events import AlertRaised, CaseChanged
from forum.care.ladder import rung
from forum.care.models import Alert, AlertRecipient, Case
from forum.care.ownership import take
from forum.care.states import State
from forum.db import Reader, Tx
from forum.errors import Conflict
from forum.jobs import Job
from forum.screening.verdict import Need
from forum.services import Services

DRILL_JOB = "care.drill"
OUTCOME = "drill"
CLOCKS = (rounds.LADDER_JOB, rounds.FIRST_WORDS_JOB, rounds.LEASE_JOB, rounds.FOLLOW_UP_JOB)
CLOCK_WORDS = {
    rounds.FIRST_WORDS_JOB: "the lead hears that nobody has written",
    rounds.LEASE_JOB: "the owner is asked whether they are still there",
    rounds.FOLLOW_UP_JOB: "the case comes back on top",
}


class Call(NamedTuple):
    """Who was called by one alert: step and audience as in the ladder, names of people."""

    step: str
    audience: str
    names: Sequence[str]
    heard_by: Sequence[str]


class Timer(NamedTuple):
    """One clock of the case that runs."""

    what: str
    due_at: datetime


async def tell_server(tx: Tx, case_id: int) -> None:
    """Let the server that does the jobs tell its open desks.

    A drill may run in another process, whose hub has no desk; a row is what every server sees.
    """
    await jobs.schedule(tx, DRILL_JOB, str(case_id), tx.now)


async def tell_desks(services: Services, job: Job) -> None:
    """Announce the drill here, where the desks are: its alerts while it is open, then its end."""
    async with services.db.write() as tx:
        await jobs.complete(tx, job)
        case = await trail.locked(tx, int(job.subject))
        case_id, here = case.id or 0, case.community_id
        tx.announce(CaseChanged(case_id, here))
        if case.closed_at is None:
            alerts = select(Alert.id).where(Alert.case_id == case_id, Alert.round == case.round)
            for alert_id in (await tx.session.exec(alerts)).all():
                tx.announce(AlertRaised(alert_id or 0, case_id, here))


async def server_has_heard(reader: Reader, case_id: int) -> bool:
    """Whether a server told its desks everything that it was to tell."""
    told = select(Job.done_at).where(Job.kind == DRILL_JOB, Job.subject == str(case_id))
    done = (await reader.exec(told)).all()
    return bool(done) and None not in done


async def calls(reader: Reader, case_id: int) -> list[Call]:
    """The alerts that went out for the case, and who said that they heard."""
    rows = await reader.exec(
        select(Alert, AlertRecipient, Account.name)
        .join(AlertRecipient, col(AlertRecipient.alert_id) == col(Alert.id), isouter=True)
        .join(Account, col(Account.id) == col(AlertRecipient.account_id), isouter=True)
        .where(Alert.case_id == case_id)
        .order_by(col(Alert.id), col(Account.name))
    )
    found: dict[int, tuple[Alert, list[str], list[str]]] = {}
    for alert, recipient, name in rows:
        _, names, heard = found.setdefault(alert.id or 0, (alert, [], []))
        if recipient is not None:
            names.append(name)
            heard += [name] if recipient.acknowledged_at else []
    return [Call(one.step, one.audience, names, heard) for one, names, heard in found.values()]


async def timers(reader: Reader, case: Case) -> list[Timer]:
    """Every clock of the case that runs, the next one first."""
    running = await _running(reader, case.id or 0, CLOCKS)
    return [Timer(_words(job, case), job.due_at) for job in running]


async def end(tx: Tx, case_id: int, stand_in_id: int) -> int:
    """Close a drill's case, whoever has it, and stop its clocks; how many were stopped.

    Raises Conflict when something real has joined the case: then it belongs to the team.
    """
    case = await trail.locked(tx, case_id)
    if not case.is_drill:
        raise Conflict("Something real has joined this case. It stays open for the team.")
    if State(case.state) is State.QUEUED:
        case = await take(tx, case_id, stand_in_id)
    case.outcome = OUTCOME
    await casework.end(tx, case, stand_in_id, State.CLOSED, OUTCOME)
    running = await _running(tx.session, case_id, (*CLOCKS, DRILL_JOB))
    return sum([await jobs.cancel(tx, job.kind, job.subject) for job in running])


async def _running(reader: Reader, case_id: int, kinds: Sequence[str]) -> Sequence[Job]:
    its = or_(Job.subject == str(case_id), col(Job.subject).startswith(f"{case_id}:"))
    found = await reader.exec(
        select(Job)
        .where(col(Job.kind).in_(kinds), col(Job.done_at).is_(None), its)
        .order_by(col(Job.due_at), col(Job.id))
    )
    return found.all()


def _words(job: Job, case: Case) -> str:
    if job.kind != rounds.LADDER_JOB:
        return CLOCK_WORDS.get(job.kind, job.kind)
    step = rung(Need(case.pace), int(job.subject.rsplit(":", 1)[1]))
    if step is None or step.audience is None:
        return "the case moves up in the queue"
    return f"{step.audience.replace('_', ' ')} called again, step {step.step!r}"
