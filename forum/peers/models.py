"""Tables of courses taken, certificates and duty."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Enrolment(SQLModel, table=True):
    """One person's way through a course in one community.

    lessons_read: slugs of lessons. reflection: for the person alone. requested_at: they ask for a
    signature; once signed, the marks below are cleared for the next time.
    """

    __tablename__ = "peers_enrolment"
    __table_args__ = (
        UniqueConstraint("account_id", "community_id", "course"),
        Index("ix_peers_enrolment_community_id_requested_at", "community_id", "requested_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE")
    community_id: int = Field(foreign_key="communities_community.id")
    course: str = Field(max_length=60)
    course_version: int
    lessons_read: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reflection: str = ""
    started_at: datetime
    scenario_done_at: datetime | None = None
    quiz_attempts: int = 0
    quiz_passed_at: datetime | None = None
    scope_accepted_at: datetime | None = None
    requested_at: datetime | None = None


class Certificate(SQLModel, table=True):
    """A lead's word that this person is ready, until it expires or is taken back.

    While it is valid the person also holds the role `certified`. scope_accepted_at: when they
    agreed to the scope card of that version of the course.
    """

    __tablename__ = "peers_certificate"
    __table_args__ = (Index("ix_peers_certificate_community_id_id", "community_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE", index=True)
    community_id: int = Field(foreign_key="communities_community.id")
    course: str = Field(max_length=60)
    course_version: int
    quiz_passed_at: datetime
    scope_accepted_at: datetime
    signed_by: int | None = Field(default=None, foreign_key="accounts_account.id")
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: int | None = Field(default=None, foreign_key="accounts_account.id")
    revoked_because: str = Field(default="", max_length=500)


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
