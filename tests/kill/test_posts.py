"""Two thousand posts, a fifth of them crisis, twenty-five kills: nothing lost, nothing doubled."""

import asyncio
import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Limits
from sqlalchemy import update
from sqlmodel import col, func, select

from forum.boards.models import Post, Topic
from forum.care.models import Alert, Case, Signal
from forum.communities.models import Grant
from forum.jobs import Job
from forum.permissions import Role
from forum.services import Place, Services
from tests.boards.scene import Scene
from tests.kill.doomed import JOB_STEPS, POST_STEPS
from tests.kill.server import Server, send_until_answered
from tests.people import Person, World

pytestmark = [pytest.mark.kill, pytest.mark.timeout(1500)]

POSTS = 2000
CRISIS_EVERY = 5
AUTHORS = 250
IN_CRISIS = 50
KILLS = 25
SENDERS = 8
# A claim deadline and the first steps of the ladder lie within these minutes.
LATER_SECONDS = 11 * 60.0
LATEST_FIRE_SECONDS = 5.0

# Words that any reading of them agrees on: what is tested here is what becomes of them.
CALM = "We made soup with my sister and fed the neighbour's goats."
CRISIS = "Everything is prepared. Tonight I am going to end my life. Goodbye, all of you."


@dataclass
class Crowd:
    """A community with one topic, people who write and people who watch."""

    place: Place
    topic: str
    people: list[Person]


@pytest.fixture
async def crowd(world: World) -> Crowd:
    scene = await Scene.build(world)
    place = scene.place
    await world.person("Ana", place, Role.MODERATOR, certified=True, on_duty=True)
    await world.person("Leo", place, Role.LEAD, certified=True)
    people = [await world.person(f"member {number}", place) for number in range(AUTHORS)]
    async with world.services.db.write() as tx:  # they came long ago and may write freely
        await tx.change(update(Grant).values(starts_at=tx.now - timedelta(days=60)))
    return Crowd(place, await scene.topic("How was today?"), people)


def posts(crowd: Crowd) -> list[tuple[Person, dict[str, str]]]:
    """Who writes what, in a fixed shuffled order: those in crisis write eight such posts each."""
    calm = itertools.cycle(crowd.people[IN_CRISIS:])
    crisis = itertools.cycle(crowd.people[:IN_CRISIS])
    made = []
    for number in range(POSTS):
        is_crisis = number % CRISIS_EVERY == 0
        person = next(crisis if is_crisis else calm)
        words = CRISIS if is_crisis else CALM
        fields = {"text": f"{words} (line {number})", "form_id": f"form-{number:05d}"}
        made.append((person, fields))
    random.Random(7).shuffle(made)
    return made


async def write_all(server: Server, crowd: Crowd, progress: Counter[str]) -> None:
    """Send every post until it is acknowledged, several members at once."""
    waiting = iter(posts(crowd))

    async def sender(client: AsyncClient) -> None:
        for person, fields in waiting:
            await send_until_answered(server, client, person, crowd.topic, fields)
            progress["acknowledged"] += 1

    async with AsyncClient(limits=Limits(max_keepalive_connections=0)) as client:
        await asyncio.gather(*(sender(client) for _ in range(SENDERS)))


async def kill_again_and_again(server: Server, progress: Counter[str]) -> None:
    """At each named step in turn, and in between at any moment."""
    chance = random.Random(11)
    steps = itertools.cycle([*POST_STEPS, ""])
    while progress["kills"] < KILLS:
        step = next(steps)
        await server.start(die_at=step, die_after=chance.randint(5, 60))
        if step:
            met = await server.died(within=20)
        else:
            met = await server.died(within=chance.uniform(0.2, 1.5))
        await server.kill()
        progress[f"kill at {step}" if met else "kill at any moment"] += 1
        progress["kills"] += 1
    await server.start()


async def late_jobs(services: Services, ahead: float) -> int:
    """How many jobs are overdue by the clock that is `ahead` seconds fast."""
    now = services.clock.now().timestamp() + ahead
    async with services.db.read() as reader:
        due = await reader.exec(select(Job.due_at).where(col(Job.done_at).is_(None)))
        return sum(one.timestamp() <= now for one in due)


async def quiet(services: Services, ahead: float, within: float) -> float:
    """Wait until no job is overdue; seconds it took."""
    began = time.monotonic()
    while await late_jobs(services, ahead):
        assert time.monotonic() - began < within, await late_jobs(services, ahead)
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def check_posts(services: Services) -> None:
    async with services.db.read() as reader:
        rows = (await reader.exec(select(Post.form_id, Post.number))).all()
        topic = (await reader.exec(select(Topic))).one()
    answers = [form_id for form_id, number in rows if number > 1]  # the first began the topic
    stored = Counter(answers)
    assert set(stored) == {f"form-{number:05d}" for number in range(POSTS)}, "a post was lost"
    assert set(stored.values()) == {1}, "a post was doubled"
    assert sorted(number for _form, number in rows) == list(range(1, POSTS + 2))
    assert topic.post_count == POSTS + 1


async def check_cases(services: Services, crowd: Crowd) -> None:
    async with services.db.read() as reader:
        cases = (await reader.exec(select(Case))).all()
        signals = await reader.exec(
            select(Signal.case_id, func.count()).group_by(col(Signal.case_id))
        )
        counted = dict(signals.all())
        alerts = (await reader.exec(select(Alert.case_id, Alert.step, Alert.round))).all()
    assert Counter(case.person_id for case in cases) == dict.fromkeys(
        (person.id for person in crowd.people[:IN_CRISIS]), 1
    )
    assert all(case.closed_at is None and case.level == 4 for case in cases)
    each = POSTS // CRISIS_EVERY // IN_CRISIS
    assert counted == {case.id: each for case in cases}, "a signal was lost or doubled"
    assert len(alerts) == len(set(alerts))
    first = Counter(case_id for case_id, step, _round in alerts if step == "first")
    assert first == {case.id: 1 for case in cases}, "one first alert for each person"


async def fire_late(server: Server, services: Services) -> float:
    """Minutes pass while the server is dead; each timer must fire soon after the start, once.

    The server is killed at each step of a job while it catches up.
    """
    for step in JOB_STEPS:
        # Many jobs are claimed at once, so the first claim is the moment to die.
        die_after = 1 if step == "job_claimed" else 5
        await server.start(die_at=step, die_after=die_after, ahead=LATER_SECONDS)
        assert await server.died(within=20), step
    assert await late_jobs(services, LATER_SECONDS)
    await server.start(ahead=LATER_SECONDS)
    return await quiet(services, LATER_SECONDS, within=30)


async def test_nothing_is_lost_and_nothing_doubled(
    world: World, crowd: Crowd, services: Services, database_kind: str
) -> None:
    server = Server(services.settings)
    progress: Counter[str] = Counter()
    began = time.monotonic()
    killing = asyncio.create_task(kill_again_and_again(server, progress))
    try:
        await write_all(server, crowd, progress)
        await killing
        await quiet(services, 0, within=30)
        await check_posts(services)
        await check_cases(services, crowd)
        await server.kill()
        seconds = await fire_late(server, services)
        await check_cases(services, crowd)
        print(
            f"\n{database_kind}: {dict(progress)} in {time.monotonic() - began:.0f} s;"
            f" overdue timers fired {seconds:.1f} s after the start"
        )
        assert seconds <= LATEST_FIRE_SECONDS
    finally:
        killing.cancel()
        await server.kill()
