"""Puts the shipped ears before messages they never learnt from, and tells what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from forum.screening.ear import Ear, Mode
from forum.screening.encoder import Encoder
from forum.screening.hearing import Listener
from forum.screening.model import Model
from forum.screening.ngrams import NgramHeads
from forum.screening.rulebook import RuleBook, load_rules
from forum.screening.training import public
from forum.screening.training.choosing import Chooser, Layer
from forum.screening.training.corpus import Message, load
from forum.screening.training.disguises import WAYS, disguise_all
from forum.screening.training.evaluate import Answer, answers, report, summary
from forum.screening.training.figures import auroc, share
from forum.screening.training.splits import by_writer, talk
from forum.screening.training.timing import timing
from forum.screening.verdict import Need, Surface

WEIGHTS = Path(__file__).parent.parent / "weights"
# What the ablation tries: each layer alone, each pair, all.
SETS = (
    {Layer.RULES},
    {Layer.NGRAMS},
    {Layer.ENCODER},
    {Layer.RULES, Layer.NGRAMS},
    {Layer.RULES, Layer.ENCODER},
    {Layer.NGRAMS, Layer.ENCODER},
    set(Layer),
)


def tables(data: Path, *, ablation: bool) -> Iterator[str]:
    """Every table, one string each. data: the public sets. Takes some minutes."""
    book = load_rules()
    listener = Listener(book)
    own = by_writer(load()).report
    ear = Ear.load(book.reader, Mode.FULL)
    yield f"{ear.version}; {book.version}; {len(own)} messages of writers kept for this report"
    heard = answers(own, listener, ear)
    yield report(heard, _talk(data, listener, ear))
    yield _light(book, own, data)
    yield _clinicians(data, listener, ear)
    yield _disguised(own, listener, ear)
    yield timing(book, WEIGHTS)
    if ablation:
        yield from _ablation(book, own, data)
    yield _worst(heard)


def _talk(data: Path, listener: Listener, model: Model | None) -> dict[str, list[Answer]]:
    kept = talk(data, "report")
    return {
        "ordinary chat": answers(kept.chat, listener, model),
        "kind replies to people in distress": answers(kept.replies, listener, model),
        "a recovery board's posts": answers(kept.recovery, listener, model),
    }


def _light(book: RuleBook, own: Sequence[Message], data: Path) -> str:
    light, listener = Ear.load(book.reader, Mode.LIGHT), Listener(book)
    return "light mode\n" + summary(answers(own, listener, light), _talk(data, listener, light))


def _clinicians(data: Path, listener: Listener, model: Model) -> str:
    """Posts that psychiatrists labelled: ideation and above against none."""
    rows = [row for row in public.rows(data, "cssrs_posts") if row.level in ("none", "elevated")]
    posts = [Message(row.text, Need.NONE, Surface.BOARD, "public", "cssrs") for row in rows]
    scores = [a.verdict.score for a in answers(posts, listener, model)]
    found = auroc(scores, [row.level == "elevated" for row in rows])
    return f"clinician-labelled posts, ideation and above or none: AUROC {found:.3f}, n={len(rows)}"


def _disguised(own: Sequence[Message], listener: Listener, model: Model) -> str:
    """Recall on the same messages, plain and with words hidden."""
    calls = [message for message in own if message.need >= Need.CONCERN]
    plain = share([a.alerts for a in answers(calls, listener, model)])
    lines = ["disguised words: heard", f"  {'plain':12}{plain}"]
    for way in WAYS:
        hidden = share([a.alerts for a in answers(disguise_all(calls, way), listener, model)])
        lines.append(f"  {way:12}{hidden}   lost {plain.value - hidden.value:+.3f}")
    return "\n".join(lines)


def _worst(heard: Sequence[Answer], most: int = 40) -> str:
    """What went most wrong: needs rated far too low, then calm rated far too high."""
    wrong = sorted(
        heard, key=lambda a: abs(int(a.message.need) - int(a.verdict.need)), reverse=True
    )
    lines = ["most wrong (writer's need → heard)"]
    for answer in wrong[:most]:
        said = answer.message.text.replace("\n", " ")[:110]
        lines.append(
            f"  {answer.message.need:d} → {answer.verdict.need:d}  {answer.message.kind:18}{said}"
        )
    return "\n".join(lines)


def _ablation(book: RuleBook, own: Sequence[Message], data: Path) -> Iterator[str]:
    """What each set of layers hears with cuts chosen for it alone, within the same budget."""
    ears = NgramHeads.load(WEIGHTS / "ngrams.npz"), Encoder.load(WEIGHTS)
    chooser = Chooser(ears, by_writer(load()).develop, talk(data, "develop"))
    silent = replace(book, rules=())
    for chosen in SETS:
        layers = frozenset(chosen)
        listener = Listener(book if Layer.RULES in layers else silent)
        model: Model | None = None
        if layers != {Layer.RULES}:
            encoder = ears[1] if Layer.ENCODER in layers else None
            model = Ear(book.reader, ears[0], encoder, chooser.mix(layers), "ablation")
        found = answers(own, listener, model)
        yield f"only {' + '.join(sorted(layers))}\n{summary(found, _talk(data, listener, model))}"
