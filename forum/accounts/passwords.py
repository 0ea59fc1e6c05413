"""Passwords and recovery codes, hashed slowly and never on the event loop."""

import asyncio

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
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is stored of a password; takes about a tenth of a second."""
        async with self._turn:
            return await asyncio.to_thread(self._argon2.hash, password)

    async def verify(self, password: str, stored: str) -> bool:
        """Whether the password is the one that was stored; False for a hash of another kind."""
        async with self._turn:
            try:
                return await asyncio.to_thread(self._argon2.verify, password, stored)
            except UnknownHashError:
                return False
