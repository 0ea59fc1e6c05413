"""Reads of rooms and messages; every list starts at a room that is open to the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, false
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.chat.models import Message, Room
from forum.communities.models import Community
from forum.communities.queries import badges
from forum.content import Visibility
from forum.db import Reader
from forum.errors import NotFound
from forum.permissions import Actor
from forum.screening.verdict import Verdict
from forum.services import Place

NEWEST = 50  # messages of a page: a few screens, and less than 20 kB
MAX_REPLAY = 1_000  # more than anybody reads on coming back; then the newest page serves better
# How far back a question may stand that a short message answers: a pause, not another talk.
ASKED_WITHIN = timedelta(minutes=15)
ASKED_LINES = 8
RECENT_TEXTS = 3  # what was said just before often tells how the next words are meant
FORMER_MEMBER = "former member"


@dataclass(frozen=True, slots=True)
class Said:
    """A message as a page or a frame is made of it. badge: the author's office, empty for none.

    number: of the last thing that happened to it.
    """

    id: int
    seq: int
    number: int
    author_id: int | None
    author: str
    badge: str
    text: str
    masks: Sequence[Sequence[int]]
    visibility: Visibility
    version: int
    said_at: datetime
    edited_at: datetime | None


class State(NamedTuple):
    """How a room stands: what a browser must agree with, and who may read it."""

    epoch: str
    last_event: int
    access: str


class Replay(NamedTuple):
    """What a browser has missed; is_reset: it must forget what it has, for this is a fresh page."""

    is_reset: bool
    messages: list[Said]


class SentBefore(NamedTuple):
    """A message that was stored earlier under the same cid."""

    message_id: int
    room_id: int
    seq: int
    verdict: Verdict


def visible_to(place: Place, actor: Actor) -> ColumnElement[bool]:
    """The condition that this person may know of a room: it is of a place that is open to them."""
    return col(Room.community_id) == place.id if place.is_open_to(actor) else false()


async def rooms(reader: Reader, place: Place, actor: Actor) -> Sequence[Room]:
    """The community's rooms in their order."""
    found = select(Room).where(visible_to(place, actor)).order_by(col(Room.position), col(Room.id))
    return (await reader.exec(found)).all()


async def room(reader: Reader, place: Place, actor: Actor, slug: str) -> Room:
    """The room of that address. Raises NotFound, also for another community's."""
    found = select(Room).where(visible_to(place, actor), Room.slug == slug)
    row = (await reader.exec(found)).first()
    if row is None:
        raise NotFound
    return row


async def room_by_id(reader: Reader, place: Place, actor: Actor, room_id: int) -> Room:
    """The room of that id. Raises NotFound, also for another community's."""
    row = (
        await reader.exec(select(Room).where(visible_to(place, actor), Room.id == room_id))
    ).first()
    if row is None:
        raise NotFound
    return row


async def state(reader: Reader, room_id: int) -> State:
    """How the room stands now. Raises NotFound."""
    found = await reader.exec(
        select(Room.epoch, Room.last_event, Community.access)
        .join(Community, col(Community.id) == col(Room.community_id))
        .where(Room.id == room_id)
    )
    row = found.first()
    if row is None:
        raise NotFound
    return State(*row)


async def newest(
    reader: Reader, room: Room, now: datetime, *, before: int | None = None, limit: int = NEWEST
) -> list[Said]:
    """The newest messages, or those before the message of number `before`, oldest first."""
    earlier = col(Message.seq) < before if before is not None else col(Message.seq).is_not(None)
    rows = await _said(reader, room.id or 0, earlier, col(Message.seq).desc(), limit)
    return await _with_badges(reader, room.community_id, rows[::-1], now)


async def since(
    reader: Reader, room: Room, number: int, now: datetime, *, limit: int = MAX_REPLAY
) -> list[Said]:
    """The messages to which something happened after event `number`, in that order.

    Each comes once and as it is now: what was said or shown in between comes back to nobody.
    """
    later = col(Message.event) > number
    rows = await _said(reader, room.id or 0, later, col(Message.event).asc(), limit)
    return await _with_badges(reader, room.community_id, rows, now)


