"""Writes a text the way people hide words from filters, and the way thumbs slip."""

import random
from collections.abc import Sequence
from dataclasses import replace

from forum.screening.training.corpus import Message

_LEET = str.maketrans("aeiost", "431057")
_LOOKS = str.maketrans("aeopcxyi", "аеорсхуі")  # Cyrillic letters that look the same
_SPACERS = " .-*"
# What stands behind a message and says nothing about it.
_ENDS = (
    " ({n})",
    " (line {n})",
    " {n}/{n}",
    " #{n}",
    " {n}",
    "\n\nEdit: spelling",
    "\nEdit {n}: typo",
    " 🙏",
    " xx",
    " lol",
    " ...",
    " :(",
)


def disguised(text: str, way: str, chance: random.Random) -> str:
    """About a third of the longer words hidden in one way: leet, spacing, homoglyph or emoji."""
    return " ".join(
        _hidden(word, way, chance) if len(word) > 2 and chance.random() < 0.35 else word
        for word in text.split(" ")
    )


WAYS = ("leet", "spacing", "homoglyph", "emoji")


def disguise_all(messages: Sequence[Message], way: str) -> list[Message]:
    """The same messages with words hidden in one way, the same words each time."""
    chance = random.Random(way)  # noqa: S311 (a sample)
    return [replace(message, text=disguised(message.text, way, chance)) for message in messages]


def slipped(text: str, chance: random.Random) -> str:
    """Now and then what a phone does to a text: no marks, letters swapped, something behind it."""
    draw = chance.random()
    if draw < 0.12:
        text = "".join(c for c in text if c.isalnum() or c.isspace())
    elif draw < 0.20 and len(text) > 12:
        place = chance.randrange(1, len(text) - 2)
        text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    elif draw < 0.26 and len(text) > 12:
        place = chance.randrange(1, len(text) - 1)
        text = text[:place] + text[place + 1 :]
    elif draw < 0.29:
        text = disguised(text, chance.choice(WAYS[:2]), chance)
    elif draw < 0.35:
        text += chance.choice(_ENDS).format(n=chance.randrange(1, 3_000))
    return text or "."


def _hidden(word: str, way: str, chance: random.Random) -> str:
    if way == "leet":
        return word.translate(_LEET)
    if way == "homoglyph":
        return word.translate(_LOOKS)
    if way == "spacing":
        return chance.choice(_SPACERS).join(word)
    place = chance.randrange(1, len(word))
    return word[:place] + chance.choice("✨🌸⭐🍀") + word[place:]
