"""Reads the public sets that lie beside a checkout: never part of it, never shown to anyone."""

import csv
import gzip
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forum.screening.training.corpus import Message
from forum.screening.verdict import Need, Surface

csv.field_size_limit(1 << 24)
# Marks that were read in another encoding than they were written in: "donâ€™t".
_MISREAD = re.compile(r"[ÂÃâ][\u0080-\u00ff\u0152-\u2122]{1,2}")


@dataclass(frozen=True)
class PublicRow:
    """text: a real person's words. level: as the set maps it. group: author or thread."""

    text: str
    level: str
    label: str
    group: str


def rows(folder: Path, name: str) -> Iterator[PublicRow]:
    """The rows of one set. Raises FileNotFoundError when the set is not there."""
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield PublicRow(_mended(row["text"]), row["level"], row["label"], row["group"])


def part(found: Iterator[PublicRow], share: tuple[float, float]) -> list[PublicRow]:
    """The rows whose group falls into a share of all groups, such as (0, 0.5)."""
    return [row for row in found if share[0] <= _place(row.group) < share[1]]


def as_messages(
    found: list[PublicRow], *, name: str, surface: Surface, need: Need, most: int, seed: int
) -> list[Message]:
    """Up to `most` rows, drawn by chance, as messages of the need that their set is known for."""
    drawn = random.Random(seed).sample(found, min(most, len(found)))  # noqa: S311 (a sample)
    return [Message(row.text, need, surface, "public", name) for row in drawn if row.text.strip()]


def _mended(text: str) -> str:
    """The text with its apostrophes and quotation marks as they were written."""
    return _MISREAD.sub(_as_written, text)


def _as_written(found: re.Match[str]) -> str:
    try:
        return found[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return found[0]


def _place(group: str) -> float:
    return random.Random(f"part:{group}").random()  # noqa: S311 (a split that is always the same)
