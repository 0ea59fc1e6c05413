"""From decisions to a proposal: what the ear would learn, and what that changes, measured first."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forum.screening.adapted import MOST_CUT_MOVE, Adapted, Correction, Sounds
from forum.screening.adapting import ENOUGH, FEWEST, Examples, joined_sounds, learn
from forum.screening.anchors import anchors
from forum.screening.backtest import AXES, Decided, Talk, level_of, speaks
from forum.screening.ear import Ear
from forum.screening.figures import Share, auroc, share
from forum.screening.heads import HEADS, Logits
from forum.screening.hearing import Listener
from forum.screening.verdict import CONDUCTS, Need, Surface, Verdict

FOLDS = 5
LEAST_TALK = 300  # texts of a surface; with fewer a week's alerts are chance, and cuts stay
_SEED = 20261123
ALERT = HEADS.index("need2")
# The head whose loudest window stands for a text on an axis, and all heads that call on it.
HEARD_BY: Mapping[str, str] = {"need": "need2", "harm": "harm2", **{n: n for n in CONDUCTS}}
CALLING: Mapping[str, tuple[str, ...]] = {
    "need": ("need2", "need3", "need4"),
    "harm": ("harm2", "harm3"),
    **{name: (name,) for name in CONDUCTS},
}


@dataclass(frozen=True, eq=False)
class Lesson:
    """Texts of one community, as the shipped ear and the rules hear them.

    rules: for each decision whether rules alone call on its axis.
    """

    decided: Sequence[Decided]
    examples: Examples
    rules: NDArray[np.bool_]

    @property
    def axes(self) -> list[str]:
        """What people decided about, in the order of AXES."""
        found = {one.axis for one in self.decided}
        return [axis for axis in AXES if axis in found]


@dataclass(frozen=True, eq=False)
class Everyday:
    """Everyday talk of one surface, as the shipped ear hears it; rules: who they call for."""

    sounds: Sounds
    rules: NDArray[np.bool_]


@dataclass(frozen=True)
class Effect:
    """What an axis gains by cross-validation: decisions that were not learnt from.

    heard: of texts that call; false: of those that do not; each before and after.
    """

    axis: str
    heard: tuple[Share, Share]
    false: tuple[Share, Share]
    auroc: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Proposal:
    """What would be stored, and what it does."""

    adapted: Adapted
    effects: Sequence[Effect]


def lesson(ear: Ear, listener: Listener, history: Sequence[Decided]) -> Lesson | None:
    """What can be learnt from; None when there is nothing. ear: as shipped."""
    kept, sounds, rules = [], [], []
    for one in history:
        verdict = listener.verdict(one.text, one.surface)
        found = ear.sounds(one.text, HEADS.index(HEARD_BY[one.axis]), verdict.need)
        if found is not None:
            kept.append(one)
            sounds.append(found)
            rules.append(calls_alone(verdict, one.axis))
    if not kept:
        return None
    answers = np.array([answers_of(one) for one in kept], dtype=np.float32)
    counts = np.ones(len(kept), dtype=np.float32)
    return Lesson(kept, Examples(joined_sounds(sounds), answers, counts), np.array(rules))


def everyday(ear: Ear, listener: Listener, talk: Talk) -> dict[Surface, Everyday]:
    """Everyday talk by surface, where there is enough of it to count alerts."""
    found = {}
    for surface in Surface:
        sounds, rules = [], []
        for text in (text for text, where in talk.said if where is surface):
            verdict = listener.verdict(text, surface)
            sound = ear.sounds(text, ALERT, verdict.need)
            if sound is not None:
                sounds.append(sound)
                rules.append(calls_alone(verdict, "need"))
        if len(sounds) >= LEAST_TALK:
            found[surface] = Everyday(joined_sounds(sounds), np.array(rules))
    return found


def calls_alone(verdict: Verdict, axis: str) -> bool:
    """Whether rules call whatever the ear says (`forum.screening.blend`): for need, at a crisis."""
    if axis == "need":
        return verdict.need is Need.CRISIS
    return speaks(axis, level_of(verdict, axis))


def answers_of(one: Decided) -> Logits:
    """What a decision says to each head; NaN where it says nothing.

    That a person called nobody does not say that the author is not struggling: the lowest heads
    of need and harm are left out.
    """
    row = np.full(len(HEADS), np.nan, dtype=np.float32)
    for name in CALLING[one.axis]:
        at_least = float(name[-1]) if name[-1].isdigit() else 0.5
        row[HEADS.index(name)] = float(one.level >= at_least)
    return row


def propose(
    ear: Ear,
    listener: Listener,
    taught: Lesson,
    talk: Mapping[Surface, Everyday],
    made_at: str,
) -> Proposal:
    """Learn from all decisions. The effects: learn from four fifths of them, ask the rest."""
    own = _anchors(ear, listener)

    def adapted(part: Examples, labels: int) -> Adapted:
        correction = learn(_together(part, own))
        cuts = {surface: _cuts(ear, correction, surface, talk) for surface in Surface}
        return Adapted(ear.shipped_version, labels, made_at, correction, cuts)

    after = np.zeros((len(taught.decided), 2), dtype=bool)
    scores = np.zeros((len(taught.decided), 2), dtype=np.float32)
    for asked, kept in _folds(taught.decided):
        learnt = adapted(taught.examples.part(kept), len(kept))
        sounds = taught.examples.part(asked).sounds
        moved = sounds.mixed + learnt.correction.of(sounds)
        for row, place in enumerate(asked):
            one, rules = taught.decided[place], taught.rules[place]
            before = sounds.mixed[row]
            after[place] = (
                rules or calls(one, before, ear.cuts),
                rules or calls(one, moved[row], learnt.cuts),
            )
            head = HEADS.index(HEARD_BY[one.axis])
            scores[place] = before[head], moved[row][head]
    effects = [_effect(axis, taught, after, scores) for axis in taught.axes]
    return Proposal(adapted(taught.examples, len(taught.decided)), effects)


def calls(one: Decided, logits: Logits, cuts: Mapping[Surface, Logits]) -> bool:
    """Whether any head of the decision's axis reaches its cut."""
    heads = [HEADS.index(name) for name in CALLING[one.axis]]
    return bool((logits[heads] >= cuts[one.surface][heads]).any())


