"""What `handrail screening eval` prints: how much is heard, at what cost, by whom and of what."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forum.screening.hearing import Listener
from forum.screening.model import Model
from forum.screening.stream import hear
from forum.screening.training.corpus import Message
from forum.screening.training.figures import Share, auroc_interval, share
from forum.screening.training.splits import is_plain
from forum.screening.verdict import CONDUCT_FLAGGED_FROM, CONDUCTS, Harm, Need, Verdict

RIGHT_FROM = 0.8  # a functionality counts as heard from this share of its messages


@dataclass(frozen=True)
class Answer:
    """A message and what screening says about it."""

    message: Message
    verdict: Verdict

    @property
    def alerts(self) -> bool:
        """Whether a person is called."""
        return self.verdict.need >= Need.CONCERN

    @property
    def should(self) -> bool:
        """Whether a person should be."""
        return self.message.need >= Need.CONCERN

    def flags(self, conduct: str) -> bool:
        """Whether staff are shown this conduct."""
        return self.verdict.conduct[conduct] >= CONDUCT_FLAGGED_FROM


def answers(messages: Iterable[Message], listener: Listener, model: Model | None) -> list[Answer]:
    """Screen each message as the server does, one after the other."""
    return [Answer(m, hear(m.text, m.surface, listener, model)) for m in messages]


def report(own: Sequence[Answer], public: Mapping[str, Sequence[Answer]]) -> str:
    """All tables as plain text."""
    plain = [answer for answer in own if is_plain(answer.message)]
    hidden = [answer for answer in own if not is_plain(answer.message)]
    parts = [_budget(public), _heard("plain", plain), _heard("adversarial", hidden), _readers(own)]
    parts += [_by("surface", own, lambda m: str(m.surface)), _by("language", own, _language)]
    parts += [_functionalities(own)]
    return "\n\n".join(parts)


def summary(own: Sequence[Answer], public: Mapping[str, Sequence[Answer]]) -> str:
    """What is heard and what it costs, without the long tables."""
    return f"{_budget(public)}\n{_heard('all', own)}"


def _budget(public: Mapping[str, Sequence[Answer]]) -> str:
    lines = ["alerts on talk that needs nobody"]
    for name, some in public.items():
        lines.append(_line(name, share([a.alerts for a in some])))
        lines.append(
            _line("  rated imminent", share([a.verdict.need is Need.CRISIS for a in some]))
        )
    return "\n".join(lines)


def _heard(writers_are: str, own: Sequence[Answer]) -> str:
    need = [a for a in own if a.message.kind not in _READERS]
    crisis = [a for a in need if a.message.need is Need.CRISIS]
    calm = [a for a in need if not a.should]
    writers = [a.message.writer for a in need]
    rank = auroc_interval([a.verdict.score for a in need], [a.should for a in need], writers)
    return "\n".join(
        [
            f"heard, {writers_are} writers that nothing was learnt from",
            _line(
                "elevated or above that raise an alert", share([a.alerts for a in need if a.should])
            ),
            _line("false alerts, need none", share([a.alerts for a in calm if not a.message.need])),
            _line("false alerts, need support", share([a.alerts for a in calm if a.message.need])),
            _line("AUROC, alert or not", rank),
            _line("imminent that raise any alert", share([a.alerts for a in crisis])),
            _line("imminent rated imminent", share([_crisis(a) for a in crisis])),
            _line("below elevated rated imminent", share([_crisis(a) for a in calm])),
        ]
    )


def _readers(own: Sequence[Answer]) -> str:
    """Harm and conduct: found, and wrongly found."""
    harmful = [a for a in own if a.message.harm >= Harm.UNSAFE_DETAIL]
    safe = [a for a in own if a.message.harm is Harm.SAFE]
    lines = [
        "for readers",
        _line("harm found", share([a.verdict.harm >= Harm.UNSAFE_DETAIL for a in harmful])),
        _line("safe masked", share([a.verdict.harm >= Harm.UNSAFE_DETAIL for a in safe])),
    ]
    for name in CONDUCTS:
        true = [a for a in own if name in a.message.conducts]
        other = [a for a in own if not a.message.conducts]
        lines.append(_line(f"{name} found", share([a.flags(name) for a in true])))
        lines.append(_line("  flagged where there is none", share([a.flags(name) for a in other])))
    decent = [a for a in own if a.message.kind == "conduct-safe"]
    flagged = [any(a.flags(name) for name in CONDUCTS) for a in decent]
    lines.append(_line("swearing and decent talk flagged", share(flagged)))
    return "\n".join(lines)


def _by(title: str, own: Sequence[Answer], name: Callable[[Message], str]) -> str:
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in own:
        groups[name(answer.message)].append(answer)
    lines = [f"by {title}: heard / false"]
    for group, some in sorted(groups.items()):
        heard = share([a.alerts for a in some if a.should])
        false = share([a.alerts for a in some if not a.should])
        lines.append(f"  {group:24}{heard}   {false}")
    return "\n".join(lines)


def _functionalities(own: Sequence[Answer]) -> str:
    groups: dict[str, list[bool]] = defaultdict(list)
    for answer in own:
        groups[answer.message.kind].append(right(answer))
    rows = sorted((float(np.mean(some)), kind, len(some)) for kind, some in groups.items())
    good = share([part >= RIGHT_FROM for part, _, _ in rows])
    lines = [f"functionalities with {RIGHT_FROM:.0%} right: {good}"]
    return "\n".join(lines + [f"  {kind:24}{part:.2f}  n={count}" for part, kind, count in rows])


def right(answer: Answer) -> bool:
    """Whether the verdict does for this message what its label asks for."""
    message, verdict = answer.message, answer.verdict
    if message.conducts:
        return all(answer.flags(name) for name in message.conducts)
    if message.kind == "conduct-safe":
        return not any(answer.flags(name) for name in CONDUCTS)
    if message.harm >= Harm.UNSAFE_DETAIL:
        return verdict.harm >= Harm.UNSAFE_DETAIL
    if message.kind == "harm-safe":
        return verdict.harm < Harm.UNSAFE_DETAIL
    return answer.alerts == answer.should


# Kinds that are about readers: their need is not what they were written for.
_READERS = frozenset(
    ("urge", "pact", "dare", "detail", "note", "harm-safe", "conduct-safe", *CONDUCTS)
)


def _crisis(answer: Answer) -> bool:
    return answer.verdict.need is Need.CRISIS


def _language(message: Message) -> str:
    return message.language


def _line(what: str, found: Share) -> str:
    return f"  {what:44}{found}"
