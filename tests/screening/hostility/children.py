"""Engines whose child process is the fake one."""

import os
import sys
from pathlib import Path

from forum.screening.hostility.engine import Engine

FAKE_CHILD = Path(__file__).parent / "fake_child.py"


class Seconds:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def command(greeting: str = "well") -> tuple[str, ...]:
    return (sys.executable, "-S", str(FAKE_CHILD), greeting)


def engine(folder: Path, greeting: str = "well", now: Seconds | None = None) -> Engine:
    """An engine that loses patience soon."""
    hangs = greeting == "hanging"
    return Engine(
        folder,
        command=command(greeting),
        load_seconds=0.3 if hangs else 20,
        answer_seconds=3,  # one test waits for it; a busy machine answers sooner
        now=now or Seconds(),
    )


def started(folder: Path) -> list[int]:
    """The process ids of the children so far."""
    log = folder / "started"
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
