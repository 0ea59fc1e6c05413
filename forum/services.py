"""All the parts a running forum is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from forum.clock import Clock
from forum.content import Contents
from forum.db import Database, Reader, Tx
from forum.events import Bus
from forum.jobs import Worker
from forum.limits import Limits
from forum.live import Hub
from forum.metrics import Metrics
from forum.permissions import Action, Actor, Role
from forum.screening.hostility.second_opinion import SecondOpinion
from forum.screening.screener import Screener
from forum.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """The community that a request is about.

    access: open (guests read), members (anybody may join), invitation (unknown to others).
    """

    id: int
    slug: str
    name: str
    access: str
    country: str | None = None

    def is_open_to(self, actor: Actor) -> bool:
        """Whether this person may read what is said here."""
        belongs = actor.roles.get(self.id, frozenset()) - {Role.RESTRICTED, Role.CERTIFIED}
        return self.access == "open" or bool(belongs)


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of a community's menu; path holds {community}."""

    label: str
    path: str
    needs: Action


class Doorkeeper(Protocol):
    """Knows who is asking and which community they ask for."""

    async def actor(self, reader: Reader, token: str, now: datetime) -> Actor | None:
        """The person whose session this token opens; None when it opens none now."""

    async def place(self, reader: Reader, slug: str, actor: Actor) -> Place | None:
        """The community of that name; None when it does not exist for this person."""

    async def renew(self, tx: Tx, actor: Actor) -> str | None:
        """A new token for the same session; None when the old one was exchanged or ended."""

    async def write_down_seen(self, db: Database) -> int:
        """Store when each session was last seen; how many sessions that were."""


class Hasher(Protocol):
    """Turns passwords into what may be stored; slow on purpose, off the event loop."""

    async def hash(self, password: str) -> str:
        """What is stored of a password."""

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one that was stored.

        None, for somebody unknown, is never it but takes as long, so that time tells no names.
        """


class PersonalData(Protocol):
    """What one domain keeps about a person: for the export and for the erasure."""

    name: str

    async def export(self, reader: Reader, account_id: int) -> object:
        """Everything kept about this person here, as JSON can hold it."""

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Remove it, or cut the tie to the person where others rely on it.

        keep_words: the person chose that posts stay, without a name.
        Raises StillNeeded, which undoes the whole erasure, when others would be left stranded.
        """


@dataclass(frozen=True, slots=True)
class Services:
    """The parts, built once by `forum.app.create_app` and passed to whoever needs them.

    unhurried: a worker of its own for what may be late, so that no alert ever waits behind it.
    second_opinion: the hostility engine, where the operator brought one.
    """

    settings: Settings
    key: bytes
    clock: Clock
    bus: Bus
    db: Database
    worker: Worker
    unhurried: Worker
    hub: Hub
    metrics: Metrics
    limits: Limits
    screener: Screener
    contents: Contents
    hasher: Hasher
    door: Doorkeeper
    second_opinion: SecondOpinion | None = None
    nav: Sequence[NavItem] = ()
    personal_data: Sequence[PersonalData] = ()
