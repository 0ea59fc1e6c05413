"""Reads of cases. Every one of them starts at `visible_to`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from forum.accounts.models import Account
from forum.care.models import Case, CaseEvent, LineMessage, Signal
from forum.care.states import HELD, RESTING, State
from forum.content import Visibility
from forum.db import Reader
from forum.markup import stored
from forum.permissions import Actor
from forum.screening.verdict import Need

# A queue longer than this is a queue nobody can hold in view; the rest is counted.
ROWS_AT_ONCE = 50
HISTORY = timedelta(days=365)  # PRODUCT 5: a moderator sees 12 months of a member's cases
EARLIER_CASES = 10
LINE_AT_ONCE = 100
FORMER = "former member"


def visible_to(actor: Actor, community_id: int) -> SelectOfScalar[Case]:
    """The cases of this community without those about the person who asks.

    Whether they may read cases at all is the action's matter (`CASE_READ`).
    """
    return select(Case).where(Case.community_id == community_id, _not_about(actor))


def _not_about(actor: Actor) -> ColumnElement[bool]:
    return or_(col(Case.person_id).is_(None), col(Case.person_id) != actor.account_id)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as a line of the desk: no words of the person, only who, how and since when.

    waiting_seconds: since it came into the queue, or, for one's own cases, since the claim.
    """

    id: int
    level: Need
    band: Need
    state: State
    name: str
    owner: str | None
    is_mine: bool
    is_late: bool
    is_drill: bool
    waiting_seconds: float
    source: str
    where: str
    labels: tuple[str, ...]
    chips: tuple[str, ...]
    round: int
    claim_by: datetime
    lease_until: datetime | None
    follow_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How the queue stands. left_waiting: past their claim-by, amber and green among them."""

    by_level: Mapping[Need, int]
    left_waiting: int
    oldest_seconds: float | None

    @property
    def waiting(self) -> int:
        """All that nobody has taken."""
        return sum(self.by_level.values())


async def queue(reader: Reader, actor: Actor, community_id: int, now: datetime) -> list[CaseRow]:
    """What waits for somebody: the highest place first, then the longest waiting.

    At most ROWS_AT_ONCE; three statements, however many there are.
    """
    found = _named(actor, community_id).where(Case.state == State.QUEUED.value)
    ordered = found.order_by(col(Case.band).desc(), col(Case.queued_at), col(Case.id))
    return await _rows(reader, ordered.limit(ROWS_AT_ONCE), actor, now)


async def mine(reader: Reader, actor: Actor, community_id: int, now: datetime) -> list[CaseRow]:
    """The cases of this person: at work first, then those that rest until their time."""
    found = _named(actor, community_id).where(
        Case.owner_id == actor.account_id, col(Case.closed_at).is_(None)
    )
    resting = case((col(Case.state).in_([state.value for state in RESTING]), 1), else_=0)
    ordered = found.order_by(resting, col(Case.level).desc(), col(Case.claimed_at))
    return await _rows(reader, ordered.limit(ROWS_AT_ONCE), actor, now)


async def taken(reader: Reader, actor: Actor, community_id: int, now: datetime) -> list[CaseRow]:
    """What others are at work on, so that everybody sees who is with whom."""
    found = _named(actor, community_id).where(
        col(Case.owner_id) != actor.account_id,
        col(Case.state).in_([state.value for state in HELD]),
    )
    ordered = found.order_by(col(Case.level).desc(), col(Case.claimed_at))
    return await _rows(reader, ordered.limit(ROWS_AT_ONCE), actor, now)


async def counts(reader: Reader, actor: Actor, community_id: int, now: datetime) -> Counts:
    """How many wait at each level, how many past their time, and the longest wait."""
    late = func.sum(case((col(Case.claim_by) < now, 1), else_=0))
    rows = await reader.exec(
        select(Case.level, func.count(), late, func.min(col(Case.queued_at)))
        .where(
            Case.community_id == community_id, _not_about(actor), Case.state == State.QUEUED.value
        )
        .group_by(col(Case.level))
    )
    found = [(Need(level), count, late or 0, since) for level, count, late, since in rows]
    return Counts(
        by_level={level: count for level, count, _, _ in found},
        left_waiting=sum(late for _, _, late, _ in found),
        oldest_seconds=max(((now - since).total_seconds() for *_, since in found), default=None),
    )


async def one_row(
    reader: Reader, actor: Actor, community_id: int, case_id: int, now: datetime
) -> CaseRow | None:
    """One case as a line; None when there is none that this person may know of."""
    found = _named(actor, community_id).where(Case.id == case_id)
    return next(iter(await _rows(reader, found, actor, now)), None)


async def find(reader: Reader, actor: Actor, community_id: int, case_id: int) -> Case | None:
    """The case itself; None when there is none that this person may know of."""
    return (await reader.exec(visible_to(actor, community_id).where(Case.id == case_id))).first()


async def signals_of(reader: Reader, case_id: int) -> Sequence[Signal]:
    """What led to the case, the newest first."""
    found = select(Signal).where(Signal.case_id == case_id).order_by(col(Signal.id).desc())
    return (await reader.exec(found)).all()


async def events_of(reader: Reader, case_id: int) -> list[tuple[CaseEvent, str | None]]:
    """What happened in the case, oldest first, with the name of who did it; None: the clock."""
    rows = await reader.exec(
        select(CaseEvent, Account.name)
        .join(Account, col(Account.id) == col(CaseEvent.actor_id), isouter=True)
        .where(CaseEvent.case_id == case_id)
        .order_by(col(CaseEvent.id))
    )
    return [(event, name) for event, name in rows]


async def earlier(reader: Reader, actor: Actor, this: Case, now: datetime) -> Sequence[Case]:
    """The person's ended cases here within HISTORY, the newest first."""
    if this.person_id is None:
        return []
    found = (
        visible_to(actor, this.community_id)
        .where(
            Case.person_id == this.person_id,
            Case.id != this.id,
            col(Case.closed_at) > now - HISTORY,
        )
        .order_by(col(Case.closed_at).desc())
        .limit(EARLIER_CASES)
    )
    return (await reader.exec(found)).all()


