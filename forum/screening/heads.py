"""What the trained ears answer: thirteen numbers for a text, in one fixed order."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from forum.screening.verdict import CONDUCTS

# need1 = "at least SUPPORT" … need4 = "CRISIS"; harm1 = "at least NOTE" … harm3 = "ENCOURAGEMENT".
NEED = ("need1", "need2", "need3", "need4")
HARM = ("harm1", "harm2", "harm3")
HEADS = (*NEED, *HARM, *CONDUCTS)

Logits: TypeAlias = NDArray[np.float32]
"""Log-odds, one row a text and one column a head."""


def chance(logits: Logits) -> Logits:
    """Log-odds as 0.0–1.0, in the same shape."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float32)
