"""A page of a topic: its posts as one person sees them, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.boards.choices import NOTES
from forum.boards.models import Post
from forum.boards.queries import (
    POSTS_A_PAGE,
    Thread,
    author_name,
    badges,
    is_staff,
)
from forum.boards.wording import QUOTED_CHARACTERS, quoted, shown, spans, split
from forum.content import Visibility
from forum.db import Reader
from forum.errors import NotFound
from forum.markup import RENDERER_VERSION, render, stored
from forum.permissions import Action, Actor
from forum.services import Place

# Answers lean on what was said: after a week words are taken back rather than changed.
EDITABLE_FOR = timedelta(days=7)
HIDDEN_LINE = "The moderators have hidden this post."
REMOVED_LINE = "The person who wrote this took it back."
HIDDEN_TAG = "hidden from other members"
REMOVED_TAG = "taken back, other members do not see it"
MASKED_TAG = "a detail is hidden from other members"


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the reader of a topic may do with its posts."""

    slug: str
    topic_id: int
    account_id: int | None
    is_staff: bool
    may_flag: bool
    may_answer: bool
    may_edit: bool
    now: datetime


class ShownQuote(NamedTuple):
    """The beginning of the post that is answered; text is empty when it may not be read."""

    number: int
    author: str
    text: str


class ShownPost(NamedTuple):
    """Everything that is drawn of one post, and nothing else: its fragment depends on no more.

    hidden: a quiet line in place of the body. tag: a quiet word about who else sees it.
    has_reason: somebody decided about it, and a notice tells its author why.
    """

    slug: str
    topic_id: int
    id: int
    number: int
    author: str
    badge: str
    written_at: datetime
    edited_at: datetime | None
    note: str
    hidden: str
    tag: str
    body: Markup
    quote: ShownQuote | None
    is_own: bool
    may_answer: bool
    may_flag: bool
    may_edit: bool
    may_remove: bool
    has_reason: bool


class _Row(NamedTuple):
    """A post with its author and the post it answers, as the statement gives it."""

    id: int
    number: int
    author_id: int | None
    author: str
    note: str
    text: str
    html: str
    renderer_version: int
    masks: list[list[int]]
    visibility: str
    created_at: datetime
    edited_at: datetime | None
    quoted_number: int | None
    quoted_author: str
    quoted_text: str | None
    quoted_masks: list[list[int]] | None
    quoted_visibility: str | None


_QUOTED, _QUOTED_AUTHOR = aliased(Post), aliased(Account)
# By number and not by OFFSET: the last page costs what the first costs.
_POSTS = (
    select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
        Post.id,
        Post.number,
        Post.author_id,
        author_name(),
        Post.note,
        Post.text,
        Post.html,
        Post.renderer_version,
        Post.masks,
        Post.visibility,
        Post.created_at,
        Post.edited_at,
        _QUOTED.number,
        author_name(_QUOTED_AUTHOR),
        func.substr(_QUOTED.text, 1, QUOTED_CHARACTERS),
        _QUOTED.masks,
        _QUOTED.visibility,
    )
    .outerjoin(Account, col(Account.id) == col(Post.author_id))
    .outerjoin(_QUOTED, (_QUOTED.topic_id == Post.topic_id) & (_QUOTED.number == Post.answers))
    .outerjoin(_QUOTED_AUTHOR, _QUOTED_AUTHOR.id == _QUOTED.author_id)
    .where(
        Post.topic_id == bindparam("topic_id"),
        col(Post.number).between(bindparam("first"), bindparam("last")),
    )
    .order_by(col(Post.number))
)
_QUOTE = (
    select(author_name(), func.substr(Post.text, 1, QUOTED_CHARACTERS), Post.masks)
    .outerjoin(Account, col(Account.id) == col(Post.author_id))
    .where(
        Post.topic_id == bindparam("topic_id"),
        Post.number == bindparam("number"),
        Post.visibility == Visibility.SHOWN.value,
    )
)