def told(proposal: Proposal, labels: int) -> Iterator[str]:
    """The effects in plain words, one line each."""
    yield f"{labels} decisions, learnt from four fifths at a time and asked of the last fifth:"
    for effect in proposal.effects:
        if effect.heard[0].of + effect.false[0].of < FEWEST:
            yield f"  {effect.axis}: too few decisions to learn from (fewer than {FEWEST})"
            continue
        yield f"  {effect.axis}"
        yield f"    heard, of those that needed it   before {effect.heard[0]}"
        yield f"                                     after  {effect.heard[1]}"
        yield f"    wrongly called, of the others    before {effect.false[0]}"
        yield f"                                     after  {effect.false[1]}"
        yield f"    in the right order (AUROC)       before {effect.auroc[0]:.3f}"
        yield f"                                     after  {effect.auroc[1]:.3f}"
    if labels < ENOUGH:
        yield f"With fewer than {ENOUGH} decisions only one constant for each head is learnt."


def _anchors(ear: Ear, listener: Listener) -> Examples:
    """The sentences that must stay heard, as decisions that are always there."""
    needs = [(text, listener.verdict(text, Surface.CHAT).need) for text in anchors()]
    heard = [ear.sounds(text, ALERT, need) for text, need in needs]
    found = [sound for sound in heard if sound is not None]
    row = answers_of(Decided("", "", Surface.CHAT, "need", float(Need.CONCERN)))
    row[HEADS.index("need3") :] = np.nan  # at least a concern; how much more they do not say
    answers = np.tile(row, (len(found), 1))
    return Examples(joined_sounds(found), answers, np.ones(len(found), dtype=np.float32))


def _together(one: Examples, other: Examples) -> Examples:
    return Examples(
        joined_sounds([one.sounds, other.sounds]),
        np.concatenate([one.answers, other.answers]),
        np.concatenate([one.weights, other.weights]),
    )


def _cuts(
    ear: Ear, correction: Correction, surface: Surface, talk: Mapping[Surface, Everyday]
) -> Logits:
    """The shipped cuts, the one for an alert moved so that everyday talk raises as many as before.

    The same work, spent on other texts. Without enough talk nothing moves.
    """
    cuts = ear.cuts[surface].copy()
    if surface not in talk:
        return cuts
    said = talk[surface]
    before = said.sounds.mixed[:, ALERT]
    moved = before + correction.of(said.sounds)[:, ALERT]
    allowed = int(((before >= cuts[ALERT]) & ~said.rules).sum())
    ranked = np.sort(moved[~said.rules])[::-1]
    wanted = float(ranked[allowed]) + 1e-3 if allowed < len(ranked) else float(cuts[ALERT])
    cuts[ALERT] = np.clip(wanted, cuts[ALERT] - MOST_CUT_MOVE, cuts[ALERT] + MOST_CUT_MOVE)
    return cuts


def _folds(
    decided: Sequence[Decided],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """What is asked and what is learnt from; a text that was decided about twice stays together."""
    names = sorted({one.name for one in decided})
    random.Random(_SEED).shuffle(names)  # noqa: S311 (a figure that can be repeated)
    fold_of = {name: place % FOLDS for place, name in enumerate(names)}
    folds = np.array([fold_of[one.name] for one in decided])
    for fold in range(min(FOLDS, len(names))):
        yield np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)


def _effect(
    axis: str, taught: Lesson, spoke: NDArray[np.bool_], scores: NDArray[np.float32]
) -> Effect:
    here = np.array([one.axis == axis for one in taught.decided])
    calls_ = np.array([one.calls for one in taught.decided])
    true, calm = here & calls_, here & ~calls_
    return Effect(
        axis,
        heard=(share(spoke[true, 0]), share(spoke[true, 1])),
        false=(share(spoke[calm, 0]), share(spoke[calm, 1])),
        auroc=(auroc(scores[here, 0], calls_[here]), auroc(scores[here, 1], calls_[here])),
    )
