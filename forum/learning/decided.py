"""What people decided, as care and moderation store it, read as labels."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select

from forum.care.models import Case, CaseEvent, Signal
from forum.care.states import Outcome, Source, State
from forum.content import Subject, Visibility
from forum.db import Reader
from forum.learning.texts import KINDS, Text, standing
from forum.moderation.flags import APPROVED
from forum.moderation.models import Appeal, Decision, Flag, Review
from forum.screening.verdict import CONDUCTS, Harm, Need

# The axis that a house rule (`forum.moderation.rules`) is about; the others are about none.
AXIS_OF_RULE: Mapping[str, str] = {
    "unkind": "harassment",
    "harm": "harm",
    **{name: name for name in CONDUCTS if name != "harassment"},
}
_TAKEN = {"mask", "hide", "restrict"}
_HEARD_HERE = {Source.MODEL.value, Source.RULE.value}


class Ruling(NamedTuple):
    """One decision about one text on one axis; version None: as the text stands now."""

    subject: Subject
    version: int | None
    axis: str
    heard: float
    level: float
    source: str
    at: datetime


async def since(reader: Reader, then: datetime) -> tuple[list[Ruling], dict[Subject, Text]]:
    """Everything people decided since then about texts that still stand, oldest first."""
    cases, reviews = await _cases(reader, then), await _reviews(reader, then)
    subjects = {_subject(signal) for _, signals, _ in cases for signal in signals}
    subjects |= {Subject(r.subject_kind, r.subject_id) for r, _, _ in reviews}
    texts = await standing(reader, (one for one in subjects if one.kind in KINDS))
    rulings = [one for case in cases for one in _of_case(*case, texts)]
    rulings += [one for review in reviews for one in _of_review(*review, texts)]
    rulings += await _undone(reader, then, texts)
    return sorted(rulings, key=lambda one: one.at), texts


async def _cases(
    reader: Reader, then: datetime
) -> list[tuple[Case, list[Signal], list[CaseEvent]]]:
    """Cases that a person ended since then, with their signals and levels set by hand."""
    ended = [State.CLOSED.value, State.NOT_A_CONCERN.value]
    found = await reader.exec(
        select(Case).where(
            col(Case.closed_at) > then, col(Case.state).in_(ended), col(Case.is_drill).is_(False)
        )
    )
    rows = []
    for case in found.all():
        signals = await reader.exec(
            select(Signal).where(Signal.case_id == case.id).order_by(col(Signal.id))
        )
        levels = await reader.exec(
            select(CaseEvent)
            .where(
                CaseEvent.case_id == case.id,
                col(CaseEvent.kind).in_(("raised", "lowered")),
                col(CaseEvent.actor_id).is_not(None),
            )
            .order_by(col(CaseEvent.id))
        )
        rows.append((case, list(signals.all()), list(levels.all())))
    return rows


def _of_case(
    case: Case,
    signals: Sequence[Signal],
    by_hand: Sequence[CaseEvent],
    texts: Mapping[Subject, Text],
) -> Iterator[Ruling]:
    """What the end of a case says about each public text that led to it."""
    if case.outcome == Outcome.NO_CONTACT.value and not by_hand:
        return  # nobody found out
    for signal in signals:
        text = texts.get(_subject(signal))
        if text is None or signal.source not in {*_HEARD_HERE, Source.WORRY.value}:
            continue
        is_heard = signal.source in _HEARD_HERE
        heard = signal.need if is_heard else int(text.verdict.get("need", 0))
        if not is_heard and heard >= Need.CONCERN:
            continue  # screening's own signal says it
        yield Ruling(
            text.subject,
            signal.version,
            "need",
            heard,
            _level(case, signal, signals, by_hand),
            case.state if is_heard else Source.WORRY.value,
            case.closed_at or signal.at,
        )


def _level(
    case: Case, signal: Signal, signals: Sequence[Signal], by_hand: Sequence[CaseEvent]
) -> int:
    """The need that people took a signal for.

    Lowering is about all that was heard so far; raising is about the newest of it.
    """
    if case.state == State.NOT_A_CONCERN.value:
        return int(Need.NONE)
    level = signal.need
    for event in by_hand:
        before = [one for one in signals if one.at <= event.at]
        if signal not in before:
            continue
        if event.kind == "lowered":
            level = min(level, event.to_level)
        elif signal is before[-1]:
            level = max(level, event.to_level)
    return level


async def _reviews(
    reader: Reader, then: datetime
) -> list[tuple[Review, list[Decision], list[str]]]:
    """Reviews that a person decided since then: what they decided, and categories of reports."""
    found = await reader.exec(
        select(Review).where(col(Review.decided_at) > then, col(Review.decided_by).is_not(None))
    )
    rows = []
    for review in found.all():
        made = await reader.exec(
            select(Decision).where(
                Decision.review_id == review.id, col(Decision.automated).is_(False)
            )
        )
        reported = await reader.exec(select(Flag.category).where(Flag.review_id == review.id))
        rows.append((review, list(made.all()), list(reported.all())))
    return rows


def _of_review(
    review: Review,
    made: Sequence[Decision],
    reported: Sequence[str],
    texts: Mapping[Subject, Text],
) -> Iterator[Ruling]:
    """What a decision about a text says on the axes that were in question."""
    subject = Subject(review.subject_kind, review.subject_id)
    text = texts.get(subject)
    if text is None or review.decided_at is None:
        return
    for axis, level in _levels(review, made, reported, text).items():
        heard = float(review.harm) if axis == "harm" else float(review.conduct.get(axis, 0.0))
        at, source = review.decided_at, f"review_{review.source}"
        yield Ruling(subject, review.version, axis, heard, level, source, at)


def _levels(
    review: Review, made: Sequence[Decision], reported: Sequence[str], text: Text
) -> dict[str, float]:
    acts = {one.kind for one in made}
    in_question = {*review.conduct, *(AXIS_OF_RULE[one] for one in reported if one in AXIS_OF_RULE)}
    if review.harm >= Harm.UNSAFE_DETAIL:
        in_question.add("harm")
    if acts & _TAKEN:
        rules = {AXIS_OF_RULE.get(one.rule) for one in made if one.kind in _TAKEN}
        return {axis: _positive(axis, review) for axis in rules if axis is not None}
    if acts == {APPROVED} and (text.is_masked or text.visibility == Visibility.HIDDEN):
        # An empty form leaves standing what screening did by itself.
        return {"harm": _positive("harm", review)} if "harm" in in_question else {}
    return dict.fromkeys(in_question, 0.0)


def _positive(axis: str, review: Review) -> float:
    return float(max(review.harm, Harm.UNSAFE_DETAIL)) if axis == "harm" else 1.0


async def _undone(reader: Reader, then: datetime, texts: dict[Subject, Text]) -> list[Ruling]:
    """Decisions that somebody else took back on appeal: the text was fine."""
    found = await reader.exec(
        select(Review, Decision, Appeal)
        .join(Decision, col(Decision.review_id) == col(Review.id))
        .join(Appeal, col(Appeal.decision_id) == col(Decision.id))
        .where(col(Appeal.decided_at) > then, Appeal.outcome == "undone")
    )
    rows = found.all()
    texts |= await standing(reader, (Subject(r.subject_kind, r.subject_id) for r, _, _ in rows))
    rulings = []
    for review, decision, appeal in rows:
        subject, axis = (
            Subject(review.subject_kind, review.subject_id),
            AXIS_OF_RULE.get(decision.rule),
        )
        if subject in texts and axis is not None and appeal.decided_at is not None:
            heard = float(review.harm) if axis == "harm" else float(review.conduct.get(axis, 0.0))
            rulings.append(
                Ruling(subject, review.version, axis, heard, 0.0, "appeal", appeal.decided_at)
            )
    return rulings


def _subject(signal: Signal) -> Subject:
    return Subject(signal.subject_kind, signal.subject_id)
