"""What may come in from the forms of care, and how each mistake is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from forum.care.first_words import still_to_write
from forum.care.states import REST_WORDS, NoConcern, Outcome
from forum.content import Subject
from forum.errors import BadRequest, Invalid, NotFound
from forum.ids import new_form_id
from forum.markup import MAX_CHARACTERS, TooLong
from forum.screening.verdict import Need
from forum.web.forms import Sent

MAX_NOTE = 2000  # a hand-over note that is longer is not read by a tired person
MAX_FORM_ID = 64
MAX_NAME = 80
MAX_ROW_ID = 2**31 - 1  # PostgreSQL's integer; more would be an error there instead of "not found"

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Words:
    """Something written, and the name of this one filling-in of the form."""

    text: str
    form_id: str


@dataclass(frozen=True, slots=True)
class Worry:
    """A worry about somebody: a piece of content, or a member's name."""

    about: Subject | None
    name: str
    text: str
    is_danger: bool
    form_id: str


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case ends, and when somebody looks again ("none": never)."""

    outcome: Outcome
    follow_up: str
    note: str


def read_words(sent: Sent, *, optional: bool = False) -> Words:
    """A message on the line, or the few words beside "I need someone now".

    Raises Invalid when it is empty, unless optional, or too long.
    """
    text = sent.get("text").strip()
    problem = _why_not(text)
    if not text and not optional:
        problem = "There is nothing in the box yet. A word is enough."
    if problem:
        raise Invalid({"text": problem})
    return Words(text, _form_id(sent))


def read_answer(sent: Sent) -> Words:
    """A volunteer's message: as `read_words`, and nothing of a template left to fill in."""
    words = read_words(sent)
    gaps = still_to_write(words.text)
    if gaps:
        left = ", ".join(dict.fromkeys(gaps))
        raise Invalid({"text": f"These places are still to be written in your words: {left}"})
    return words


def read_worry(sent: Sent) -> Worry:
    """A worry. Raises Invalid when it says neither about whom nor why."""
    text, name = sent.get("text").strip(), sent.get("name").strip()
    about = parse_about(sent.get("about"))
    errors = {}
    if about is None and not name:
        errors["name"] = "Please write the name of the person, as it stands beside their posts."
    if len(name) > MAX_NAME:
        errors["name"] = "This name is longer than any here. Please look at it once more."
    if problem := _why_not(text):
        errors["text"] = problem
    if errors:
        raise Invalid(errors)
    return Worry(about, name, text, sent.get("soon") == "now", _form_id(sent))


def parse_about(text: str) -> Subject | None:
    """What `?about=kind:id` names; None for nothing. Raises NotFound for what is no subject."""
    if not text:
        return None
    subject = Subject.parse(text)
    return Subject(subject.kind, row_id(subject.id))


def row_id(number: int) -> int:
    """A number from an address that may be a row's. Raises NotFound for one no row can have."""
    if number > MAX_ROW_ID:
        raise NotFound
    return number


def read_note(sent: Sent, name: str = "note") -> str:
    """The team's own words about a case; may be empty. Raises Invalid when too long."""
    note = sent.get(name).strip()
    if len(note) > MAX_NOTE:
        raise Invalid({name: f"There is room for {MAX_NOTE:,} characters. Please shorten it."})
    return note


def read_level(sent: Sent) -> Need:
    """A level of need from 1 to 4. Raises Invalid."""
    number = sent.number("level")
    if number not in (1, 2, 3, 4):
        raise Invalid({"level": "Choose a level."})
    return Need(number)


def read_rest(sent: Sent) -> str:
    """When a case comes back, a key of RESTS. Raises Invalid."""
    after = sent.get("after")
    if after not in REST_WORDS:
        raise Invalid({"after": "Choose when you want to look again."})
    return after


def read_closing(sent: Sent) -> Closing:
    """An outcome and a follow-up choice; both are needed. Raises Invalid."""
    errors: dict[str, str] = {}
    outcome = _choice(Outcome, sent.get("outcome"))
    follow_up = sent.get("follow_up")
    if outcome is None:
        errors["outcome"] = "Choose how it ended."
    if follow_up != "none" and follow_up not in REST_WORDS:
        errors["follow_up"] = "Choose whether somebody looks again, and when."
    if outcome is None or errors:
        raise Invalid(errors)
    return Closing(outcome, follow_up, read_note(sent))


def read_no_concern(sent: Sent) -> NoConcern:
    """Why it is no concern. Raises Invalid."""
    reason = _choice(NoConcern, sent.get("reason"))
    if reason is None:
        raise Invalid({"reason": "Choose why this is no concern."})
    return reason


def read_colleague(sent: Sent) -> int:
    """Whom to hand the case to. Raises Invalid."""
    chosen = sent.number("to")
    if chosen is None:
        raise Invalid({"to": "Choose somebody who is on duty now."})
    return chosen


def read_draft(sent: Sent) -> str:
    """What a volunteer has written so far; cut, never refused, for it is only kept."""
    return sent.get("text")[:MAX_CHARACTERS]


def typed(sent: Sent, *names: str) -> Mapping[str, str]:
    """What was typed, to show the form again with nothing lost."""
    return {name: sent.get(name) for name in names}


def way_back(path: str, slug: str) -> str:
    """The page of this community that a form came from, for a link back; else its first page.

    Only paths below the community: an address from elsewhere must not lead out of here.
    """
    home = f"/c/{slug}"
    return path if path.startswith(f"{home}/") and path.isprintable() and "\\" not in path else home


def _choice(kind: type[Choice], value: str) -> Choice | None:
    return kind(value) if value in {one.value for one in kind} else None


def _form_id(sent: Sent) -> str:
    form_id = sent.get("form_id") or new_form_id()
    if len(form_id) > MAX_FORM_ID:
        raise BadRequest
    return form_id


def _why_not(text: str) -> str:
    return str(TooLong(len(text))) if len(text) > MAX_CHARACTERS else ""
