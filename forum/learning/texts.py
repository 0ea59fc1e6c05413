"""The public texts that can be learnt from: posts and messages, never the private line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import col, select

from forum.boards.models import Post
from forum.chat.models import Message, Room
from forum.content import Subject, Visibility
from forum.db import Reader
from forum.screening.verdict import Surface

POST, MESSAGE = "post", "message"
KINDS = (POST, MESSAGE)
AT_ONCE = 500  # ids in one question; SQLite takes some thousands at most


class Text(NamedTuple):
    """A text as it stands now. verdict: what screening said of this version; {} when nothing."""

    subject: Subject
    surface: Surface
    community_id: int
    author_id: int | None
    version: int
    visibility: str
    is_masked: bool
    text: str
    verdict: Mapping[str, Any]
    written_at: datetime


# Any: sqlmodel types no more than four columns of a select.
def _posts() -> Any:
    return select(  # type: ignore[call-overload]
        Post.id,
        Post.community_id,
        Post.author_id,
        Post.version,
        Post.visibility,
        Post.masks,
        Post.text,
        Post.verdict,
        Post.created_at,
    )


def _messages() -> Any:
    return select(  # type: ignore[call-overload]
        Message.id,
        Room.community_id,
        Message.author_id,
        Message.version,
        Message.visibility,
        Message.masks,
        Message.text,
        Message.verdict,
        Message.created_at,
    ).join(Room, col(Room.id) == col(Message.room_id))


async def standing(reader: Reader, subjects: Iterable[Subject]) -> dict[Subject, Text]:
    """Those of the texts that still stand: neither taken back nor without an author."""
    wanted = sorted(set(subjects))
    found: dict[Subject, Text] = {}
    for kind, table, ask in ((POST, Post, _posts), (MESSAGE, Message, _messages)):
        ids = [subject.id for subject in wanted if subject.kind == kind]
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            rows = await reader.exec(ask().where(col(table.id).in_(some)))
            for text in (_text(kind, row) for row in rows):
                if text.author_id is not None and text.visibility != Visibility.REMOVED:
                    found[text.subject] = text
    return found


async def recent(reader: Reader, community_id: int, since: datetime, most: int) -> Sequence[Text]:
    """What everybody sees of a community's talk since then: the newest of each kind, up to most."""
    posts = (
        _posts()
        .where(
            Post.community_id == community_id,
            Post.visibility == Visibility.SHOWN.value,
            Post.created_at > since,
        )
        .order_by(col(Post.id).desc())
        .limit(most)
    )
    messages = (
        _messages()
        .where(
            Room.community_id == community_id,
            Message.visibility == Visibility.SHOWN.value,
            Message.created_at > since,
        )
        .order_by(col(Message.id).desc())
        .limit(most)
    )
    return [
        *(_text(POST, row) for row in await reader.exec(posts)),
        *(_text(MESSAGE, row) for row in await reader.exec(messages)),
    ]


def _text(kind: str, row: Sequence[Any]) -> Text:
    number, community_id, author_id, version, visibility, masks, text, verdict, at = row
    surface = Surface.BOARD if kind == POST else Surface.CHAT
    subject = Subject(kind, number)
    return Text(
        subject, surface, community_id, author_id, version, visibility, bool(masks), text,
        verdict or {}, at,
    )  # fmt: skip
