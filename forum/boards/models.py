"""Tables of boards, topics, posts and the earlier words of posts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from forum.content import Visibility


class Board(SQLModel, table=True):
    """A place for topics of one sort.

    goal: a key of `choices.GOALS`, so that people on different paths find their own.
    """

    __tablename__ = "boards_board"
    __table_args__ = (
        UniqueConstraint("community_id", "slug"),
        CheckConstraint("length(name) > 0", name="named"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="communities_community.id")
    slug: str = Field(max_length=48)
    name: str = Field(max_length=60)
    about: str = Field(default="", max_length=200)
    goal: str = Field(default="", max_length=20)
    position: int = 0
    is_closed: bool = False
    created_at: datetime


class Topic(SQLModel, table=True):
    """A thread of posts. Its title is its first post's: masked, hidden and removed together.

    post_count is also the newest post's number: numbers run from 1 without a gap.
    """

    __tablename__ = "boards_topic"
    __table_args__ = (
        CheckConstraint("post_count >= 0", name="counted"),
        Index("ix_boards_topic_listed", "board_id", "is_pinned", "last_post_at", "id"),
        Index("ix_boards_topic_board_id_last_post_at", "board_id", "last_post_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    board_id: int = Field(foreign_key="boards_board.id")
    community_id: int = Field(foreign_key="communities_community.id", index=True)
    author_id: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL", index=True
    )
    created_at: datetime
    last_post_at: datetime
    post_count: int = 0
    is_locked: bool = False
    is_pinned: bool = False


class Post(SQLModel, table=True):
    """What one person wrote in a topic.

    text: as it was written; a first post begins with its title and an empty line
    (`wording.opening`), so that all of it is screened, masked and kept as one.
    title, html: what readers may see, masks applied; full words are made from `text`.
    masks: spans of `text`. verdict: `Verdict.to_json` of this version. answers: the number of
    the post that this one quotes; a quotation is a reference and never a copy.
    """

    __tablename__ = "boards_post"
    __table_args__ = (
        UniqueConstraint("topic_id", "number"),
        UniqueConstraint("author_id", "form_id"),
        CheckConstraint("number > 0", name="numbered"),
        CheckConstraint("visibility IN ('shown', 'hidden', 'removed')", name="visibility"),
        Index("ix_boards_post_author_id_id", "author_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    topic_id: int = Field(foreign_key="boards_topic.id")
    community_id: int = Field(foreign_key="communities_community.id")
    number: int
    author_id: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL"
    )
    form_id: str | None = Field(default=None, max_length=40)
    answers: int | None = None
    note: str = Field(default="", max_length=20)  # a key of `choices.NOTES`
    title: str = Field(default="", max_length=300)
    text: str
    html: str
    renderer_version: int
    masks: list[list[int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    visibility: str = Field(default=Visibility.SHOWN.value, max_length=10)
    version: int = 1
    verdict: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime
    edited_at: datetime | None = None


class PostRevision(SQLModel, table=True):
    """What a post said before an edit. written_at: when these words were written."""

    __tablename__ = "boards_post_revision"
    __table_args__ = (UniqueConstraint("post_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="boards_post.id", ondelete="CASCADE")
    version: int
    text: str
    masks: list[list[int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    verdict: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    written_at: datetime
