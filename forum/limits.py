"""How often one person or one address may do a thing, each limit with its name and its reason.

The counts live in this process: with N processes a limit is up to N times as wide, and a restart
empties it. That is enough against floods and guessing; what must be exact is a row in the database.
"""

import hashlib
import hmac
import ipaddress
import math
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from forum.errors import TooMany

# For each limit, about 3 MB at most. A flood of made-up addresses pushes out only its own kind.
MAX_KEYS: Final = 20_000


@dataclass(frozen=True)
class Limit:
    """At most `count` at once; afterwards they come back evenly, `count` in `per_seconds`."""

    name: str
    count: int
    per_seconds: int
    reason: str


# There is no limit for "I need someone now", and none may be added: a person who presses it five
# times is more in need, not less. Presses join the one open case, so staff see one person. For the
# same reason a post or message whose verdict is CRISIS is kept even after a `Wait`.
SIGN_UP_PER_ADDRESS = Limit(
    "sign-up per address", 10, 3600, "a clinic's waiting room shares one address; a script is more"
)
NAMES_PER_ADDRESS = Limit(
    "names tried per address", 40, 3600, "finding a free name takes some tries; a list takes more"
)
SIGN_IN_PER_ACCOUNT = Limit(
    "sign-in per account", 20, 900, "a tired person mistypes; guessing needs thousands of tries"
)
SIGN_IN_PER_ADDRESS = Limit(
    "sign-in per address", 60, 900, "a shared house or hostel; one guess at each of many names"
)
RECOVERY_PER_ACCOUNT = Limit(
    "recovery per account", 5, 3600, "a recovery code opens the account, so it is guessed slowly"
)
RECOVERY_PER_ADDRESS = Limit("recovery per address", 15, 3600, "the same, tried over many accounts")
POST = Limit("posts per member", 20, 600, "nobody writes twenty posts in ten minutes by hand")
POST_AS_NEW_MEMBER = Limit(
    "posts per new member", 5, 600, "room for a story and answers, not for a flood of adverts"
)
CHAT_MESSAGE = Limit("chat messages per member", 15, 15, "fast talk in short lines is about 1 a s")
CHAT_MESSAGE_AS_NEW_MEMBER = Limit(
    "chat messages per new member", 3, 30, "slow mode: a stranger cannot bury a room in words"
)
FLAG = Limit("flags per member", 20, 3600, "enough for a bad evening; bulk flags are a weapon")
WORRY = Limit("worry reports per member", 10, 3600, "reports of worry are sent to harass people")

LIMITS: Final = (
    SIGN_UP_PER_ADDRESS,
    NAMES_PER_ADDRESS,
    SIGN_IN_PER_ACCOUNT,
    SIGN_IN_PER_ADDRESS,
    RECOVERY_PER_ACCOUNT,
    RECOVERY_PER_ADDRESS,
    POST,
    POST_AS_NEW_MEMBER,
    CHAT_MESSAGE,
    CHAT_MESSAGE_AS_NEW_MEMBER,
    FLAG,
    WORRY,
)


@dataclass(frozen=True)
class Allowed:
    """It may happen now, and was counted."""


@dataclass(frozen=True)
class Wait:
    """Not yet; `seconds` (1 or more) from now it will be allowed. Nothing was counted."""

    seconds: int


class Limits:
    """The counts of one running forum."""

    def __init__(self, max_keys: int = MAX_KEYS) -> None:
        self._max_keys = max_keys
        # One number for each key: when (POSIX seconds) its count will be whole again. An entry
        # whose time has passed means the same as no entry.
        self._whole_at: dict[str, dict[str, float]] = {}
        self._address_secret = (date.min, b"")

    def take(self, limit: Limit, key: str, now: datetime) -> Allowed | Wait:
        """Count one more for `key` (an account id, or from `address_key`) if there is room.

        now: aware; ValueError when it is naive.
        """
        _check_aware(now)
        at = now.timestamp()
        book = self._whole_at.setdefault(limit.name, {})
        each = limit.per_seconds / limit.count
        # No further away than a whole period, in case the clock was set back.
        whole_at = min(max(book.get(key, at), at), at + limit.per_seconds)
        wait = whole_at + each - limit.per_seconds - at
        if wait > 1e-6:  # a microsecond is what adding floats may be off by, and no reason to wait
            return Wait(math.ceil(wait))
        if key not in book and len(book) >= self._max_keys:
            self._make_room(book, at)
        book[key] = whole_at + each
        return Allowed()

    def require(self, limit: Limit, key: str, now: datetime) -> None:
        """The same as `take`, but raises TooMany (status 429) instead of answering Wait."""
        answer = self.take(limit, key, now)
        if isinstance(answer, Wait):
            raise TooMany(answer.seconds)

    def address_key(self, address: str, now: datetime) -> str:
        """A key for an IP address from which nobody can find the address, good for one UTC day.

        The secret is made fresh each day, never leaves this process and is forgotten: without it,
        hashes of all four billion addresses could be made and compared. A home is given a whole
        /64 of IPv6, so that counts as one. Anything that is no address counts as it is.
        """
        _check_aware(now)
        today = now.astimezone(UTC).date()
        if self._address_secret[0] != today:
            self._address_secret = (today, secrets.token_bytes(32))
        home = _home(address).encode(errors="replace")
        return hmac.new(self._address_secret[1], home, hashlib.sha256).hexdigest()[:32]

    def _make_room(self, book: dict[str, float], at: float) -> None:
        """Forget a quarter: first those that count nothing any more, then those nearest to it."""
        by_time = sorted(book, key=book.__getitem__)
        for key in by_time[: max(1, self._max_keys // 4)]:
            del book[key]


def _check_aware(now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError("limits need an aware time")


def _home(address: str) -> str:
    """The network one household is given, in one spelling."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    prefix = 64 if ip.version == 6 else 32
    return str(ipaddress.ip_network((ip, prefix), strict=False))
