"""The private line between a member and the care team: writing, answering, reading."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import update
from sqlmodel import col, select

from forum import jobs
from forum.care import rounds, trail
from forum.care.actions import raise_need
from forum.care.casework import say_first_words
from forum.care.events import LineMessageWritten
from forum.care.models import Case, LineMessage
from forum.care.ownership import CaseRef, owned, take, visible
from forum.care.signals import Concern
from forum.care.states import RESTING, Source, State
from forum.care.wording import role_account
from forum.content import Subject, Visibility
from forum.db import Reader, Tx
from forum.errors import Conflict, ForumError, Invalid
from forum.jobs import Job
from forum.markup import RENDERER_VERSION, TooDeep, TooLong, render_off_loop
from forum.notices.actions import tell
from forum.permissions import Action, Actor, require
from forum.screening.screener import Context
from forum.screening.verdict import Need, Surface, Verdict
from forum.services import Place, Services

KIND = "line"
SCREEN_AGAIN_JOB = "care.screen_again"
SCREEN_AGAIN_AFTER = timedelta(seconds=20)  # the model gets a moment to come back
RECENT = 5  # messages of the writer that the screener hears as what came before
NOTICE_TITLE = "You have a private message"
NOTICE_BODY = "{role} wrote to you. Only you and the care team can read it."


@dataclass(frozen=True, slots=True)
class Said:
    """What a member wrote to the care team, screened and rendered before any transaction.

    cid: names this one filling-in of the form. need: the least need it stands for, whatever the
    screening heard. source: `line`, or `self` for "I need someone now".
    """

    community_id: int
    person_id: int
    text: str
    html: Markup
    cid: str
    verdict: Verdict
    need: Need = Need.NONE
    source: Source = Source.LINE


class Written(NamedTuple):
    """The stored message and its case; is_new False: this very form was stored before."""

    message_id: int
    case_id: int | None
    is_new: bool


async def prepare(
    services: Services, actor: Actor, place: Place, text: str, cid: str, **how: object
) -> Said:
    """Screen and render a member's words; slow, so it comes before any transaction.

    how: `need` and `source` of `Said`, where they differ.
    """
    async with services.db.read() as reader:
        recent = await _recent_words(reader, place.id, actor.id)
        asked = await _asked(reader, place.id, actor.id)
    context = Context(Surface.CHAT, author_recent=recent, replying_to=asked)
    verdict = await services.screener.screen(text, context)
    html = await _html(text)
    said = Said(place.id, actor.id, text, html, cid, verdict)
    return replace(said, **how)  # type: ignore[arg-type]  # checked by the dataclass's own names


async def write(services: Services, actor: Actor, place: Place, text: str, cid: str) -> Written:
    """A member writes to the care team; it always reaches a person. Sent twice, stored once."""
    require(actor, Action.LINE_OWN, place.id)
    said = await prepare(services, actor, place, text, cid)
    async with services.db.write() as tx:
        return await keep(tx, said)


async def keep(tx: Tx, said: Said) -> Written:
    """Store a member's words on their line, with what they call for, in the caller's transaction.

    Boards and rooms use it for the crisis words of somebody who may not post for a while.
    """
    made = await tx.insert_once(LineMessage, _row(tx, said))
    if made is None:
        return Written(await _stored_before(tx, said.person_id, said.cid), None, is_new=False)
    case = await trail.locked_open(tx, said.community_id, said.person_id)
    concern = _concern(said, made, has_case=case is not None)
    raised = await raise_need(tx, concern)
    case_id = raised.case_id or (case.id if case else None) or 0
    if case is not None and concern.need <= Need.SUPPORT:
        await _heard_quietly(tx, case)
    if said.verdict.unscreened:
        due = tx.now + SCREEN_AGAIN_AFTER
        await jobs.schedule(tx, SCREEN_AGAIN_JOB, str(made), due)
    tx.announce(
        LineMessageWritten(made, case_id, said.community_id, said.person_id, from_team=False)
    )
    return Written(made, case_id, is_new=True)


async def answer(
    services: Services, actor: Actor, place: Place, ref: CaseRef, text: str, cid: str
) -> None:
    """The owner writes to the person as "Community care (name)"; an unowned case is claimed by it.

    Raises Taken when somebody else has the case, Conflict when the person has left.
    """
    require(actor, Action.CASE_ANSWER, ref.community_id)
    html = await _html(text)
    async with services.db.write() as tx:
        case = await visible(tx, actor, ref)
        if case.person_id is None:
            raise Conflict("This person has erased their account. A message cannot reach them.")
        said = Said(place.id, case.person_id, text, html, cid, Verdict())
        made = await tx.insert_once(LineMessage, _row(tx, said, author_id=actor.id, team=True))
        if made is None:
            return
        if State(case.state) is State.QUEUED:
            await take(tx, ref.case_id, actor.id)
        case = await owned(tx, actor, Action.CASE_ANSWER, ref)
        await say_first_words(tx, case, actor.id, "answered")
        case.draft = ""
        await _mark_read(tx, place.id, said.person_id, from_team=False)
        await _tell_person(tx, actor, place, said.person_id)
        tx.announce(LineMessageWritten(made, ref.case_id, place.id, said.person_id, from_team=True))


class StillUnscreened(ForumError):
    """The screener has not come back; the job tries again later."""


async def screen_again(services: Services, job: Job) -> None:
    """Hear a message for which the screener had failed; what it needs joins the case."""
    message_id = int(job.subject)
    async with services.db.read() as reader:
        message = await reader.get(LineMessage, message_id)
    if message is None or message.person_id is None:
        return
    verdict = await services.screener.screen(message.text, Context(Surface.CHAT))
    if verdict.unscreened:
        raise StillUnscreened
    async with services.db.write() as tx:
        await jobs.complete(tx, job)
        stored = await tx.session.get_one(LineMessage, message_id)
        stored.verdict = verdict.to_json()
        said = Said(
            message.community_id, message.person_id, message.text, Markup(), message.cid, verdict
        )
        await raise_need(tx, _concern(said, message_id, has_case=True))


async def mark_read(services: Services, actor: Actor, community_id: int) -> None:
    """The member has the team's messages before them."""
    async with services.db.write() as tx:
        await _mark_read(tx, community_id, actor.id, from_team=True)


