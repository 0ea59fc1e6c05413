"""The honest sentence about who answers now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 22, 7  # local hours in which people expect a community to sleep
WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
HELP_LINES = "The help lines are answered by people."


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who answers in a community now.

    on_duty: certified moderators and leads who get alerts. sentence: what members read.
    """

    on_duty: int
    lead_reachable: bool
    sentence: str


def cover(on_duty: int, *, lead_reachable: bool, timezone: str, now: datetime) -> Coverage:
    """The coverage with its sentence; timezone: the community's own, such as Europe/Berlin."""
    hour = now.astimezone(ZoneInfo(timezone)).hour
    night = hour >= NIGHT_FROM_HOUR or hour < NIGHT_TO_HOUR
    if on_duty:
        sentence = _staffed(on_duty, night=night)
    else:
        sentence = _unstaffed(night=night, lead_reachable=lead_reachable)
    return Coverage(on_duty, lead_reachable, sentence)


def _staffed(on_duty: int, *, night: bool) -> str:
    count = WORDS[on_duty] if on_duty < len(WORDS) else str(on_duty)
    people = "trained person is" if on_duty == 1 else "trained people are"
    called = "When somebody needs help at once, they are called straight away."
    if night:
        return f"It is night here. {count} {people} on duty. {called}"
    return f"{count} {people} on duty now. {called}"


def _unstaffed(*, night: bool, lead_reachable: bool) -> str:
    nobody = "It is night here and nobody is on duty" if night else "Nobody is on duty right now"
    if lead_reachable:
        called = "When somebody needs help at once, the lead of the team is called."
        return f"{nobody}. {called} {HELP_LINES}"
    return f"{nobody}, and no lead can be called. Please don't wait for us: {HELP_LINES.lower()}"
