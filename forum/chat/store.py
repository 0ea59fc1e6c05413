"""Numbers of events and rows of messages, written in the transaction of whoever calls.

Whoever takes a number holds the room's row until the commit, so numbers are given and become
visible in one order. It is taken last: after care and moderation have locked what they need and
before the message's own row, so that no two writers wait for each other.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from forum.chat.errors import RoomClosed
from forum.chat.events import MessageChanged
from forum.chat.models import Message, Room
from forum.db import Tx


async def next_number(tx: Tx, room_id: int, *, in_open_room: bool = False) -> int:
    """The number of something that happens in a room now.

    in_open_room: raises RoomClosed where nobody may write.
    Proven by tests/chat/test_actions.py::test_twenty_writers_get_numbers_without_gap_or_twin.
    """
    wanted = [col(Room.id) == room_id]
    if in_open_room:
        wanted.append(col(Room.is_closed).is_(False))
    # Any: what RETURNING gives has no narrower public type.
    given: Any = await tx.session.exec(
        update(Room)
        .where(*wanted)
        .values(last_event=col(Room.last_event) + 1)
        .returning(col(Room.last_event))
    )
    number: int | None = given.scalar_one_or_none()
    if number is None:
        raise RoomClosed
    return number


async def change(
    tx: Tx, *, message_id: int, room_id: int, community_id: int, values: Mapping[str, object]
) -> None:
    """Give a message new values as an event of its room, and tell of it."""
    number = await next_number(tx, room_id)
    await tx.change(
        update(Message).where(col(Message.id) == message_id).values(event=number, **values)
    )
    tx.announce(MessageChanged(message_id, room_id, community_id, number))
