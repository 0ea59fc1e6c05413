"""A drill shows every step of the chain, says what did not happen, and leaves nothing open."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlmodel import select
from websockets.asyncio.client import connect

from forum.accounts.models import Account
from forum.admin.drill import ANSWER, PERSON, STAND_IN, run_drill
from forum.app import create_app
from forum.care import line, ownership
from forum.care.models import Case, LineMessage
from forum.care.ownership import CaseRef
from forum.communities.models import Grant
from forum.errors import Conflict, NotFound
from forum.jobs import Job
from forum.permissions import Role
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.screening.verdict import Need
from forum.services import Services
from forum.settings import Settings
from forum.web.cookies import session_cookie
from tests.care.cases import Harbour, rows
from tests.fakes import FrozenClock, QuickHasher
from tests.kill.server import Server
from tests.people import SITE, World

PATIENCE_SECONDS = 30
Pause = Callable[[float], Awaitable[None]]


class Running:
    """Time passes and the server works while the drill waits; `meanwhile` is the team."""

    def __init__(self, services: Services, clock: FrozenClock) -> None:
        self.services, self.clock = services, clock
        self.told: list[str] = []
        self.has_server = True
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def pause(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        if self.has_server:
            await self.services.worker.run_due()
        if self.meanwhile is not None and "waiting" in self.text:
            doing, self.meanwhile = self.meanwhile, None
            await doing()

    async def run(self, community: str = "harbour", wait_seconds: float = 5.0) -> list[str]:
        return await run_drill(
            self.services,
            community,
            self.told.append,
            wait_seconds=wait_seconds,
            pause=self.pause,
        )

    @property
    def text(self) -> str:
        return "\n".join(self.told)


@pytest.fixture
def running(services: Services, clock: FrozenClock) -> Running:
    return Running(services, clock)


async def open_jobs(services: Services) -> list[str]:
    async with services.db.read() as reader:
        return list(await reader.exec(select(Job.kind).where(Job.done_at == None)))  # noqa: E711


async def test_every_step_is_told_and_nothing_stays_open(world: World, running: Running) -> None:
    await Harbour.open(world)
    faults = await running.run()
    assert faults == ["somebody claimed it in this time"]
    for step in (
        "on duty: ana, ben",
        "leads: lea",
        "screened: heard as crisis",
        "in one commit",
        "alert 'first' calls on shift: ana, ben",
        "on shift called again, step 'again'",
        "leads called again, step 'lead'",
        "everyone called again, step 'all'",
        "the lead hears that nobody has written",
        "the server has told its open desks",
        "claimed by the drill itself",
        "answered on the private line by the drill itself",
        "closed as a drill",
    ):
        assert step in running.text
    (case,) = await rows(world.services, Case)
    assert (case.is_drill, case.state, case.outcome) == (True, "closed", "drill")
    await running.pause(1)
    assert await open_jobs(world.services) == []


async def test_somebody_on_duty_claims_and_answers(world: World, running: Running) -> None:
    harbour = await Harbour.open(world)

    async def ana_is_there() -> None:
        (case,) = await rows(world.services, Case)
        actor, ref = await harbour.ana.actor(), CaseRef(harbour.place.id, case.id)
        await ownership.claim(world.services, actor, ref)
        await line.answer(world.services, actor, harbour.place, ref, ANSWER, "ana-is-here")

    running.meanwhile = ana_is_there
    assert await running.run() == []
    assert "claimed by ana" in running.text
    assert "ana wrote on the private line" in running.text
    assert "by the drill itself" not in running.text
    (case,) = await rows(world.services, Case)
    assert case.outcome == "drill"


async def test_it_says_plainly_that_nobody_is_there(world: World, running: Running) -> None:
    await world.community()
    running.has_server = False
    faults = await running.run()
    assert [fault.split(";")[0] for fault in faults] == [
        "somebody is on duty",
        "there is a lead who can be reached",
        "anybody was called: nobody is on duty, and there is no lead or admin",
        "a running server took notice",
        "somebody claimed it in this time",
    ]
    assert await open_jobs(world.services) == []


async def test_a_lead_is_called_when_nobody_is_on_duty(world: World, running: Running) -> None:
    await Harbour.open(world, on_duty=False)
    faults = await running.run(wait_seconds=0)
    assert faults == ["somebody is on duty; the leads are called at once"]
    assert "alert 'first' calls leads: lea" in running.text


async def test_nobody_can_sign_in_as_a_drill_and_it_belongs_nowhere(
    world: World, running: Running
) -> None:
    await Harbour.open(world)
    await running.run(wait_seconds=0)
    await running.run(wait_seconds=0)
    async with world.services.db.read() as reader:
        ids = list(
            await reader.exec(
                select(Account.id).where(Account.form_id.in_([PERSON[0], STAND_IN[0]]))  # type: ignore[union-attr]  # a column
            )
        )
        held = (await reader.exec(select(Grant).where(Grant.account_id.in_(ids)))).all()  # type: ignore[attr-defined]  # a column
    assert len(ids) == 2
    assert held == []


async def test_a_drill_that_was_cut_off_is_ended_first(world: World, running: Running) -> None:
    harbour = await Harbour.open(world)
    running.has_server = False

    await running.run(wait_seconds=0)
    (case,) = await rows(world.services, Case)
    await harbour.raise_(person_id=case.person_id, source="drill")
    await running.run(wait_seconds=0)
    assert "an earlier drill was cut off" in running.text
    assert [one.state for one in await rows(world.services, Case)] == ["closed"] * 3


async def test_a_real_word_in_a_drill_stays_with_the_team(world: World, running: Running) -> None:
    harbour = await Harbour.open(world)

    async def something_real() -> None:
        (case,) = await rows(world.services, Case)
        await harbour.raise_(person_id=case.person_id, need=Need.URGENT)

    running.meanwhile = something_real
    with pytest.raises(Conflict):
        await running.run()
    (case,) = await rows(world.services, Case)
    assert case.closed_at is None
    assert not case.is_drill


async def test_an_unknown_community_is_named(world: World, running: Running) -> None:
    with pytest.raises(NotFound, match="no-such"):
        await running.run("no-such")


async def test_its_words_stand_on_the_private_line_only(world: World, running: Running) -> None:
    harbour = await Harbour.open(world)
    await running.run(wait_seconds=0)
    sides = [message.from_team for message in await rows(world.services, LineMessage)]
    assert sides == [False, True]
    for page in ("/c/harbour", "/c/harbour/boards", "/c/harbour/about"):
        assert "Drill" not in (await harbour.mia.get(page)).text


@pytest.fixture
async def apart(settings: Settings, rules: RuleBook) -> AsyncIterator[World]:
    """This process, without jobs and by the machine's own clock, beside a real server."""
    app = create_app(settings, screener=Screener(rules), hasher=QuickHasher(), runs_jobs=False)
    async with app.router.lifespan_context(app):
        world = World(app)
        yield world
        await world.close()


async def test_a_running_server_rings_its_open_desks(apart: World, settings: Settings) -> None:
    place = await apart.community()
    ana = await apart.person("ana", place, Role.MODERATOR, certified=True, on_duty=True)
    server, told = Server(settings), list[str]()
    await server.start()
    try:
        desk = f"ws://127.0.0.1:{server.port}/c/harbour/desk/live"
        cookie = {"cookie": f"{session_cookie(settings)}={ana.token}"}
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            connect(desk, origin=SITE, additional_headers=cookie) as page,
        ):
            await page.recv()
            drill = asyncio.create_task(
                run_drill(apart.services, "harbour", told.append, wait_seconds=0)
            )
            while '"type": "alert"' not in str(await page.recv()):
                pass
            faults = await drill
    finally:
        await server.kill()
    assert faults == ["there is a lead who can be reached"]
    assert "the server has told its open desks" in "\n".join(told)
    assert await open_jobs(apart.services) == []
