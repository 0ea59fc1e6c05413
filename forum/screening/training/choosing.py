"""Chooses mixes and cuts for any set of layers, on development data heard once."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from forum.screening.ear import Mix, evidence
from forum.screening.encoder import Encoder
from forum.screening.heads import HEADS, Logits
from forum.screening.hearing import Listener
from forum.screening.ngrams import NgramHeads
from forum.screening.rulebook import load_rules
from forum.screening.training.corpus import Message
from forum.screening.training.cuts import ALERT, Budget, Sample, choose, joined
from forum.screening.training.listening import Heard, listen
from forum.screening.training.splits import Talk
from forum.screening.training.targets import targets
from forum.screening.verdict import Surface

BUDGET = Budget()
# The n-gram heads hear other writers' jokes worse than those that their cuts were chosen on.
LIGHT_BUDGET = Budget(chat=0.0025, negatives=0.06)
CALLED = 20.0  # log-odds above any cut
AROUND = (0.0, 0.25, 0.5, 0.75)  # below one: windows are reasons, so they must differ


class Layer(StrEnum):
    """A layer of the screening."""

    RULES = "rules"
    NGRAMS = "n-grams"
    ENCODER = "encoder"


LAYERS = tuple(Layer)  # in the order in which they are joined


class Chooser:
    """Development data with what every layer says to it."""

    def __init__(
        self, ears: tuple[NgramHeads, Encoder], own: Sequence[Message], public: Talk
    ) -> None:
        book = load_rules()
        listener = Listener(book)

        def heard(messages: Sequence[Message]) -> _Heard:
            needs = [listener.verdict(m.text, m.surface).need for m in messages]
            rules = np.array([evidence(need) for need in needs], dtype=np.float32)
            return _Heard(list(messages), rules, listen(book.reader, ears, messages))

        self._own = heard(own)
        self._talk = {name: heard(some) for name, some in public.named().items()}

    def mix(self, layers: frozenset[Layer], budget: Budget = BUDGET) -> Mix:
        """The mix of these layers that hears most within the budget."""
        used = [place for place, layer in enumerate(LAYERS) if layer in layers]
        parts = [self._own.rules, *self._own.heard.wholes()]
        found, constants = joined([parts[place] for place in used], self._own.aims)
        factors = np.zeros((len(LAYERS), len(HEADS)), dtype=np.float32)
        factors[used] = found
        mixes = [self._mix(factors, constants, around, budget) for around in AROUND]
        return max(mixes, key=lambda pair: pair[0])[1]

    def _mix(
        self, factors: Logits, constants: NDArray[np.float32], around: float, budget: Budget
    ) -> tuple[float, Mix]:
        """A mix with its cuts, and the share of calls it hears."""
        own = self._own.sample(factors, constants, around)
        public = {n: one.sample(factors, constants, around) for n, one in self._talk.items()}
        where = np.array([message.surface for message in self._own.messages])
        cuts = choose({s: own.part(where == s) for s in Surface}, public, budget)
        cut = np.array([cuts[Surface(s)][ALERT] for s in where])
        calls = own.targets[:, ALERT] > 0
        heard = float(np.mean((own.logits[:, ALERT] >= cut)[calls]))
        rules, ngrams, encoder = factors
        return heard, Mix(rules, ngrams, encoder, constants, around, cuts)


class _Heard:
    """One set of messages and what was heard in it. rules: their evidence, messages × heads."""

    def __init__(self, messages: list[Message], rules: Logits, heard: Heard) -> None:
        self.messages = messages
        self.rules = rules
        self.heard = heard
        self.aims = targets(messages)

    def sample(self, factors: Logits, constants: NDArray[np.float32], around: float) -> Sample:
        logits = self.heard.joined(factors[1:], constants, around) + factors[0] * self.rules
        if factors[0].any():  # where rules hear a crisis, somebody is called: blend.py
            logits[self.rules[:, ALERT] == 1.0, ALERT] = CALLED
        return Sample(np.asarray(logits, dtype=np.float32), self.aims)
