"""What the seeding of the demo works with: a clock that is moved, people, places, an order."""

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.datastructures import FormData

from forum.accounts.models import Account
from forum.communities import queries as communities
from forum.permissions import GUEST, Actor
from forum.services import Hasher, Place, Services
from forum.web.forms import Sent

EARLIEST = timedelta(days=90)  # before the first thing that anybody in the demo has done

Step = Callable[[], Awaitable[None]]
# Told after each step: how many are done, how many there will be, what is being done.
Progress = Callable[[int, int, str], None]


class MovedClock:
    """A clock that stands where it was put, so that the past can be played.

    zero: the moment that the demo starts. It stands well before that until it is moved.
    """

    def __init__(self, zero: datetime) -> None:
        self.zero = zero
        self._time = zero - EARLIEST

    def now(self) -> datetime:
        """The moment that it was moved to, in UTC."""
        return self._time

    def move_to(self, at: datetime) -> None:
        """Go there; never back, for what has happened has happened."""
        self._time = max(self._time, at)


class SharedHash:
    """A hasher for the demo alone: one slow hash for everybody.

    Everybody's password is the same and is printed on the screen, so a salt for each would
    protect nothing and cost seconds. Recovery codes are hashed the same way, as one that nobody
    was ever shown.
    """

    def __init__(self, hasher: Hasher, password: str) -> None:
        self._hasher, self._password = hasher, password
        self._kept: dict[bool, str] = {}

    async def hash(self, password: str) -> str:
        """The one stored form of the demo's password, or of every other secret."""
        is_password = password == self._password
        if is_password not in self._kept:
            self._kept[is_password] = await self._hasher.hash(password)
        return self._kept[is_password]

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one that was stored."""
        return await self._hasher.verify(password, stored)


@dataclass(slots=True)
class Stage:
    """People, by their key, and places, by their slug, while the past is played."""

    services: Services
    clock: MovedClock
    people: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def ago(self, minutes: float) -> datetime:
        """The moment so many minutes before the demo starts."""
        return self.clock.zero - timedelta(minutes=minutes)

    async def actor(self, key: str) -> Actor:
        """What the forum takes this person for at this moment."""
        async with self.services.db.read() as reader:
            account = await reader.get_one(Account, self.people[key])
            roles = await communities.roles_of(reader, self.people[key], self.clock.now())
        return Actor(account.id, account.name, is_site_admin=account.is_site_admin, roles=roles)

    async def remember_place(self, slug: str) -> Place:
        """A community that was just made. Raises LookupError when there is none of that slug."""
        async with self.services.db.read() as reader:
            found = await communities.place(reader, slug, GUEST)
        if found is None:
            raise LookupError(slug)
        self.places[slug] = found
        return found


class Score:
    """Everything that happens, in the order of time; a step may add later ones."""

    def __init__(self) -> None:
        self._steps: list[tuple[datetime, int, str, Step]] = []
        self._count = 0

    def add(self, at: datetime, what: str, step: Step) -> None:
        """Do `step` at that moment; of two at one moment, the one that was added first."""
        heapq.heappush(self._steps, (at, self._count, what, step))
        self._count += 1

    async def play(self, clock: MovedClock, progress: Progress) -> None:
        """Do all of it, the clock at each step's own time."""
        done = 0
        while self._steps:
            at, _, what, step = heapq.heappop(self._steps)
            clock.move_to(at)
            await step()
            done += 1
            progress(done, self._count, what)


def sent(**fields: str) -> Sent:
    """The fields as a browser would have sent them."""
    return Sent(FormData(fields))
