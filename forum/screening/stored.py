"""Reading the files of the ear: one that is missing or damaged is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DamagedWeights(ValueError):
    """A file of the ear is missing or cannot be used; `path` names it, the message says why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong inside is the fault of this file. Raises DamagedWeights."""
    if not path.is_file():
        raise DamagedWeights(path, "it is missing")
    try:
        yield
    # Each library has errors of its own for a file that is cut short or holds something else.
    except Exception as fault:
        raise DamagedWeights(path, f"it is damaged ({type(fault).__name__}: {fault})") from fault
