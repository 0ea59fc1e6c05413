"""Posts as the desk handles them, without knowing that they are posts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from forum.accounts.models import Account
from forum.boards.events import PostHidden, PostMasked, PostRemoved, PostShown
from forum.boards.models import Board, Post, Topic
from forum.boards.queries import author_name
from forum.boards.store import store_masks
from forum.boards.wording import spans
from forum.communities.models import Community
from forum.content import Excerpt, Line, Span, Subject, Visibility
from forum.db import Reader, Tx
from forum.errors import NotFound

AROUND = 2  # posts before and after: enough to see what was answered, and how it was taken
ANNOUNCED = {
    Visibility.SHOWN: PostShown,
    Visibility.HIDDEN: PostHidden,
    Visibility.REMOVED: PostRemoved,
}


class _Spot(NamedTuple):
    """What is needed of a post to find its surroundings."""

    topic_id: int
    number: int
    community_id: int
    version: int
    visibility: str
    masks: list[list[int]]
    verdict: dict[str, Any]
    board: str
    slug: str
    title: str


class Posts:
    """The `ContentKind` of posts."""

    kind = "post"
    surface = "board"
    word = "post"
    is_public = True

    async def excerpt(self, reader: Reader, content_id: int) -> Excerpt | None:
        """The post as it was written, with two posts before and after; None when it is gone."""
        spot = await _spot(reader, content_id)
        if spot is None:
            return None
        lines = await _lines(reader, spot)
        return Excerpt(
            line=lines[spot.number],
            community_id=spot.community_id,
            version=spot.version,
            visibility=Visibility(spot.visibility),
            masks=spans(spot.masks),
            where=f"{spot.board}: {spot.title}, post {spot.number}",
            url=f"/c/{spot.slug}/p/{content_id}",
            before=tuple(line for number, line in lines.items() if number < spot.number),
            after=tuple(line for number, line in lines.items() if number > spot.number),
            verdict=spot.verdict,
        )

    async def recent(self, reader: Reader, author_id: int, limit: int) -> Sequence[Line]:
        """What this author posted lately in any community, the newest first."""
        rows = await reader.exec(
            select(Post.id, Post.author_id, author_name(), Post.text, Post.created_at)  # type: ignore[call-overload]  # sqlmodel types no more than four columns
            .join(Account, col(Account.id) == col(Post.author_id))
            .where(Post.author_id == author_id)
            .order_by(col(Post.id).desc())
            .limit(limit)
        )
        return [_line(*row) for row in rows]

    async def set_masks(self, tx: Tx, content_id: int, spans: Sequence[Span]) -> None:
        """Take these spans of the text from every reader; none shows all of it again."""
        found = await tx.session.exec(
            select(Post.topic_id, Post.community_id, Post.number, Post.text).where(
                Post.id == content_id
            )
        )
        row = found.first()
        if row is None:
            raise NotFound
        topic_id, community_id, number, text = row
        await store_masks(tx, content_id, number, text, spans)
        tx.announce(PostMasked(content_id, topic_id, community_id))

    async def set_verdict(
        self, tx: Tx, content_id: int, version: int, verdict: Mapping[str, Any]
    ) -> bool:
        """Keep what was heard later in this version; False when there is a newer one."""
        heard = update(Post).where(col(Post.id) == content_id, col(Post.version) == version)
        return bool(await tx.change(heard.values(verdict=dict(verdict))))

    async def set_visibility(self, tx: Tx, content_id: int, visibility: Visibility) -> None:
        """Hide or show the post. What its author took back stays so: that was their own choice."""
        found = await tx.session.exec(
            select(Post.topic_id, Post.community_id).where(Post.id == content_id)
        )
        row = found.first()
        if row is None:
            raise NotFound
        changed = await tx.change(
            update(Post)
            .where(
                col(Post.id) == content_id,
                col(Post.visibility).not_in((visibility.value, Visibility.REMOVED.value)),
            )
            .values(visibility=visibility.value)
        )
        if changed:
            tx.announce(ANNOUNCED[visibility](content_id, *row))


async def _spot(reader: Reader, post_id: int) -> _Spot | None:
    first = aliased(Post)
    found = await reader.exec(
        select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
            Post.topic_id,
            Post.number,
            Post.community_id,
            Post.version,
            Post.visibility,
            Post.masks,
            Post.verdict,
            Board.name,
            Community.slug,
            first.title,
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .join(first, (first.topic_id == Post.topic_id) & (first.number == 1))
        .join(Board, col(Board.id) == col(Topic.board_id))
        .join(Community, col(Community.id) == col(Post.community_id))
        .where(Post.id == post_id)
    )
    row = found.first()
    return _Spot(*row) if row else None


async def _lines(reader: Reader, spot: _Spot) -> dict[int, Line]:
    """Number → line, in order, for the post and those around it."""
    rows = await reader.exec(
        select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
            Post.number, Post.id, Post.author_id, author_name(), Post.text, Post.created_at
        )
        .outerjoin(Account, col(Account.id) == col(Post.author_id))
        .where(
            Post.topic_id == spot.topic_id,
            col(Post.number).between(spot.number - AROUND, spot.number + AROUND),
        )
        .order_by(col(Post.number))
    )
    return {number: _line(*rest) for number, *rest in rows}


def _line(
    post_id: int, author_id: int | None, author: str, text: str, written_at: datetime
) -> Line:
    return Line(Subject(Posts.kind, post_id), author_id, author, text, written_at)
