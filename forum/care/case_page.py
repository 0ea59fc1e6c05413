"""Everything one page shows of a case: the words with their reasons, the past, what to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from forum.accounts.models import Account
from forum.accounts.queries import name_of
from forum.care import queries, wording
from forum.care.first_words import TEMPLATES, Variables
from forum.care.helplines import Directory, HelpLine
from forum.care.ladder import TIMERS
from forum.care.models import Case, Signal
from forum.content import Excerpt, Subject
from forum.countries import NAMES
from forum.db import Reader
from forum.errors import NotFound
from forum.markup import mark_reasons
from forum.peers.queries import Person, on_duty
from forum.permissions import Actor
from forum.screening.verdict import Need
from forum.services import Place, Services

# Pieces of content shown whole; earlier ones are in the list of signals with their links.
SHOWN_PIECES = 3
# What only the volunteer knows; `first_words.still_to_write` holds a letter back until it is said.
HOURS_GAP, NEXT_GAP = "[when you are here]", "[when you look in again]"


@dataclass(frozen=True, slots=True)
class Piece:
    """Something the person wrote, in its surroundings, with what was heard in it marked.

    marked: None where the words have changed since; they are shown plainly then.
    """

    excerpt: Excerpt
    marked: Markup | None
    signal: Signal


@dataclass(frozen=True, slots=True)
class Letter:
    """A text to start from, filled in as far as we can."""

    id: str
    title: str
    text: str


async def look(
    services: Services, reader: Reader, actor: Actor, place: Place, case_id: int
) -> dict[str, Any]:
    """The context of the case page. Raises NotFound for a case this person may not know of."""
    now = services.clock.now()
    case = await queries.find(reader, actor, place.id, case_id)
    row = await queries.one_row(reader, actor, place.id, case_id, now)
    if case is None or row is None:
        raise NotFound
    signals = await queries.signals_of(reader, case_id)
    lines, country = await _lines(reader, case, place, now)
    return {
        "case": case,
        "row": row,
        "level": Need(case.level),
        "timers": TIMERS[Need(case.level)],
        "pieces": await _pieces(services, reader, signals),
        "signals": signals,
        "reporters": {
            one.reported_by: await name_of(reader, one.reported_by) or queries.FORMER
            for one in signals
            if one.reported_by is not None
        },
        # Apart from the need: what readers may be harmed by never decides who comes, or how soon.
        "harms": _harms(signals),
        "chips": list(dict.fromkeys(chip for one in signals for chip in one.contexts)),
        "events": await queries.events_of(reader, case_id),
        "earlier": await queries.earlier(reader, actor, case, now),
        "written": await queries.line_of(reader, place.id, case.person_id or 0),
        "lines": lines,
        "country": country,
        "starters": _letters(row.name, Need(case.level), lines),
        "colleagues": await _colleagues(reader, actor, case, now),
        "wording": wording,
    }


def _harms(signals: Sequence[Signal]) -> list[str]:
    found = (reason for one in signals for reason in one.reasons if reason["axis"] == "harm")
    return list(dict.fromkeys(reason["label"] for reason in found))


async def _pieces(services: Services, reader: Reader, signals: Sequence[Signal]) -> list[Piece]:
    """The newest pieces of content that the signals are about."""
    newest: dict[Subject, Signal] = {}
    for signal in signals:
        newest.setdefault(Subject(signal.subject_kind, signal.subject_id), signal)
    found: list[Piece] = []
    for subject, signal in newest.items():
        if len(found) == SHOWN_PIECES:
            break
        if subject.kind not in services.contents:
            continue
        excerpt = await services.contents[subject.kind].excerpt(reader, subject.id)
        if excerpt is not None:
            found.append(Piece(excerpt, _marked(excerpt, signal), signal))
    return found


def _marked(excerpt: Excerpt, signal: Signal) -> Markup | None:
    if signal.version is not None and signal.version != excerpt.version:
        return None
    spans = [(*one["span"], one["label"]) for one in signal.reasons]
    return mark_reasons(excerpt.line.text, [(start, end, label) for start, end, label in spans])


async def _lines(
    reader: Reader, case: Case, place: Place, now: datetime
) -> tuple[tuple[HelpLine, ...], str | None]:
    """The lines for the country of the person the case is about, else of the community."""
    person = await reader.get(Account, case.person_id) if case.person_id else None
    code = (person.country if person else None) or place.country
    need, today = Need(case.level), now.date()
    return Directory.packaged().for_country(code, need=need, today=today), NAMES.get(code or "")


def _letters(name: str, level: Need, lines: Sequence[HelpLine]) -> list[Letter]:
    """Those written for this level first."""
    talking = next((line for line in lines if line.is_for_talking), None)
    values = Variables(
        name=name,
        line1=wording.line_in_words(talking) if talking else "the lines on Get help now",
        emergency=wording.emergency_number(lines),
        hours=HOURS_GAP,
        next_check=NEXT_GAP,
    )
    ordered = sorted(TEMPLATES.values(), key=lambda one: one.level != level)
    return [Letter(one.id, one.title, one.fill(values)) for one in ordered]


async def _colleagues(reader: Reader, actor: Actor, case: Case, now: datetime) -> list[Person]:
    """Whom the case can be handed to."""
    shift = await on_duty(reader, case.community_id, now)
    return [one for one in shift if one.account_id not in (actor.account_id, case.person_id)]
