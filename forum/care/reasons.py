"""What a moderation decision says to the author, and what a reporter hears back.

A statement of reasons answers five questions, in this order (PRODUCT 7, R3 and R13): what was done
and for how long, on what ground, how it came up and whether a machine took part, what the author
can do about it, and where support is.
"""

from enum import StrEnum
from types import MappingProxyType


class FoundBy(StrEnum):
    """How a text came to a moderator's eyes."""

    MEMBER = "member"
    TEAM = "team"
    SCREENING = "screening"
    SCREENING_ALONE = "screening_alone"


WHAT = MappingProxyType(
    {
        "mask": "We have hidden a few words in your {kind}. The rest is still up, and people can "
        "answer it.",
        "hide": "We have hidden your {kind}. Only you and our team can see it now. "
        "Nothing is lost.",
        "restore": "Your {kind} is back as you wrote it. Everyone who could read it before "
        "can read it again.",
        "restrict": "You can read here but not write until {until}. Get help now, and your private "
        "line to our care team, still work.",
        "lift": "You can write here again. The pause is over.",
    }
)
# Decisions that take something away: only these need a ground and a way to object.
TAKES_AWAY = frozenset({"mask", "hide", "restrict"})

HOW_FOUND = MappingProxyType(
    {
        FoundBy.MEMBER: "A member pointed it out to us. A person on our team decided.",
        FoundBy.TEAM: "Someone on our team saw it. A person decided, and no program took part.",
        FoundBy.SCREENING: "Our screening program pointed it out. A person on our team decided.",
        FoundBy.SCREENING_ALONE: "Our screening program did this by itself, to keep readers safe. "
        "A person on our team will check it as soon as someone is here.",
    }
)

GROUND = "The house rule behind this: “{rule}”"
APPEAL = (
    "If you think this is wrong, ask for another look. Someone who did not make this decision will "
    "read your words and answer you."
)
SUPPORT = (
    "You are still welcome here. If things are hard right now, people are there to talk: "
    "see Get help now."
)

FLAG_THANKS = (
    "Thank you for telling us. A moderator will look, and we will let you know what came of it. "
    "The person who wrote it does not see your name."
)
OUTCOME = MappingProxyType(
    {
        "acted": "You pointed out a {kind} to us. A moderator looked and took a step. "
        "Thank you for helping to keep this place kind.",
        "left": "You pointed out a {kind} to us. A moderator looked and left it as it is, because "
        "it does not break a house rule. We are glad you asked. You can block the person, so that "
        "you do not see them.",
        "already": "You pointed out a {kind} to us. Someone had told us before, and a moderator "
        "has dealt with it. Thank you.",
    }
)


def statement_of_reasons(
    decision: str,
    *,
    kind: str,
    rule: str = "",
    found: FoundBy = FoundBy.TEAM,
    until: str = "",
    note: str = "",
) -> tuple[str, ...]:
    """The paragraphs an author reads about a decision.

    decision: a key of WHAT. kind: "post", "message" or "profile". rule: the house rule in its own
    words; needed where something is taken away. until: the end of a restriction as the reader
    reads it. note: the moderator's own words, may be empty.
    Raises ValueError for an unknown decision, or a missing rule or end.
    """
    if decision not in WHAT:
        raise ValueError(f"no words for the decision {decision!r}")
    if decision == "restrict" and not until:
        raise ValueError("a restriction must say when it ends")
    what = WHAT[decision].format(kind=kind, until=until)
    if decision not in TAKES_AWAY:
        return tuple(part for part in (what, note) if part)
    if not rule:
        raise ValueError("what is taken away must name its house rule")
    ground = GROUND.format(rule=rule)
    return tuple(p for p in (what, ground, note, HOW_FOUND[found], APPEAL, SUPPORT) if p)


def reporter_outcome(result: str, kind: str) -> str:
    """What came of a flag, without a word about its author. result: a key of OUTCOME."""
    return OUTCOME[result].format(kind=kind)
