"""Sentences that must stay heard, whatever an installation learns: the guard of `adapt`."""

from functools import lru_cache
from importlib.resources import files

from forum.screening.ear import Ear
from forum.screening.hearing import Listener
from forum.screening.verdict import Need, Surface
from forum.screening.windows import windows


@lru_cache(maxsize=1)
def anchors() -> tuple[str, ...]:
    """The sentences that come with the package."""
    text = (files("forum.screening") / "anchors.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def lost(shipped: Ear, learnt: Ear, listener: Listener) -> list[str]:
    """Anchors that call somebody, or rate as a crisis, by the shipped ear and not any more.

    Asked of the ears alone and with what the rules hear: what only one of them still hears is lost.
    """
    return [
        sentence
        for sentence in anchors()
        for surface in Surface
        if any(
            _heard(learnt, sentence, surface, by_rules)
            < _heard(shipped, sentence, surface, by_rules)
            for by_rules in (Need.NONE, listener.verdict(sentence, surface).need)
        )
    ]


def _heard(ear: Ear, sentence: str, surface: Surface, by_rules: Need) -> tuple[bool, bool]:
    """Whether it is a crisis, and whether it calls somebody at all."""
    scores = ear.score(sentence, windows(sentence), surface, by_rules)
    need = max(window.need for window in scores.windows)
    return need is Need.CRISIS, need >= Need.CONCERN
