"""Tables of flags, reviews, decisions and appeals."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Review(SQLModel, table=True):
    """A look at one piece of content; one open review each at most.

    harm: as screened when it was opened. reasons: `Reason`s as JSON, for marking the text.
    """

    __tablename__ = "moderation_review"
    __table_args__ = (
        Index(
            "uq_moderation_review_open",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_moderation_review_community_id_decided_at", "community_id", "decided_at"),
        CheckConstraint("harm BETWEEN 0 AND 3", name="harm"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="communities_community.id")
    subject_kind: str = Field(max_length=20)
    subject_id: int
    author_id: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL"
    )
    version: int = 1
    source: str = Field(max_length=20)  # screening or flag
    harm: int = 0
    conduct: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reasons: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    opened_at: datetime
    decided_at: datetime | None = None
    decided_by: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL"
    )


class Flag(SQLModel, table=True):
    """A member's report of a piece of content; told_at: when they heard the outcome."""

    __tablename__ = "moderation_flag"
    __table_args__ = (UniqueConstraint("reporter_id", "review_id"),)

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="moderation_review.id", index=True)
    reporter_id: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL"
    )
    category: str = Field(max_length=20)
    words: str = Field(default="", max_length=1000)
    created_at: datetime
    told_at: datetime | None = None


class Decision(SQLModel, table=True):
    """One thing that was decided about a piece of content or its author, with the reason.

    rule: which house rule or need it rests on. words: the statement the author reads.
    automated: taken by the screener until a person looks.
    """

    __tablename__ = "moderation_decision"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="moderation_review.id", index=True)
    kind: str = Field(max_length=20)
    spans: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    until: datetime | None = None
    rule: str = Field(default="", max_length=60)
    words: str = Field(default="", max_length=2000)
    automated: bool = False
    decided_at: datetime
    decided_by: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL"
    )


class Appeal(SQLModel, table=True):
    """A request for another look at a decision, once for each; answered by somebody else."""

    __tablename__ = "moderation_appeal"

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="moderation_decision.id", unique=True)
    community_id: int = Field(foreign_key="communities_community.id", index=True)
    words: str = Field(default="", max_length=2000)
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: int | None = Field(
        default=None, foreign_key="accounts_account.id", ondelete="SET NULL"
    )
    outcome: str | None = Field(default=None, max_length=10)
    answer: str = Field(default="", max_length=2000)
