"""Passwords and recovery codes, hashed slowly and never on the event loop."""

import asyncio
import base64
import secrets
import unicodedata

from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

# OWASP's Argon2id parameters for 46 MiB (Password Storage Cheat Sheet, 2024).
TIME_COST = 1
MEMORY_KIB = 46 * 1024
# Two at once: more would let a burst of sign-ins take the machine's memory and every thread.
AT_ONCE = 2


class Argon2:
    """Hashes with Argon2id in threads, two at a time."""

    def __init__(self, *, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        self._argon2 = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        # The shape of a stored password that no password has: checking it costs the same.
        cost = f"m={memory_kib},t={time_cost},p=1"
        self._nobodys = f"$argon2id$v=19${cost}${_random_base64(16)}${_random_base64(32)}"
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is stored of a password; takes about a tenth of a second."""
        async with self._turn:
            return await asyncio.to_thread(self._argon2.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one that was stored.

        None, for somebody unknown, takes as long and is False; so is a hash of another kind.
        """
        async with self._turn:
            try:
                return await asyncio.to_thread(
                    self._argon2.verify, password, stored or self._nobodys
                )
            except UnknownHashError:
                return False


def as_typed(password: str) -> str:
    """The password in one encoding: keyboards differ in how they compose an accented letter.

    Source: NIST SP 800-63B (2017), section 5.1.1.2, on Unicode passwords.
    """
    return unicodedata.normalize("NFKC", password)


def _random_base64(count: int) -> str:
    """As many random bytes in the unpadded base64 of stored hashes."""
    return base64.b64encode(secrets.token_bytes(count)).decode().rstrip("=")
