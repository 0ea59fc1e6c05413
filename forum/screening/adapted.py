"""What an installation has learnt: a bounded correction of log-odds, and cuts of its own."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.screening.heads import HEADS, Logits
from forum.screening.ngrams import BUCKETS
from forum.screening.verdict import Surface

FILE = "adapted.json"
FORMAT = 1
# The most that learning may move a text's log-odds or a cut. What the shipped ear is sure of
# (farther from its cut than both together) no number of decisions can turn round.
MOST_CORRECTION = 1.5
MOST_CUT_MOVE = 1.0
CRISIS = HEADS.index("need4")
_EAR_SCALE = 3.0  # log-odds of an ear are mostly within 3 of zero; scaled, within 1
_BYTE = 127.0
Row = NDArray[np.float32]
Bucket = NDArray[np.int64]


class AdaptedError(ValueError):
    """What was learnt cannot be used; the message says why."""


@dataclass(frozen=True, eq=False)
class Sounds:
    """What the shipped ear makes of texts, before anything was learnt.

    mixed: calibrated log-odds, texts × heads. ears: raw log-odds of every ear side by side, texts
    × (ears · heads). buckets: of each text, as `forum.screening.ngrams.buckets` gives them.
    """

    mixed: Logits
    ears: Logits
    buckets: Sequence[Bucket]


@dataclass(frozen=True, eq=False)
class Correction:
    """Added to calibrated log-odds: a constant, a share of the ears' own, a weight for n-grams.

    constant: heads. on_ears: (ears · heads) × heads. buckets: those that have a weight, sorted.
    on_grams: len(buckets) × heads, bytes; times `scale` by head.
    """

    constant: Row
    on_ears: NDArray[np.float32]
    buckets: Bucket
    on_grams: NDArray[np.int8]
    scale: Row

    @classmethod
    def none(cls, ears: int) -> "Correction":
        """The one that changes nothing. ears: how many."""
        nothing = np.zeros(len(HEADS), dtype=np.float32)
        return cls(
            nothing,
            np.zeros((ears * len(HEADS), len(HEADS)), dtype=np.float32),
            np.zeros(0, dtype=np.int64),
            np.zeros((0, len(HEADS)), dtype=np.int8),
            nothing,
        )

    def of(self, sounds: Sounds) -> Logits:
        """What to add, texts × heads; never down for CRISIS, never beyond MOST_CORRECTION."""
        grams = np.array([self._grams(found) for found in sounds.buckets], dtype=np.float32)
        total = self.constant + scaled(sounds.ears) @ self.on_ears + grams.reshape(-1, len(HEADS))
        total = np.clip(total, -MOST_CORRECTION, MOST_CORRECTION)
        total[:, CRISIS] = np.maximum(total[:, CRISIS], 0.0)
        return np.asarray(total, dtype=np.float32)

    def _grams(self, found: Bucket) -> Row:
        if not len(found) or not len(self.buckets):
            return np.zeros(len(HEADS), dtype=np.float32)
        places = np.minimum(np.searchsorted(self.buckets, found), len(self.buckets) - 1)
        known = places[self.buckets[places] == found]
        weights = self.on_grams[known].sum(axis=0, dtype=np.float32) * self.scale
        return np.asarray(weights / np.sqrt(len(found)), dtype=np.float32)


def scaled(ears: Logits) -> Logits:
    """Raw log-odds of ears as a correction takes them: within about 1, outliers cut off."""
    return np.asarray(np.clip(ears / _EAR_SCALE, -2.0, 2.0), dtype=np.float32)


def in_bytes(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], Row]:
    """Weights (rows × heads) as bytes and a scale for each head."""
    largest = np.abs(weights).max(axis=0, initial=0.0)
    scale = np.maximum(largest, 1e-9) / _BYTE
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Adapted:
    """A correction and cuts for exactly one ear.

    ear: its version. labels: how many decisions it was learnt from. made_at: ISO time, UTC.
    """

    ear: str
    labels: int
    made_at: str
    correction: Correction
    cuts: Mapping[Surface, Row]

    def check(self, ear: str, shipped: Mapping[Surface, Row], ears: int) -> None:
        """Raise AdaptedError unless this fits the ear and keeps its promises.

        shipped: the ear's own cuts. ears: how many it has.
        """
        if self.ear != ear:
            raise AdaptedError(f"it was made for {self.ear}, and this is {ear}")
        if self.correction.on_ears.shape != (ears * len(HEADS), len(HEADS)):
            raise AdaptedError("it does not have a row for each head of each ear")
        for surface, row in self.cuts.items():
            moved = row - shipped[surface]
            if moved[CRISIS] > 0:
                raise AdaptedError(f"it raises the cut for a crisis ({surface})")
            if np.abs(moved).max() > MOST_CUT_MOVE + 1e-4:
                raise AdaptedError(f"it moves a cut by more than {MOST_CUT_MOVE} ({surface})")


def write(adapted: Adapted, path: Path, key: bytes) -> None:
    """Store it, signed with the installation's key, in one step: a reader never sees half."""
    content = _content(adapted)
    content["signature"] = _signature(content, key)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(content) + "\n", encoding="utf-8")
    beside.replace(path)


