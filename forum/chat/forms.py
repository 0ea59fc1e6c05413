"""What may come in about a message or a room, in words that a tired person can follow."""

import re
from dataclasses import dataclass

from forum.errors import Invalid
from forum.ids import is_slug, slug_of
from forum.web.forms import Sent

MAX_TEXT = 2_000  # about a page on a telephone; a longer story reads better on a board
MAX_NAME = 60
MAX_ABOUT = 200
MAX_POSITION = 999
MAX_SLOW_SECONDS = 600  # slower than one message in ten minutes is a board
_CID = re.compile(r"[A-Za-z0-9_-]{8,40}")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")

NO_WORDS = "Please write a few words first."
SEND_AGAIN = "Please reload the page and send it once more. What you wrote is still here."


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message as it was sent. cid: names this one message of this author."""

    cid: str
    text: str


@dataclass(frozen=True, slots=True)
class RoomDraft:
    """A room as an admin described it."""

    slug: str
    name: str
    about: str
    position: int
    slow_seconds: int
    is_closed: bool


def message(cid: object, text: object) -> MessageDraft:
    """A message from a form or a frame, whatever that held. Raises Invalid."""
    if not isinstance(cid, str) or not _CID.fullmatch(cid):
        raise Invalid({"": SEND_AGAIN})
    return MessageDraft(cid, words(text))


def words(text: object) -> str:
    """A message's words, checked. Raises Invalid."""
    kept = text.strip() if isinstance(text, str) else ""
    if not any(sign.isprintable() and not sign.isspace() for sign in kept):
        raise Invalid({"text": NO_WORDS})
    if len(kept) > MAX_TEXT:
        raise Invalid(
            {
                "text": f"Your message is {len(kept):,} characters long and there is room for "
                f"{MAX_TEXT:,}. You could send it in two parts."
            }
        )
    if _UNREADABLE.search(kept):
        raise Invalid({"text": "It holds signs that cannot be shown. Please take them out."})
    return kept


def room(sent: Sent, slug: str = "") -> RoomDraft:
    """A room to make or change. Raises Invalid with every mistake at once.

    slug: the address of a room that exists, which stays; a new one may name its own.
    """
    wrong: dict[str, str] = {}
    name, about = _one_line(sent.get("name")), _one_line(sent.get("about"))
    slug = slug or sent.get("slug").strip() or slug_of(name)
    if not 0 < len(name) <= MAX_NAME:
        wrong["name"] = f"Please give the room a name of up to {MAX_NAME} characters."
    elif not is_slug(slug) or slug == "new":
        wrong["slug"] = "Please give a short address made of a-z, 0-9 and hyphens, such as evening."
    if len(about) > MAX_ABOUT:
        wrong["about"] = f"Please use at most {MAX_ABOUT} characters for this line."
    position = _number(sent, "position", MAX_POSITION, wrong)
    slow_seconds = _number(sent, "slow_seconds", MAX_SLOW_SECONDS, wrong)
    if wrong:
        raise Invalid(wrong)
    return RoomDraft(slug, name, about, position, slow_seconds, sent.has("is_closed"))


def _number(sent: Sent, field: str, most: int, wrong: dict[str, str]) -> int:
    """A whole number from 0 to `most`; 0 for an empty field."""
    number = sent.number(field) if sent.get(field) else 0
    if number is None or number > most:
        wrong[field] = f"Please give a whole number from 0 to {most}."
    return number or 0


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
