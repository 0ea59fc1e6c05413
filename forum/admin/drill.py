"""A drill: an invented crisis goes through the whole chain, and each step is told as it happens.

The words go to the private line, so that no member ever reads them, through the same screening,
transaction, alerts and clocks as any others. Decisions: forum/admin/README.md.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlmodel import col, select

from forum.accounts.actions import NameTaken, create_account
from forum.accounts.forms import NewAccount
from forum.accounts.models import Account
from forum.accounts.queries import name_of
from forum.care import drills, line, ownership
from forum.care.models import Case
from forum.care.ownership import CaseRef, Taken
from forum.care.queries import open_case_of
from forum.care.states import Source
from forum.communities.models import Community
from forum.errors import NotFound
from forum.ids import new_form_id, new_token
from forum.peers.queries import leads, on_duty
from forum.permissions import Actor, Role
from forum.screening.verdict import Need
from forum.services import Place, Services

WORDS = "This is a drill, nobody wrote it. I am going to end my life tonight. Goodbye."
ANSWER = "This is a drill. Hello, I am here with you. Are you safe at this moment?"
# form_id → names to try: the form's id says that an account is ours, a name alone would not.
PERSON = ("handrail-drill-person", ("Drill", "Drill Exercise", "Drill Practice"))
STAND_IN = ("handrail-drill-answer", ("Drill Two", "Drill Exercise Two", "Drill Practice Two"))
LOOK_SECONDS = 0.2
# The server sweeps its jobs each second; one that needs longer than this is not running.
SERVER_SECONDS = 10.0

T = TypeVar("T")
Report = Callable[[str], None]
Pause = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Drill:
    """One drill as it goes. faults: what did not happen, in words."""

    services: Services
    place: Place
    report: Report
    pause: Pause
    began: float = field(default_factory=time.perf_counter)
    faults: list[str] = field(default_factory=list)
    has_server: bool = False

    def tell(self, what: str) -> None:
        """Say what has happened, and how long after the beginning."""
        self.report(f"{(time.perf_counter() - self.began) * 1000:8.0f} ms  {what}")

    def miss(self, what: str) -> None:
        """Say plainly what did not happen."""
        self.faults.append(what)
        self.tell(f"DID NOT HAPPEN: {what}")


async def run_drill(
    services: Services,
    community: str,
    report: Report,
    *,
    wait_seconds: float = 60.0,
    pause: Pause = asyncio.sleep,
) -> list[str]:
    """Run one drill in the community of that slug; what did not happen, in words.

    wait_seconds: how long somebody on duty has to claim and answer before the drill does it by
    itself. Raises NotFound for an unknown community. It leaves no open case and no clock.
    """
    drill = Drill(services, await _place(services, community), report, pause)
    person_id = await _account(services, *PERSON)
    stand_in_id = await _account(services, *STAND_IN)
    await _end_earlier(drill, person_id, stand_in_id)
    await _say_who_is_there(drill)
    case_id = await _send(drill, person_id)
    try:
        await _tell_rows(drill, case_id)
        drill.has_server = await _server_hears(drill, case_id)
        if drill.has_server:
            drill.tell("the server has told its open desks")
        else:
            drill.miss("a running server took notice; without one no clock runs, no desk rings")
        if not await _wait_for_people(drill, case_id, wait_seconds):
            await _answer(drill, case_id, stand_in_id)
    finally:
        await _end(drill, case_id, stand_in_id)
    return drill.faults


async def _send(drill: Drill, person_id: int) -> int:
    """Screen and store the words; the case that they opened."""
    services, place = drill.services, drill.place
    said = await line.prepare(
        services,
        Actor(person_id),
        place,
        WORDS,
        new_form_id(),
        need=Need.CRISIS,
        source=Source.DRILL,
    )
    heard = said.verdict.need
    if said.verdict.unscreened:
        drill.miss("the screening answered in time; the words go on as unscreened")
    elif heard is Need.CRISIS:
        drill.tell("screened: heard as crisis")
    else:
        drill.miss(f"the screening heard a crisis; it heard {heard.name.lower()}")
    async with services.db.write() as tx:
        kept = await line.keep(tx, said)
        await drills.tell_server(tx, kept.case_id or 0)
    drill.tell(f"stored, with case {kept.case_id}, its alert and its clocks, in one commit")
    return kept.case_id or 0


async def _tell_rows(drill: Drill, case_id: int) -> None:
    async with drill.services.db.read() as reader:
        case = await reader.get_one(Case, case_id)
        called = await drills.calls(reader, case_id)
        clocks = await drills.timers(reader, case)
    drill.tell(f"to be claimed by {_hour(case.claim_by)}")
    for call in called:
        names = ", ".join(call.names)
        if names:
            drill.tell(f"alert {call.step!r} calls {call.audience.replace('_', ' ')}: {names}")
        else:
            drill.miss("anybody was called: nobody is on duty, and there is no lead or admin")
    for clock in clocks:
        drill.tell(f"clock set for {_hour(clock.due_at)}: {clock.what}")


async def _server_hears(drill: Drill, case_id: int) -> bool:
    """Whether a running server takes the drill's job in time."""

    async def heard() -> bool | None:
        async with drill.services.db.read() as reader:
            return await drills.server_has_heard(reader, case_id) or None

    return await _until(drill, heard, SERVER_SECONDS) is not None


