"""The child process: `python -m forum.screening.hostility.child [--prove] FOLDER`.

Speaks JSON, one value a line: first {"labels": […]} or {"refused": "why"}; then a list of texts
comes in and a list of {label: score} goes out, until the other end closes. Started by `engine.py`;
nothing of the server imports this module.
"""

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import TextIO

from forum.screening.hostility.weights import Record, Unfit, is_unchanged

NICENESS = 10  # the server's own work comes first


def main(arguments: list[str]) -> None:
    """Load the weights of a folder and score texts, or only prove that they can be used."""
    answers = _own_stdout()
    os.nice(NICENESS)
    folder = Path(arguments[-1])
    # Heavy, so loaded late, and only in this process: see the module's first lines.
    from forum.screening.hostility import checkpoint  # noqa: PLC0415

    try:
        if "--prove" in arguments:
            checkpoint.fit_config(folder)
            _say(answers, {"labels": checkpoint.prove(folder)})
            return
        record = Record.read(folder)
        if record is None or not is_unchanged(folder, record):
            raise Unfit("A file is not the one that was imported.")
        ear = checkpoint.load(folder)
    except Unfit as unfit:
        _say(answers, {"refused": unfit.advice})
        return
    _say(answers, {"labels": ear.labels})
    orders = _orders()
    while True:
        _say(answers, ear.scores(json.loads(orders.get())))


def _own_stdout() -> TextIO:
    """Keep standard output for answers; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _say(answers: TextIO, value: object) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


def _orders() -> "queue.SimpleQueue[bytes]":
    """The lines that come in, read in a thread of their own."""
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin.buffer:
            orders.put(line)
        os._exit(0)  # the server is gone: end at once, even in the middle of a text

    threading.Thread(target=read, daemon=True).start()
    return orders


if __name__ == "__main__":
    main(sys.argv[1:])
