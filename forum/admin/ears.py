"""The doctor's look at screening: does each ear load, hear what it must, and how fast."""

import time
from collections.abc import Iterator
from pathlib import Path

from forum.admin.doctor import Finding, State
from forum.errors import BadSettings
from forum.listening import load_ear, rule_book
from forum.screening.adapted import FILE, AdaptedError
from forum.screening.ear import Ear, Mode
from forum.screening.hearing import Listener
from forum.screening.learnt import with_learnt
from forum.screening.rulebook import load_rules
from forum.screening.verdict import Need, Surface
from forum.screening.windows import windows
from forum.services import Services
from forum.settings import Settings

# What an ear must tell apart without any rule. Its cuts reckon with the rules' evidence, so the
# distance counts here: files of two makings put the two sentences close together.
CRISIS = "i want to kill myself tonight"
ORDINARY = "morning all, the kettle is on and the dog has been out"
LEAST_APART = 0.1  # of ranks from 0.0 to 1.0; whole ears stand at 0.2 and more
TRIES = 5  # the first one wakes the machine, others share it


def examine_ears(settings: Settings, folder: Path | None = None) -> Iterator[Finding]:
    """One line for each mode, the one in use first. folder: of other weights than the package's.

    An ear that fails is bad when it is the one in use; else somebody should know.
    """
    chosen, book = Mode(settings.screening), load_rules()
    for mode in sorted(Mode, key=lambda one: one is not chosen):
        worst = State.BAD if mode is chosen else State.CARE
        use = "in use" if mode is chosen else "not in use"
        name = f"Screening, {mode} ({use})"
        try:
            ear = load_ear(book, mode, folder)
        except BadSettings as damaged:
            yield Finding(worst, f"{name} cannot listen", " ".join(damaged.problems))
            continue
        yield _heard(ear, name, worst, settings.screening_deadline_seconds)


def examine_learnt(settings: Settings, key: bytes) -> Iterator[Finding]:
    """Whether decisions are kept, and whether what was learnt from them is in use."""
    if settings.screening_learns:
        yield Finding(State.GOOD, "Decisions are kept, so that the ear can learn from them")
    path = settings.data_dir / FILE
    if not path.exists():
        return
    advice = "Run: handrail screening adapt --community SLUG --publish, or with --forget."
    try:
        book = rule_book(settings)
        ear = load_ear(book, Mode(settings.screening))
        learnt = with_learnt(ear, Listener(book), settings.data_dir, key)
    except AdaptedError as fault:
        yield Finding(State.BAD, f"What was learnt ({path}) is not used: {fault}", advice)
    except BadSettings as damaged:
        yield Finding(State.BAD, "The ear cannot use what was learnt", " ".join(damaged.problems))
    else:
        yield Finding(State.GOOD, f"The ear uses what it learnt: {learnt.version}")


def running_ear(services: Services) -> Finding:
    """How the screener of this very process fares."""
    screener = services.screener
    if screener.is_failing:
        advice = "Rules still listen, and texts wait to be heard again. Run: handrail doctor"
        return Finding(State.BAD, "The listening model is not answering", advice)
    return Finding(State.GOOD, f"Screening listens: {screener.version}")


def _heard(ear: Ear, name: str, worst: State, deadline_seconds: float) -> Finding:
    try:
        apart, seconds = _rank(ear, CRISIS) - _rank(ear, ORDINARY), _seconds(ear)
    except Exception as fault:  # the doctor names what is ill and goes on
        return Finding(worst, f"{name} fails: {type(fault).__name__}", "Install Handrail again.")
    if apart < LEAST_APART:
        advice = "Its files do not fit each other. Install Handrail again."
        return Finding(worst, f"{name} hears a crisis like any other talk", advice)
    if seconds > deadline_seconds:
        advice = "This machine is too slow for it. Set HANDRAIL_SCREENING=light."
        return Finding(worst, f"{name} takes {seconds:.1f} s for a message", advice)
    return Finding(State.GOOD, f"{name}: {ear.version} hears a message in {_plain(seconds)}")


def _rank(ear: Ear, text: str) -> float:
    heard = ear.score(text, windows(text), Surface.CHAT, Need.NONE)
    return max(window.rank for window in heard.windows)


def _seconds(ear: Ear) -> float:
    """The fastest of TRIES."""
    times = []
    for _ in range(TRIES):
        began = time.perf_counter()
        _rank(ear, CRISIS)
        times.append(time.perf_counter() - began)
    return min(times)


def _plain(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
