"""Tables of accounts and sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class Account(SQLModel, table=True):
    """A person, known by a pseudonym; the real name is never asked for.

    name_key: the name folded so that look-alikes collide. erased_at: the row stays as a
    nameless anchor for what others rely on.
    """

    __tablename__ = "accounts_account"
    __table_args__ = (CheckConstraint("length(name) > 0", name="named"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=40)
    name_key: str = Field(unique=True, max_length=120)
    password_hash: str
    recovery_hash: str
    email: str | None = Field(default=None, max_length=254)
    country: str | None = Field(default=None, max_length=2)
    timezone: str | None = Field(default=None, max_length=60)
    about: str = Field(default="", max_length=500)
    is_site_admin: bool = False
    is_discreet: bool = False
    created_at: datetime
    age_confirmed_at: datetime
    terms_agreed_at: datetime
    sensitive_agreed_at: datetime
    erased_at: datetime | None = None


class Session(SQLModel, table=True):
    """One signed-in browser. Only the hash of its cookie is stored.

    locked_at: the person left in a hurry; the password opens it again.
    """

    __tablename__ = "accounts_session"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    browser: str = Field(default="", max_length=60)  # in plain words, such as "Firefox, Android"
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    locked_at: datetime | None = None