def viewer_of(place: Place, actor: Actor, topic: Thread, now: datetime) -> Viewer:
    """What this person may do in this topic."""
    return Viewer(
        slug=place.slug,
        topic_id=topic.id,
        account_id=actor.account_id,
        is_staff=is_staff(place, actor),
        may_flag=actor.may(Action.FLAG_CREATE, place.id),
        may_answer=topic.takes_posts and actor.may(Action.POST_CREATE, place.id),
        may_edit=topic.takes_posts and actor.may(Action.POST_EDIT, place.id),
        now=now,
    )


async def posts(
    reader: Reader, place: Place, actor: Actor, topic: Thread, page: int, now: datetime
) -> list[ShownPost]:
    """The posts of one page, from 1. Raises NotFound for a page that is not there."""
    if not 1 <= page <= topic.pages:
        raise NotFound
    first = (page - 1) * POSTS_A_PAGE + 1
    asked = {"topic_id": topic.id, "first": first, "last": first + POSTS_A_PAGE - 1}
    rows = [_Row(*row) for row in await reader.exec(_POSTS, params=asked)]
    authors = {row.author_id for row in rows if row.author_id is not None}
    offices = await badges(reader, place.id, authors, now)
    viewer = viewer_of(place, actor, topic, now)
    return [see(row, viewer, offices) for row in rows]


async def quotable(reader: Reader, topic: Thread, number: int) -> ShownQuote | None:
    """The post that an answer is about to quote; None when it is not there to be read."""
    if number > topic.post_count:
        return None
    found = await reader.exec(_QUOTE, params={"topic_id": topic.id, "number": number})
    row = found.first()
    if row is None:
        return None
    author, text, masks = row
    return ShownQuote(number, author, quoted(text, number, spans(masks)))


def see(row: _Row, viewer: Viewer, offices: Mapping[int, str]) -> ShownPost:
    """The post as this person sees it: words that they may not read are not in it at all."""
    state = Visibility(row.visibility)
    is_own = row.author_id is not None and row.author_id == viewer.account_id
    sees_all = is_own or viewer.is_staff
    readable = sees_all or state is Visibility.SHOWN
    editable = is_own and viewer.may_edit and viewer.now < row.created_at + EDITABLE_FOR
    return ShownPost(
        slug=viewer.slug,
        topic_id=viewer.topic_id,
        id=row.id,
        number=row.number,
        author=row.author,
        badge=offices.get(row.author_id or 0, ""),
        written_at=row.created_at,
        edited_at=row.edited_at,
        note=NOTES.get(row.note, "") if readable else "",
        hidden="" if readable else _quiet_line(state),
        tag=_tag(state, row.masks) if sees_all else "",
        body=_body(row, sees_all=sees_all) if readable else Markup(),
        quote=_quote(row, viewer) if readable else None,
        is_own=is_own,
        may_answer=viewer.may_answer and state is Visibility.SHOWN,
        may_flag=viewer.may_flag and state is Visibility.SHOWN and not is_own,
        may_edit=editable and state is not Visibility.REMOVED,
        may_remove=is_own and state is not Visibility.REMOVED,
        has_reason=is_own and (state is Visibility.HIDDEN or bool(row.masks)),
    )


def _body(row: _Row, *, sees_all: bool) -> Markup:
    if sees_all and row.masks:
        return render(split(row.text, row.number)[1])
    if row.renderer_version != RENDERER_VERSION:
        return shown(row.text, row.number, spans(row.masks)).html
    return stored(row.html)


def _quiet_line(state: Visibility) -> str:
    return REMOVED_LINE if state is Visibility.REMOVED else HIDDEN_LINE


def _tag(state: Visibility, masks: Sequence[Sequence[int]]) -> str:
    if state is Visibility.HIDDEN:
        return HIDDEN_TAG
    if state is Visibility.REMOVED:
        return REMOVED_TAG
    return MASKED_TAG if masks else ""


def _quote(row: _Row, viewer: Viewer) -> ShownQuote | None:
    """The answered post as everybody may read it, even for staff: a quote is another's post."""
    if row.quoted_number is None:
        return None
    text = ""
    if row.quoted_visibility == Visibility.SHOWN.value:
        text = quoted(row.quoted_text or "", row.quoted_number, spans(row.quoted_masks or ()))
    return ShownQuote(row.quoted_number, row.quoted_author, text)
