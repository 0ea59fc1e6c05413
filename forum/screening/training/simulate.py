"""Shows what decisions gain: `python -m forum.screening.training.simulate`.

A community is a handful of writers whose words the ear never learnt from. Their messages are
decided about as labelled, one decision in ten wrongly; the rest of their messages show what the
adapted ear hears. A positive and its twins stay on one side.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forum.screening.adapting import Examples, Reach, joined_sounds, learn
from forum.screening.backtest import Decided
from forum.screening.ear import Ear, Mix, Mode, model_text
from forum.screening.heads import HEADS, Logits
from forum.screening.hearing import Listener
from forum.screening.lessons import answers_of
from forum.screening.rulebook import RuleBook, load_rules
from forum.screening.training.corpus import FOLDER, Message, load
from forum.screening.training.figures import auroc
from forum.screening.training.splits import by_writer
from forum.screening.training.targets import targets, weights
from forum.screening.verdict import Surface

SEED = 20261123
COUNTS = (50, 200, 1_000)
WRONG = 0.1
DRAWS = 5  # ways of drawing the decisions in each community
COMMUNITIES = 8
MEMBERS = 4  # writers in a community drawn for the full ear
FALSE = 0.1  # of calm messages: where "heard at the same false alerts" is read
HEARD = 0.8  # of calls: where "false alerts at the same heard" is read
ALERT = HEADS.index("need2")


@dataclass(frozen=True, eq=False)
class Community:
    """Its messages with what the shipped ear makes of each; groups: what must stay together."""

    heard: Examples
    groups: NDArray[np.int64]

    @property
    def calls(self) -> NDArray[np.bool_]:
        """Which messages somebody had to be called for."""
        return np.asarray(self.heard.answers[:, ALERT] > 0.5)


@dataclass(frozen=True)
class Figures:
    """AUROC; heard at FALSE false alerts; false alerts at HEARD heard."""

    auroc: float
    heard: float
    false: float

    @classmethod
    def of(cls, scores: NDArray[np.float32], calls: NDArray[np.bool_]) -> "Figures":
        """From log-odds of the alert head. calls: which of them had to be heard."""
        at_false = np.quantile(scores[~calls], 1 - FALSE)
        at_heard = np.quantile(scores[calls], 1 - HEARD)
        return cls(
            auroc(scores, calls),
            float((scores[calls] > at_false).mean()),
            float((scores[~calls] >= at_heard).mean()),
        )

    def row(self) -> list[float]:
        """The three in the order of the table."""
        return [self.auroc, self.heard, self.false]


def community(ear: Ear, listener: Listener, messages: Sequence[Message]) -> Community:
    """What the ear makes of the messages of some writers."""
    kept, sounds, groups = [], [], []
    group = -1
    for message in messages:
        group += not message.kind.startswith("twin:")
        by_rules = listener.verdict(message.text, message.surface).need
        found = ear.sounds(message.text, ALERT, by_rules)
        if found is not None:
            decided = Decided("", message.text, message.surface, "need", float(message.need))
            kept.append(answers_of(decided))
            sounds.append(found)
            groups.append(max(group, 0))
    answers = np.array(kept, dtype=np.float32)
    counts = np.ones(len(kept), dtype=np.float32)
    return Community(Examples(joined_sounds(sounds), answers, counts), np.array(groups))


def gains(
    one: Community, count: int, chance: np.random.Generator, reach: Reach | None = None
) -> tuple[Figures, Figures] | None:
    """Figures before and after so many decisions; None where too few messages are left to judge."""
    order = chance.permutation(one.groups.max() + 1)
    place = np.argsort(np.argsort(order)[one.groups], kind="stable")
    drawn, rest = place[:count], place[count:]
    if len(rest) < len(place) / 4:
        return None
    taught = one.heard.part(drawn)
    wrong = chance.random(len(drawn)) < WRONG
    answers = np.where(wrong[:, None], _turned(taught.answers), taught.answers)
    correction = learn(Examples(taught.sounds, answers, taught.weights), reach)
    judged = one.heard.part(rest)
    before = judged.sounds.mixed[:, ALERT]
    after = before + correction.of(judged.sounds)[:, ALERT]
    calls = one.calls[rest]
    return Figures.of(before, calls), Figures.of(after, calls)


def _turned(answers: Logits) -> Logits:
    """Wrong decisions: a call taken for none, none taken for a concern."""
    turned = np.zeros_like(answers)
    turned[:, ALERT] = 1 - answers[:, ALERT]
    turned[np.isnan(answers)] = np.nan
    return turned


def table(communities: Sequence[Community], reach: Reach | None = None) -> Iterator[str]:
    """One line for each number of decisions: mean before, mean after, gain with its interval."""
    yield (
        f"{len(communities)} communities, {sum(len(c.groups) for c in communities)} messages, "
        f"{WRONG:.0%} of decisions wrong, {DRAWS} draws each"
    )
    at_false, at_heard = f"heard at {FALSE:.0%} false", f"false at {HEARD:.0%} heard"
    yield f"{'decisions':>9}  {'AUROC':28}{at_false:28}{at_heard}"
    for count in COUNTS:
        chance = np.random.default_rng(SEED)
        rows = []
        for one in communities:
            drawn = [gains(one, count, chance, reach) for _ in range(DRAWS)]
            found = [[a.row(), b.row()] for a, b in (pair for pair in drawn if pair is not None)]
            if found:
                rows.append(np.mean(found, axis=0))
        yield f"{count:9}  " + (_line(np.array(rows)) if rows else "too few messages to judge")


def _line(rows: NDArray[np.float64]) -> str:
    """rows: communities × (before, after) × figures."""
    before, after = rows.mean(axis=0)
    gain = rows[:, 1] - rows[:, 0]
    reach = 1.96 * gain.std(axis=0, ddof=1) / np.sqrt(len(rows)) if len(rows) > 1 else gain[0]
    parts = [
        f"{b:.3f} {a:.3f} {g:+.3f} ±{r:.3f}"
        for b, a, g, r in zip(before, after, gain.mean(axis=0), reach, strict=True)
    ]
    return "  ".join(f"{part:26}" for part in parts) + f"  n={len(rows)}"


def light_communities(messages: Sequence[Message]) -> list[Community]:
    """Disjoint communities, each heard by a light ear that learnt from all other writers."""
    # Late, because torch is only there where ears are trained.
    from forum.screening.training import ngram_fit  # noqa: PLC0415

    book = load_rules()
    reader, listener = book.reader, Listener(book)
    texts = [model_text(reader, message.text) for message in messages]
    writers = sorted({message.writer for message in messages})
    random.Random(SEED).shuffle(writers)  # noqa: S311 (a figure that can be repeated)
    found = []
    for start in range(COMMUNITIES):
        own = set(writers[start::COMMUNITIES])
        others = [row for row, message in enumerate(messages) if message.writer not in own]
        learnt = [messages[row] for row in others]
        heads = ngram_fit.fit(
            [texts[row] for row in others],
            targets(learnt),
            weights(learnt, frozenset(), 1.0),
            SEED,
        )
        ear = Ear(reader, heads, None, plain_mix(), f"light without {start}")
        found.append(community(ear, listener, [m for m in messages if m.writer in own]))
    return found


def full_communities(messages: Sequence[Message], book: RuleBook) -> list[Community]:
    """Communities of writers that the shipped ear was not trained on; they share writers."""
    parts = by_writer(messages)
    held = [*parts.develop, *parts.report]
    writers = sorted({message.writer for message in held})
    ear, listener = Ear.load(book.reader, Mode.FULL), Listener(book)
    chance = random.Random(SEED)  # noqa: S311 (a figure that can be repeated)
    groups = [set(chance.sample(writers, min(MEMBERS, len(writers)))) for _ in range(COMMUNITIES)]
    return [community(ear, listener, [m for m in held if m.writer in own]) for own in groups]


def plain_mix() -> Mix:
    """The n-gram heads alone, as they are."""
    ones, noughts = (np.full(len(HEADS), value, dtype=np.float32) for value in (1.0, 0.0))
    cuts = dict.fromkeys(Surface, noughts)
    return Mix(noughts, ones, noughts, noughts, around=0.0, cuts=cuts)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=FOLDER)
    parser.add_argument("--light", action="store_true", help="retrain light ears instead; slow")
    asked = parser.parse_args()
    messages = [one for one in load(asked.corpus) if one.language == "en" and _is_about_need(one)]
    if asked.light:
        communities = light_communities(messages)
    else:
        communities = full_communities(messages, load_rules())
    for line in table(communities):
        print(line)  # noqa: T201 (it is a command)


def _is_about_need(message: Message) -> bool:
    """Messages written for readers' sake say little about need."""
    return not message.conducts and message.harm == 0


if __name__ == "__main__":
    main()
