"""What accounts announce."""

from dataclasses import dataclass

from forum.events import Event


@dataclass(frozen=True, slots=True)
class SessionsEnded(Event):
    """These sessions hear and say nothing any more; keys: `Session` keys, as sockets know them."""

    account_id: int
    session_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    """The password is another one; by_code: it was set with the recovery code."""

    account_id: int
    by_code: bool


@dataclass(frozen=True, slots=True)
class AccountErased(Event):
    """The person is gone; the account's id is a nameless anchor now."""

    account_id: int
