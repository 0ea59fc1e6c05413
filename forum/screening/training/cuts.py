"""Joins the two ears into calibrated log-odds and chooses the cuts, on development data only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forum.screening.heads import HARM, HEADS, Logits
from forum.screening.training.targets import Table
from forum.screening.verdict import CONDUCTS, Surface

_ROUNDS = 40
_RIDGE = 1.0
ALERT, URGENT, CRISIS = HEADS.index("need2"), HEADS.index("need3"), HEADS.index("need4")


@dataclass(frozen=True)
class Budget:
    """What a small team can carry: the most that may raise an alert or a flag.

    chat, replies, recovery: of public talk (`forum.screening.training.splits.Talk`).
    negatives: of hand-written messages below CONCERN. no_crisis: of those below CONCERN that may
    be rated CRISIS. readers: of safe messages that harm or a conduct may flag.
    """

    chat: float = 0.004
    replies: float = 0.02
    recovery: float = 0.08
    negatives: float = 0.12
    no_crisis: float = 0.008
    readers: float = 0.025


def joined(parts: Sequence[Logits], targets: Table) -> tuple[Table, NDArray[np.float32]]:
    """Logistic regression of each head on the ears' own log-odds for it.

    parts: one messages × heads array an ear. Factors (ears × heads, none negative) and constants.
    """
    factors = np.zeros((len(parts), len(HEADS)), dtype=np.float32)
    constants = np.zeros(len(HEADS), dtype=np.float32)
    for head in range(len(HEADS)):
        inputs = np.stack([part[:, head] for part in parts], axis=1).astype(np.float64)
        found = _regression(inputs, targets[:, head].astype(np.float64))
        if (found[:-1] < 0).any():  # an ear that would be heard backwards is not heard
            kept = int(np.argmax(found[:-1]))
            alone = _regression(inputs[:, [kept]], targets[:, head].astype(np.float64))
            found = np.zeros_like(found)
            found[kept], found[-1] = max(alone[0], 0.0), alone[1]
        factors[:, head], constants[head] = found[:-1], found[-1]
    return factors, constants


def _regression(inputs: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newton's method for logistic regression with a ridge on the factors, not the constant."""
    design = np.column_stack([inputs, np.ones(len(inputs))])
    ridge = np.diag([_RIDGE] * inputs.shape[1] + [1e-6])
    found = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        odds = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (truth - odds) - ridge @ found
        bend = (design * (odds * (1 - odds))[:, None]).T @ design + ridge
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < 1e-8:
            break
    return found


@dataclass(frozen=True, eq=False)
class Sample:
    """Calibrated log-odds and what they should be, messages × heads, the strongest window each."""

    logits: Logits
    targets: Table

    def part(self, kept: NDArray[np.bool_]) -> "Sample":
        """The messages where `kept` is true."""
        return Sample(self.logits[kept], self.targets[kept])


def choose(
    own: Mapping[Surface, Sample], talk: Mapping[str, Sample], budget: Budget
) -> dict[Surface, NDArray[np.float32]]:
    """The lowest cuts that keep the budget, for each surface.

    own: hand-written messages. talk: public ones by the Budget's field that bounds them.
    """
    return {surface: _cuts(sample, talk, budget) for surface, sample in own.items()}


def _cuts(own: Sample, talk: Mapping[str, Sample], budget: Budget) -> NDArray[np.float32]:
    cuts = np.zeros(len(HEADS), dtype=np.float32)
    calm = own.targets[:, ALERT] == 0
    bounds = [_bound(own.part(calm), budget.negatives)]
    bounds += [_bound(sample, getattr(budget, name)) for name, sample in talk.items()]
    cuts[ALERT] = max(bounds)
    cuts[0] = min(0.0, cuts[ALERT])
    cuts[URGENT] = max(cuts[ALERT], 0.0)
    cuts[CRISIS] = max(0.0, _quantile(own.logits[calm, CRISIS], budget.no_crisis))
    for name in (*HARM, *CONDUCTS):
        head = HEADS.index(name)
        safe = own.targets[:, head] == 0
        cuts[head] = max(-1.5, _quantile(own.logits[safe, head], budget.readers))
    return cuts


def _bound(sample: Sample, most: float) -> float:
    """The lowest cut at which at most `most` of a sample raises an alert."""
    return _quantile(sample.logits[:, ALERT], most) + 1e-3


def _quantile(values: NDArray[np.float32], above: float) -> float:
    """The number that only a share `above` of the values reaches."""
    return float(np.quantile(values, 1 - above, method="higher")) if len(values) else 0.0


def strongest(logits: Logits, owners: Sequence[int], count: int) -> Logits:
    """Of windows × heads the highest of each owner (message): count × heads; none: very low."""
    table = np.full((count, logits.shape[1]), -20.0, dtype=np.float32)
    np.maximum.at(table, np.asarray(owners, dtype=np.int64), logits)
    return table
