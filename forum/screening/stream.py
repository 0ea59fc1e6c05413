"""The body of `handrail screening run`: one JSON string a line in, one JSON object a line out."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from forum.screening.blend import blend
from forum.screening.hearing import Listener
from forum.screening.model import Model
from forum.screening.verdict import Surface, Verdict
from forum.screening.windows import windows


class Out(Protocol):
    """Where the answers go: an open text file or standard output."""

    def write(self, text: str, /) -> object: ...


def run(
    lines: Iterable[str], out: Out, surface: Surface, listener: Listener, model: Model | None
) -> int:
    """Screen each line and write its answer. The exit status: 0, or 1 if a line was no JSON string.

    A line that cannot be read is answered with {"error": ...} in its place and the rest goes on.
    """
    status = 0
    for number, line in enumerate(lines, start=1):
        try:
            answer = shown(hear(_text(line), surface, listener, model))
        except ValueError as fault:
            answer, status = {"error": f"line {number}: {fault}"}, 1
        out.write(json.dumps(answer) + "\n")
    return status


def hear(text: str, surface: Surface, listener: Listener, model: Model | None) -> Verdict:
    """What rules and model say together, without a deadline. model: None leaves the rules alone."""
    verdict = listener.verdict(text, surface)
    if model is None:
        return verdict
    spans = windows(text)
    return blend(verdict, model.score(text, spans, surface, verdict.need), spans)


def shown(verdict: Verdict) -> dict[str, Any]:  # Any: JSON values of several types
    """A verdict in the form that DESIGN promises to those who read it by machine."""
    return {
        "level": verdict.level,
        "score": round(verdict.score, 4),
        "need": int(verdict.need),
        "harm": int(verdict.harm),
        "conduct": {name: round(score, 4) for name, score in verdict.conduct.items()},
        "reasons": [{"rule": r.rule, "span": list(r.span)} for r in verdict.reasons],
    }


def _text(line: str) -> str:
    try:
        text = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError('not JSON; each line must be one string, such as "how are you"') from None
    if not isinstance(text, str):
        raise ValueError(f"a {type(text).__name__} where a string should be")
    return text
