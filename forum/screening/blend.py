"""Joins what the rules heard with what a model heard.

Need: the model has weighed what the rules heard as evidence, so its word counts; but it cannot
lower what is firm: where rules hear a crisis, or a short answer to a direct question, somebody is
always called (README.md, "Decisions"). Harm and conduct: the stronger of the two counts.
"""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from forum.screening.hearing import merged, rank
from forum.screening.model import Scores, WindowScore
from forum.screening.verdict import (
    CONDUCT_FLAGGED_FROM,
    CONDUCTS,
    Harm,
    Need,
    Reason,
    Verdict,
)

MODEL_RULE = "model"
_LABEL = "sounds like this to the model"


def blend(verdict: Verdict, scores: Scores, spans: Sequence[tuple[int, int]]) -> Verdict:
    """One verdict of both; the windows that raised something are reasons beside the rules' own.

    spans: where the model's windows stand in the text. Raises ValueError when the model answered
    another number of windows than it was given.
    """
    heard = list(zip(scores.windows, spans, strict=True))
    if not heard:
        return verdict
    harm = max(verdict.harm, *(w.harm for w, _ in heard))
    masked = [span for w, span in heard if w.harm >= Harm.UNSAFE_DETAIL]
    return replace(
        verdict,
        need=max(verdict.firm, *(w.need for w, _ in heard)),
        harm=harm,
        conduct=_conduct(verdict, scores),
        reasons=verdict.reasons + tuple(r for w, span in heard for r in _reasons(w, span)),
        harm_spans=merged([*verdict.harm_spans, *masked]),
        score=min(1.0, max(rank(verdict.firm), *(w.rank for w, _ in heard))),
    )


def _conduct(verdict: Verdict, scores: Scores) -> MappingProxyType[str, float]:
    return MappingProxyType(
        {
            name: max(verdict.conduct[name], *(w.conduct.get(name, 0.0) for w in scores.windows))
            for name in CONDUCTS
        }
    )


def _reasons(window: WindowScore, span: tuple[int, int]) -> list[Reason]:
    axes = ["need"] if window.need > Need.NONE else []
    axes += ["harm"] if window.harm > Harm.SAFE else []
    axes += [n for n in CONDUCTS if window.conduct.get(n, 0.0) >= CONDUCT_FLAGGED_FROM]
    return [Reason(MODEL_RULE, span, _LABEL, axis) for axis in axes]
