"""What others hand to care: somebody may need someone, and what came of it."""

from dataclasses import dataclass

from forum.care.wording import Standing
from forum.content import Subject
from forum.screening.verdict import Chip, Need, Reason


@dataclass(frozen=True, slots=True)
class Concern:
    """Somebody may need someone.

    person_id: whom it is about, always the author or, for a worry, the person worried about.
    source: model, rule, worry, self, line, slide or drill (`states.Source`). version: of the
    content, so that marked words fit the text they were heard in. standing: what became of the
    words, for the panel beside them. note: what the reporter of a worry wrote.
    form_id: makes a form that was sent twice one signal; unique everywhere.
    """

    person_id: int
    community_id: int
    subject: Subject
    need: Need
    source: str
    reasons: tuple[Reason, ...] = ()
    contexts: tuple[Chip, ...] = ()
    reported_by: int | None = None
    unscreened: bool = False
    version: int | None = None
    standing: Standing = Standing.UP
    note: str = ""
    form_id: str | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """What became of a concern; without a need there is no case and no signal.

    is_new: this signal opened the case. level: of the case now, never below the signal's.
    """

    case_id: int | None
    signal_id: int | None
    level: Need
    is_new: bool
