"""The second opinion that a running forum asks: engine, cuts and aim behind one method."""

import asyncio
from pathlib import Path
from typing import Self

from forum.screening.hostility import weights
from forum.screening.hostility.aim import Aims
from forum.screening.hostility.engine import Engine
from forum.screening.hostility.opinion import Opinion, opinion_of, pieces
from forum.screening.rulebook import RuleBook, load_rules


class SecondOpinion:
    """Hears hostility in a text, after it was stored; knows nothing of anybody's need."""

    def __init__(self, engine: Engine, book: RuleBook, version: str) -> None:
        self._engine = engine
        self._aims = Aims(book)
        self.version = version

    @classmethod
    def imported(cls, data_dir: Path) -> Self | None:
        """With the weights in the data folder; None without them or without the extra."""
        record = weights.ready_record(data_dir)
        if record is None:
            return None
        return cls(Engine(weights.home(data_dir)), load_rules(), record.version)

    async def about(self, text: str) -> Opinion | None:
        """What it hears; None where there is nothing to be had until the operator mends it.

        Raises Away and Failed, as `Engine.score` does.
        """
        spans = pieces(text)
        scores = await self._engine.score([text[start:end] for start, end in spans])
        if scores is None:
            return None
        # Looking for whom a long rant goes at takes a while: off the event loop.
        return await asyncio.to_thread(opinion_of, self._aims, self.version, text, spans, scores)

    async def aclose(self) -> None:
        """End the child process."""
        await self._engine.aclose()
