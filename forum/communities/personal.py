"""What communities keep about a person: for the export and for the erasure."""

from sqlalchemy import delete
from sqlmodel import col, select

from forum.communities.actions import remove_member
from forum.communities.models import Community, Grant, Invitation
from forum.db import Reader, Tx


class CommunitiesData:
    """Memberships, offices and invitations of one person."""

    name = "communities"

    async def export(self, reader: Reader, account_id: int) -> object:
        """Each role with its time."""
        rows = await reader.exec(
            select(Community.name, Grant.role, Grant.starts_at, Grant.ends_at)
            .join(Community, col(Community.id) == col(Grant.community_id))
            .where(Grant.account_id == account_id)
            .order_by(col(Grant.id))
        )
        return [
            {
                "community": name,
                "role": role,
                "since": since.isoformat(),
                "until": until.isoformat() if until else None,
            }
            for name, role, since, until in rows
        ]

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Leave every community, and drop what remains. Raises LastAdmin where nobody
        else looks after one.

        What others rely on stays: who granted them their role, now without a name.
        """
        joined = select(Grant.community_id).where(Grant.account_id == account_id).distinct()
        for community_id in sorted(await tx.session.exec(joined)):
            await remove_member(tx, account_id, community_id)
        await tx.change(delete(Grant).where(col(Grant.account_id) == account_id))
        await tx.change(delete(Invitation).where(col(Invitation.created_by) == account_id))
