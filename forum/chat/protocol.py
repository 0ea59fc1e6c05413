"""Frames of a room's WebSocket, read and made; README.md writes them down for other clients."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from forum.chat.forms import MessageDraft, message
from forum.chat.queries import Said
from forum.chat.words import tokens
from forum.content import Visibility
from forum.errors import Forbidden, ForumError, Invalid, ReadOnly, SignInFirst, TooMany

# 2,000 characters, each written as \ud83d\ude42 by a careful JSON writer, and room to spare. The
# server itself ends a connection at 64 KiB, before the frame has come in whole.
MAX_FRAME: Final = 26_000


@dataclass(frozen=True, slots=True)
class Hello:
    """A browser joins or comes back. last: the newest event it has, None for none."""

    room: str
    last: int | None
    epoch: str


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody says something. cid is empty when it could not be read."""

    cid: str
    text: object

    def draft(self) -> MessageDraft:
        """What is to be stored. Raises Invalid."""
        return message(self.cid, self.text)


class NotUnderstood(Exception):
    """A frame that means nothing here; `why` for scripts and `words` for people."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(why)
        self.why, self.words = why, words


def read(frame: str | bytes) -> Hello | Post:
    """What a browser sent. Raises NotUnderstood for anything that this page does not list."""
    if isinstance(frame, bytes):
        raise NotUnderstood("binary", "This room takes text only.")
    if len(frame) > MAX_FRAME:
        raise NotUnderstood("too_long", "That was too long. Please send it in parts.")
    try:
        sent = json.loads(frame)
    except (ValueError, RecursionError):
        raise NotUnderstood("not_json", "That could not be read. Please reload the page.") from None
    match sent:
        case {"type": "hello", "room": str(room)}:
            last, epoch = sent.get("last"), sent.get("epoch")
            known = type(last) is int and 0 <= last < 2**31
            return Hello(room, last if known else None, epoch if isinstance(epoch, str) else "")
        case {"type": "post", "cid": str(cid)}:
            return Post(cid, sent.get("text"))
    raise NotUnderstood("unknown", "This room does not know that. Please reload the page.")


def message_frame(said: Said) -> str:
    """Something happened to a message, its first appearance included."""
    return _frame("message", id=said.number, message=shown(said))


def shown(said: Said) -> dict[str, Any]:
    """A message as every reader may see it: without its words unless it is to be shown."""
    is_shown = said.visibility is Visibility.SHOWN
    return {
        "message": said.id,
        "seq": said.seq,
        "event": said.number,
        "author": said.author,
        "badge": said.badge,
        "at": said.said_at.isoformat(),
        "edited": said.edited_at is not None,
        "state": said.visibility.value,
        "words": tokens(said.text, said.masks) if is_shown else [],
    }


def reset(epoch: str) -> str:
    """What you have is void: forget it, and take what follows."""
    return _frame("reset", epoch=epoch)


def live(newest: int, epoch: str) -> str:
    """You have everything up to `newest`; what follows is live."""
    return _frame("live", id=newest, epoch=epoch)


def again() -> str:
    """Say hello again: something has changed that a new frame cannot mend."""
    return _frame("again")


def heartbeat(newest: int) -> str:
    """We are here; who has not got `newest` says hello again."""
    return _frame("heartbeat", id=newest)


def people(count: int, names: Iterable[str]) -> str:
    """How many are here, and the names of those who are signed in, for members."""
    return _frame("people", count=count, names=list(names))


def ack(cid: str, seq: int | None, *, panel: bool) -> str:
    """It is stored. seq is None when only the care team has it. panel: there is a note for you."""
    return _frame("ack", cid=cid, id=seq, panel=panel)


def refused(cid: str, error: ForumError) -> str:
    """It is not stored, and why; wait: seconds after which the same may be tried again."""
    wait = None
    if isinstance(error, TooMany):
        wait = max(1, round(error.wait_seconds))
    elif error.status >= 500:
        wait = 10 if isinstance(error, ReadOnly) else 5
    return _frame("refused", cid=cid, why=why_of(error), words=words_of(error), wait=wait)


def error(problem: NotUnderstood) -> str:
    """A frame was not understood; nothing else has changed."""
    return _frame("error", why=problem.why, words=problem.words)


def failed(problem: ForumError) -> str:
    """We could not do it now; nothing else has changed."""
    return _frame("error", why=why_of(problem), words=problem.advice)


def why_of(error: ForumError) -> str:
    """One word for scripts."""
    kinds: Sequence[tuple[type[ForumError], str]] = (
        (TooMany, "wait"),
        (Invalid, "text"),
        (SignInFirst, "signed_out"),
        (Forbidden, "forbidden"),
        (ReadOnly, "read_only"),
    )
    return next((word for kind, word in kinds if isinstance(error, kind)), "failed")


def words_of(error: ForumError) -> str:
    """What the author reads."""
    if isinstance(error, Invalid):
        return str(error)
    return str(error) if str(error) else error.advice


def _frame(type_: str, **values: object) -> str:
    # ASCII: the same bytes whatever people write, and no half characters.
    return json.dumps({"type": type_, **values}, separators=(",", ":"))
