"""A board's list of topics, page by page, each page at the same cost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, tuple_
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.boards.models import Post, Topic
from forum.boards.queries import (
    author_name,
    is_first_post,
    may_read,
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
    point = tuple_(col(Topic.is_pinned), col(Topic.last_post_at), col(Topic.id))
    order = [col(Topic.is_pinned), col(Topic.last_post_at), col(Topic.id)]
    found = _listed(place, actor).where(Topic.board_id == board_id).limit(TOPICS_A_PAGE + 1)
    if before is not None:
        found = found.where(point > tuple(before)).order_by(*order)
    else:
        found = found.order_by(*(column.desc() for column in order))
        if after is not None:
            found = found.where(point < tuple(after))
    rows = [TopicLine(*titled(row)) for row in await reader.exec(found)]
    more, rows = len(rows) > TOPICS_A_PAGE, rows[:TOPICS_A_PAGE]
    if before is not None:
        rows.reverse()
        return TopicPage(rows, _edge(rows, 0) if more else None, _edge(rows, -1))
    return TopicPage(rows, _edge(rows, 0) if after else None, _edge(rows, -1) if more else None)


def _listed(place: Place, actor: Actor) -> Any:
    """The topics of lists: those that moderators have hidden are not among them."""
    readable = may_read(place, actor)
    return (
        select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
            Topic.id,
            Post.title,
            author_name(),
            Topic.post_count,
            Topic.last_post_at,
            Topic.is_pinned,
            Topic.is_locked,
            Post.visibility,
            readable,
        )
        .join(Post, is_first_post())
        .outerjoin(Account, col(Account.id) == col(Topic.author_id))
        .where(
            visible_to(place, actor),
            or_(col(Post.visibility) != Visibility.HIDDEN.value, readable),
        )
    )


def _edge(rows: Sequence[TopicLine], at: int) -> PlaceInList | None:
    return rows[at].place_in_list if rows else None
