"""Who is learnt from, who the cuts are chosen on, and who is only reported on: whole writers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forum.screening.training import public
from forum.screening.training.corpus import Message
from forum.screening.verdict import Need, Surface
from forum.screening.windows import CHUNK_CHARS

EVERY = 8  # of eight writers one is for development and one for the report
_DEVELOPMENT = 0
_REPORT = 4
# Of each public set: what is learnt from, what cuts are chosen on, what is reported on.
_LEARN = (0.0, 0.5)
_CHOOSE = (0.5, 0.75)
_TELL = (0.75, 1.0)
# These passes say it plainly and talk of everyday things; the others hide it, and use hard words
# for harmless things. Figures for the two differ, so each is told.
_PLAIN = range(32, 48)
_SHARES = {"learn": _LEARN, "develop": _CHOOSE, "report": _TELL}
_SEED = 20261123
POSTS = "kaggle_sw_subset"


@dataclass(frozen=True)
class Parts:
    """Messages by use. No writer, and no author of a public set, is in two of them."""

    learn: list[Message]
    develop: list[Message]
    report: list[Message]


def by_writer(messages: Sequence[Message]) -> Parts:
    """Split by the numbers of the writers: w08, w16 … develop, w04, w12 … report.

    Other languages than English have one writer each, so there messages are dealt out instead:
    figures for them flatter.
    """
    parts = Parts([], [], [])
    for number, message in enumerate(messages):
        dealt = number if message.language != "en" else int(message.writer[1:])
        place = dealt % EVERY
        chosen = {_DEVELOPMENT: parts.develop, _REPORT: parts.report}.get(place, parts.learn)
        chosen.append(message)
    return parts


def is_plain(message: Message) -> bool:
    """Whether it was written in a plain pass (corpus/README.md)."""
    return message.writer.startswith("w") and int(message.writer[1:]) in _PLAIN


@dataclass(frozen=True)
class Talk:
    """Public sets that cost a team work when they raise alerts.

    chat: ordinary comments. replies: kind replies to people in distress. recovery: a board's posts.
    """

    chat: list[Message]
    replies: list[Message]
    recovery: list[Message]

    def named(self) -> dict[str, list[Message]]:
        """The three by the names that a Budget has for them."""
        return {"chat": self.chat, "replies": self.replies, "recovery": self.recovery}


def talk(folder: Path, use: str) -> Talk:
    """The public sets' part for one use: "learn", "develop" or "report"."""
    share = _SHARES[use]

    def drawn(name: str, surface: Surface, need: Need, most: int) -> list[Message]:
        found = public.part(public.rows(folder, name), share)
        return public.as_messages(
            found, name=name, surface=surface, need=need, most=most, seed=_SEED
        )

    return Talk(
        chat=drawn("goemotions", Surface.CHAT, Need.NONE, 8_000),
        replies=drawn("epitome_replies", Surface.BOARD, Need.NONE, 1_000),
        recovery=drawn("stopdrinking_craving", Surface.BOARD, Need.SUPPORT, 500),
    )


def posts(folder: Path, use: str, most: int) -> list[Message]:
    """Public board posts for one use, up to `most` of each kind, labelled by where they stood.

    A board for people who think of suicide: somebody should look, how soon is not known. A board
    of young people's everyday talk: nobody needs to. Only such as fit one chunk: of a longer one
    nobody knows where it says it.
    """
    part = public.part(public.rows(folder, POSTS), _SHARES[use])
    found = [row for row in part if len(row.text) <= CHUNK_CHARS]
    kinds = {"elevated": Need.CONCERN, "none": Need.NONE}
    return [
        message
        for level, need in kinds.items()
        for message in public.as_messages(
            [row for row in found if row.level == level],
            name=POSTS,
            surface=Surface.BOARD,
            need=need,
            most=most,
            seed=_SEED,
        )
    ]
