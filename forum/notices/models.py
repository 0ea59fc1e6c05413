"""The table of notices."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Notice(SQLModel, table=True):
    """Something the forum tells one person: an outcome, a reason, a new role.

    body: plain text. url: where to go on, empty when there is nothing more.
    """

    __tablename__ = "notices_notice"
    __table_args__ = (Index("ix_notices_notice_account_id_read_at", "account_id", "read_at"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE")
    community_id: int | None = Field(default=None, foreign_key="communities_community.id")
    kind: str = Field(max_length=40)
    title: str = Field(max_length=120)
    body: str = Field(max_length=4000)
    url: str = Field(default="", max_length=200)
    created_at: datetime
    read_at: datetime | None = None
