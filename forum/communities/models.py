"""Tables of communities, what each person holds there, and invitations."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Community(SQLModel, table=True):
    """A group of people with its own team, rules and boards.

    access: see `forum.services.Place`. rules: plain text, one a line.
    form_id: names the filling-in of the form that made it, so that sent twice it makes one.
    """

    __tablename__ = "communities_community"
    __table_args__ = (
        CheckConstraint("access IN ('open', 'members', 'invitation')", name="access"),
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=48)
    name: str = Field(max_length=60)
    about: str = Field(default="", max_length=500)
    access: str = Field(default="members", max_length=12)
    country: str | None = Field(default=None, max_length=2)
    timezone: str = Field(default="UTC", max_length=60)
    rules: str = ""
    form_id: str | None = Field(default=None, unique=True, max_length=80)
    created_at: datetime
    closed_at: datetime | None = None


class Grant(SQLModel, table=True):
    """One role (`forum.permissions.Role`) that a person holds in a community.

    Membership is the role `member`. ends_at: when it ends by itself (a certificate, a
    restriction); None: until somebody ends it.
    """

    __tablename__ = "communities_grant"
    __table_args__ = (
        UniqueConstraint("account_id", "community_id", "role"),
        Index("ix_communities_grant_community_id_role", "community_id", "role"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE")
    community_id: int = Field(foreign_key="communities_community.id")
    role: str = Field(max_length=20)
    granted_by: int | None = Field(default=None, foreign_key="accounts_account.id")
    starts_at: datetime
    ends_at: datetime | None = None


class Invitation(SQLModel, table=True):
    """A link that lets people join; only its hash is stored.

    It works only while its maker may still make one: see `communities/README.md`.
    """

    __tablename__ = "communities_invitation"
    __table_args__ = (CheckConstraint("uses_left >= 0", name="uses_left"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="communities_community.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    role: str = Field(default="member", max_length=20)
    created_by: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE")
    created_at: datetime
    expires_at: datetime
    uses_left: int = 1
