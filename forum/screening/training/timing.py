"""What one message costs: time in one thread beside the encoder's own, and memory."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from forum.screening.ear import Ear, Mode
from forum.screening.encoder import Encoder
from forum.screening.hearing import Listener
from forum.screening.rulebook import RuleBook
from forum.screening.stream import hear
from forum.screening.verdict import Surface

# About 32 tokens, one chat line.
_LINE = (
    "no {n} i dont know, the bus was late again and she said the meeting moved to the hall,"
    " so i am sat here with my tea"
)
_TIMES = 300
# Peak memory of a process that only imports screening, and of one that also loads and hears.
_MEMORY = """
import re, sys
from forum.screening.rulebook import load_rules
from forum.screening.hearing import Listener
from forum.screening.stream import hear
from forum.screening.verdict import Surface
from forum.screening.ear import Ear, Mode
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
book = load_rules()
before = peak()
ear, listener = Ear.load(book.reader, Mode(sys.argv[1])), Listener(book)
hear("it was a long day and nobody came. " * 400, Surface.BOARD, listener, ear)
for number in range(50):
    hear(f"line {number} of the evening", Surface.CHAT, listener, ear)
print((peak() - before) / 1024)
"""


def timing(book: RuleBook, weights: Path) -> str:
    """A table: milliseconds for one chat line of 32 tokens, and MiB added to the process."""
    listener, lines = Listener(book), [_LINE.format(n=number) for number in range(_TIMES)]
    encoder = Encoder.load(weights)
    ceiling = _median(lambda line: encoder.logits([line]), lines)
    told = ["one chat line of 32 tokens, all layers, one thread"]
    told.append(f"  {'the encoder alone':32}p50 {ceiling:5.2f} ms")
    for mode in Mode:
        ear = Ear.load(book.reader, mode)
        took = _median(partial(_screen, listener, ear), lines)
        told.append(
            f"  {mode:32}p50 {took:5.2f} ms, {took / ceiling:.1f} times the encoder;"
            f" adds {_memory(mode):.0f} MiB at its peak"
        )
    return "\n".join(told)


def _screen(listener: Listener, ear: Ear, line: str) -> None:
    hear(line, Surface.CHAT, listener, ear)


def _median(work: Callable[[str], object], lines: list[str]) -> float:
    """Milliseconds that half of the lines stay under."""
    took = []
    for line in lines:
        began = time.perf_counter()
        work(line)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1_000


def _memory(mode: Mode) -> float:
    command = [sys.executable, "-c", _MEMORY, mode.value]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (own code)
    return float(told.stdout)
