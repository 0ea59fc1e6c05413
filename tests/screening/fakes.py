"""Models that answer, hang, fail or die, at the one seam where screening allows a fake."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

from forum.screening.model import Scores, WindowScore
from forum.screening.verdict import Need, Surface
from forum.screening.windows import Span


class FixedModel:
    """Answers the same for every window."""

    version = "fixed 1"

    def __init__(self, score: WindowScore) -> None:
        self.score_of_each = score
        self.heard: list[list[str]] = []
        self.told: list[Need] = []
        self.threads: set[int] = set()

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        self.told.append(by_rules)
        self.heard.append([text[start:end] for start, end in spans])
        self.threads.add(threading.get_ident())
        return Scores(tuple(self.score_of_each for _ in spans))


class HangingModel:
    """Does not answer until somebody lets it go."""

    version = "hanging 1"

    def __init__(self) -> None:
        self.release = threading.Event()
        self.started = threading.Event()

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        self.started.set()
        self.release.wait(30)
        return Scores(tuple(WindowScore() for _ in spans))


class FailingModel:
    """Raises what it was given."""

    version = "failing 1"

    def __init__(self, fault: BaseException) -> None:
        self.fault = fault

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        raise self.fault


class ModelInAProcess:
    """Lives in a process of its own, which can be killed like any other."""

    version = "process 1"

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, child_end = context.Pipe()
        self._process = context.Process(target=_answer_in_child, args=(child_end,), daemon=True)
        self._process.start()
        child_end.close()

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        self._pipe.send(len(spans))
        count: int = self._pipe.recv()
        return Scores(tuple(WindowScore() for _ in range(count)))

    def kill(self) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.join(10)
        self._process.close()


def _answer_in_child(pipe: Connection) -> None:
    while True:
        pipe.send(pipe.recv())
