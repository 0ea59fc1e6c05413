"""What a member is shown of their own need: the calm panel, and where their words are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, func, select

from forum.accounts.models import Account
from forum.care import wording
from forum.care.actions import PANEL_PAUSE
from forum.care.helplines import Directory, HelpLine
from forum.care.ladder import Audience
from forum.care.models import Alert, Case, LineMessage, PanelState, Signal
from forum.care.queries import open_case_of
from forum.care.states import HELD, OWN_SOURCES, RESTING, State
from forum.countries import NAMES
from forum.db import Reader
from forum.peers.queries import on_duty
from forum.permissions import Actor
from forum.screening.verdict import Need
from forum.services import Place

OK, ABOUT_OTHER = "ok", "other"  # what a person may answer to the panel
SHOWN_LINES = 3  # a choice, and still read at a glance (PRODUCT 4.6); the rest is one tap away
# What a person wrote, in their own word for it. A press of the button and words on the private
# line are not "up" anywhere, so their panel does not say so.
KINDS = {"post": "post", "message": "message"}


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Where a person's words are now; `at` stands between the two halves of the sentence."""

    before: str
    at: datetime
    after: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a person's call reached: staffed, or at least somebody, or nobody yet."""

    staffed: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person may do with the panel: go to `href`, or say `says` and have it put away."""

    label: str
    href: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """The calm note beside a person's own words, everything the template needs.

    country: the name of the country whose lines these are, None when it is unknown.
    answer_url: where what they say goes.
    """

    need: Need
    title: str
    before: tuple[str, ...]
    lines_intro: str
    lines: tuple[HelpLine, ...]
    after: tuple[str, ...]
    choices: tuple[Choice, ...]
    country: str | None
    status: StatusLine | None
    answer_url: str


async def panel_for(reader: Reader, actor: Actor, place: Place, now: datetime) -> Panel | None:
    """What this person sees beside their own words now; None when there is nothing to show.

    It stays until they put it away, at most PANEL_PAUSE. Only reads: a page may call it freely.
    """
    if actor.account_id is None:
        return None
    state = await _panel_state(reader, actor.account_id, place.id, now)
    if state is None:
        return None
    need = Need(state.level)
    lines = lines_for(actor, place, need, now.date())
    case = await open_case_of(reader, place.id, actor.account_id)
    reach = await reach_of(reader, actor, place, case, now)
    words = wording.author_panel(
        need,
        lines,
        staffed=reach.staffed,
        reached=reach.reached,
        kind=KINDS.get(state.kind, ""),
        standing=wording.Standing(state.standing),
    )
    if words is None:
        return None
    # Once somebody has written, who is on duty is no news any more; the status line says it all.
    has_answer = case is not None and case.first_words_at is not None and need > Need.SUPPORT
    return Panel(
        need=need,
        title=words.title,
        before=words.before if state.kind in KINDS else words.before[1:],
        lines_intro=words.lines_intro,
        lines=lines[:SHOWN_LINES],
        after=words.after[1:] if has_answer else words.after,
        choices=tuple(_choice(label, actor, place, case) for label in words.choices),
        country=country_name(actor, place),
        status=await status_of(reader, case) if case else None,
        answer_url=f"/c/{place.slug}/care/panel",
    )


def _choice(label: str, actor: Actor, place: Place, case: Case | None) -> Choice:
    country = country_of(actor, place)
    talk = "care/line" if case is not None else "need"  # they have called already: on with it
    return {
        wording.TALK_HERE: Choice(label, href=f"/c/{place.slug}/{talk}"),
        wording.GET_HELP_NOW: Choice(label, href="/help-now"),
        wording.MORE_LINES: Choice(
            label, href=f"/help-now?country={country}" if country else "/help-now"
        ),
        wording.OTHER_COUNTRY: Choice(label, href="/help-now?country=other"),
        wording.ABOUT_SOMEONE_ELSE: Choice(label, says=ABOUT_OTHER),
        wording.I_AM_OK: Choice(label, says=OK),
    }[label]


def lines_for(actor: Actor, place: Place, need: Need, today: date) -> tuple[HelpLine, ...]:
    """The help lines of the person's own country, else of the one the community chose."""
    return Directory.packaged().for_country(country_of(actor, place), need=need, today=today)


