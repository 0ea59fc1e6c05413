"""The light ear: hashed n-grams of words and letters, a row of weights for each; numpy only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from forum.screening.heads import Logits
from forum.screening.normaliser import normalise

BUCKETS = 1 << 17
MOST_CHARS = 4_000  # of one window: longer ones are blobs; what follows is another window's
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[!?]+|[^\w\s]")
_LETTERS = (3, 4, 5)


@dataclass(frozen=True)
class NgramHeads:
    """Weights for every bucket and head. weights: BUCKETS × heads, bytes; times `scale` by head."""

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises OSError or ValueError when it is missing or damaged."""
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return cls(stored["weights"], stored["scale"], stored["bias"])

    def save(self, path: Path) -> None:
        """Write the weights to a file that holds numbers and nothing else."""
        np.savez_compressed(path, weights=self.weights, scale=self.scale, bias=self.bias)

    def logits(self, texts: Sequence[str]) -> Logits:
        """Log-odds of each head for each text."""
        return self.of([buckets(text) for text in texts])

    def of(self, found: Sequence[NDArray[np.int64]]) -> Logits:
        """The same for texts whose buckets are known."""
        return np.array([self._row(one) for one in found], dtype=np.float32)

    def _row(self, found: NDArray[np.int64]) -> NDArray[np.float32]:
        if not len(found):
            return self.bias
        total = self.weights[found].sum(axis=0, dtype=np.float32) * self.scale
        return np.asarray(total / np.sqrt(len(found)) + self.bias, dtype=np.float32)


def buckets(text: str) -> NDArray[np.int64]:
    """The buckets of all n-grams in a text, each once, sorted; none for a text without words."""
    words = _WORD.findall(normalise(text[:MOST_CHARS]).text)
    hashes = {crc32(gram.encode()) % BUCKETS for gram in _grams(words)}
    return np.array(sorted(hashes), dtype=np.int64)


def _grams(words: Sequence[str]) -> Iterator[str]:
    for size in (1, 2, 3):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])
    for word in words:
        edged = f"_{word}_"
        for size in _LETTERS:
            for start in range(len(edged) - size + 1):
                yield "#" + edged[start : start + size]
