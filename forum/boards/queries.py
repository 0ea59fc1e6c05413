"""Reads of boards and topics; each one that a page shows goes through VISIBLE and READABLE.

Statements are built once, when the module is read, and get their values at each call: building
them anew took four times as long as running them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, case, func, or_
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.boards.models import Board, Post, Topic
from forum.communities.models import Grant
from forum.communities.titles import OFFICES, badge
from forum.content import Visibility
from forum.db import Reader
from forum.errors import NotFound
from forum.permissions import Action, Actor, Role
from forum.services import Place

POSTS_A_PAGE = 20
RECENT_TEXTS = 3  # what was said just before often tells how the next words are meant
FORMER_MEMBER = "former member"
# What a hidden or withdrawn topic is called by those who may not read its first post.
NO_TITLE = {Visibility.HIDDEN: "A topic that is hidden for now", Visibility.REMOVED: "A topic"}


class BoardLine(NamedTuple):
    """A board in the list; last_post_at is None while nobody has written."""

    id: int
    slug: str
    name: str
    about: str
    goal: str
    is_closed: bool
    last_post_at: datetime | None


class OwnPost(NamedTuple):
    """A post as its author may change it."""

    id: int
    topic_id: int
    number: int
    text: str
    note: str
    version: int
    visibility: str


class Thread(NamedTuple):
    """A topic as its own page needs it. title: what this person may read of it."""

    id: int
    title: str
    post_count: int
    is_locked: bool
    is_pinned: bool
    board_slug: str
    board_name: str
    board_closed: bool

    @property
    def pages(self) -> int:
        """How many pages of posts there are, at least one."""
        return page_of(self.post_count)

    @property
    def takes_posts(self) -> bool:
        """Whether anybody may answer here."""
        return not (self.is_locked or self.board_closed)


def storable(number: int) -> int:
    """An id or page as both databases can hold it. Raises NotFound for what no row can have."""
    if not 0 < number < 2**31:
        raise NotFound
    return number


def page_of(number: int) -> int:
    """The page that shows the post of this number."""
    return max(1, -(-number // POSTS_A_PAGE))


def is_staff(place: Place, actor: Actor) -> bool:
    """Whether this person reads what moderators have hidden here."""
    return actor.may(Action.REVIEW_LIST, place.id)


def visible_to(place: Place, actor: Actor, **more: object) -> dict[str, object]:
    """The values for VISIBLE and READABLE, and `more` for the same statement.

    A place that is not open to this person is looked for under the id of no place.
    """
    return more | {
        "visible_in": place.id if place.is_open_to(actor) else 0,
        "reads_all": is_staff(place, actor),
        "reader_id": actor.account_id or 0,
    }


# The condition that this person may know of a topic. A hidden first post does not hide the
# answers of others: the topic opens, without its title.
VISIBLE: ColumnElement[bool] = col(Topic.community_id) == bindparam("visible_in")
# The condition that this person may read a post's words: shown, their own, or staff.
READABLE: ColumnElement[bool] = or_(
    col(Post.visibility) == Visibility.SHOWN.value,
    col(Post.author_id) == bindparam("reader_id"),
    bindparam("reads_all", type_=Boolean),
)


def author_name(account: type[Account] = Account) -> ColumnElement[str]:
    """The column of an author's name: an erased one's is kept by nobody."""
    is_known = and_(col(account.id).is_not(None), col(account.erased_at).is_(None))
    return case((is_known, col(account.name)), else_=FORMER_MEMBER)


def is_first_post() -> ColumnElement[bool]:
    """The condition that a post began its topic."""
    return and_(col(Post.topic_id) == col(Topic.id), col(Post.number) == 1)


_LATEST = select(func.max(Topic.last_post_at)).where(col(Topic.board_id) == col(Board.id))
_BOARDS = (
    select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
        Board.id,
        Board.slug,
        Board.name,
        Board.about,
        Board.goal,
        Board.is_closed,
        _LATEST.scalar_subquery(),
    )
    .where(Board.community_id == bindparam("visible_in"))
    .order_by(col(Board.position), col(Board.id))
)
_THREAD = (
    select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
        Topic.id,
        Post.title,
        Topic.post_count,
        Topic.is_locked,
        Topic.is_pinned,
        Board.slug,
        Board.name,
        Board.is_closed,
        Post.visibility,
        READABLE,
    )
    .join(Board, col(Board.id) == col(Topic.board_id))
    .join(Post, is_first_post())
    .where(Topic.id == bindparam("topic_id"), VISIBLE)
)
_BADGES = select(Grant.account_id, Grant.role).where(
    Grant.community_id == bindparam("community_id"),
    col(Grant.account_id).in_(bindparam("account_ids", expanding=True)),
    col(Grant.role).in_((*OFFICES, Role.CERTIFIED)),
    or_(col(Grant.ends_at).is_(None), col(Grant.ends_at) > bindparam("now")),
)


async def boards(reader: Reader, place: Place, actor: Actor) -> list[BoardLine]:
    """The community's boards in their order, each with the time of its latest post."""
    rows = await reader.exec(_BOARDS, params=visible_to(place, actor))
    return [BoardLine(*row) for row in rows]


