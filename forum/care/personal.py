"""What care keeps about a person: their copy of it, and its end."""

from sqlalchemy import delete, update
from sqlmodel import col, select

from forum.care import rounds, trail
from forum.care.models import (
    Alert,
    AlertRecipient,
    Case,
    CaseEvent,
    LineMessage,
    PanelState,
    Signal,
)
from forum.care.states import HELD, RESTING, Source, State
from forum.db import Reader, Tx
from forum.screening.verdict import Need


class CareData:
    """`forum.services.PersonalData` of care."""

    name = "care"

    async def export(self, reader: Reader, account_id: int) -> object:
        """The private line, the times of one's cases, what was noticed over days, and the worries
        one told of.

        Who worried about this person, and the team's notes, belong to others as well and stay.
        """
        lines = await reader.exec(
            select(LineMessage)
            .where(LineMessage.person_id == account_id)
            .order_by(col(LineMessage.id))
        )
        cases = await reader.exec(
            select(Case).where(Case.person_id == account_id).order_by(col(Case.id))
        )
        slides = await reader.exec(
            select(Signal)
            .join(Case, col(Case.id) == col(Signal.case_id))
            .where(Case.person_id == account_id, Signal.source == Source.SLIDE.value)
            .order_by(col(Signal.id))
        )
        worries = await reader.exec(
            select(Signal).where(Signal.reported_by == account_id).order_by(col(Signal.id))
        )
        return {
            "private_line": [
                {
                    "from": "care team" if message.from_team else "me",
                    "text": message.text,
                    "written_at": message.written_at.isoformat(),
                }
                for message in lines
            ],
            "cases": [
                {
                    "opened_at": case.opened_at.isoformat(),
                    "closed_at": case.closed_at.isoformat() if case.closed_at else None,
                }
                for case in cases
            ],
            "noticed_over_days": [
                {"text": reason["label"], "at": signal.at.isoformat()}
                for signal in slides
                for reason in signal.reasons
            ],
            "worries_i_told_of": [
                {"text": signal.note, "at": signal.at.isoformat()} for signal in worries
            ],
        }

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Remove the private words and cut every tie; times and levels stay as numbers.

        keep_words: of no matter here, private words always go. Cases this person was answering
        go back into the queue; an open case about them stays for the team to close.
        """
        await self._give_back(tx, account_id)
        await self._forget_cases(tx, account_id)
        lines = delete(LineMessage).where(col(LineMessage.person_id) == account_id)
        await tx.change(lines)
        for table, column, values in (
            (LineMessage, col(LineMessage.author_id), {"author_id": None}),
            (Signal, col(Signal.reported_by), {"reported_by": None, "note": ""}),
            (CaseEvent, col(CaseEvent.actor_id), {"actor_id": None}),
            (Alert, col(Alert.acknowledged_by), {"acknowledged_by": None}),
        ):
            await tx.change(update(table).where(column == account_id).values(**values))
        for own in (PanelState, AlertRecipient):
            await tx.change(delete(own).where(col(own.account_id) == account_id))

    async def _give_back(self, tx: Tx, account_id: int) -> None:
        owned = await tx.session.exec(
            select(Case.id).where(Case.owner_id == account_id, col(Case.closed_at).is_(None))
        )
        for case_id in owned.all():
            case = await trail.locked(tx, case_id or 0)
            if State(case.state) in HELD | RESTING:
                await rounds.begin(tx, case, "owner_left", pace=Need(case.level))

    async def _forget_cases(self, tx: Tx, account_id: int) -> None:
        ids = (await tx.session.exec(select(Case.id).where(Case.person_id == account_id))).all()
        for case_id in ids:
            case = await trail.locked(tx, case_id or 0)
            if case.closed_at is None:
                await trail.leave(tx, case, "person_left")
            case.person_id, case.draft = None, ""
        await tx.flush()
        of_them = col(Signal.case_id).in_(ids)
        blank = {"reasons": [], "contexts": [], "note": ""}
        await tx.change(update(Signal).where(of_them).values(**blank))
        await tx.change(update(CaseEvent).where(col(CaseEvent.case_id).in_(ids)).values(note=""))
