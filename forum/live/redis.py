"""The broker for many processes with a Redis or Valkey: publish and subscribe."""

from collections.abc import Callable
from typing import Final

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError

from forum.live.brokers import BrokerDown, Listening, OnGap, OnNote

SECONDS: Final = 1.0  # for any single question: a person may be waiting for their page behind it
QUIET_SECONDS: Final = 5.0  # after so long without a word we ask whether the line still stands
ERRORS: Final = (OSError, TimeoutError, RedisError)


class RedisBroker:
    """Notes through a Redis. channel: unlike for every forum that shares the server."""

    def __init__(self, url: str, channel: str) -> None:
        self._channel = channel
        # The client's own retries would hold a person's page for 3 s while the server is away.
        self._client = redis.asyncio.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=SECONDS,
            socket_connect_timeout=SECONDS,
            decode_responses=True,
        )
        self._on_note: OnNote = lambda note: None
        self._listening: Listening | None = None

    async def start(self, on_note: OnNote, on_gap: OnGap) -> None:
        """Hear notes from now on."""
        self._on_note = on_note
        self._listening = Listening(self._hear, on_gap, ERRORS)
        await self._listening.wait_until_heard()

    async def publish(self, note: str) -> None:
        """Tell all processes, or raise BrokerDown."""
        try:
            await self._client.publish(self._channel, note)
        except ERRORS as error:
            raise BrokerDown from error

    async def stop(self) -> None:
        """Hear nothing more and close all connections."""
        if self._listening:
            await self._listening.stop()
        await self._client.aclose()

    async def _hear(self, on_subscribed: Callable[[], None]) -> None:
        async with self._client.pubsub() as line:
            await line.subscribe(self._channel)
            is_asked = False
            while True:
                message = await line.get_message(timeout=QUIET_SECONDS)
                if message is not None:
                    is_asked = False
                    # The client may subscribe again on its own: each time says so, and each but
                    # the first comes after a gap.
                    if message["type"] == "subscribe":
                        on_subscribed()
                    elif message["type"] == "message":
                        self._on_note(message["data"])
                elif is_asked:
                    raise Lost("no answer to a ping")
                else:
                    is_asked = True
                    await line.ping()
