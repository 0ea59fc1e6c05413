"""A screener that is away delays nobody: rules decide at once, and every text is heard later."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any

import pytest
from sqlmodel import col, func, select
from starlette.applications import Starlette

import forum.app as composition
from forum.boards.models import Post
from forum.care.models import Case, Signal
from forum.jobs import Job
from forum.moderation.intake import SCREEN_AGAIN
from forum.screening.model import Scores, WindowScore
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.screening.verdict import Need, Surface
from forum.screening.windows import Span
from forum.services import Services
from forum.settings import Settings
from tests.boards.scene import Scene
from tests.fakes import FrozenClock, QuickHasher
from tests.people import World

UNHEARD = "The lanterns are all out now."  # no rule knows it; the model does
POSTS = 12


def quiet(windows: Sequence[str]) -> Scores:
    """What a healthy model hears: that lanterns are a bad sign."""
    return Scores(
        tuple(WindowScore(need=Need.CRISIS if "lanterns" in one else Need.NONE) for one in windows)
    )


class Hangs:
    """Never answers while `ill`."""

    version = "hangs"

    def __init__(self) -> None:
        self.ill = threading.Event()
        self.ill.set()
        self.well = threading.Event()

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        if self.ill.is_set():
            self.well.wait()
        return quiet([text[start:end] for start, end in spans])

    def recover(self) -> None:
        self.ill.clear()
        self.well.set()


class Raises(Hangs):
    """Fails each time while `ill`."""

    version = "raises"

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        if self.ill.is_set():
            raise MemoryError
        return quiet([text[start:end] for start, end in spans])


def _answer_for_ever(pipe: Any) -> None:
    while True:
        pipe.send(quiet(pipe.recv()))


class Killed(Hangs):
    """Lives in a process of its own, which was killed; started anew on recovery."""

    version = "killed"

    def __init__(self) -> None:
        super().__init__()
        self._start()
        os.kill(self._process.pid or 0, signal.SIGKILL)
        self._process.join()

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        self._pipe.send([text[start:end] for start, end in spans])
        answer: Scores = self._pipe.recv()  # raises when the other end is dead
        return answer

    def recover(self) -> None:
        if self.well.is_set():
            return
        self.well.set()
        self._start()
        self._pipe.send([])  # a process takes a while to start: go on when it answers
        self._pipe.recv()

    def end(self) -> None:
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._pipe, other = get_context("spawn").Pipe()
        self._process = get_context("spawn").Process(
            target=_answer_for_ever, args=(other,), daemon=True
        )
        self._process.start()
        other.close()


@pytest.fixture(params=[Hangs, Raises, Killed])
def model(request: pytest.FixtureRequest) -> Hangs:
    make: Callable[[], Hangs] = request.param
    made = make()
    yield made
    made.recover()
    if isinstance(made, Killed):
        made.end()


@pytest.fixture
async def app(settings: Settings, clock: FrozenClock, rules: RuleBook, model: Hangs) -> Starlette:
    """A forum whose model is ill."""
    made = composition.create_app(
        settings,
        screener=Screener(rules, model, deadline_seconds=0.1),
        clock=clock,
        hasher=QuickHasher(),
        runs_jobs=False,
    )
    async with made.router.lifespan_context(made):
        yield made
        model.recover()


async def waiting(services: Services) -> int:
    async with services.db.read() as reader:
        jobs = select(func.count()).where(Job.kind == SCREEN_AGAIN, col(Job.done_at).is_(None))
        return (await reader.exec(jobs)).one()


async def run_until_heard(services: Services, clock: FrozenClock) -> None:
    """Let time pass until nothing waits for its second look."""
    async with asyncio.timeout(60):  # the model's own thread comes back in real time
        while await waiting(services):
            clock.advance(minutes=6)
            await services.worker.run_due()
            await asyncio.sleep(0.05)


async def test_every_post_is_stored_queued_and_heard_later(
    world: World, services: Services, clock: FrozenClock, model: Hangs
) -> None:
    scene = await Scene.build(world)
    topic = await scene.topic("How are you all?")
    for number in range(POSTS):
        person = await world.person(f"writer {number}", scene.place)
        answer = await scene.answer(topic, f"{UNHEARD} {number}", by=person)
        assert answer.status_code == 303
    async with services.db.read() as reader:
        verdicts = (await reader.exec(select(Post.verdict))).all()
        cases = (await reader.exec(select(func.count()).select_from(Case))).one()
    assert len(verdicts) == POSTS + 1
    assert all(verdict["unscreened"] for verdict in verdicts)
    assert await waiting(services) == POSTS + 1
    assert cases == 0, "no rule knows these words"

    clock.advance(minutes=6)
    await services.worker.run_due()
    assert await waiting(services) == POSTS + 1, "still ill: nothing is taken for fine"

    model.recover()
    await run_until_heard(services, clock)
    async with services.db.read() as reader:
        verdicts = (await reader.exec(select(Post.verdict))).all()
        signals = (await reader.exec(select(Signal.need))).all()
    assert not any(verdict["unscreened"] for verdict in verdicts)
    assert list(signals) == [Need.CRISIS] * POSTS, "each was heard, once"


async def test_rules_alone_raise_the_alert_at_once(
    world: World, services: Services, clock: FrozenClock, model: Hangs
) -> None:
    scene = await Scene.build(world)
    topic = await scene.topic("How are you all?")
    await scene.answer(topic, "I have everything ready. I am going to kill myself tonight.")
    async with services.db.read() as reader:
        levels = list(await reader.exec(select(Case.level)))
    assert levels == [Need.CRISIS]
    model.recover()
    await run_until_heard(services, clock)
    async with services.db.read() as reader:
        signals = (await reader.exec(select(Signal.need))).all()
    assert len(signals) == 1, "the second look raises nothing that was raised"