async def board(reader: Reader, place: Place, slug: str) -> Board:
    """The board of that name in this community. Raises NotFound."""
    found = await reader.exec(
        select(Board).where(Board.community_id == place.id, Board.slug == slug)
    )
    row = found.first()
    if row is None:
        raise NotFound
    return row


async def thread(reader: Reader, place: Place, actor: Actor, topic_id: int) -> Thread:
    """The topic, its board and the title this person may read. Raises NotFound."""
    found = await reader.exec(_THREAD, params=visible_to(place, actor, topic_id=topic_id))
    row = found.first()
    if row is None:
        raise NotFound
    return Thread(*titled(row))


async def whereabouts(reader: Reader, place: Place, actor: Actor, post_id: int) -> tuple[int, int]:
    """Topic id and number of a post in this community. Raises NotFound."""
    found = (
        await reader.exec(
            select(Post.topic_id, Post.number)
            .join(Topic, col(Topic.id) == col(Post.topic_id))
            .where(Post.id == post_id, VISIBLE),
            params=visible_to(place, actor),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


async def own_post(reader: Reader, place: Place, actor: Actor, post_id: int) -> OwnPost:
    """The person's own post with its words as they wrote them. Raises NotFound for another's."""
    found = (
        await reader.exec(
            select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
                Post.id,
                Post.topic_id,
                Post.number,
                Post.text,
                Post.note,
                Post.version,
                Post.visibility,
            )
            .join(Topic, col(Topic.id) == col(Post.topic_id))
            .where(
                Post.id == post_id,
                Post.author_id == actor.id,
                VISIBLE,
            ),
            params=visible_to(place, actor),
        )
    ).first()
    if found is None:
        raise NotFound
    return OwnPost(*found)


async def opening_text(reader: Reader, topic_id: int) -> str | None:
    """How a topic began, for the screener; None when that was hidden or taken back."""
    found = select(Post.text).where(
        Post.topic_id == topic_id, Post.number == 1, Post.visibility == Visibility.SHOWN.value
    )
    return (await reader.exec(found)).first()


async def answered_text(reader: Reader, topic_id: int, number: int, author_id: int) -> str | None:
    """The post of another that an answer quotes, for the screener; None when it is not shown."""
    if not 0 < number < 2**31:
        return None
    found = select(Post.text).where(
        Post.topic_id == topic_id,
        Post.number == number,
        Post.visibility == Visibility.SHOWN.value,
        Post.author_id != author_id,
    )
    return (await reader.exec(found)).first()


async def recent_texts(reader: Reader, place: Place, author_id: int) -> list[str]:
    """What the author wrote last in this community, oldest first, for the screener."""
    found = (
        select(Post.text)
        .where(Post.author_id == author_id, Post.community_id == place.id)
        .order_by(col(Post.id).desc())
        .limit(RECENT_TEXTS)
    )
    return list(await reader.exec(found))[::-1]


async def badges(
    reader: Reader, community_id: int, account_ids: set[int], now: datetime
) -> dict[int, str]:
    """Account id → the words beside the name, for those who wear any here now."""
    asked = {"community_id": community_id, "account_ids": list(account_ids), "now": now}
    rows = await reader.exec(_BADGES, params=asked)
    held: defaultdict[int, set[Role]] = defaultdict(set)
    for account_id, role in rows:
        held[account_id].add(Role(role))
    return {account_id: badge(roles) for account_id, roles in held.items()}


def titled(row: Sequence[Any]) -> list[Any]:
    """A row without its last two columns, visibility and readable, which decide on its title."""
    *shown, visibility, readable = row
    if not readable or not shown[1]:
        shown[1] = NO_TITLE.get(Visibility(visibility), NO_TITLE[Visibility.REMOVED])
    return shown
