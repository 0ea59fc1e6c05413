"""Tables of rooms, their messages and what messages said before an edit."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from forum.content import Visibility


class Room(SQLModel, table=True):
    """A place for live talk.

    last_event: the number of the newest thing that happened here; each message and each change of
    one takes the next, without gap or twin. epoch: changes when numbers or words that browsers
    hold are no longer true (a restore from backup, an erasure), so that they start afresh.
    slow_seconds: the least time between two messages of one member; 0: none.
    """

    __tablename__ = "chat_room"
    __table_args__ = (
        UniqueConstraint("community_id", "slug"),
        CheckConstraint("slow_seconds >= 0", name="slow"),
        CheckConstraint("length(name) > 0", name="named"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="communities_community.id")
    slug: str = Field(max_length=48)
    name: str = Field(max_length=60)
    about: str = Field(default="", max_length=200)
    position: int = 0
    slow_seconds: int = 0
    is_closed: bool = False
    last_event: int = 0
    epoch: str = Field(max_length=43)
    form_id: str | None = Field(default=None, unique=True, max_length=40)
    created_at: datetime


class Message(SQLModel, table=True):
    """What one person said in a room.

    seq: its place in the room's talk, the number of the event that brought it. event: the number
    of the last thing that happened to it, the same as seq while nothing changed it. Both are
    empty only inside the transaction that stores it. cid: made by the author's browser, so that
    words sent twice are said once. masks: spans of `text`. verdict: `Verdict.to_json` of this
    version. Nothing rendered is kept: `words.tokens` makes it from text and masks.
    """

    __tablename__ = "chat_message"
    __table_args__ = (
        UniqueConstraint("room_id", "seq"),
        UniqueConstraint("room_id", "event"),
        UniqueConstraint("author_id", "cid"),
        CheckConstraint("visibility IN ('shown', 'hidden', 'removed')", name="visibility"),
        Index("ix_chat_message_author_id_id", "author_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="chat_room.id")
    seq: int | None = None
    event: int | None = None
    author_id: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL"
    )
    cid: str | None = Field(default=None, max_length=40)
    text: str
    masks: list[list[int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    visibility: str = Field(default=Visibility.SHOWN.value, max_length=10)
    version: int = 1
    verdict: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime
    edited_at: datetime | None = None


class Revision(SQLModel, table=True):
    """What a message said before an edit: words that hurt somebody do not vanish by editing."""

    __tablename__ = "chat_revision"
    __table_args__ = (UniqueConstraint("message_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="chat_message.id", ondelete="CASCADE")
    version: int
    text: str
    verdict: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    written_at: datetime
