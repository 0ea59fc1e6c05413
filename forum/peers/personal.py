"""What peers keep about a person: for the export and for the erasure."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import SQLModel, col, select

from forum.db import Reader, Tx
from forum.peers.duty import end_duty
from forum.peers.models import Certificate, Duty, Enrolment, Rest

TABLES: tuple[tuple[str, type[Enrolment | Certificate | Duty | Rest]], ...] = (
    ("courses", Enrolment),
    ("certificates", Certificate),
    ("duty", Duty),
    ("rest", Rest),
)
# Who signed for or decided about somebody is another person.
OTHERS = {"signed_by", "revoked_by"}


class PeersData:
    """Courses with the private reflection, certificates, times of duty and of rest."""

    name = "peers"

    async def export(self, reader: Reader, account_id: int) -> object:
        """Every row of this person, without the people who signed."""
        exported = {}
        for name, table in TABLES:
            rows = await reader.exec(
                select(table).where(col(table.account_id) == account_id).order_by(col(table.id))
            )
            exported[name] = [_plain(row) for row in rows]
        return exported

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Remove all of it. What they signed for others stays valid, without a name."""
        await end_duty(tx, account_id)
        for _, table in TABLES:
            await tx.change(delete(table).where(col(table.account_id) == account_id))


def _plain(row: SQLModel) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.model_dump(exclude=OTHERS | {"id", "account_id"}).items()
    }
