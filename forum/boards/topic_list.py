"""A board's list of topics, page by page, each page at the same cost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Integer, bindparam, or_, tuple_
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.boards.models import Post, Topic
from forum.boards.queries import (
    READABLE,
    VISIBLE,
    author_name,
    is_first_post,
    storable,
    titled,
    visible_to,
)
from forum.content import Visibility
from forum.db import Reader
from forum.errors import NotFound
from forum.permissions import Actor
from forum.services import Place

TOPICS_A_PAGE = 25


class TopicLine(NamedTuple):
    """A topic in a board's list."""

    id: int
    title: str
    author_name: str
    post_count: int
    last_post_at: datetime
    is_pinned: bool
    is_locked: bool

    @property
    def place_in_list(self) -> "PlaceInList":
        """Where the list goes on after this line."""
        return PlaceInList(self.is_pinned, self.last_post_at, self.id)


class PlaceInList(NamedTuple):
    """A point between two topics of a list: what stands in a link to the next page."""

    is_pinned: bool
    last_post_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{int(self.is_pinned)}.{self.last_post_at.isoformat()}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> "PlaceInList":
        """The point that `str()` wrote. Raises NotFound for anything else."""
        pinned, _, rest = text.partition(".")
        at, _, number = rest.rpartition(".")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError as error:
            raise NotFound from error
        if pinned not in ("0", "1") or not number.isdecimal() or moment.tzinfo is None:
            raise NotFound
        return cls(pinned == "1", moment, storable(int(number)))


class TopicPage(NamedTuple):
    """A page of a board's list; the links' points are None at either end."""

    topics: Sequence[TopicLine]
    newer: PlaceInList | None
    older: PlaceInList | None


_TIME: Any = col(Topic.last_post_at)  # Any: its type, which keeps UTC, has no public name
_ORDER = (col(Topic.is_pinned), _TIME, col(Topic.id))
_POINT = tuple_(
    bindparam("is_pinned", type_=Boolean),
    bindparam("last_post_at", type_=_TIME.type),
    bindparam("id", type_=Integer),
)
# Those that moderators have hidden are not in lists, except for who may read them.
_LISTED = (
    select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
        Topic.id,
        Post.title,
        author_name(),
        Topic.post_count,
        Topic.last_post_at,
        Topic.is_pinned,
        Topic.is_locked,
        Post.visibility,
        READABLE,
    )
    .join(Post, is_first_post())
    .outerjoin(Account, col(Account.id) == col(Topic.author_id))
    .where(
        Topic.board_id == bindparam("board_id"),
        VISIBLE,
        or_(col(Post.visibility) != Visibility.HIDDEN.value, READABLE),
    )
    .limit(TOPICS_A_PAGE + 1)
)
_FIRST = _LISTED.order_by(*(column.desc() for column in _ORDER))
_AFTER = _FIRST.where(tuple_(*_ORDER) < _POINT)
_BEFORE = _LISTED.where(tuple_(*_ORDER) > _POINT).order_by(*_ORDER)


async def topics(
    reader: Reader,
    place: Place,
    actor: Actor,
    board_id: int,
    *,
    after: PlaceInList | None = None,
    before: PlaceInList | None = None,
) -> TopicPage:
    """A page of the board's topics, the pinned first, then the latest spoken in.

    after: go on below this point; before: end above it. Costs the same on every page.
    """
    asked = visible_to(place, actor, board_id=board_id)
    if before is not None:
        found = await _lines(reader, _BEFORE, asked | before._asdict())
        lines, has_more = found[:TOPICS_A_PAGE][::-1], len(found) > TOPICS_A_PAGE
        return TopicPage(lines, _edge(lines, 0) if has_more else None, _edge(lines, -1))
    point = after._asdict() if after else {}
    found = await _lines(reader, _AFTER if after else _FIRST, asked | point)
    lines, has_more = found[:TOPICS_A_PAGE], len(found) > TOPICS_A_PAGE
    newer = _edge(lines, 0) if after else None
    return TopicPage(lines, newer, _edge(lines, -1) if has_more else None)


async def _lines(reader: Reader, found: Any, asked: dict[str, object]) -> list[TopicLine]:
    return [TopicLine(*titled(row)) for row in await reader.exec(found, params=asked)]


def _edge(rows: Sequence[TopicLine], at: int) -> PlaceInList | None:
    return rows[at].place_in_list if rows else None
