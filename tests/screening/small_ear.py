"""Weights of a light ear that was taught one word, small enough to be made in a test."""

import json
from pathlib import Path

import numpy as np

from forum.screening.ear import CUTS_FILE, NGRAMS_FILE, Mix, Mode
from forum.screening.heads import HEADS, NEED
from forum.screening.ngrams import BUCKETS, NgramHeads, buckets
from forum.screening.verdict import Surface

LANTERNS = "lanterns"  # what it was taught to worry about, and no rule knows


def make_small_ear(folder: Path) -> Path:
    """Write cuts and n-gram heads to `folder`, for both modes; an encoder there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = np.zeros((BUCKETS, len(HEADS)), dtype=np.int8)
    weights[buckets(LANTERNS), : len(NEED)] = 100
    none = np.zeros(len(HEADS), dtype=np.float32)
    NgramHeads(weights, none + 1, none).save(folder / NGRAMS_FILE)
    cut = none + 50
    mix = Mix(none, none + 1, none, none, 0.0, dict.fromkeys(Surface, cut)).to_json()
    cuts = {"version": "small", **{mode.value: mix for mode in Mode}}
    (folder / CUTS_FILE).write_text(json.dumps(cuts))
    return folder
