"""Raising a need: what boards, rooms and moderation call in their own transaction."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from forum.care import alerts, rounds, trail
from forum.care.ladder import Audience
from forum.care.models import Case, PanelState, Signal
from forum.care.signals import Concern, Raised
from forum.care.slide import slide_of
from forum.care.states import HELD, OWN_SOURCES, RESTING, Source, State
from forum.db import Tx
from forum.errors import Conflict
from forum.screening.verdict import Need

# PRODUCT 4.6: a panel that keeps coming back is noise to somebody who has seen it.
PANEL_PAUSE = timedelta(hours=6)
# Between our insert and our look the other transaction may have closed the case; it cannot
# happen three times in a row to one person.
OPEN_TRIES = 3


async def raise_need(tx: Tx, concern: Concern) -> Raised:
    """Store that somebody may need someone, in the transaction of the content itself.

    Signal, case, alert, recipients and every clock are rows of this commit: a crash loses nothing.
    One open case for each person and community; a further signal joins it and only ever raises
    its level. Need.NONE does nothing; Need.SUPPORT waits in the queue and calls nobody.
    Call it before anything else that writes to the audit log in the same transaction (README,
    *Decisions*). Proven by tests/care/test_raising.py.
    """
    if concern.need is Need.NONE:
        return Raised(None, None, Need.NONE, is_new=False)
    case, is_new = await _open_case(tx, concern)
    signal_id = await _append(tx, case, concern)
    if signal_id is None:  # the same form, sent twice
        return Raised(case.id, None, Need(case.level), is_new=False)
    if concern.source in OWN_SOURCES:
        await _show_panel(tx, concern)
    if is_new:
        await rounds.begin(tx, case, "opened", pace=concern.need, reason=concern.source)
        sliding = await slide_of(tx, case, concern)
        if sliding is not None:
            await raise_need(tx, sliding)
    else:
        await _join(tx, case, concern, signal_id)
    return Raised(case.id, signal_id, Need(case.level), is_new)


async def _open_case(tx: Tx, concern: Concern) -> tuple[Case, bool]:
    """The person's one open case, locked, and whether it was made just now.

    Two signals at once both try to insert; the partial unique index lets one of them in.
    """
    for _ in range(OPEN_TRIES):
        made = await tx.insert_once(Case, _new_case(tx, concern))
        if made is not None:
            return await trail.locked(tx, made), True
        case = await trail.locked_open(tx, concern.community_id, concern.person_id)
        if case is not None:
            return case, False
    raise Conflict("This was changed by somebody else at the same moment. Please send it again.")


def _new_case(tx: Tx, concern: Concern) -> dict[str, object]:
    need = int(concern.need)
    return {
        "community_id": concern.community_id,
        "person_id": concern.person_id,
        "level": need,
        "highest_level": need,
        "pace": need,
        "band": need,
        "state": State.NEW.value,
        "round": 0,
        "claim_no": 0,
        "opened_at": tx.now,
        "queued_at": tx.now,
        "claim_by": tx.now,
        "draft": "",
        "is_drill": concern.source == Source.DRILL,
    }


async def _append(tx: Tx, case: Case, concern: Concern) -> int | None:
    """Store the signal; None when this very form was stored before."""
    if concern.source != Source.DRILL:
        case.is_drill = False  # a real word in a drill makes it real
    return await tx.insert_once(
        Signal,
        {
            "case_id": case.id,
            "source": Source(concern.source).value,
            "need": int(concern.need),
            "subject_kind": concern.subject.kind,
            "subject_id": concern.subject.id,
            "version": concern.version,
            "reasons": [
                {"rule": one.rule, "span": list(one.span), "label": one.label, "axis": one.axis}
                for one in concern.reasons
            ],
            "contexts": [str(chip) for chip in concern.contexts],
            "reported_by": concern.reported_by,
            "note": concern.note,
            "form_id": concern.form_id,
            "unscreened": concern.unscreened,
            "at": tx.now,
        },
    )


async def _join(tx: Tx, case: Case, concern: Concern, signal_id: int) -> None:
    """A further signal in an open case: it may raise the level, wake the case, call its owner."""
    rises = concern.need > case.level
    level = concern.need if rises else None
    await trail.leave(tx, case, "signal", level=level, reason=concern.source)
    state = State(case.state)
    if state in RESTING and concern.need >= Need.CONCERN:
        # Somebody in crisis last week who is low today is not to wait like a stranger.
        pace = max(concern.need, Need(case.level - 1))
        await rounds.begin(tx, case, "reopened", pace=pace, reason=concern.source)
    elif state is State.QUEUED and concern.need > case.pace:
        await rounds.begin(tx, case, "raised", pace=concern.need, reason=concern.source)
    elif state in HELD and concern.need >= Need.CONCERN:
        await _tell_owner(tx, case, concern, signal_id, rises=rises)


async def _tell_owner(tx: Tx, case: Case, concern: Concern, signal_id: int, *, rises: bool) -> None:
    """The owner hears of it; an owner who is away gives the case back when it cannot wait."""
    team = await alerts.team_for(tx, case)
    cannot_wait = concern.need >= Need.URGENT
    if cannot_wait and case.owner_id not in team.on_shift:
        await rounds.begin(tx, case, "owner_away", pace=concern.need, reason=concern.source)
        return
    if rises:
        await rounds.tighten_lease(tx, case)
        await rounds.expect_first_words(tx, case, concern.need)
    if rises or cannot_wait:
        step = f"signal-{signal_id}"
        await alerts.ring_people(tx, case, step, Audience.OWNER, case.owner_id or 0)
    if rises and concern.need is Need.CRISIS:
        await inform_leads(tx, case, team.leads)


async def inform_leads(tx: Tx, case: Case, leads: frozenset[int]) -> None:
    """A moderator answers a crisis with a lead informed; a lead who owns it knows already."""
    if case.owner_id not in leads and leads:
        await alerts.ring_people(tx, case, "lead_informed", Audience.LEADS, *leads)


async def _show_panel(tx: Tx, concern: Concern) -> None:
    """Let the person see the panel; at one level no sooner than PANEL_PAUSE after the last."""
    fresh: dict[str, object] = {
        "kind": concern.subject.kind,
        "standing": concern.standing.value,
        "raised_at": tx.now,
    }
    key: dict[str, object] = {
        "account_id": concern.person_id,
        "community_id": concern.community_id,
        "level": int(concern.need),
    }
    if await tx.insert_once(PanelState, key | fresh) is not None:
        return
    await tx.change(
        update(PanelState)
        .where(
            col(PanelState.account_id) == concern.person_id,
            col(PanelState.community_id) == concern.community_id,
            col(PanelState.level) == int(concern.need),
            col(PanelState.raised_at) <= tx.now - PANEL_PAUSE,
        )
        .values(**fresh, dismissed_at=None)
    )
