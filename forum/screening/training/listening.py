"""Runs trained ears over many messages: raw log-odds of each ear for windows and chunks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from forum.screening.ear import model_text
from forum.screening.heads import HEADS, Logits
from forum.screening.training.corpus import Message
from forum.screening.training.cuts import strongest
from forum.screening.windows import Span, chunks, holding, windows
from forum.screening.words import Reader


class Hears(Protocol):
    """An ear: n-gram heads or the encoder."""

    def logits(self, texts: Sequence[str], /) -> Logits: ...


@dataclass(frozen=True)
class Heard:
    """Every window of many messages. owners: the message of each window.

    near, around: for each ear the log-odds of the window and of the chunk that holds it,
    windows × heads.
    """

    owners: list[int]
    near: tuple[Logits, ...]
    around: tuple[Logits, ...]
    count: int

    def wholes(self) -> list[Logits]:
        """Each ear's strongest chunk of each message, messages × heads."""
        return [strongest(row, self.owners, self.count) for row in self.around]

    def joined(self, factors: Logits, constants: Logits, around: float) -> Logits:
        """The strongest calibrated window of each message: messages × heads."""
        total = np.tile(constants, (len(self.owners), 1))
        for factor, near, whole in zip(factors, self.near, self.around, strict=True):
            total = total + factor * ((1 - around) * near + around * whole)
        return strongest(np.asarray(total, dtype=np.float32), self.owners, self.count)


def listen(reader: Reader, ears: Sequence[Hears], messages: Sequence[Message]) -> Heard:
    """What every ear says to every window, each text asked once."""
    owners: list[int] = []
    pairs: list[tuple[str, str]] = []
    for place, message in enumerate(messages):
        wholes = chunks(message.text)
        for span in windows(message.text):
            owners.append(place)
            pairs.append((_cut(message.text, span), _cut(message.text, holding(wholes, span))))
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    places = {text: place for place, text in enumerate(texts)}
    plain = [model_text(reader, text) for text in texts]
    nothing = np.zeros((0, len(HEADS)), dtype=np.float32)
    rows = [ear.logits(plain) if plain else nothing for ear in ears]
    near = [places[pair[0]] for pair in pairs]
    around = [places[pair[1]] for pair in pairs]
    return Heard(
        owners,
        tuple(row[near] for row in rows),
        tuple(row[around] for row in rows),
        len(messages),
    )


def _cut(text: str, span: Span) -> str:
    return text[span[0] : span[1]]
