"""What rooms do when something is announced: whoever has one open sees it at once."""

from sqlmodel import col, select

from forum.chat.events import MessageChanged, MessagePosted, RoomChanged
from forum.chat.feed import Rooms
from forum.chat.models import Room
from forum.communities.events import CommunityChanged
from forum.services import Services


def join(services: Services) -> Rooms:
    """Listen to the bus and to the other processes; the live side of every room."""
    rooms = Rooms(services)

    async def posted(event: MessagePosted) -> None:
        await rooms.happened(event.room_id, event.seq)

    async def changed(event: MessageChanged) -> None:
        await rooms.happened(event.room_id, event.number)

    async def room_changed(event: RoomChanged) -> None:
        await rooms.happened(event.room_id, 0)

    async def community_changed(event: CommunityChanged) -> None:
        """It may have been closed to some of those who are reading."""
        of_it = select(col(Room.id)).where(Room.community_id == event.community_id)
        async with services.db.read() as reader:
            found = (await reader.exec(of_it)).all()
        for room_id in found:
            await rooms.happened(room_id or 0, 0)

    async def elsewhere(topic: str, _reached: int) -> None:
        await rooms.heard_of(int(topic.removeprefix("room:")))

    services.bus.subscribe(MessagePosted, posted)
    services.bus.subscribe(MessageChanged, changed)
    services.bus.subscribe(RoomChanged, room_changed)
    services.bus.subscribe(CommunityChanged, community_changed)
    services.hub.on_reached("room:", elsewhere)
    return rooms