def country_of(actor: Actor, place: Place | None) -> str | None:
    """Which country's lines to show: the person's own setting, else the community's.

    Never guessed from an address; the page names the country, so that a wrong one is seen.
    """
    return actor.country or (place.country if place else None)


def country_name(actor: Actor, place: Place | None) -> str | None:
    """The name of that country, None when it is not in the directory."""
    return NAMES.get(country_of(actor, place) or "")


async def reach_of(
    reader: Reader, actor: Actor, place: Place, case: Case | None, now: datetime
) -> Reach:
    """Whom the person's call reached: as the alert recorded it, else who is on duty now."""
    if case is not None and State(case.state) in HELD | RESTING:
        return Reach(staffed=True, reached=True)
    alert = await _last_alert(reader, case) if case else None
    if alert is not None:
        audience = Audience(alert.audience)
        staffed = audience in (Audience.ON_SHIFT, Audience.EVERYONE, Audience.OWNER)
        return Reach(staffed, reached=audience is not Audience.NOBODY)
    shift = {person.account_id for person in await on_duty(reader, place.id, now)}
    return Reach(staffed=bool(shift - {actor.account_id}), reached=True)


async def status_of(reader: Reader, case: Case) -> StatusLine | None:
    """ "Seen by a trained volunteer at 14:02."; None for a case the person did not start.

    What others worried about stays between them and the team.
    """
    answered = await _last_answer(reader, case)
    if answered is not None:
        at, name = answered
        role = wording.role_account(name)
        return _split(wording.STATUS_ANSWERED.replace("{role}", role), at)
    own = select(func.min(Signal.at)).where(
        Signal.case_id == case.id, col(Signal.source).in_([one.value for one in OWN_SOURCES])
    )
    sent_at = (await reader.exec(own)).one()
    if sent_at is None:
        return None
    if case.seen_at is not None:
        return _split(wording.STATUS_SEEN, case.seen_at)
    return _split(wording.STATUS_WAITING, sent_at)


def _split(sentence: str, at: datetime) -> StatusLine:
    before, _, after = sentence.partition("{time}")
    return StatusLine(before, at, after)


async def _panel_state(
    reader: Reader, account_id: int, community_id: int, now: datetime
) -> PanelState | None:
    found = (
        select(PanelState)
        .where(
            PanelState.account_id == account_id,
            PanelState.community_id == community_id,
            col(PanelState.dismissed_at).is_(None),
            col(PanelState.raised_at) > now - PANEL_PAUSE,
        )
        .order_by(col(PanelState.level).desc())
        .limit(1)
    )
    return (await reader.exec(found)).first()


async def _last_alert(reader: Reader, case: Case) -> Alert | None:
    found = (
        select(Alert)
        .where(Alert.case_id == case.id, Alert.round == case.round)
        .order_by(col(Alert.id).desc())
        .limit(1)
    )
    return (await reader.exec(found)).first()


async def _last_answer(reader: Reader, case: Case) -> tuple[datetime, str] | None:
    """When the team last wrote in this case, and who."""
    found = (
        select(LineMessage.written_at, Account.name)
        .join(Account, col(Account.id) == col(LineMessage.author_id))
        .where(
            LineMessage.community_id == case.community_id,
            LineMessage.person_id == case.person_id,
            col(LineMessage.from_team).is_(True),
            LineMessage.written_at >= case.opened_at,
        )
        .order_by(col(LineMessage.id).desc())
        .limit(1)
    )
    row: Sequence[tuple[datetime, str]] = (await reader.exec(found)).all()
    return row[0] if row else None