def read(path: Path, key: bytes) -> Adapted:
    """What `write` stored with this key. Raises AdaptedError, or OSError when it is not there."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        signature = str(content.pop("signature"))
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise AdaptedError("it is damaged") from fault
    if not hmac.compare_digest(signature, _signature(content, key)):
        raise AdaptedError("it was not written by this installation")
    try:
        return _adapted(content)
    except (KeyError, TypeError, ValueError) as fault:
        raise AdaptedError("it is of another release") from fault


def _signature(content: Mapping[str, Any], key: bytes) -> str:
    said = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(key, b"handrail adapted ear\n" + said, sha256).hexdigest()


def _content(adapted: Adapted) -> dict[str, Any]:  # Any: JSON values of several types
    correction = adapted.correction
    return {
        "format": FORMAT,
        "ear": adapted.ear,
        "labels": adapted.labels,
        "made_at": adapted.made_at,
        "cuts": {str(surface): row.tolist() for surface, row in adapted.cuts.items()},
        "constant": correction.constant.tolist(),
        "on_ears": correction.on_ears.tolist(),
        "buckets": _packed(correction.buckets.astype("<i4")),
        "on_grams": _packed(correction.on_grams),
        "scale": correction.scale.tolist(),
    }


def _adapted(content: Mapping[str, Any]) -> Adapted:
    if content["format"] != FORMAT:
        raise ValueError("another format")
    heads = len(HEADS)
    buckets = np.frombuffer(base64.b64decode(content["buckets"]), dtype="<i4").astype(np.int64)
    grams = np.frombuffer(base64.b64decode(content["on_grams"]), dtype=np.int8)
    if len(buckets) and (buckets.min() < 0 or buckets.max() >= BUCKETS):
        raise ValueError("a bucket that there is not")
    correction = Correction(
        constant=_row(content["constant"]),
        on_ears=_table(content["on_ears"]),
        buckets=buckets,
        on_grams=grams.reshape(len(buckets), heads),
        scale=_row(content["scale"]),
    )
    cuts = {surface: _row(content["cuts"][surface.value]) for surface in Surface}
    return Adapted(content["ear"], int(content["labels"]), content["made_at"], correction, cuts)


def _packed(numbers: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()


def _row(stored: Sequence[float]) -> Row:
    row = np.array(stored, dtype=np.float32)
    if row.shape != (len(HEADS),) or not np.isfinite(row).all():
        raise ValueError("not one finite number for each head")
    return row


def _table(stored: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    table = np.array(stored, dtype=np.float32)
    if table.ndim != 2 or table.shape[1] != len(HEADS) or not np.isfinite(table).all():
        raise ValueError("not a table of finite numbers with a column for each head")
    return table
