"""What the demo's team did: cases of the past are answered and closed, a few stand open now."""

from dataclasses import dataclass
from functools import partial

from forum.care import asking, casework, line, ownership
from forum.care.forms import Words, Worry
from forum.care.ladder import TIMERS
from forum.care.ownership import CaseRef
from forum.care.queries import open_case_of
from forum.care.states import NoConcern, Outcome
from forum.content import Subject
from forum.demo.stage import Score, Stage, Step
from forum.demo.talk import Said
from forum.notices.actions import mark_read
from forum.notices.queries import all_of
from forum.peers import duty
from forum.screening.verdict import Need

HARBOUR, KITCHEN = "harbour-lights", "kitchen-table"
MODERATOR, LEAD, ON_NOW, PEER = "joss", "maud", "ana", "idris"
# What was heard in the last hours before the demo starts still waits for somebody.
STILL_OPEN = 12 * 60
# A case of the past, in minutes after the words: noticed, claimed, answered, closed.
WORRIED_AFTER, CLAIMED_AFTER, ANSWERED_AFTER, CLOSED_AFTER = 12, 18, 21, 60
# Who was on duty: person, communities, from how many minutes ago, hours.
DUTIES = (
    (MODERATOR, (HARBOUR, KITCHEN), 600, 8),
    (PEER, (HARBOUR,), 50, 4),
    (ON_NOW, (HARBOUR,), 45, 8),
)
WORRY = "I may be wrong, but this worried me and I keep thinking of it. Can somebody look?"
LETTER = (
    "Hello, this is Joss. I read what you wrote and I'm glad you did. I'm here for the next hour "
    "or two, and only you and the care team can read this. How is it right now, this minute?"
)
ASKS, ASKED_AGO = "marco", 16
ASKED = (
    "pay came in tonight and the phone is in my hand. I have had the site open twice. "
    "I don't want to be on my own with it."
)
CLAIMED_AGO, ANSWERED_AGO, WROTE_AGO = 14, 12, 7
ANSWER = (
    "Hello Marco, I'm Ana. You put it down long enough to write to us, and that counts. "
    "I'm here for as long as this takes. Is there somewhere the phone could be for an hour "
    "that isn't your hand?"
)
WROTE = "It is on top of the cupboard now and I am sitting in the kitchen. Are you still there?"
READ_AGO = 1200
MISSED, MISSED_BY, MISSED_AGO = "hedge", "lem", 26
MISSING = (
    "hedge and I say good night in the evening room, every night since May. Not yesterday and not "
    "today. It may be nothing. It isn't like them."
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words of the talk as they were stored. need: what the screening heard."""

    community: str
    said: Said
    subject: Subject
    need: Need


class Nights:
    """Puts the team's work on the score, as it becomes known what was heard."""

    def __init__(self, stage: Stage, score: Score) -> None:
        self._stage, self._score = stage, score
        self._tended: set[int] = set()

    def plan(self) -> None:
        """Tonight: who is on duty, who asked for someone, who is missed."""
        for key, communities, began, hours in DUTIES:
            for slug in communities:
                self._at(began, partial(self._go_on_duty, key, slug, hours))
        self._at(READ_AGO, self._read_notices)
        self._at(MISSED_AGO, self._miss)
        self._at(ASKED_AGO, self._ask)
        self._at(CLAIMED_AGO, partial(self._with_marco, None))
        self._at(ANSWERED_AGO, partial(self._with_marco, ANSWER))
        self._at(WROTE_AGO, self._write_back)

    async def heard(self, spoken: Spoken, truly: Need = Need.NONE, first_reader: str = "") -> None:
        """Plan what follows words of the past.

        truly: what a careful reader hears; when the screening heard less, `first_reader` worries.
        """
        ago = spoken.said.minutes_ago
        if ago < STILL_OPEN:
            return
        is_real = truly >= Need.CONCERN
        if is_real and spoken.need < Need.CONCERN:
            self._at(ago - WORRIED_AFTER, partial(self._worry, spoken, first_reader))
        if is_real or spoken.need > Need.NONE:
            self._at(ago - CLAIMED_AFTER, partial(self._tend, spoken, is_real))

    async def _worry(self, spoken: Spoken, reader: str) -> None:
        told = Worry(spoken.subject, "", WORRY, is_danger=False, form_id=f"demo-{spoken.subject}")
        place = self._stage.places[spoken.community]
        await asking.worry(self._stage.services, await self._stage.actor(reader), place, told)

    async def _tend(self, spoken: Spoken, is_real: bool) -> None:
        """Claim the case and plan how it goes on; one that is in good hands is left there."""
        stage, place = self._stage, self._stage.places[spoken.community]
        async with stage.services.db.read() as reader:
            case = await open_case_of(reader, place.id, stage.people[spoken.said.author])
        if case is None or case.id is None or case.id in self._tended:
            return
        self._tended.add(case.id)
        key = LEAD if spoken.said.author == MODERATOR else MODERATOR
        ref = CaseRef(place.id, case.id)
        await ownership.claim(stage.services, await stage.actor(key), ref)
        ago = spoken.said.minutes_ago
        if is_real:
            self._at(ago - ANSWERED_AFTER, partial(self._write, key, spoken.community, ref))
        close = partial(self._close, key, ref, Need(case.level), is_real)
        self._at(ago - CLOSED_AFTER, close)

    async def _write(self, key: str, slug: str, ref: CaseRef, text: str = LETTER) -> None:
        services, place = self._stage.services, self._stage.places[slug]
        cid = f"demo-case-{ref.case_id}"
        await line.answer(services, await self._stage.actor(key), place, ref, text, cid)

    async def _close(self, key: str, ref: CaseRef, level: Need, is_real: bool) -> None:
        services, actor = self._stage.services, await self._stage.actor(key)
        if is_real:
            again = TIMERS[level].follow_up
            await casework.close(services, actor, ref, Outcome.SUPPORTED_HERE, again)
        elif level >= Need.CONCERN:
            await casework.no_concern(services, actor, ref, NoConcern.PAST)
        else:
            await casework.close(services, actor, ref, Outcome.SUPPORTED_HERE, "none")

    async def _go_on_duty(self, key: str, slug: str, hours: int) -> None:
        place = self._stage.places[slug]
        await duty.start(self._stage.services, await self._stage.actor(key), place, hours)

    async def _read_notices(self) -> None:
        """Everybody has read what they were told until then; what came later is new tonight."""
        services = self._stage.services
        for key, account_id in self._stage.people.items():
            async with services.db.read() as reader:
                told = await all_of(reader, account_id)
            await mark_read(services, await self._stage.actor(key), told)

    async def _miss(self) -> None:
        stage = self._stage
        told = Worry(None, stage.names[MISSED], MISSING, is_danger=False, form_id="demo-missed")
        worried = await stage.actor(MISSED_BY)
        await asking.worry(stage.services, worried, stage.places[HARBOUR], told)

    async def _ask(self) -> None:
        asks = await self._stage.actor(ASKS)
        words = Words(ASKED, "demo-asks")
        place = self._stage.places[HARBOUR]
        await asking.need_someone(self._stage.services, asks, place, words)

    async def _with_marco(self, answer: str | None) -> None:
        stage, place = self._stage, self._stage.places[HARBOUR]
        async with stage.services.db.read() as reader:
            case = await open_case_of(reader, place.id, stage.people[ASKS])
        if case is None:
            raise LookupError(ASKS)
        ref = CaseRef(place.id, case.id or 0)
        if answer is None:
            await ownership.claim(stage.services, await stage.actor(ON_NOW), ref)
        else:
            await self._write(ON_NOW, HARBOUR, ref, answer)

    async def _write_back(self) -> None:
        asks, place = await self._stage.actor(ASKS), self._stage.places[HARBOUR]
        await line.write(self._stage.services, asks, place, WROTE, "demo-writes-back")

    def _at(self, minutes_ago: int, step: Step) -> None:
        self._score.add(self._stage.ago(minutes_ago), "the team", step)
