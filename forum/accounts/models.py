"""Tables of accounts and sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class Account(SQLModel, table=True):
    """A person, known by a pseudonym; the real name is never asked for.

    name_key: the name folded so that look-alikes collide. form_id: which filling-in of the form
    made it, so that a form sent twice makes one person. recovery_saved_at: when the person said
    that the code is kept safe. erased_at: the row stays as a nameless anchor for what others
    rely on; name_key is then a keyed hash, so that nobody can take the name over.
    """

    __tablename__ = "accounts_account"
    __table_args__ = (CheckConstraint("length(name) > 0", name="named"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=40)
    name_key: str = Field(unique=True, max_length=120)
    password_hash: str
    recovery_hash: str
    recovery_saved_at: datetime | None = None
    form_id: str | None = Field(default=None, unique=True, max_length=40)
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

    key: the same as long as the session lasts, also when the cookie is exchanged; it ties open
    pages' forms and sockets to the session, and opens nothing. is_stale: the person's rights
    changed, so the next page exchanges the cookie. locked_at: the person left in a hurry; the
    password opens it again.
    """

    __tablename__ = "accounts_session"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts_account.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    key: str | None = Field(default=None, max_length=64)  # None: token_hash was never exchanged
    is_stale: bool = False
    browser: str = Field(default="", max_length=60)  # in plain words, such as "Firefox, Android"
    created_at: datetime
    seen_at: datetime
    expires_at: datetime = Field(index=True)
    locked_at: datetime | None = None
