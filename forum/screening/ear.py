"""The trained ear: n-gram heads and, in full screening, the encoder, joined and cut as measured."""

import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forum.screening.adapted import Adapted, Sounds
from forum.screening.encoder import Encoder
from forum.screening.heads import HARM, HEADS, NEED, Logits, chance
from forum.screening.model import Scores, WindowScore
from forum.screening.ngrams import NgramHeads, buckets
from forum.screening.normaliser import normalise
from forum.screening.stored import reading
from forum.screening.verdict import CONDUCTS, Harm, Need, Surface
from forum.screening.windows import Span, chunks, holding, windows
from forum.screening.words import Reader

CUTS_FILE = "cuts.json"
NGRAMS_FILE = "ngrams.npz"
ADAPTED = ", adapted "  # in the version of an ear that uses what was learnt
_NEED = [HEADS.index(name) for name in NEED]
_HARM = [HEADS.index(name) for name in HARM]
_CONDUCT = [HEADS.index(name) for name in CONDUCTS]


class Mode(StrEnum):
    """full: rules, n-gram heads and encoder. light: without the encoder, for a small machine."""

    FULL = "full"
    LIGHT = "light"


@dataclass(frozen=True)
class Mix:
    """How raw log-odds become calibrated ones, head by head: rules, n-grams, encoder, a constant.

    rules: what `evidence` of 1.0 adds; none is negative, so no rule speaks against anybody.
    around: the share of what stands around a window in the window's own answer, 0.0–1.0.
    cuts: the log-odds from which a head speaks, by surface.
    """

    rules: NDArray[np.float32]
    ngrams: NDArray[np.float32]
    encoder: NDArray[np.float32]
    constant: NDArray[np.float32]
    around: float
    cuts: Mapping[Surface, NDArray[np.float32]]

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """A mix as `to_json` stored it. Raises KeyError or ValueError on anything else."""
        columns = {name: _row(stored[name]) for name in ("rules", "ngrams", "encoder", "constant")}
        cuts = stored["cuts"]
        if not isinstance(cuts, Mapping):
            raise ValueError("cuts must be a table")
        return cls(
            **columns,
            around=float(str(stored["around"])),
            cuts={surface: _row(cuts[surface.value]) for surface in Surface},
        )

    def to_json(self) -> dict[str, object]:
        """Plain JSON values, a table of heads for each part."""
        return {
            "rules": _table(self.rules),
            "ngrams": _table(self.ngrams),
            "encoder": _table(self.encoder),
            "constant": _table(self.constant),
            "around": self.around,
            "cuts": {surface.value: _table(row) for surface, row in self.cuts.items()},
        }


