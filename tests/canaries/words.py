"""Words that nobody would write: wherever one turns up, a person's words would have."""

import re
from itertools import count

STEM = "qzvogel"  # letters only, so that names, addresses and tokens can hold it
CANARY = re.compile(rf"{STEM}[a-z]+", re.IGNORECASE)
_numbers = count()


def canary() -> str:
    """A word that was never used before."""
    number, letters = next(_numbers), ""
    while number or not letters:
        number, place = divmod(number, 26)
        letters = chr(ord("a") + place) + letters
    return f"{STEM}x{letters}"


def sentence() -> str:
    """Several such words, in what sounds like a person who needs somebody."""
    return f"{canary()} I cannot go on and I want to die tonight {canary()}"


def found_in(text: str) -> list[str]:
    """Every canary in a text, with the words around it."""
    return [text[max(0, hit.start() - 90) : hit.end() + 60] for hit in CANARY.finditer(text)]
