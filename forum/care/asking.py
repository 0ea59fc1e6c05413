"""What a member does: ask for someone now, tell of a worry, answer the panel."""

from dataclasses import dataclass

from sqlalchemy import func, update
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.care import line, trail
from forum.care.actions import raise_need
from forum.care.forms import Words, Worry
from forum.care.models import PanelState
from forum.care.signals import Concern
from forum.care.states import Source
from forum.communities.models import Grant
from forum.communities.queries import holding
from forum.content import Excerpt, Subject, Visibility
from forum.db import Reader
from forum.errors import Invalid, NotFound
from forum.limits import WORRY
from forum.permissions import Action, Actor, Role, require
from forum.screening.screener import Context
from forum.screening.verdict import Need, Surface
from forum.services import Place, Services

MEMBER = "member"  # the subject's kind where a person is meant and no words of theirs


@dataclass(frozen=True, slots=True)
class Worried:
    """Whom a worry is about, and where it was seen."""

    person_id: int
    name: str
    subject: Subject
    where: str = ""


async def need_someone(services: Services, actor: Actor, place: Place, words: Words) -> None:
    """ "I need someone now": urgent at least, whatever the words say, and never limited.

    Words become the first message on the private line; without any the press alone is the signal.
    """
    require(actor, Action.SOMEONE_ASK, place.id)
    if words.text:
        said = await line.prepare(
            services, actor, place, words.text, words.form_id, need=Need.URGENT, source=Source.SELF
        )
        async with services.db.write() as tx:
            await line.keep(tx, said)
        return
    concern = Concern(
        person_id=actor.id,
        community_id=place.id,
        subject=Subject(MEMBER, actor.id),
        need=Need.URGENT,
        source=Source.SELF,
        form_id=f"{actor.id}:{words.form_id}",
    )
    async with services.db.write() as tx:
        await raise_need(tx, concern)


async def worry(services: Services, actor: Actor, place: Place, told: Worry) -> Worried:
    """Tell the team of a worry about somebody; nothing of it reaches that person by itself.

    A reporter who fears danger now, or whose words are heard as urgent, passes every limit.
    Raises Invalid when nobody of that name is here, NotFound for content they may not see.
    """
    require(actor, Action.WORRY_CREATE, place.id)
    async with services.db.read() as reader:
        about = await whom(services, reader, actor, place, told.about, told.name)
    if about.person_id == actor.id:
        raise Invalid({"": "This is about yourself. You can ask for someone with one press."})
    verdict = await services.screener.screen(told.text, Context(Surface.BOARD))
    need = max(Need.CONCERN, verdict.need, Need.CRISIS if told.is_danger else Need.NONE)
    if need < Need.URGENT:
        services.limits.require(WORRY, str(actor.id), services.clock.now())
    concern = Concern(
        person_id=about.person_id,
        community_id=place.id,
        subject=about.subject,
        need=need,
        source=Source.WORRY,
        reported_by=actor.id,
        note=told.text,
        form_id=f"{actor.id}:{told.form_id}",
    )
    async with services.db.write() as tx:
        await raise_need(tx, concern)
    return about


async def whom(
    services: Services,
    reader: Reader,
    actor: Actor,
    place: Place,
    about: Subject | None,
    name: str = "",
) -> Worried:
    """The person a worry is about, from what they wrote or from their name."""
    if about is None:
        return await _by_name(services, reader, place, name)
    if about.kind == line.KIND or about.kind not in services.contents:
        raise NotFound  # nobody may ask about private words by guessing their number
    seen = await services.contents.excerpt(reader, about)
    if seen.community_id != place.id or not _shown_to(actor, seen):
        raise NotFound
    if seen.line.author_id is None:
        raise Invalid({"": "The person who wrote this has left, so we cannot reach them."})
    return Worried(seen.line.author_id, seen.line.author_name, about, seen.where)


async def answer_panel(services: Services, actor: Actor, place: Place, says: str) -> Need:
    """The person puts the panel away, saying `panel.OK` or ABOUT_OTHER; gives the case's level.

    It is written into the case for those who look, and closes nothing: at level 4 a person
    still looks in, and so does whoever reads the queue at any other level.
    """
    require(actor, Action.LINE_OWN, place.id)
    async with services.db.write() as tx:
        await tx.change(
            update(PanelState)
            .where(
                col(PanelState.account_id) == actor.id,
                col(PanelState.community_id) == place.id,
                col(PanelState.dismissed_at).is_(None),
            )
            .values(dismissed_at=tx.now)
        )
        case = await trail.locked_open(tx, place.id, actor.id)
        if case is None:
            return Need.NONE
        await trail.leave(tx, case, "said", actor_id=actor.id, reason=says)
        return Need(case.level)


def _shown_to(actor: Actor, seen: Excerpt) -> bool:
    return seen.visibility is Visibility.SHOWN or seen.line.author_id == actor.account_id


async def _by_name(services: Services, reader: Reader, place: Place, name: str) -> Worried:
    found = await reader.exec(
        select(col(Account.id), col(Account.name))
        .join(Grant, col(Grant.account_id) == col(Account.id))
        .where(
            func.lower(col(Account.name)) == name.lower(),
            Grant.community_id == place.id,
            Grant.role == Role.MEMBER.value,
            holding(services.clock.now()),
            col(Account.erased_at).is_(None),
        )
    )
    person = found.first()
    if person is None:
        raise Invalid({"name": "Nobody of this name is here. Please look at the spelling."})
    account_id, shown = person[0] or 0, person[1]
    return Worried(account_id, shown, Subject(MEMBER, account_id))
