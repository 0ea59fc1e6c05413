"""How any kind of content is named, read, hidden and restored, without knowing the kind."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from forum.db import Reader, Tx
from forum.errors import NotFound

Span = tuple[int, int]  # start and end in characters of the text as it was written


class Subject(NamedTuple):
    """What a signal, flag or review is about."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Subject":
        """The subject that `str()` wrote. Raises NotFound for anything else."""
        kind, _, number = text.partition(":")
        if not kind or not number.isdecimal():
            raise NotFound
        return cls(kind, int(number))


class Visibility(StrEnum):
    """Whether readers see a piece of content; its author and the desk always do."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    REMOVED = "removed"  # taken back by its author


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of content as the desk shows it: raw text, never HTML."""

    subject: Subject
    author_id: int | None  # None: the author erased the account
    author_name: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of content in its surroundings.

    version grows with each edit; where: words for the place; url: the page that shows it;
    verdict: of this version, as `Verdict.to_json` gave it.
    """

    line: Line
    community_id: int
    version: int
    visibility: Visibility
    masks: tuple[Span, ...]
    where: str
    url: str
    before: tuple[Line, ...] = ()
    after: tuple[Line, ...] = ()
    verdict: Mapping[str, Any] = field(default_factory=dict)


class ContentKind(Protocol):
    """What boards, rooms and private lines each hand to the desk.

    surface: how screening hears it, `chat` or `board`. word: what people call one of them.
    is_public: members see it, so that they may report it.
    """

    kind: str
    surface: str
    word: str
    is_public: bool

    async def excerpt(self, reader: Reader, content_id: int) -> Excerpt | None:
        """The content with a few lines around it; None when there is no such thing."""

    async def recent(self, reader: Reader, author_id: int, limit: int) -> Sequence[Line]:
        """What this author wrote lately, the newest first."""

    async def set_masks(self, tx: Tx, content_id: int, spans: Sequence[Span]) -> None:
        """Replace these spans by a mark for every reader; none unmasks all. Announces it."""

    async def set_verdict(
        self, tx: Tx, content_id: int, version: int, verdict: Mapping[str, Any]
    ) -> bool:
        """Keep what was heard later in this version, as `Verdict.to_json` gives it.

        False when the text was edited meanwhile: the newer version has a verdict of its own.
        """

    async def set_visibility(self, tx: Tx, content_id: int, visibility: Visibility) -> None:
        """Hide or show the whole piece. Announces it, so that open pages follow."""


class Contents:
    """The kinds of content that this forum has."""

    def __init__(self, kinds: Iterable[ContentKind] = ()) -> None:
        self._kinds = {kind.kind: kind for kind in kinds}

    def __getitem__(self, kind: str) -> ContentKind:
        """The kind of that name. Raises NotFound when there is none."""
        if kind not in self._kinds:
            raise NotFound
        return self._kinds[kind]

    def __contains__(self, kind: str) -> bool:
        return kind in self._kinds

    def __iter__(self) -> Iterator[ContentKind]:
        return iter(self._kinds.values())

    async def excerpt(self, reader: Reader, subject: Subject) -> Excerpt:
        """The subject in its surroundings. Raises NotFound when it is gone."""
        found = await self[subject.kind].excerpt(reader, subject.id)
        if found is None:
            raise NotFound
        return found
