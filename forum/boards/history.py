"""The earlier versions of a post, as readers may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from sqlmodel import col, select

from forum.boards.models import Post, PostRevision, Topic
from forum.boards.queries import READABLE, VISIBLE, is_staff, visible_to
from forum.boards.wording import carried, shown, spans, words_under
from forum.content import Span
from forum.db import Reader
from forum.errors import NotFound
from forum.permissions import Actor
from forum.services import Place

# Nobody reads more; the newest are shown.
VERSIONS_SHOWN = 50


class Version(NamedTuple):
    """What a post said at one time; title is empty for a reply."""

    number: int
    title: str
    html: Markup
    written_at: datetime


class History(NamedTuple):
    """A post's versions, the newest first."""

    topic_id: int
    number: int
    versions: Sequence[Version]


class _Words(NamedTuple):
    version: int
    text: str
    masks: Sequence[Sequence[int]]
    written_at: datetime


async def history(reader: Reader, place: Place, actor: Actor, post_id: int) -> History:
    """Every version of a post that this person may read. Raises NotFound.

    Readers see no words that are masked in any version, wherever they stand; the author and the
    moderators see all of them.
    """
    found = await reader.exec(
        select(Post)
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(Post.id == post_id, VISIBLE, READABLE),
        params=visible_to(place, actor),
    )
    post = found.first()
    if post is None:
        raise NotFound
    newest = _Words(post.version, post.text, post.masks, post.edited_at or post.created_at)
    words = [newest, *await _earlier(reader, post_id)]
    sees_all = is_staff(place, actor) or post.author_id == actor.account_id
    masks = {} if sees_all else _masks(words)
    versions = [
        Version(
            one.version, *shown(one.text, post.number, masks.get(one.version, ())), one.written_at
        )
        for one in words
    ]
    return History(post.topic_id, post.number, versions)


async def _earlier(reader: Reader, post_id: int) -> list[_Words]:
    rows = await reader.exec(
        select(PostRevision.version, PostRevision.text, PostRevision.masks, PostRevision.written_at)
        .where(PostRevision.post_id == post_id)
        .order_by(col(PostRevision.version).desc())
        .limit(VERSIONS_SHOWN)
    )
    return [_Words(*row) for row in rows]


def _masks(words: Sequence[_Words]) -> dict[int, list[Span]]:
    """Version → what is masked in it: its own masks, and the words of every other version's."""
    hidden = [part for one in words for part in words_under(one.text, spans(one.masks))]
    return {one.version: carried(one.text, spans(one.masks), hidden) for one in words}
