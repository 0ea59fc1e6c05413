"""The trail of a case: every change of it is a row, an audit entry and an event, in one place."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from forum import audit
from forum.care.events import CaseChanged
from forum.care.models import Case, CaseEvent
from forum.care.states import State, check_move
from forum.content import Subject
from forum.db import Tx
from forum.errors import NotFound
from forum.screening.verdict import Need


async def locked(tx: Tx, case_id: int) -> Case:
    """The case as it is now, held against other writers until the end of this unit of work.

    Raises NotFound when there is none.
    """
    found = await tx.session.exec(
        select(Case)
        .where(col(Case.id) == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    case = found.first()
    if case is None:
        raise NotFound
    return case


async def locked_open(tx: Tx, community_id: int, person_id: int) -> Case | None:
    """The person's one open case here, held like `locked`; None when there is none."""
    found = await tx.session.exec(
        select(Case)
        .where(
            Case.community_id == community_id,
            Case.person_id == person_id,
            col(Case.closed_at).is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.first()


async def leave(
    tx: Tx,
    case: Case,
    kind: str,
    *,
    actor_id: int | None = None,
    to: State | None = None,
    was: State | None = None,
    level: Need | None = None,
    reason: str = "",
    note: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down what happens to a case, and make it so: its state and level change only here.

    was: the state before, if an UPDATE has changed it already. actor_id None: the clock or the
    screening. note: the team's words, kept off the audit log. Raises Conflict for an unknown move.
    """
    old_state, old_level = was or State(case.state), case.level
    if to is not None:
        check_move(old_state, to)
        case.state = to.value
    if level is not None:
        case.level = level
        case.highest_level = max(case.highest_level, level)
    tx.add(
        CaseEvent(
            case_id=case.id or 0,
            at=tx.now,
            actor_id=actor_id,
            kind=kind,
            **_moved(case, old_state, old_level),
            reason=reason,
            note=note,
        )
    )
    await tx.flush()
    told = {"state": case.state, "level": case.level, "reason": reason, **(detail or {})}
    await _tell(tx, case, actor_id, kind, told)


async def _tell(
    tx: Tx, case: Case, actor_id: int | None, kind: str, detail: Mapping[str, Any]
) -> None:
    """The audit log and open pages hear of it, in ids and choices."""
    await audit.record(
        tx,
        actor_id,
        f"care.case.{kind}",
        community_id=case.community_id,
        subject=Subject("case", case.id or 0),
        detail=detail,
    )
    tx.announce(CaseChanged(case.id or 0, case.community_id))


def _moved(case: Case, old_state: State, old_level: int) -> dict[str, Any]:
    """From where to where, as a trail's row holds it."""
    return {
        "from_state": old_state.value,
        "to_state": case.state,
        "from_level": old_level,
        "to_level": case.level,
    }
