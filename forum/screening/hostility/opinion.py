"""What the engine's scores mean for a text's conduct, and how that joins a verdict."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from forum.screening.hostility.aim import Aim, Aims
from forum.screening.hostility.engine import MOST_AT_ONCE, Scores
from forum.screening.hostility.labels import HARASSMENT_CUTS, SEXUAL, SEXUAL_CUT, WORDS
from forum.screening.verdict import CONDUCT_FLAGGED_FROM, Reason, Verdict

PIECE_CHARS = 300  # two or three sentences: an insult is not lost among kind ones
_SENTENCE = re.compile(rf"[^.!?\n]{{0,{PIECE_CHARS}}}[.!?\n]*")


@dataclass(frozen=True)
class Opinion:
    """Conducts that were flagged, 0.5–1.0 by name, and the pieces of text that led to it."""

    version: str
    conduct: Mapping[str, float]
    reasons: tuple[Reason, ...]


def pieces(text: str) -> list[tuple[int, int]]:
    """Spans of whole sentences that together are the text; at most MOST_AT_ONCE, longer if need be.

    No words, no pieces.
    """
    # Two neighbours are longer than `most` together, so there are at most 2 × 7 + 1.
    most = max(PIECE_CHARS, len(text) // (MOST_AT_ONCE // 2 - 1) + 1)
    found: list[tuple[int, int]] = []
    for start, end in (match.span() for match in _SENTENCE.finditer(text) if match.group()):
        if found and end - found[-1][0] <= most:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if text[start:end].strip()]


def opinion_of(
    aims: Aims,
    version: str,
    text: str,
    spans: Sequence[tuple[int, int]],
    scores: Sequence[Scores],
) -> Opinion:
    """What the scores of a text's pieces flag. Raises ValueError when they are of another text."""
    conduct: dict[str, float] = {}
    reasons: list[Reason] = []
    for (start, end), heard in zip(spans, scores, strict=True):
        for label, axis, score in _flagged(aims, text[start:end], heard):
            conduct[axis] = max(score, conduct.get(axis, 0.0))
            reasons.append(Reason(f"detoxify:{label}", (start, end), WORDS[label], axis))
    return Opinion(version, MappingProxyType(conduct), tuple(reasons))


def join(verdict: Verdict, opinion: Opinion) -> Verdict:
    """The stronger of the two on each conduct; need and harm stay what they were."""
    conduct = {
        name: max(score, opinion.conduct.get(name, 0.0)) for name, score in verdict.conduct.items()
    }
    return replace(
        verdict,
        conduct=MappingProxyType(conduct),
        reasons=verdict.reasons + opinion.reasons,
        unscored=False,
        screener_version=f"{verdict.screener_version}; {opinion.version}",
    )


def _flagged(aims: Aims, piece: str, scores: Scores) -> Iterator[tuple[str, str, float]]:
    """Label, conduct and its score for each label that counts in this piece."""
    over = [name for name, cut in HARASSMENT_CUTS.items() if scores.get(name, 0.0) >= cut]
    aim = aims.of(piece) if over else Aim.ONESELF
    if aim is Aim.ABSENT:
        over = [name for name in over if name == "identity_attack"]
    if aim is Aim.ONESELF or not over:
        return
    for name in over:
        yield name, "harassment", _from_half(scores[name], HARASSMENT_CUTS[name])
    if aim is Aim.READER and scores.get(SEXUAL, 0.0) >= SEXUAL_CUT:
        yield SEXUAL, "sexual", _from_half(scores[SEXUAL], SEXUAL_CUT)


def _from_half(score: float, cut: float) -> float:
    """A score at its cut becomes what staff see from, 1.0 stays 1.0."""
    return CONDUCT_FLAGGED_FROM + (1 - CONDUCT_FLAGGED_FROM) * (score - cut) / (1 - cut)
