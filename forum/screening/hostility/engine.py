"""The server's side of the engine: one child process, asked in turn, killed when it hangs."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import structlog

from forum.screening.hostility.labels import HARASSING
from forum.screening.hostility.weights import Unfit

log = structlog.get_logger(__name__)

CHILD = (sys.executable, "-m", "forum.screening.hostility.child")
MOST_AT_ONCE = 16  # texts of one call; a full-size BERT takes about 2 seconds for them
QUEUE_LIMIT = 16  # callers waiting for their turn; the others come back later
LOAD_SECONDS = 60.0  # torch and 440 MB from a slow disk; 9 measured on a busy machine
ANSWER_SECONDS = 60.0  # the child is the last to get a busy processor; 20 measured at the worst
PROVE_SECONDS = 600.0
FIRST_REST_SECONDS = 1.0
LAST_REST_SECONDS = 300.0

Scores = Mapping[str, float]


class Away(Exception):
    """The engine takes no text now: its queue is full, or it rests after a failure."""


class Failed(Exception):
    """The engine had this very text and died, hung or answered nonsense."""


class Child:
    """A running process that answers each line of JSON with one."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        into: asyncio.StreamWriter,
        out: asyncio.StreamReader,
    ) -> None:
        """into, out: the process's standard input and output."""
        self._process = process
        self._into, self._out = into, out

    @classmethod
    async def start(cls, command: Sequence[str]) -> Self:
        """A new process. Raises OSError when there is none to be had."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # What libraries say may quote a text; logs hold ids only.
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,  # Ctrl-C is for the server, which then ends the child
        )
        if process.stdin is None or process.stdout is None:
            raise OSError("a process without pipes")
        return cls(process, process.stdin, process.stdout)

    async def ask(self, texts: Sequence[str]) -> object:
        """Send the texts; the answer. Raises what `answer` raises."""
        self._into.write(json.dumps(list(texts)).encode() + b"\n")
        await self._into.drain()
        return await self.answer()

    async def answer(self) -> object:
        """The next line. Raises EOFError at the end, ValueError when it is not JSON."""
        line = await self._out.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return json.loads(line)

    async def kill(self) -> None:
        """End it, hung or not, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


class Engine:
    """Scores texts in a child process that is started when the first text comes.

    A child that hangs, dies or answers nonsense is killed; before the next one starts the engine
    rests, longer each time it fails again. Nothing here ever waits on the event loop.
    """

    def __init__(
        self,
        folder: Path,
        *,
        command: Sequence[str] = CHILD,
        load_seconds: float = LOAD_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """folder: of the weights. command: starts a child, given the folder. now: in seconds."""
        self._command = (*command, str(folder))
        self._load_seconds = load_seconds
        self._answer_seconds = answer_seconds
        self._now = now
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._child: Child | None = None
        self._failures = 0
        self._rest_until = 0.0
        self.refused: str | None = None

    async def score(self, texts: Sequence[str]) -> list[Scores] | None:
        """The scores of each text, at most MOST_AT_ONCE; None once the child refused its weights.

        Raises Away when it was not asked, Failed when it was and did not answer.
        """
        if len(texts) > MOST_AT_ONCE:
            raise ValueError("too many texts")
        if not texts:
            return []
        if self._waiting >= QUEUE_LIMIT:
            raise Away
        self._waiting += 1
        try:
            async with self._turn:
                return await self._score(texts)
        finally:
            self._waiting -= 1

    async def aclose(self) -> None:
        """End the child, busy or not."""
        await self._end()

    async def _score(self, texts: Sequence[str]) -> list[Scores] | None:
        if self._child is None and self.refused is None:
            await self._start()
        if self._child is None:
            return None
        try:
            async with asyncio.timeout(self._answer_seconds):
                scores = _read(await self._child.ask(texts), len(texts))
        except Exception as fault:
            await self._fail(fault)
            raise Failed from fault
        except BaseException:  # cancelled: its answer would be taken for the next text's
            await self._end()
            raise
        self._failures = 0
        return scores

    async def _start(self) -> None:
        """Have a loaded child, or know that it refused its weights. Raises Away."""
        if self._now() < self._rest_until:
            raise Away
        try:
            self._child = await Child.start(self._command)
            async with asyncio.timeout(self._load_seconds):
                self.refused = _refusal(await self._child.answer())
        except Exception as fault:
            await self._fail(fault)
            raise Away from fault
        except BaseException:
            await self._end()
            raise
        if self.refused is not None:
            log.error("hostility_weights_refused", why=self.refused)
            await self._end()

    async def _fail(self, fault: Exception) -> None:
        rest = min(FIRST_REST_SECONDS * 2.0 ** min(self._failures, 20), LAST_REST_SECONDS)
        self._failures += 1
        self._rest_until = self._now() + rest
        log.error("hostility_child_failed", error_kind=type(fault).__name__, rest_seconds=rest)
        await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.kill()


def prove(folder: Path, *, command: Sequence[str] = CHILD) -> tuple[str, ...]:
    """Let a child load the folder and score a trial; its labels. Raises Unfit."""
    try:
        ended = subprocess.run(  # noqa: S603  # our own interpreter and module
            [*command, "--prove", str(folder)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(),
            timeout=PROVE_SECONDS,
            check=False,
        )
        answer = json.loads(ended.stdout)
    except (ValueError, subprocess.TimeoutExpired) as fault:
        raise Unfit("The engine ended without a word.") from fault
    refused = _refusal(answer)
    if refused is not None:
        raise Unfit(refused)
    return tuple(answer["labels"])


def environment() -> dict[str, str]:
    """Ours without the settings, whose secrets are no business of a child; and nothing fetched."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
    return kept | {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": "1",
    }


def _refusal(answer: object) -> str | None:
    """Why the child refused its weights; None when it is ready. Raises ValueError."""
    if isinstance(answer, dict) and "refused" in answer:
        return str(answer["refused"])
    if isinstance(answer, dict) and isinstance(answer.get("labels"), list):
        return None
    raise ValueError("no greeting")


def _read(answer: Any, count: int) -> list[Scores]:
    """The child's answer, when it is one. Any: what JSON holds. Raises ValueError for nonsense."""
    if not isinstance(answer, list) or len(answer) != count:
        raise ValueError("an answer to another question")
    for scores in answer:
        if not isinstance(scores, dict) or HARASSING.isdisjoint(scores):
            raise ValueError("no scores")
        for value in scores.values():
            if not isinstance(value, float) or not 0 <= value <= 1:
                raise ValueError("no score")
    return answer