async def replay(reader: Reader, room: Room, last: int | None, epoch: str, now: datetime) -> Replay:
    """What brings a browser up to now: what happened after event `last`, else a fresh start.

    Afresh when it has nothing, has what another epoch numbered, or has missed too much.
    """
    is_known = last is not None and epoch == room.epoch and last <= room.last_event
    if last is not None and is_known and room.last_event - last <= MAX_REPLAY:
        return Replay(False, await since(reader, room, last, now))
    page = await newest(reader, room, now)
    return Replay(True, sorted(page, key=lambda said: said.number))


async def own_message(reader: Reader, place: Place, actor: Actor, message_id: int) -> Message:
    """A person's own message. Raises NotFound for another's or another community's."""
    found = await reader.exec(
        select(Message)
        .join(Room, col(Room.id) == col(Message.room_id))
        .where(Message.id == message_id, Message.author_id == actor.id, visible_to(place, actor))
    )
    row = found.first()
    if row is None:
        raise NotFound
    return row


async def sent_before(reader: Reader, author_id: int, cid: str) -> SentBefore | None:
    """The message that this author sent under this cid, when it came before."""
    found = await reader.exec(
        select(col(Message.id), Message.room_id, col(Message.seq), Message.verdict).where(
            Message.author_id == author_id, Message.cid == cid
        )
    )
    row = found.first()
    if row is None:
        return None
    message_id, room_id, seq, verdict = row
    return SentBefore(message_id or 0, room_id, seq or 0, Verdict.from_json(verdict))


async def recent_texts(reader: Reader, room_id: int, author_id: int) -> tuple[str, ...]:
    """What the author said last in this room, oldest first, for the screener."""
    found = (
        select(Message.text)
        .where(Message.author_id == author_id, Message.room_id == room_id)
        .order_by(col(Message.id).desc())
        .limit(RECENT_TEXTS)
    )
    return tuple(await reader.exec(found))[::-1]


async def asked_of(reader: Reader, room_id: int, author_id: int, now: datetime) -> str:
    """What others said in this room since the author spoke, for the screener; oldest first.

    Empty where the author did not speak lately: whoever was not in the talk was not asked.
    """
    found = await reader.exec(
        select(Message.author_id, Message.visibility, Message.text)
        .where(Message.room_id == room_id, col(Message.created_at) > now - ASKED_WITHIN)
        .order_by(col(Message.id).desc())
        .limit(ASKED_LINES)
    )
    since: list[str] = []
    for speaker, visibility, text in found:
        if speaker == author_id:
            return "\n".join(reversed(since))
        if visibility == Visibility.SHOWN:
            since.append(text)
    return ""


async def last_said_at(
    reader: Reader, room_id: int, author_id: int, *, but: int
) -> datetime | None:
    """When the author last said something here, leaving out message `but`; None for never."""
    found = (
        select(Message.created_at)
        .where(Message.author_id == author_id, Message.room_id == room_id, Message.id != but)
        .order_by(col(Message.id).desc())
        .limit(1)
    )
    return (await reader.exec(found)).first()


def author_name() -> ColumnElement[str]:
    """The column of an author's name: an erased one's is kept by nobody."""
    is_known = and_(col(Account.id).is_not(None), col(Account.erased_at).is_(None))
    return case((is_known, col(Account.name)), else_=FORMER_MEMBER)


async def _said(
    reader: Reader,
    room_id: int,
    wanted: ColumnElement[bool],
    order: ColumnElement[Any],
    limit: int,
) -> list[Any]:
    found = await reader.exec(
        select(Message, author_name())
        .join(Account, col(Account.id) == col(Message.author_id), isouter=True)
        .where(Message.room_id == room_id, wanted)
        .order_by(order)
        .limit(limit)
    )
    return list(found)


async def _with_badges(
    reader: Reader, community_id: int, rows: Sequence[Any], now: datetime
) -> list[Said]:
    authors = {row.author_id for row, _ in rows if row.author_id is not None}
    worn = await badges(reader, community_id, authors, now) if authors else {}
    return [
        Said(
            id=row.id or 0,
            seq=row.seq,
            number=row.event,
            author_id=row.author_id,
            author=name,
            badge=worn.get(row.author_id, ""),
            text=row.text,
            masks=row.masks,
            visibility=Visibility(row.visibility),
            version=row.version,
            said_at=row.created_at,
            edited_at=row.edited_at,
        )
        for row, name in rows
    ]
