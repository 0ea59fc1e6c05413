"""Learning from decisions: a small correction of the ear, held strongly to what was shipped.

Each head is a logistic regression with the shipped log-odds as its starting point. It is solved
in the space of examples, where a decision is one row whatever the number of n-grams (Gaussian
prior and Newton steps: Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006,
algorithm 3.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forum.screening.adapted import Correction, Sounds, in_bytes, scaled
from forum.screening.heads import HEADS, Logits

# How far the parts may go from what was shipped, as standard deviations of log-odds. Chosen on
# simulated communities (training/simulate.py): 2.0 for n-grams makes 200 decisions do harm.
CONSTANT_REACH = 0.5
EARS_REACH = 0.1
GRAMS_REACH = 0.8
# One decision in ten is taken to be wrong: nobody's word is certain, and no text may pull for ever.
WRONG = 0.1
FEWEST = 20  # decisions about a head before it learns at all, and of each answer a quarter of it
ENOUGH = 100  # decisions before anything but the constant is learnt
MOST = 3_000  # the newest; the time grows with their third power (3,000: some minutes)
_STEPS = 20
_COLUMNS = 8_192  # n-grams taken at once: bounds memory


@dataclass(frozen=True, eq=False)
class Examples:
    """Texts with what people decided.

    sounds: of the loudest part of each. answers: 1.0 where a head should speak, else 0.0, NaN where
    nobody said; texts × heads. weights: how much each text counts.
    """

    sounds: Sounds
    answers: Logits
    weights: NDArray[np.float32]

    def part(self, kept: NDArray[np.int64]) -> "Examples":
        """The texts at these places."""
        return Examples(
            Sounds(
                self.sounds.mixed[kept],
                self.sounds.ears[kept],
                [self.sounds.buckets[place] for place in kept],
            ),
            self.answers[kept],
            self.weights[kept],
        )


@dataclass(frozen=True)
class Reach:
    """How far each part of a correction may go: standard deviations of log-odds."""

    constant: float = CONSTANT_REACH
    ears: float = EARS_REACH
    grams: float = GRAMS_REACH


def learn(examples: Examples, reach: Reach | None = None) -> Correction:
    """The correction that these decisions call for; a head with too few of them keeps silent."""
    reach = reach or Reach()
    heads, ears = len(HEADS), examples.sounds.ears.shape[1] // len(HEADS)
    shared = _Shared.of(examples.sounds.buckets)
    constant = np.zeros(heads, dtype=np.float32)
    on_ears = np.zeros((ears * heads, heads), dtype=np.float32)
    on_grams = np.zeros((len(shared.buckets), heads), dtype=np.float32)
    alike = shared.alike()
    inputs = scaled(examples.sounds.ears)
    for head in range(heads):
        said = np.flatnonzero(~np.isnan(examples.answers[:, head]))
        if not _is_enough(examples.answers[said, head]):
            continue
        used = reach if len(said) >= ENOUGH else replace(reach, ears=0.0, grams=0.0)
        near = alike[np.ix_(said, said)] * used.grams**2
        near += inputs[said] @ inputs[said].T * (used.ears**2) + used.constant**2
        pull = _pull(near, examples.part(said), head)
        constant[head] = used.constant**2 * pull.sum()
        on_ears[:, head] = used.ears**2 * (inputs[said].T @ pull)
        on_grams[:, head] = used.grams**2 * shared.spread(said, pull)
    kept = np.flatnonzero(np.abs(on_grams).max(axis=1, initial=0.0) > 0)
    grams, scale = in_bytes(on_grams[kept])
    return Correction(constant, on_ears, shared.buckets[kept], grams, scale)


def _is_enough(answers: NDArray[np.float32]) -> bool:
    ones = int((answers > 0.5).sum())
    return len(answers) >= FEWEST and min(ones, len(answers) - ones) >= FEWEST // 4


def _pull(near: NDArray[np.float32], examples: Examples, head: int) -> NDArray[np.float64]:
    """How strongly each example pulls, so that near @ pull is the correction of each."""
    near = near.astype(np.float64)
    start = examples.sounds.mixed[:, head].astype(np.float64)
    aim = WRONG + (1 - 2 * WRONG) * examples.answers[:, head].astype(np.float64)
    counts = examples.weights.astype(np.float64)
    moved = np.zeros(len(start))
    pull = np.zeros(len(start))
    for _ in range(_STEPS):
        odds = 1 / (1 + np.exp(-np.clip(start + moved, -30, 30)))
        bend = np.maximum(counts * odds * (1 - odds), 1e-6)
        root = np.sqrt(bend)
        wanted = bend * moved + counts * (aim - odds)
        inner = np.eye(len(start)) + root[:, None] * near * root[None, :]
        pull = wanted - root * np.linalg.solve(inner, root * (near @ wanted))
        stepped = near @ pull
        if np.abs(stepped - moved).max() < 1e-4:
            break
        moved = stepped
    return pull


@dataclass(frozen=True, eq=False)
class _Shared:
    """The n-grams of many texts. rows, columns: which text holds which of `buckets`."""

    buckets: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    sizes: NDArray[np.float64]

    @classmethod
    def of(cls, found: Sequence[NDArray[np.int64]]) -> "_Shared":
        rows = np.repeat(np.arange(len(found)), [len(one) for one in found])
        flat = np.concatenate([*found, np.zeros(0, dtype=np.int64)])
        buckets, columns = np.unique(flat, return_inverse=True)
        sizes = np.sqrt(np.maximum([len(one) for one in found], 1)).astype(np.float64)
        return cls(buckets, rows, columns, sizes)

    def alike(self) -> NDArray[np.float32]:
        """How alike each two texts are, 0.0–1.0: n-grams in both over the root of both sizes."""
        often = np.bincount(self.columns, minlength=len(self.buckets)) > 1
        place = np.cumsum(often) - 1
        shared = often[self.columns]
        rows, columns = self.rows[shared], place[self.columns[shared]]
        count = len(self.sizes)
        total = np.zeros((count, count), dtype=np.float32)
        for start in range(0, int(often.sum()), _COLUMNS):
            now = (columns >= start) & (columns < start + _COLUMNS)
            table = np.zeros((count, _COLUMNS), dtype=np.float32)
            table[rows[now], columns[now] - start] = 1.0
            total += table @ table.T
        total /= np.outer(self.sizes, self.sizes).astype(np.float32)
        np.fill_diagonal(total, 1.0)  # those that stand in one text alone count here only
        return total

    def spread(self, said: NDArray[np.int64], pull: NDArray[np.float64]) -> NDArray[np.float32]:
        """The weight of each bucket when the texts `said` pull like this."""
        whole = np.zeros(len(self.sizes))
        whole[said] = pull / self.sizes[said]
        weights = np.bincount(self.columns, whole[self.rows], minlength=len(self.buckets))
        return weights.astype(np.float32)


def joined_sounds(sounds: Sequence[Sounds]) -> Sounds:
    """Many rows of sounds as one table. Raises ValueError for none."""
    return Sounds(
        np.concatenate([one.mixed for one in sounds]),
        np.concatenate([one.ears for one in sounds]),
        [bucket for one in sounds for bucket in one.buckets],
    )
