"""Gives the ear what this installation has learnt, where that can be trusted."""

from pathlib import Path

from forum.screening.adapted import FILE, AdaptedError, read
from forum.screening.anchors import lost
from forum.screening.ear import Ear
from forum.screening.hearing import Listener


def with_learnt(ear: Ear, listener: Listener, folder: Path, key: bytes) -> Ear:
    """The ear with what lies in the data folder; the ear as shipped when nothing does.

    listener: of the rules beside it. key: that of the installation. Raises AdaptedError, which says
    why it must not be used: then the shipped ear listens, so that no file makes it deaf.
    """
    try:
        learnt = ear.adapted(read(folder / FILE, key))
    except FileNotFoundError:
        return ear
    except OSError as fault:
        raise AdaptedError(f"it cannot be read: {fault.strerror}") from fault
    if gone := lost(ear, learnt, listener):
        raise AdaptedError(f"it no longer hears {len(gone)} sentences that must stay heard")
    return learnt