class Ear:
    """Hears windows of a text. A `forum.screening.model.Model`."""

    def __init__(
        self, reader: Reader, ngrams: NgramHeads, encoder: Encoder | None, mix: Mix, version: str
    ) -> None:
        """encoder: None for light screening. mix: made for exactly these parts."""
        self.version = version
        self.shipped_version = version
        self._reader = reader
        self._ngrams = ngrams
        self._encoder = encoder
        self._mix = mix
        self._adapted: Adapted | None = None

    def adapted(self, learnt: Adapted) -> Self:
        """The same ear with what an installation has learnt; this one stays as it is.

        Raises AdaptedError when that was made for another ear or breaks its promises.
        """
        learnt.check(self.shipped_version, self._mix.cuts, 1 if self._encoder is None else 2)
        made = copy(self)
        made._adapted = learnt
        made.version = f"{self.shipped_version}{ADAPTED}{learnt.made_at}"
        return made

    def mixed_anew(self, mix: Mix) -> Self:
        """The same parts, joined and cut in another way; nothing learnt."""
        made = copy(self)
        made._mix, made._adapted = mix, None
        return made

    @property
    def cuts(self) -> Mapping[Surface, Logits]:
        """The log-odds from which each head speaks, by surface."""
        return self._mix.cuts if self._adapted is None else self._adapted.cuts

    @classmethod
    def load(cls, reader: Reader, mode: Mode, folder: Path | None = None) -> Self:
        """The ear that comes with the package; `folder` holds another's files.

        Raises DamagedWeights, which names the file that is missing or cannot be used.
        """
        with as_file(files("forum.screening") / "weights") as shipped:
            where = folder or shipped
            with reading(where / CUTS_FILE):
                cuts = json.loads((where / CUTS_FILE).read_text(encoding="utf-8"))
                mix, version = Mix.from_json(cuts[mode.value]), cuts["version"]
            with reading(where / NGRAMS_FILE):
                ngrams = NgramHeads.load(where / NGRAMS_FILE)
            encoder = Encoder.load(where) if mode is Mode.FULL else None
        return cls(reader, ngrams, encoder, mix, f"ear {version} {mode}")

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        """One answer for each window of the text, its cuts for the surface applied."""
        if not spans:
            return Scores(())
        heard = self.logits(text, spans) + self._mix.rules * evidence(by_rules)
        return Scores(tuple(window_score(row, self.cuts[surface]) for row in heard))

    def logits(self, text: str, spans: Sequence[Span]) -> Logits:
        """Log-odds without the rules' evidence, windows × heads."""
        wholes = chunks(text)
        parts = list(dict.fromkeys([*spans, *wholes]))
        heard = dict(zip(parts, self._mixed([text[a:b] for a, b in parts]), strict=True))
        around = self._mix.around
        return np.array(
            [(1 - around) * heard[span] + around * heard[holding(wholes, span)] for span in spans],
            dtype=np.float32,
        )

    def sounds(self, text: str, head: int, by_rules: Need) -> Sounds | None:
        """What the ear as shipped makes of the window in which `head` is loudest: one row.

        With what rules heard as evidence, as in `score`. None for a text without words.
        """
        spans, wholes = windows(text), chunks(text)
        if not spans:
            return None
        near = self._shipped([text[a:b] for a, b in spans])
        whole = self._shipped([text[a:b] for a, b in (holding(wholes, span) for span in spans)])
        around = self._mix.around
        mixed = (1 - around) * near.mixed + around * whole.mixed
        mixed = mixed + self._mix.rules * evidence(by_rules)
        loudest = int(np.argmax(mixed[:, head]))
        ears = (1 - around) * near.ears + around * whole.ears
        return Sounds(
            mixed[loudest : loudest + 1], ears[loudest : loudest + 1], [near.buckets[loudest]]
        )

    def _mixed(self, texts: Sequence[str]) -> Logits:
        shipped = self._shipped(texts)
        if self._adapted is None:
            return shipped.mixed
        return shipped.mixed + self._adapted.correction.of(shipped)

    def _shipped(self, texts: Sequence[str]) -> Sounds:
        plain = [model_text(self._reader, text) for text in texts]
        found = [buckets(text) for text in plain]
        ears = [self._ngrams.of(found)]
        mixed = self._mix.ngrams * ears[0] + self._mix.constant
        if self._encoder is not None:
            ears.append(self._encoder.logits(plain))
            mixed = mixed + self._mix.encoder * ears[1]
        return Sounds(np.asarray(mixed, dtype=np.float32), np.concatenate(ears, axis=1), found)


def model_text(reader: Reader, text: str) -> str:
    """A text as the ears are trained to read it: plain letters, disguises undone."""
    return reader.undisguised(normalise(text))


def evidence(by_rules: Need) -> Logits:
    """What rules heard, as a number for each head: 0.0 below CONCERN, 1.0 for CRISIS."""
    row = np.zeros(len(HEADS), dtype=np.float32)
    row[_NEED] = max(0, by_rules - Need.SUPPORT) / (Need.CRISIS - Need.SUPPORT)
    return row


def window_score(logits: Logits, cuts: Logits) -> WindowScore:
    """What calibrated log-odds of one window say at these cuts (one number a head, both)."""
    over = logits - cuts
    odds = chance(logits)
    return WindowScore(
        need=Need(_highest(over[_NEED])),
        harm=Harm(_highest(over[_HARM])),
        rank=float(odds[_NEED].mean()),
        # A head's cut stands at one half, where conduct counts as flagged.
        conduct=dict(zip(CONDUCTS, chance(over[_CONDUCT]).tolist(), strict=True)),
    )


def _highest(over: Logits) -> int:
    """The highest level that speaks; a level speaks for all below it."""
    return int(max((level for level, one in enumerate(over, start=1) if one >= 0), default=0))


def _row(stored: object) -> NDArray[np.float32]:
    if not isinstance(stored, Mapping):
        raise ValueError("a table of heads is missing")
    return np.array([stored[name] for name in HEADS], dtype=np.float32)


def _table(row: NDArray[np.float32]) -> dict[str, float]:
    return {name: round(float(one), 4) for name, one in zip(HEADS, row, strict=True)}
