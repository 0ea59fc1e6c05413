"""What happens in rooms; each is told after its commit."""

from dataclasses import dataclass

from forum.events import Event


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """Somebody said something; `seq` is its number in the room."""

    message_id: int
    room_id: int
    community_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class MessageChanged(Event):
    """A message was edited, masked, hidden, shown again or taken back.

    number: of this change, in the room's one sequence.
    """

    message_id: int
    room_id: int
    community_id: int
    number: int


@dataclass(frozen=True, slots=True)
class RoomChanged(Event):
    """A room was made, renamed, slowed, closed or opened, or its epoch is new."""

    room_id: int
    community_id: int
