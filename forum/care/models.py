"""Tables of cases, what led to them, whom they called, and the private line."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from forum.care.states import State

_ACCOUNT = "accounts_account.id"
_COMMUNITY = "communities_community.id"
_CASE = "care_case.id"
_STATES = ", ".join(f"'{state.value}'" for state in State)


class Case(SQLModel, table=True):
    """A person who may need someone: one open case each in a community.

    level and highest_level: `Need` 1-4. pace: the level whose clocks run in this round; band:
    where it stands in the queue. round: how often it began to wait; claim_no: how often it was
    claimed, so that a job of an earlier round or claim knows itself outdated. draft: what the
    owner was writing, kept for whoever comes next.
    """

    __tablename__ = "care_case"
    __table_args__ = (
        Index(
            "uq_care_case_open",
            "community_id",
            "person_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_care_case_queue", "community_id", "state", "band", "queued_at"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("level BETWEEN 1 AND 4 AND level <= highest_level", name="level"),
        CheckConstraint("owner_id IS NULL OR state NOT IN ('new', 'queued')", name="owned"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key=_COMMUNITY)
    # None: the person erased the account.
    person_id: int | None = Field(
        default=None, foreign_key=_ACCOUNT, ondelete="SET NULL", index=True
    )
    level: int
    highest_level: int
    pace: int
    band: int
    state: str = Field(default=State.NEW.value, max_length=16)
    round: int = 0
    claim_no: int = 0
    owner_id: int | None = Field(
        default=None, foreign_key=_ACCOUNT, ondelete="SET NULL", index=True
    )
    lease_until: datetime | None = None
    lease_warned_at: datetime | None = None
    opened_at: datetime
    queued_at: datetime
    claim_by: datetime
    claimed_at: datetime | None = None
    seen_at: datetime | None = None  # when somebody first claimed it; the person is told
    first_words_at: datetime | None = None
    follow_up_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = Field(default=None, max_length=24)
    draft: str = ""
    is_drill: bool = False


class Signal(SQLModel, table=True):
    """One reason to think of a person: words that were heard, a worry, a pressed button.

    reasons and contexts: as in `Verdict`, empty where no text was screened. note: what the
    reporter of a worry wrote. version: of the content when it was heard. form_id: with its
    sender's id, so that a form sent twice is one signal.
    """

    __tablename__ = "care_signal"
    __table_args__ = (Index("ix_care_signal_subject", "subject_kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key=_CASE, ondelete="CASCADE", index=True)
    source: str = Field(max_length=8)
    need: int
    subject_kind: str = Field(max_length=20)
    subject_id: int
    version: int | None = None
    reasons: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    contexts: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reported_by: int | None = Field(
        default=None, foreign_key=_ACCOUNT, ondelete="SET NULL", index=True
    )
    note: str = ""
    form_id: str | None = Field(default=None, unique=True, max_length=100)
    unscreened: bool = False
    at: datetime


class CaseEvent(SQLModel, table=True):
    """One thing that happened in a case; rows are only ever added.

    actor_id None: the clock, or somebody who erased the account. note: words of the team.
    """

    __tablename__ = "care_case_event"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key=_CASE, ondelete="CASCADE", index=True)
    at: datetime
    actor_id: int | None = Field(default=None, foreign_key=_ACCOUNT, ondelete="SET NULL")
    kind: str = Field(max_length=24)
    from_state: str = Field(max_length=16)
    to_state: str = Field(max_length=16)
    from_level: int
    to_level: int
    reason: str = Field(default="", max_length=40)
    note: str = ""


class Alert(SQLModel, table=True):
    """A call that went out for a case; each step of the ladder once in each round.

    claim_no: of the case then; a later claim has answered the call.
    """

    __tablename__ = "care_alert"
    __table_args__ = (UniqueConstraint("case_id", "step", "round"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key=_CASE, ondelete="CASCADE")
    step: str = Field(max_length=24)
    round: int
    claim_no: int
    level: int
    audience: str = Field(max_length=12)
    raised_at: datetime
    acknowledged_by: int | None = Field(default=None, foreign_key=_ACCOUNT, ondelete="SET NULL")
    acknowledged_at: datetime | None = None


class AlertRecipient(SQLModel, table=True):
    """One person whom an alert called."""

    __tablename__ = "care_alert_recipient"
    __table_args__ = (
        UniqueConstraint("alert_id", "account_id"),
        Index("ix_care_alert_recipient_account_id", "account_id", "acknowledged_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="care_alert.id", ondelete="CASCADE")
    account_id: int = Field(foreign_key=_ACCOUNT, ondelete="CASCADE")
    seen_at: datetime | None = None
    acknowledged_at: datetime | None = None


class LineMessage(SQLModel, table=True):
    """One message on the private line between a member and the care team.

    cid: named by the writer's form, so that a message sent twice is stored once.
    """

    __tablename__ = "care_line_message"
    __table_args__ = (
        UniqueConstraint("author_id", "cid"),
        Index("ix_care_line_message_person", "community_id", "person_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key=_COMMUNITY)
    person_id: int | None = Field(default=None, foreign_key=_ACCOUNT, ondelete="SET NULL")
    author_id: int | None = Field(default=None, foreign_key=_ACCOUNT, ondelete="SET NULL")
    from_team: bool
    cid: str = Field(max_length=64)
    text: str
    html: str
    renderer_version: int
    masks: list[list[int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    visibility: str = Field(default="shown", max_length=8)
    version: int = 1
    verdict: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    written_at: datetime
    read_at: datetime | None = None


class PanelState(SQLModel, table=True):
    """The calm panel of one person at one level: since when it may be seen, and if it was put away.

    kind, standing: what became of the words it stands beside (`wording.Standing`).
    """

    __tablename__ = "care_panel_state"
    __table_args__ = (UniqueConstraint("account_id", "community_id", "level"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key=_ACCOUNT, ondelete="CASCADE")
    community_id: int = Field(foreign_key=_COMMUNITY)
    level: int
    kind: str = Field(max_length=20)
    standing: str = Field(max_length=8)
    raised_at: datetime
    dismissed_at: datetime | None = None
