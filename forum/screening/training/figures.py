"""Shares, ranks and intervals: the few statistics that the tables are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_DRAWS = 400
_SEED = 20261123


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


def auroc_interval(scores: ArrayLike, truth: ArrayLike, groups: Sequence[str]) -> Share:
    """AUROC with a 95 % interval from drawing whole groups (writers) again and again."""
    values, true = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=bool)
    names = np.asarray(groups)
    members = [np.flatnonzero(names == name) for name in sorted(set(groups))]
    chance = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(_DRAWS):
        rows = np.concatenate([members[i] for i in chance.integers(0, len(members), len(members))])
        drawn.append(auroc(values[rows], true[rows]))
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Share(auroc(values, true), float(low), float(high), len(values))


def kappa(first: Sequence[int], second: Sequence[int], levels: int = 5) -> float:
    """Cohen's kappa with quadratic weights: agreement on ordered levels beyond chance."""
    table = np.zeros((levels, levels))
    for one, other in zip(first, second, strict=True):
        table[one, other] += 1
    table /= table.sum()
    away = np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2
    expected = np.outer(table.sum(1), table.sum(0))
    return float(1 - (away * table).sum() / (away * expected).sum())


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places from 1 up, those of equal values shared."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], dtype=np.float64)
