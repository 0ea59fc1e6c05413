"""Shares, ranks and intervals: the few statistics that the tables are made of."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from forum.screening.figures import Share, auroc, share

__all__ = ["Share", "auroc", "auroc_interval", "kappa", "share"]

_DRAWS = 400
_SEED = 20261123


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
