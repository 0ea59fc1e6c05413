"""Puts the screener together as the settings ask, or says plainly why it cannot be."""

from pathlib import Path

from forum.errors import BadSettings
from forum.screening.ear import Ear, Mode
from forum.screening.encoder import ENCODER_FILE, TOKENIZER_FILE
from forum.screening.rulebook import RuleBook, load_rules
from forum.screening.screener import Screener
from forum.screening.stored import DamagedWeights
from forum.settings import Settings

_REINSTALL = "Install Handrail again"
_WITHOUT_ENCODER = "or set HANDRAIL_SCREENING=light, which needs no encoder"


def build_screener(
    settings: Settings, folder: Path | None = None, *, second_opinion: bool = False
) -> Screener:
    """Rules and ear, whole and loaded: nobody is served by a forum that cannot listen.

    folder: of other weights than those in the package. second_opinion: see `Screener`. Raises
    BadSettings, see `load_ear`.
    """
    book = load_rules()
    ear = load_ear(book, Mode(settings.screening), folder)
    return Screener(
        book,
        ear,
        deadline_seconds=settings.screening_deadline_seconds,
        second_opinion=second_opinion,
    )


def load_ear(book: RuleBook, mode: Mode, folder: Path | None = None) -> Ear:
    """The ear of this mode. Raises BadSettings, which names a damaged file and the way out."""
    try:
        return Ear.load(book.reader, mode, folder)
    except DamagedWeights as damaged:
        problem = f"HANDRAIL_SCREENING={mode} needs {damaged.path}, but {damaged.why}."
        raise BadSettings([problem, f"{_way_out(damaged)}."]) from damaged


def _way_out(damaged: DamagedWeights) -> str:
    only_full = damaged.path.name in (ENCODER_FILE, TOKENIZER_FILE)
    return f"{_REINSTALL}, {_WITHOUT_ENCODER}" if only_full else _REINSTALL
