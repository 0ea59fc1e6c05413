"""Reads the hand-written messages that the ears learn from (their form: corpus/README.md)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from forum.screening.verdict import CONDUCTS, Harm, Need, Surface

FOLDER = Path(__file__).parent / "corpus"
_LINE = re.compile(r"([0-4]) ([cb]) (\S+)((?: \S+)*?) \| (.+)")
_SURFACES = {"c": Surface.CHAT, "b": Surface.BOARD}
_HARMS = {"h1": Harm.NOTE, "h2": Harm.UNSAFE_DETAIL, "h3": Harm.ENCOURAGEMENT}


@dataclass(frozen=True)
class Message:
    """One made-up message and what its writer says it is.

    writer: the pass it was written in. kind: the functionality, such as "farewell" or
    "twin:past". conducts: names of CONDUCTS. spans: the words that carry harm or conduct.
    language: of ISO 639-1. doubtful: a second, blind reader gave another level.
    """

    text: str
    need: Need
    surface: Surface
    kind: str
    writer: str
    harm: Harm = Harm.SAFE
    conducts: frozenset[str] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()
    language: str = "en"
    doubtful: bool = field(default=False, compare=False)


class CorpusError(ValueError):
    """A line of the corpus cannot be read; the message names file and line."""


def load(folder: Path = FOLDER) -> list[Message]:
    """Every message, file by file in the order of their names. Raises CorpusError."""
    doubts = _doubts(folder / "doubtful.txt")
    return [
        message
        for path in sorted(folder.glob("w*.txt"))
        for message in _messages(path, doubts.get(path.stem, frozenset()))
    ]


def _messages(path: Path, doubts: frozenset[int]) -> Iterator[Message]:
    """The messages of one writer. Files are named w07.txt, or w51.de.txt in another language."""
    writer, _, language = path.stem.partition(".")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                yield read_line(line, writer, language or "en", doubtful=number in doubts)
            except ValueError as fault:
                raise CorpusError(f"{path.name}, line {number}: {fault}") from None


def read_line(line: str, writer: str, language: str = "en", *, doubtful: bool = False) -> Message:
    """One line of a writer's file. Raises ValueError that says what is wrong with it."""
    match = _LINE.fullmatch(line.rstrip())
    if match is None:
        raise ValueError("not of the form: NEED SURFACE KIND [FLAGS] | TEXT")
    need, surface, kind, flags, marked = match.groups()
    text, spans = unmarked(marked.replace("\\n", "\n"))
    harm, conducts = _flags(flags.split())
    return Message(
        text=text,
        need=Need(int(need)),
        surface=_SURFACES[surface],
        kind=kind,
        writer=writer,
        harm=harm,
        conducts=conducts,
        spans=spans,
        language=language,
        doubtful=doubtful,
    )


def unmarked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without [[marks]], and where what stood in them is now."""
    plain, spans = "", []
    for part in re.split(r"(\[\[.*?\]\])", text, flags=re.DOTALL):
        if part.startswith("[[") and part.endswith("]]"):
            spans.append((len(plain), len(plain) + len(part) - 4))
            part = part[2:-2]
        plain += part
    return plain, tuple(spans)


def _flags(flags: Sequence[str]) -> tuple[Harm, frozenset[str]]:
    unknown = [flag for flag in flags if flag not in _HARMS and flag not in CONDUCTS]
    if unknown:
        raise ValueError(f"unknown flag {unknown[0]}")
    harm = max((_HARMS[flag] for flag in flags if flag in _HARMS), default=Harm.SAFE)
    return harm, frozenset(flag for flag in flags if flag in CONDUCTS)


def _doubts(path: Path) -> dict[str, frozenset[int]]:
    """Line numbers in doubt by file stem, from lines such as "w07 12 40 41"."""
    if not path.exists():
        return {}
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {words[0]: frozenset(map(int, words[1:])) for words in lines if words}
