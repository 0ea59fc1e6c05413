"""What rooms keep about a person: for the export and for the erasure."""

from sqlalchemy import delete, update
from sqlmodel import col, select

from forum.chat.models import Message, Revision, Room
from forum.chat.upkeep import renew_epochs
from forum.communities.models import Community
from forum.content import Visibility
from forum.db import Reader, Tx


class ChatData:
    """The `PersonalData` of rooms."""

    name = "rooms"

    async def export(self, reader: Reader, account_id: int) -> object:
        """Every message of this person in every version, as they wrote it."""
        rows = await reader.exec(
            select(Message, Room.slug, Community.slug)
            .join(Room, col(Room.id) == col(Message.room_id))
            .join(Community, col(Community.id) == col(Room.community_id))
            .where(Message.author_id == account_id)
            .order_by(col(Message.id))
        )
        earlier = await _earlier(reader, account_id)
        return {
            "messages": [
                {
                    "community": community,
                    "room": room,
                    "text": message.text,
                    "visibility": message.visibility,
                    "written_at": message.created_at.isoformat(),
                    "edited_at": message.edited_at.isoformat() if message.edited_at else None,
                    "earlier": earlier.get(message.id or 0, []),
                }
                for message, room, community in rows
            ]
        }

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Cut the tie between the person and their messages; open pages start afresh.

        Without keep_words the words go as well, with every earlier version and what the screener
        heard. Numbers stay, so that other people's talk keeps its order.
        """
        mine = col(Message.author_id) == account_id
        rooms = set(await tx.session.exec(select(Message.room_id).where(mine).distinct()))
        await renew_epochs(tx, rooms)
        if not keep_words:
            own = select(Message.id).where(mine)
            await tx.change(delete(Revision).where(col(Revision.message_id).in_(own)))
            gone = Visibility.REMOVED.value
            await tx.change(
                update(Message)
                .where(mine)
                .values(text="", masks=[], verdict={}, edited_at=None, visibility=gone)
            )
        await tx.change(update(Message).where(mine).values(author_id=None, cid=None))


async def _earlier(reader: Reader, account_id: int) -> dict[int, list[dict[str, str]]]:
    """Message id → its earlier versions, the first one first."""
    rows = await reader.exec(
        select(Revision.message_id, Revision.text, Revision.written_at)
        .join(Message, col(Message.id) == col(Revision.message_id))
        .where(Message.author_id == account_id)
        .order_by(col(Revision.id))
    )
    found: dict[int, list[dict[str, str]]] = {}
    for message_id, text, written_at in rows:
        found.setdefault(message_id, []).append(
            {"text": text, "written_at": written_at.isoformat()}
        )
    return found
