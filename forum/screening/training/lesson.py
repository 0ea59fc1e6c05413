"""What the ears learn from: hand-written messages, public talk, and texts that one ear labels."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from forum.screening.ear import model_text
from forum.screening.heads import HEADS, Logits, chance
from forum.screening.rulebook import load_rules
from forum.screening.training.corpus import Message
from forum.screening.training.figures import auroc
from forum.screening.training.splits import Talk, posts
from forum.screening.training.targets import Table, targets, weights
from forum.screening.verdict import Need
from forum.screening.windows import windows

SEED = 20261123
# What public rows count beside a hand-written message, and how many are learnt from. Measured:
# without them ordinary chat raises alerts five times as often; with more, short cries are missed.
PUBLIC_COUNTS = 0.3
PUBLIC_CHAT = 4_000
# Of each kind of public board posts: all negatives were once short or kind, and the ears took the
# way such boards are written for a sign that nobody needs anybody.
PUBLIC_POSTS = 1_500
PIECES = 3  # windows of one calm post that are learnt as calm by themselves
POOL_COUNTS = 0.5  # what a text that another ear labelled counts


@dataclass(frozen=True)
class Lesson:
    """Texts with what every head should say, and how much each answer counts."""

    texts: list[str]
    targets: Table
    weights: Table

    def __add__(self, other: "Lesson") -> "Lesson":
        return Lesson(
            self.texts + other.texts,
            np.concatenate([self.targets, other.targets]),
            np.concatenate([self.weights, other.weights]),
        )


def from_messages(written: Sequence[Message], talk: Talk, data: Path) -> Lesson:
    """What both ears learn from, in a drawn order. data: the public sets."""
    public = [*talk.chat[:PUBLIC_CHAT], *talk.replies, *talk.recovery]
    public += posts(data, "learn", PUBLIC_POSTS)
    draw = random.Random(SEED)  # noqa: S311 (a training that can be repeated)
    messages = [*written, *public, *pieces(written, draw)]
    draw.shuffle(messages)
    names = frozenset(message.writer for message in public)
    return Lesson(plain(messages), targets(messages), weights(messages, names, PUBLIC_COUNTS))


def pieces(messages: Sequence[Message], draw: random.Random) -> list[Message]:
    """Some windows of each longer post that needs nobody: none of its sentences needs one either.

    The ears are asked window by window, and the loudest counts.
    """
    calm = [m for m in messages if m.need is Need.NONE and not m.harm and not m.conducts]
    return [
        replace(message, text=message.text[start:end])
        for message in calm
        if len(spans := windows(message.text)) > 1
        for start, end in draw.sample(spans, min(PIECES, len(spans)))
    ]


def labelled_by(ear: Callable[[Sequence[str]], Logits], messages: Sequence[Message]) -> Lesson:
    """The same for texts that nobody labelled: what an ear says to them."""
    texts = plain(messages)
    counts = np.full((len(texts), len(HEADS)), POOL_COUNTS, dtype=np.float32)
    return Lesson(texts, chance(ear(texts)), counts)


def judge(develop: Sequence[Message]) -> Callable[[Callable[[Sequence[str]], Logits]], float]:
    """How well an ear ranks what needs somebody above what does not, by development writers."""
    texts, calls = plain(develop), [message.need >= Need.CONCERN for message in develop]
    head = HEADS.index("need2")
    return lambda ear: auroc(ear(texts)[:, head], calls)


def plain(messages: Sequence[Message]) -> list[str]:
    """The texts as the ears read them."""
    reader = load_rules().reader
    return [model_text(reader, message.text) for message in messages]
