"""The words for where a case stands, how it came in, how it ends; and which moves are allowed."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from forum.errors import Conflict


class State(StrEnum):
    """Where a case stands. README, *States*, says what each means to the person it is about."""

    NEW = "new"
    QUEUED = "queued"
    ASSESSING = "assessing"
    RESPONDING = "responding"
    WAITING = "waiting"
    FOLLOW_UP = "follow_up"
    ESCALATED = "escalated"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    MERGED = "merged"
    NOT_A_CONCERN = "not_a_concern"


ENDED = frozenset({State.CLOSED, State.MERGED, State.NOT_A_CONCERN})
# Somebody works on it, so a lease runs: a volunteer whose line drops must not keep the person.
HELD = frozenset({State.ASSESSING, State.RESPONDING, State.ESCALATED, State.HANDED_OVER})
# Nothing is due before the follow-up job or a new signal brings it back.
RESTING = frozenset({State.WAITING, State.FOLLOW_UP})

_FROM_HELD = frozenset({State.QUEUED, *HELD, *RESTING, *ENDED})
MOVES: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.QUEUED}),
    State.QUEUED: frozenset({State.QUEUED, State.ASSESSING, State.MERGED}),
    **dict.fromkeys(HELD, _FROM_HELD),
    **dict.fromkeys(RESTING, _FROM_HELD),
    **dict.fromkeys(ENDED, frozenset()),
}


def check_move(old: State, new: State) -> None:
    """Refuse a move that the states do not know. Raises Conflict, for the case moved meanwhile."""
    if new not in MOVES[old]:
        raise Conflict("This case has changed meanwhile. Reload the page to see where it stands.")


class Source(StrEnum):
    """How a need came to our ears."""

    MODEL = "model"
    RULE = "rule"
    WORRY = "worry"  # another member is worried
    SELF = "self"  # "I need someone now"
    LINE = "line"  # the person's own words on the private line
    SLIDE = "slide"  # heard as struggling on more and more days (`slide.py`)
    DRILL = "drill"


# The person knows of these; a worry report must never reach them as a message (PRODUCT 0.8), and
# nobody is to read that their days are counted.
OWN_SOURCES = frozenset({Source.MODEL, Source.RULE, Source.SELF, Source.LINE, Source.DRILL})


class Outcome(StrEnum):
    """How a case ended; closing asks for one."""

    SUPPORTED_HERE = "supported_here"
    HELP_LINE = "help_line"
    OWN_CARE = "own_care"
    SAFETY_PLAN = "safety_plan"
    EMERGENCY_SERVICES = "emergency_services"
    NO_CONTACT = "no_contact"


OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.SUPPORTED_HERE: "Supported in the community",
    Outcome.HELP_LINE: "In touch with a help line",
    Outcome.OWN_CARE: "In touch with their own doctor, team or people",
    Outcome.SAFETY_PLAN: "Has a safety plan and people to use it with",
    Outcome.EMERGENCY_SERVICES: "Emergency services are with them",
    Outcome.NO_CONTACT: "We could not reach them",
}


class NoConcern(StrEnum):
    """Why a case was no concern; these teach the screening."""

    FIGURE_OF_SPEECH = "figure_of_speech"
    PAST = "past"
    QUOTE = "quote"
    ABOUT_SOMEONE_ELSE = "about_someone_else"
    GENERAL = "general"
    MISTAKE = "mistake"


NO_CONCERN_WORDS: Mapping[NoConcern, str] = {
    NoConcern.FIGURE_OF_SPEECH: "A figure of speech or a joke",
    NoConcern.PAST: "A story of the past, told as past",
    NoConcern.QUOTE: "A quotation, song or film",
    NoConcern.ABOUT_SOMEONE_ELSE: "About someone who is not here",
    NoConcern.GENERAL: "General talk or news",
    NoConcern.MISTAKE: "Nothing in it; heard wrongly",
}

# How far ahead a case may be put to rest. One hour is for the evening of a crisis itself.
RESTS: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "72h": timedelta(hours=72),
    "7d": timedelta(days=7),
}
REST_WORDS: Mapping[str, str] = {
    "1h": "In an hour",
    "24h": "Tomorrow (24 hours)",
    "72h": "In three days",
    "7d": "In a week",
}
