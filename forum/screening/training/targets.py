"""What the heads should answer for a message, and which of their answers count."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forum.screening.heads import HARM, HEADS, NEED
from forum.screening.training.corpus import Message
from forum.screening.verdict import CONDUCTS, Need

Table = NDArray[np.float32]


def targets(messages: Sequence[Message]) -> Table:
    """1.0 where a head should speak, else 0.0: messages × heads. Levels count all below them."""
    return np.array([_row(message) for message in messages], dtype=np.float32)


def _row(message: Message) -> list[float]:
    need = [float(message.need >= level) for level in range(1, len(NEED) + 1)]
    harm = [float(message.harm >= level) for level in range(1, len(HARM) + 1)]
    return [*need, *harm, *(float(name in message.conducts) for name in CONDUCTS)]


def weights(messages: Sequence[Message], needs_only: frozenset[str], least: float) -> Table:
    """How much each answer counts, messages × heads.

    needs_only: writers (public sets) that say nothing of conduct and harm; they count `least`.
    One that says CONCERN says "at least": how soon somebody is needed is left open.
    """
    table = np.ones((len(messages), len(HEADS)), dtype=np.float32)
    for row, message in enumerate(messages):
        if message.doubtful:
            table[row] *= 0.5
        if message.writer in needs_only:
            table[row, : len(NEED)] *= least
            table[row, len(NEED) :] = 0.0
            if message.need >= Need.CONCERN:
                table[row, message.need : len(NEED)] = 0.0
    return table
