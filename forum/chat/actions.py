"""Saying something in a room, changing it, and taking it back."""

import math
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import update
from sqlmodel import col

from forum import limits
from forum.care import line
from forum.chat import queries, store
from forum.chat.errors import ChangedMeanwhile, NotToChange, RoomClosed, TooLateToChange
from forum.chat.events import MessageChanged, MessagePosted
from forum.chat.forms import MessageDraft
from forum.chat.models import Message, Revision, Room
from forum.communities import queries as communities
from forum.content import Subject, Visibility
from forum.db import Tx
from forum.errors import Forbidden, TooMany
from forum.markup import render_off_loop
from forum.moderation import intake
from forum.permissions import Action, Actor, require
from forum.screening.screener import Context
from forum.screening.verdict import Need, Surface, Verdict
from forum.services import Place, Services

KIND = "message"
SLOW = "This room goes slowly, one message in {} seconds. Please send yours in {} seconds."
EDITABLE_FOR = timedelta(minutes=15)  # a slip of the pen; later, people have answered it


class Posted(NamedTuple):
    """What became of a message.

    seq: its number in the room; None when it did not go to the room but, since its author may not
    write there and may need someone, to the care team alone. is_new: False when the same message
    had come before. need: how much its author may need someone.
    """

    message_id: int
    seq: int | None
    is_new: bool
    need: Need


class _Twin(Exception):
    """The same message is being stored by another request; nothing of this one may be."""


async def post_message(
    services: Services, actor: Actor, place: Place, room_id: int, draft: MessageDraft
) -> Posted:
    """Say something: the one way in, from a frame or a form. The same author and cid say it once.

    Raises SignInFirst, Forbidden, NotFound, RoomClosed, TooMany. Words that cannot wait pass every
    limit, and where their author may not write they reach the care team.
    """
    # Not MESSAGE_CREATE: who may not write for a while is heard all the same.
    require(actor, Action.SOMEONE_ASK, place.id)
    async with services.db.read() as reader:
        room = await queries.room_by_id(reader, place, actor, room_id)
        first = await queries.sent_before(reader, actor.id, draft.cid)
        if first is not None:
            return Posted(first.message_id, first.seq, is_new=False, need=first.verdict.need)
        recent = await queries.recent_texts(reader, room_id, actor.id)
        asked = await queries.asked_of(reader, room_id, actor.id, services.clock.now())
        is_newcomer = await communities.is_newcomer(reader, place, actor, services.clock.now())
    context = Context(Surface.CHAT, recent, replying_to=asked)
    verdict = await services.screener.screen(draft.text, context)
    try:
        require(actor, Action.MESSAGE_CREATE, place.id)
        if room.is_closed:
            raise RoomClosed
        _within_limits(services, actor, verdict, is_newcomer=is_newcomer)
        async with services.db.write() as tx:
            return await _keep(tx, actor, place, room, draft, verdict)
    except Forbidden:
        if verdict.need < Need.URGENT:
            raise
        return await _tell_care(services, actor, place, draft, verdict)
    except _Twin:
        return await post_message(services, actor, place, room_id, draft)


async def edit_message(
    services: Services, actor: Actor, place: Place, message_id: int, version: int, text: str
) -> Posted:
    """Change one's own message; its new words are screened like a new one.

    version: the one that was on the author's screen. Raises NotFound, Forbidden, TooLateToChange,
    NotToChange, RoomClosed, ChangedMeanwhile, TooMany.
    """
    require(actor, Action.SOMEONE_ASK, place.id)
    async with services.db.read() as reader:
        old = await queries.own_message(reader, place, actor, message_id)
        room = await queries.room_by_id(reader, place, actor, old.room_id)
    if text == old.text and old.visibility == Visibility.SHOWN:
        return Posted(message_id, old.seq, is_new=False, need=Need.NONE)
    verdict = await services.screener.screen(text, Context(Surface.CHAT))
    try:
        require(actor, Action.MESSAGE_EDIT, place.id)
        _check_changeable(services, old, room, version)
        _within_limits(services, actor, verdict, is_newcomer=False)
        async with services.db.write() as tx:
            await _replace(tx, actor, place, old, text, verdict)
    except Forbidden:
        if verdict.need < Need.URGENT:
            raise
        draft = MessageDraft(f"edit-{message_id}-{version}", text)
        return await _tell_care(services, actor, place, draft, verdict)
    return Posted(message_id, old.seq, is_new=True, need=verdict.need)


async def remove_message(services: Services, actor: Actor, place: Place, message_id: int) -> None:
    """Take one's own message back: readers see a quiet line in its place.

    Open to a restricted member and in a closed room: these are the person's own words.
    Raises NotFound for another's.
    """
    async with services.db.read() as reader:
        message = await queries.own_message(reader, place, actor, message_id)
    if message.visibility == Visibility.REMOVED:
        return
    async with services.db.write() as tx:
        await store.change(
            tx,
            message_id=message_id,
            room_id=message.room_id,
            community_id=place.id,
            values={"visibility": Visibility.REMOVED.value},
        )