async def _wait_for_people(drill: Drill, case_id: int, seconds: float) -> bool:
    """Whether somebody of the team claimed and wrote in time."""

    async def claimed() -> int | None:
        return (await _case(drill, case_id)).owner_id

    async def wrote() -> datetime | None:
        return (await _case(drill, case_id)).first_words_at

    if seconds <= 0:
        drill.tell("nobody was given time to claim it")
        return False
    drill.tell(f"waiting {seconds:.0f} s for somebody to claim it")
    left = drill.services.clock.now().timestamp() + seconds
    owner_id = await _until(drill, claimed, seconds)
    await _tell_who_heard(drill, case_id)
    if owner_id is None:
        drill.miss("somebody claimed it in this time")
        return False
    async with drill.services.db.read() as reader:
        who = await name_of(reader, owner_id) or "a former member"
    drill.tell(f"claimed by {who}")
    left -= drill.services.clock.now().timestamp()
    if await _until(drill, wrote, max(left, 0.0)):
        drill.tell(f"{who} wrote on the private line")
    else:
        drill.miss(f"{who} wrote in this time")
    return True


async def _tell_who_heard(drill: Drill, case_id: int) -> None:
    async with drill.services.db.read() as reader:
        heard = [name for call in await drills.calls(reader, case_id) for name in call.heard_by]
    if heard:
        drill.tell(f"heard, as they said, by {', '.join(dict.fromkeys(heard))}")


async def _answer(drill: Drill, case_id: int, stand_in_id: int) -> None:
    """Claim and answer as the team would.

    The stand-in's rights live in this call alone: no role is granted, and it cannot sign in.
    """
    services, place = drill.services, drill.place
    held = frozenset({Role.MODERATOR, Role.CERTIFIED})
    actor = Actor(stand_in_id, STAND_IN[1][0], roles={place.id: held})
    ref = CaseRef(place.id, case_id)
    try:
        await ownership.claim(services, actor, ref)
        drill.tell("claimed by the drill itself")
        await line.answer(services, actor, place, ref, ANSWER, new_form_id())
        drill.tell("answered on the private line by the drill itself")
    except Taken:  # somebody claimed it in the very last moment: all the better
        drill.tell("claimed by somebody of the team after all")


async def _end(drill: Drill, case_id: int, stand_in_id: int) -> None:
    async with drill.services.db.write() as tx:
        stopped = await drills.end(tx, case_id, stand_in_id)
        if drill.has_server:
            await drills.tell_server(tx, case_id)
    if drill.has_server:
        await _server_hears(drill, case_id)  # so that the line leaves the open desks
    drill.tell(f"closed as a drill; {stopped} clocks stopped")


async def _end_earlier(drill: Drill, person_id: int, stand_in_id: int) -> None:
    """A drill that was cut off left its case open; a new one would only join it."""
    async with drill.services.db.read() as reader:
        case = await open_case_of(reader, drill.place.id, person_id)
    if case is not None:
        drill.tell("an earlier drill was cut off")
        await _end(drill, case.id or 0, stand_in_id)


async def _say_who_is_there(drill: Drill) -> None:
    now, community_id = drill.services.clock.now(), drill.place.id
    async with drill.services.db.read() as reader:
        on = await on_duty(reader, community_id, now)
        above = await leads(reader, community_id, now)
    if on:
        drill.tell(f"on duty: {', '.join(person.name for person in on)}")
    else:
        drill.miss("somebody is on duty; the leads are called at once")
    if above:
        drill.tell(f"leads: {', '.join(person.name for person in above)}")
    else:
        drill.miss("there is a lead who can be reached")


async def _until(drill: Drill, look: Callable[[], Awaitable[T | None]], seconds: float) -> T | None:
    """What `look` finds, looking again and again; None when it found nothing for so long."""
    clock = drill.services.clock
    until = clock.now().timestamp() + seconds
    while (found := await look()) is None and clock.now().timestamp() < until:
        await drill.pause(LOOK_SECONDS)
    return found


async def _case(drill: Drill, case_id: int) -> Case:
    async with drill.services.db.read() as reader:
        return await reader.get_one(Case, case_id)


async def _place(services: Services, slug: str) -> Place:
    """Any community, by invitation or not: whoever runs the site may test them all."""
    open_here = select(Community).where(Community.slug == slug, col(Community.closed_at).is_(None))
    async with services.db.read() as reader:
        found = (await reader.exec(open_here)).first()
    if found is None:
        raise NotFound(f"This site has no community with the address {slug}.")
    return Place(found.id or 0, found.slug, found.name, found.access, found.country)


async def _account(services: Services, form_id: str, names: tuple[str, ...]) -> int:
    """An account for drills that nobody can sign in to, made at the first one."""
    async with services.db.read() as reader:
        made = await reader.exec(select(col(Account.id)).where(Account.form_id == form_id))
        found = made.first()
    if found is not None:
        return found
    for name in names:
        try:
            new = NewAccount(name, new_token(), form_id=form_id)
            return (await create_account(services, new)).account_id
        except NameTaken:
            continue
    raise NameTaken


def _hour(at: datetime) -> str:
    return f"{at:%H:%M:%S} UTC"
