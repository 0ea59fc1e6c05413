"""Tables of courses taken, certificates and duty."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Enrolment(SQLModel, table=True):
    """One person's way through a course in one community.

    progress: lesson slugs that were read, scenario nodes visited, attempts at the quiz.
    """

    __tablename__ = "peers_enrolment"
    __table_args__ = (UniqueConstraint("account_id", "community_id", "course"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE")
    community_id: int = Field(foreign_key="communities_community.id")
    course: str = Field(max_length=60)
    course_version: int
    progress: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    started_at: datetime
    quiz_passed_at: datetime | None = None
    scope_accepted_at: datetime | None = None


class Certificate(SQLModel, table=True):
    """A lead's word that this person is ready, until it expires or is taken back.

    While it is valid the person also holds the role `certified`.
    """

    __tablename__ = "peers_certificate"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE", index=True)
    community_id: int = Field(foreign_key="communities_community.id")
    course: str = Field(max_length=60)
    course_version: int
    signed_by: int | None = Field(default=None, foreign_key="accounts_account.id")
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class Duty(SQLModel, table=True):
    """A person's time on duty in a community; one open row each at most."""

    __tablename__ = "peers_duty"
    __table_args__ = (
        Index(
            "uq_peers_duty_open",
            "account_id",
            "community_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_peers_duty_community_id_ended_at", "community_id", "ended_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE")
    community_id: int = Field(foreign_key="communities_community.id")
    started_at: datetime
    until: datetime  # duty ends by itself, so that nobody is counted who went to sleep
    ended_at: datetime | None = None


class Rest(SQLModel, table=True):
    """Not me today: no alerts until then, and nobody is told why."""

    __tablename__ = "peers_rest"
    __table_args__ = (CheckConstraint("until > since", name="ends_later"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE", index=True)
    since: datetime
    until: datetime