async def _keep(
    tx: Tx, actor: Actor, place: Place, room: Room, draft: MessageDraft, verdict: Verdict
) -> Posted:
    """Message, need, review and number in one commit. Raises _Twin, RoomClosed, TooMany."""
    row = Message(
        room_id=room.id or 0,
        author_id=actor.id,
        cid=draft.cid,
        text=draft.text,
        verdict=verdict.to_json(),
        created_at=tx.now,
    )
    message_id = await tx.insert_once(Message, row.model_dump(exclude={"id"}))
    if message_id is None:
        raise _Twin
    heard = intake.Heard(Subject(KIND, message_id), actor.id, place.id, verdict)
    hearing = await intake.hear(tx, heard)
    seq = await store.next_number(tx, row.room_id, in_open_room=True)
    await _keep_pace(tx, actor, place, room, message_id, verdict)
    await tx.change(
        update(Message)
        .where(col(Message.id) == message_id)
        .values(
            seq=seq,
            event=seq,
            masks=[list(span) for span in hearing.masks],
            visibility=hearing.visibility.value,
        )
    )
    tx.announce(MessagePosted(message_id, row.room_id, place.id, seq))
    return Posted(message_id, seq, is_new=True, need=verdict.need)


async def _keep_pace(
    tx: Tx, actor: Actor, place: Place, room: Room, message_id: int, verdict: Verdict
) -> None:
    """Slow mode. Raises TooMany, but never for words that cannot wait, nor for the team.

    Asked while the room's row is held, so that two windows of one person cannot both pass.
    """
    is_team = actor.may(Action.REVIEW_LIST, place.id)
    if not room.slow_seconds or is_team or verdict.need >= Need.URGENT:
        return
    last = await queries.last_said_at(tx.session, room.id or 0, actor.id, but=message_id)
    if last is None:
        return
    wait = (last + timedelta(seconds=room.slow_seconds) - tx.now).total_seconds()
    if wait > 0:
        raise TooMany(wait, SLOW.format(room.slow_seconds, math.ceil(wait)))


async def _replace(
    tx: Tx, actor: Actor, place: Place, old: Message, text: str, verdict: Verdict
) -> None:
    """New words for a message, the old ones kept. Raises ChangedMeanwhile, RoomClosed."""
    message_id, version = old.id or 0, old.version + 1
    tx.add(
        Revision(
            message_id=message_id,
            version=old.version,
            text=old.text,
            verdict=old.verdict,
            written_at=old.edited_at or old.created_at,
        )
    )
    await tx.flush()
    hearing = await intake.hear(
        tx, intake.Heard(Subject(KIND, message_id), actor.id, place.id, verdict, version)
    )
    number = await store.next_number(tx, old.room_id, in_open_room=True)
    changed = await tx.change(
        update(Message)
        # Whatever happened to it since we looked, a mask above all, gave it another number.
        .where(col(Message.id) == message_id, col(Message.event) == old.event)
        .values(
            event=number,
            text=text,
            version=version,
            verdict=verdict.to_json(),
            masks=[list(span) for span in hearing.masks],
            visibility=hearing.visibility.value,
            edited_at=tx.now,
        )
    )
    if not changed:
        raise ChangedMeanwhile
    tx.announce(MessageChanged(message_id, old.room_id, place.id, number))


def _check_changeable(services: Services, old: Message, room: Room, version: int) -> None:
    if room.is_closed:
        raise RoomClosed
    if old.masks or old.visibility != Visibility.SHOWN:
        raise NotToChange
    if services.clock.now() >= old.created_at + EDITABLE_FOR:
        raise TooLateToChange
    if version != old.version:
        raise ChangedMeanwhile


def _within_limits(
    services: Services, actor: Actor, verdict: Verdict, *, is_newcomer: bool
) -> None:
    """Raises TooMany, but never for words that cannot wait: a flood of those is still a person."""
    limit = limits.CHAT_MESSAGE_AS_NEW_MEMBER if is_newcomer else limits.CHAT_MESSAGE
    answer = services.limits.take(limit, str(actor.id), services.clock.now())
    if isinstance(answer, limits.Wait) and verdict.need < Need.URGENT:
        raise TooMany(answer.seconds)


async def _tell_care(
    services: Services, actor: Actor, place: Place, draft: MessageDraft, verdict: Verdict
) -> Posted:
    """The words become a private message to the care team; sent twice, they are one."""
    html = await render_off_loop(draft.text)
    said = line.Said(place.id, actor.id, draft.text, html, draft.cid, verdict)
    async with services.db.write() as tx:
        written = await line.keep(tx, said)
    return Posted(written.message_id, None, written.is_new, verdict.need)
