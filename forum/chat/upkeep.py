"""Making and changing rooms."""

import secrets
from collections.abc import Collection

from sqlalchemy import update
from sqlmodel import col, select

from forum import audit
from forum.chat.events import RoomChanged
from forum.chat.forms import RoomDraft
from forum.chat.models import Room
from forum.content import Subject
from forum.db import Tx
from forum.errors import Invalid, NotFound
from forum.permissions import Action, Actor, require
from forum.services import Place, Services

TAKEN = "There is a room with this address already. Please choose another."


def new_epoch() -> str:
    """A name for one unbroken stretch of a room's numbers."""
    return secrets.token_urlsafe(9)


async def create_room(
    services: Services, actor: Actor, place: Place, draft: RoomDraft, form_id: str
) -> str:
    """Make a room; its address. The same form makes one. Raises Forbidden, Invalid."""
    require(actor, Action.ROOM_CREATE, place.id)
    async with services.db.write() as tx:
        values = _values(draft) | {
            "community_id": place.id,
            "slug": draft.slug,
            "last_event": 0,
            "epoch": new_epoch(),
            "form_id": form_id,
            "created_at": tx.now,
        }
        room_id = await tx.insert_once(Room, values)
        if room_id is None:
            return await _made_before(tx, place, form_id)
        await audit.record(
            tx,
            actor.id,
            "chat.room_created",
            community_id=place.id,
            subject=Subject("room", room_id),
        )
        tx.announce(RoomChanged(room_id, place.id))
    return draft.slug


async def change_room(services: Services, actor: Actor, place: Place, draft: RoomDraft) -> None:
    """Change the room of this address. Raises Forbidden, NotFound."""
    require(actor, Action.ROOM_CREATE, place.id)
    async with services.db.write() as tx:
        wanted = (col(Room.community_id) == place.id, col(Room.slug) == draft.slug)
        room_id = (await tx.session.exec(select(col(Room.id)).where(*wanted))).first()
        if room_id is None:
            raise NotFound
        await audit.record(
            tx,
            actor.id,
            "chat.room_changed",
            community_id=place.id,
            subject=Subject("room", room_id),
        )
        await tx.change(update(Room).where(*wanted).values(**_values(draft)))
        tx.announce(RoomChanged(room_id, place.id))


async def renew_epochs(tx: Tx, room_ids: Collection[int] | None = None) -> None:
    """Let every browser start afresh in these rooms, or in all of them.

    For a restore from backup, after which numbers are given a second time, and for an erasure,
    after which nobody may keep the old words.
    """
    wanted = select(col(Room.id), Room.community_id)
    if room_ids is not None:
        wanted = wanted.where(col(Room.id).in_(room_ids))
    for room_id, community_id in sorted((await tx.session.exec(wanted)).all()):
        await tx.change(update(Room).where(col(Room.id) == room_id).values(epoch=new_epoch()))
        tx.announce(RoomChanged(room_id or 0, community_id))


def _values(draft: RoomDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "about": draft.about,
        "position": draft.position,
        "slow_seconds": draft.slow_seconds,
        "is_closed": draft.is_closed,
    }


async def _made_before(tx: Tx, place: Place, form_id: str) -> str:
    found = select(Room.slug).where(Room.community_id == place.id, Room.form_id == form_id)
    slug = (await tx.session.exec(found)).first()
    if slug is None:
        raise Invalid({"slug": TAKEN})
    return slug
