"""Rows of topics and posts, written in the transaction of whoever calls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import col, select

from forum.boards.errors import BoardClosed, EditedMeanwhile, TopicClosed
from forum.boards.forms import PostDraft
from forum.boards.models import Board, Post, PostRevision, Topic
from forum.boards.wording import carried, shown, spans, words_under
from forum.content import Span, Visibility
from forum.db import Tx
from forum.errors import NotFound
from forum.markup import RENDERER_VERSION
from forum.screening.verdict import Verdict


class Earlier(NamedTuple):
    """A post as it was before an edit: a copy, which the edit does not change."""

    id: int
    topic_id: int
    number: int
    version: int
    text: str
    masks: list[list[int]]
    verdict: dict[str, Any]
    created_at: datetime
    edited_at: datetime | None
    is_locked: bool


class Twin(Exception):
    """This filling-in of the form made a post before; nothing of this one may be stored."""


async def add_topic(tx: Tx, community_id: int, board_slug: str, author_id: int) -> int:
    """An empty topic, to be given its first post at once. Raises NotFound, BoardClosed."""
    found = await tx.session.exec(
        select(Board.id, Board.is_closed).where(
            Board.community_id == community_id, Board.slug == board_slug
        )
    )
    board_id, is_closed = found.first() or (None, False)
    if board_id is None:
        raise NotFound
    if is_closed:
        raise BoardClosed
    topic = Topic(
        board_id=board_id,
        community_id=community_id,
        author_id=author_id,
        created_at=tx.now,
        last_post_at=tx.now,
    )
    tx.add(topic)
    await tx.flush()
    return topic.id or 0


async def next_number(tx: Tx, community_id: int, topic_id: int) -> int:
    """The number of a post about to be stored. Raises TopicClosed.

    One conditional UPDATE counts and asks at once; its row lock makes the next writer wait for
    our commit, so numbers have neither twins nor gaps.
    Proven by tests/boards/test_actions.py::test_answers_at_once_get_numbers_without_gap_or_twin.
    """
    open_boards = select(Board.id).where(
        Board.community_id == community_id, col(Board.is_closed).is_(False)
    )
    # Any: what RETURNING gives has no narrower public type.
    given: Any = await tx.session.exec(
        update(Topic)
        .where(
            col(Topic.id) == topic_id,
            col(Topic.community_id) == community_id,
            col(Topic.is_locked).is_(False),
            col(Topic.board_id).in_(open_boards),
        )
        .values(post_count=col(Topic.post_count) + 1, last_post_at=tx.now)
        .returning(col(Topic.post_count))
    )
    number: int | None = given.scalar_one_or_none()
    if number is None:
        raise TopicClosed
    return number


async def add_post(
    tx: Tx,
    *,
    community_id: int,
    topic_id: int,
    number: int,
    author_id: int,
    draft: PostDraft,
    verdict: Verdict,
) -> int:
    """A new post's id. Raises Twin when this form made one before."""
    row = Post(
        topic_id=topic_id,
        community_id=community_id,
        number=number,
        author_id=author_id,
        form_id=draft.form_id,
        answers=await _readable_answer(tx, topic_id, draft.answers),
        note=draft.note,
        title=draft.title,
        text=draft.text,
        html=draft.html,
        renderer_version=RENDERER_VERSION,
        verdict=verdict.to_json(),
        created_at=tx.now,
    )
    post_id = await tx.insert_once(Post, row.model_dump(exclude={"id"}))
    if post_id is None:
        raise Twin
    return post_id


async def own_words(tx: Tx, post_id: int, author_id: int) -> Earlier:
    """A person's own post as it stands now. Raises NotFound."""
    found = await tx.session.exec(
        select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
            Post.id,
            Post.topic_id,
            Post.number,
            Post.version,
            Post.text,
            Post.masks,
            Post.verdict,
            Post.created_at,
            Post.edited_at,
            Topic.is_locked,
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(Post.id == post_id, Post.author_id == author_id)
    )
    row = found.first()
    if row is None:
        raise NotFound
    return Earlier(*row)


async def change_post(
    tx: Tx, old: Earlier, version: int, draft: PostDraft, verdict: Verdict
) -> int:
    """Give a post new words and keep the earlier ones; the new version.

    version: the one that its author had in front of them. Raises EditedMeanwhile when there is
    a newer one.
    """
    if version != old.version:
        raise EditedMeanwhile
    changed = await tx.change(
        update(Post)
        .where(
            col(Post.id) == old.id,
            col(Post.version) == version,  # again: another edit may have come since we looked
            col(Post.visibility) != Visibility.REMOVED.value,
        )
        .values(
            version=version + 1,
            note=draft.note,
            title=draft.title,
            text=draft.text,
            html=draft.html,
            renderer_version=RENDERER_VERSION,
            masks=[],
            verdict=verdict.to_json(),
            edited_at=tx.now,
        )
    )
    if not changed:
        raise EditedMeanwhile
    tx.add(
        PostRevision(
            post_id=old.id,
            version=version,
            text=old.text,
            masks=old.masks,
            verdict=old.verdict,
            written_at=old.edited_at or old.created_at,
        )
    )
    await tx.flush()
    return version + 1


async def restrain(
    tx: Tx,
    post_id: int,
    number: int,
    text: str,
    *,
    masks: Sequence[Span],
    visibility: Visibility = Visibility.SHOWN,
) -> None:
    """Take from readers what they should not see; a post that is hidden already stays so."""
    if masks:
        await store_masks(tx, post_id, number, text, masks)
    if visibility is not Visibility.SHOWN:
        await tx.change(
            update(Post).where(col(Post.id) == post_id).values(visibility=visibility.value)
        )


async def store_masks(tx: Tx, post_id: int, number: int, text: str, masks: Sequence[Span]) -> None:
    """Draw a post anew with these spans of its text taken out; none shows it whole.

    The same words are taken out wherever else they stand in it, in its title above all.
    """
    masks = carried(text, masks, words_under(text, masks))
    title, html = shown(text, number, masks)
    await tx.change(
        update(Post)
        .where(col(Post.id) == post_id)
        .values(
            masks=[list(span) for span in masks],
            title=title,
            html=html,
            renderer_version=RENDERER_VERSION,
        )
    )


def masks_after_edit(old: Earlier, text: str, heard: Sequence[Span]) -> list[Span]:
    """What is masked in the new words: what screening heard, and what was masked before."""
    return carried(text, heard, words_under(old.text, spans(old.masks)))


async def answered_post(tx: Tx, topic_id: int, number: int | None) -> int | None:
    """The id of the post that an answer quotes, if it is there to be read."""
    readable = await _readable_answer(tx, topic_id, number)
    if readable is None:
        return None
    found = select(Post.id).where(Post.topic_id == topic_id, Post.number == readable)
    return (await tx.session.exec(found)).first()


async def _readable_answer(tx: Tx, topic_id: int, number: int | None) -> int | None:
    """The post to answer, if it is there to be read; the words matter more than the quote."""
    if number is None or number >= 2**31:
        return None
    found = await tx.session.exec(
        select(Post.number).where(
            Post.topic_id == topic_id,
            Post.number == number,
            Post.visibility == Visibility.SHOWN.value,
        )
    )
    return found.first()