async def _html(text: str) -> Markup:
    try:
        return await render_off_loop(text)
    except (TooLong, TooDeep) as problem:
        raise Invalid({"text": str(problem)}) from problem


async def _mark_read(tx: Tx, community_id: int, person_id: int, *, from_team: bool) -> None:
    await tx.change(
        update(LineMessage)
        .where(
            col(LineMessage.community_id) == community_id,
            col(LineMessage.person_id) == person_id,
            col(LineMessage.from_team) == from_team,
            col(LineMessage.read_at).is_(None),
        )
        .values(read_at=tx.now)
    )


async def _tell_person(tx: Tx, actor: Actor, place: Place, person_id: int) -> None:
    await tell(
        tx,
        person_id,
        "care_line",
        NOTICE_TITLE,
        NOTICE_BODY.format(role=role_account(actor.name)),
        community_id=place.id,
        url=f"/c/{place.slug}/care/line",
    )


async def _heard_quietly(tx: Tx, case: Case) -> None:
    """Words without a need of their own still end the wait for an answer."""
    if State(case.state) in RESTING:
        pace = max(Need.CONCERN, Need(case.level - 1))
        await rounds.wake(tx, case, "member_wrote", pace=pace)
    else:
        await trail.leave(tx, case, "member_wrote")


def _concern(said: Said, message_id: int, *, has_case: bool) -> Concern:
    """At least what the writer asked for; without a case a quiet word opens one all the same."""
    verdict = said.verdict
    least = Need.NONE if has_case else Need.SUPPORT
    unheard = Need.CONCERN if verdict.unscreened else Need.NONE
    return Concern(
        person_id=said.person_id,
        community_id=said.community_id,
        subject=Subject(KIND, message_id),
        need=max(verdict.need, said.need, least, unheard),
        source=said.source,
        reasons=verdict.reasons,
        contexts=verdict.contexts,
        unscreened=verdict.unscreened,
        version=1,
    )


def _row(
    tx: Tx, said: Said, *, author_id: int | None = None, team: bool = False
) -> dict[str, object]:
    return {
        "community_id": said.community_id,
        "person_id": said.person_id,
        "author_id": author_id or said.person_id,
        "from_team": team,
        "cid": said.cid,
        "text": said.text,
        "html": str(said.html),
        "renderer_version": RENDERER_VERSION,
        "masks": [],
        "visibility": Visibility.SHOWN.value,
        "version": 1,
        "verdict": said.verdict.to_json(),
        "written_at": tx.now,
    }


async def _stored_before(tx: Tx, author_id: int, cid: str) -> int:
    found = await tx.session.exec(
        select(LineMessage.id).where(LineMessage.author_id == author_id, LineMessage.cid == cid)
    )
    return found.one() or 0


async def _asked(reader: Reader, community_id: int, person_id: int) -> str:
    """What the team has written to the person since the person wrote, oldest first."""
    found = await reader.exec(
        select(LineMessage.from_team, LineMessage.text)
        .where(LineMessage.community_id == community_id, LineMessage.person_id == person_id)
        .order_by(col(LineMessage.id).desc())
        .limit(RECENT)
    )
    since = takewhile(lambda one: one[0], found)
    return "\n".join(reversed([text for _, text in since]))


async def _recent_words(reader: Reader, community_id: int, person_id: int) -> tuple[str, ...]:
    found = await reader.exec(
        select(LineMessage.text)
        .where(LineMessage.community_id == community_id, LineMessage.author_id == person_id)
        .order_by(col(LineMessage.id).desc())
        .limit(RECENT)
    )
    return tuple(reversed(found.all()))
