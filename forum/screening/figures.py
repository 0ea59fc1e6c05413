"""Shares and ranks with their intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Share:
    """A part of a whole with a 95 % interval. of: how many there were; 0 makes all of it NaN."""

    value: float
    low: float
    high: float
    of: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f}–{self.high:.2f}, n={self.of})"


def share(found: ArrayLike) -> Share:
    """How many are true, with Wilson's interval."""
    hits = np.asarray(found, dtype=bool)
    count = len(hits)
    if not count:
        return Share(float("nan"), float("nan"), float("nan"), 0)
    part, z = float(hits.mean()), 1.96
    middle = (part + z * z / (2 * count)) / (1 + z * z / count)
    reach = (
        z
        / (1 + z * z / count)
        * float(np.sqrt(part * (1 - part) / count + z * z / (4 * count * count)))
    )
    return Share(part, max(0.0, middle - reach), min(1.0, middle + reach), count)


def auroc(scores: ArrayLike, truth: ArrayLike) -> float:
    """The chance that one that is true ranks above one that is not; ties count half."""
    ranks, true = _ranks(np.asarray(scores, dtype=np.float64)), np.asarray(truth, dtype=bool)
    ones, noughts = int(true.sum()), int((~true).sum())
    if not ones or not noughts:
        return float("nan")
    return float((ranks[true].sum() - ones * (ones + 1) / 2) / (ones * noughts))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places from 1 up, those of equal values shared."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], dtype=np.float64)
