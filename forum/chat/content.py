"""Messages as the desk handles them, without knowing that they are messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.chat import store
from forum.chat.actions import KIND
from forum.chat.models import Message, Room
from forum.chat.queries import author_name
from forum.communities.models import Community
from forum.content import Excerpt, Line, Span, Subject, Visibility
from forum.db import Reader, Tx
from forum.errors import NotFound

AROUND = 5  # messages before and after: talk in a room is made of short lines


class Messages:
    """The `ContentKind` of messages."""

    kind = KIND
    surface = "chat"
    word = "message"
    is_public = True

    async def excerpt(self, reader: Reader, content_id: int) -> Excerpt | None:
        """The message as it was written, with AROUND before and after; None when it is gone."""
        found = await reader.exec(
            select(Message, Room, Community.slug)
            .join(Room, col(Room.id) == col(Message.room_id))
            .join(Community, col(Community.id) == col(Room.community_id))
            .where(Message.id == content_id)
        )
        row = found.first()
        if row is None:
            return None
        message, room, slug = row
        same_room, seq = col(Message.room_id) == room.id, col(Message.seq)
        before = await _lines(reader, same_room & (seq < message.seq), seq.desc(), AROUND)
        after = await _lines(reader, same_room & (seq > message.seq), seq.asc(), AROUND)
        own = await _lines(reader, col(Message.id) == content_id, seq.asc(), 1)
        return Excerpt(
            line=own[0],
            community_id=room.community_id,
            version=message.version,
            visibility=Visibility(message.visibility),
            masks=tuple((start, end) for start, end in message.masks),
            where=f"{room.name} (a room)",
            url=f"/c/{slug}/rooms/{room.slug}?at={message.seq}#message-{message.seq}",
            before=tuple(before[::-1]),
            after=tuple(after),
            verdict=message.verdict,
        )

    async def recent(self, reader: Reader, author_id: int, limit: int) -> Sequence[Line]:
        """What this author said lately in any room, the newest first."""
        own = col(Message.author_id) == author_id
        return await _lines(reader, own, col(Message.id).desc(), limit)

    async def set_masks(self, tx: Tx, content_id: int, spans: Sequence[Span]) -> None:
        """Take these spans from every reader; none shows it whole. An event of its room."""
        await _change(tx, content_id, {"masks": [list(span) for span in spans]})

    async def set_verdict(
        self, tx: Tx, content_id: int, version: int, verdict: Mapping[str, Any]
    ) -> bool:
        """Keep what was heard later in this version; readers see no change."""
        this = (col(Message.id) == content_id, col(Message.version) == version)
        heard = update(Message).where(*this).values(verdict=dict(verdict))
        return bool(await tx.change(heard))

    async def set_visibility(self, tx: Tx, content_id: int, visibility: Visibility) -> None:
        """Hide or show the message. What its author took back stays so: that was their choice."""
        await _change(tx, content_id, {"visibility": visibility.value})


async def _change(tx: Tx, message_id: int, values: dict[str, object]) -> None:
    found = await tx.session.exec(
        select(Message.room_id, Room.community_id, Message.visibility)
        .join(Room, col(Room.id) == col(Message.room_id))
        .where(Message.id == message_id)
    )
    row = found.first()
    if row is None:
        raise NotFound
    room_id, community_id, visibility = row
    if "visibility" in values and visibility in (Visibility.REMOVED, values["visibility"]):
        return
    await store.change(
        tx, message_id=message_id, room_id=room_id, community_id=community_id, values=values
    )


async def _lines(
    reader: Reader, wanted: ColumnElement[bool], order: ColumnElement[Any], limit: int
) -> list[Line]:
    rows = await reader.exec(
        select(Message, author_name())
        .join(Account, col(Account.id) == col(Message.author_id), isouter=True)
        .where(wanted)
        .order_by(order)
        .limit(limit)
    )
    return [
        Line(
            subject=Subject(KIND, message.id or 0),
            author_id=message.author_id,
            author_name=name,
            text=message.text,
            written_at=message.created_at,
        )
        for message, name in rows
    ]
