"""Puts the screener together as the settings ask, or says plainly why it cannot be."""

from pathlib import Path

import structlog

from forum.errors import BadSettings
from forum.screening.adapted import AdaptedError
from forum.screening.ear import Ear, Mode
from forum.screening.encoder import ENCODER_FILE, TOKENIZER_FILE
from forum.screening.hearing import Listener
from forum.screening.learnt import with_learnt
from forum.screening.local_rules import load_book
from forum.screening.rulebook import RuleBook, RuleError
from forum.screening.screener import Screener
from forum.screening.stored import DamagedWeights
from forum.settings import Settings

log = structlog.get_logger(__name__)

_REINSTALL = "Install Handrail again"
_WITHOUT_ENCODER = "or set HANDRAIL_SCREENING=light, which needs no encoder"


def build_screener(
    settings: Settings,
    folder: Path | None = None,
    *,
    key: bytes | None = None,
    second_opinion: bool = False,
) -> Screener:
    """Rules and ear, whole and loaded: nobody is served by a forum that cannot listen.

    folder: of other weights than those in the package. key: of the installation; None leaves out
    what it has learnt. second_opinion: see `Screener`. Raises BadSettings, see `load_ear` and
    `rule_book`.
    """
    book = rule_book(settings)
    ear = load_ear(book, Mode(settings.screening), folder)
    return Screener(
        book,
        ear if key is None else _learnt(ear, book, settings, key),
        deadline_seconds=settings.screening_deadline_seconds,
        second_opinion=second_opinion,
    )


def rule_book(settings: Settings) -> RuleBook:
    """The packaged rules and those of the installation. Raises BadSettings that says what fails."""
    try:
        return load_book(settings.rules_dir)
    except RuleError as fault:
        raise BadSettings([f"HANDRAIL_RULES_DIR: {fault}"]) from fault


def load_ear(book: RuleBook, mode: Mode, folder: Path | None = None) -> Ear:
    """The ear of this mode. Raises BadSettings, which names a damaged file and the way out."""
    try:
        return Ear.load(book.reader, mode, folder)
    except DamagedWeights as damaged:
        problem = f"HANDRAIL_SCREENING={mode} needs {damaged.path}, but {damaged.why}."
        raise BadSettings([problem, f"{_way_out(damaged)}."]) from damaged


def _learnt(ear: Ear, book: RuleBook, settings: Settings, key: bytes) -> Ear:
    """The ear with what the installation has learnt; as shipped, and said so, if that is unfit."""
    try:
        return with_learnt(ear, Listener(book), settings.data_dir, key)
    except AdaptedError as fault:
        log.error("learnt_not_used", why=str(fault))
        return ear


def _way_out(damaged: DamagedWeights) -> str:
    only_full = damaged.path.name in (ENCODER_FILE, TOKENIZER_FILE)
    return f"{_REINSTALL}, {_WITHOUT_ENCODER}" if only_full else _REINSTALL