async def open_case_of(reader: Reader, community_id: int, person_id: int) -> Case | None:
    """The person's own open case here, for what they themselves are shown of it."""
    found = select(Case).where(
        Case.community_id == community_id,
        Case.person_id == person_id,
        col(Case.closed_at).is_(None),
    )
    return (await reader.exec(found)).first()


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a private line, ready to show. author: the writer's own name."""

    id: int
    from_team: bool
    author: str
    body: Markup
    is_shown: bool
    written_at: datetime
    read_at: datetime | None


async def line_of(reader: Reader, community_id: int, person_id: int) -> list[Letter]:
    """The private line, oldest first; the newest LINE_AT_ONCE."""
    rows = await reader.exec(
        select(LineMessage, Account.name)
        .join(Account, col(Account.id) == col(LineMessage.author_id), isouter=True)
        .where(LineMessage.community_id == community_id, LineMessage.person_id == person_id)
        .order_by(col(LineMessage.id).desc())
        .limit(LINE_AT_ONCE)
    )
    return [
        Letter(
            id=message.id or 0,
            from_team=message.from_team,
            author=name or FORMER,
            body=stored(message.html),
            is_shown=message.visibility == Visibility.SHOWN,
            written_at=message.written_at,
            read_at=message.read_at,
        )
        for message, name in reversed(rows.all())
    ]


# Any row of the desk: the case, the person's name and the owner's.
_Named = SelectOfScalar[tuple[Case, str | None, str | None]]


def _named(actor: Actor, community_id: int) -> "_Named":
    person, owner = aliased(Account), aliased(Account)
    named: _Named = (
        select(Case, person.name, owner.name)  # type: ignore[assignment]  # columns of aliases
        .join(person, col(person.id) == col(Case.person_id), isouter=True)
        .join(owner, col(owner.id) == col(Case.owner_id), isouter=True)
        .where(Case.community_id == community_id, _not_about(actor))
    )
    return named


async def _rows(reader: Reader, found: "_Named", actor: Actor, now: datetime) -> list[CaseRow]:
    cases = (await reader.exec(found)).all()
    newest = await _newest_signals(reader, [one.id or 0 for one, _, _ in cases])
    return [
        _row(one, person, owner, newest.get(one.id or 0), actor, now)
        for one, person, owner in cases
    ]


async def _newest_signals(reader: Reader, case_ids: Sequence[int]) -> dict[int, Signal]:
    """The strongest, then newest, signal of each case."""
    newest = (
        select(func.max(col(Signal.id)))
        .where(col(Signal.case_id).in_(case_ids))
        .group_by(col(Signal.case_id))
    )
    rows = await reader.exec(select(Signal).where(col(Signal.id).in_(newest)))
    return {signal.case_id: signal for signal in rows}


def _row(
    one: Case,
    person: str | None,
    owner: str | None,
    signal: Signal | None,
    actor: Actor,
    now: datetime,
) -> CaseRow:
    is_queued = State(one.state) is State.QUEUED
    since = one.queued_at if is_queued else one.claimed_at or one.queued_at
    reasons = signal.reasons if signal else []
    return CaseRow(
        id=one.id or 0,
        level=Need(one.level),
        band=Need(one.band),
        state=State(one.state),
        name=person or FORMER,
        owner=owner,
        is_mine=one.owner_id is not None and one.owner_id == actor.account_id,
        is_late=is_queued and one.claim_by < now,
        is_drill=one.is_drill,
        waiting_seconds=max(0.0, (now - since).total_seconds()),
        source=signal.source if signal else "",
        where=signal.subject_kind if signal else "",
        labels=tuple(dict.fromkeys(one["label"] for one in reasons))[:2],
        chips=tuple(signal.contexts) if signal else (),
        round=one.round,
        claim_by=one.claim_by,
        lease_until=one.lease_until,
        follow_up_at=one.follow_up_at,
    )
