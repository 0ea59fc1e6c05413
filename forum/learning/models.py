"""The table of labels: what screening said about a text, and what a person decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Label(SQLModel, table=True):
    """One decision about one version of a text, on one axis. Holds no word of it.

    axis: need, harm or a conduct. heard, decided: a level of that axis (a conduct: 0.0–1.0).
    source: how the decision came about (README, *Words*). author_id: with the account goes the row.
    """

    __tablename__ = "learning_label"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "version", "axis"),
        Index("ix_learning_label_community_id_decided_at", "community_id", "decided_at"),
        CheckConstraint("heard BETWEEN 0 AND 4 AND decided BETWEEN 0 AND 4", name="levels"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="communities_community.id")
    subject_kind: str = Field(max_length=20)
    subject_id: int
    version: int
    author_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE", index=True)
    axis: str = Field(max_length=20)
    heard: float
    decided: float
    source: str = Field(max_length=20)
    decided_at: datetime
