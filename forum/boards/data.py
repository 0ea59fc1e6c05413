"""What boards keep about a person: for the export and for the erasure."""

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from forum.boards.models import Post, PostRevision, Topic
from forum.communities.models import Community
from forum.content import Visibility
from forum.db import Reader, Tx


class BoardsData:
    """The `PersonalData` of boards."""

    name = "boards"

    async def export(self, reader: Reader, account_id: int) -> dict[str, Any]:
        """Every post of this person in every version, as they wrote it."""
        rows = await reader.exec(
            select(  # type: ignore[call-overload]  # sqlmodel types no more than four columns
                Post.id,
                Community.slug,
                Post.topic_id,
                Post.number,
                Post.text,
                Post.visibility,
                Post.created_at,
                Post.edited_at,
            )
            .join(Community, col(Community.id) == col(Post.community_id))
            .where(Post.author_id == account_id)
            .order_by(col(Post.id))
        )
        earlier = await _earlier(reader, account_id)
        return {
            "posts": [
                {
                    "community": slug,
                    "topic": topic_id,
                    "number": number,
                    "text": text,
                    "visibility": visibility,
                    "written_at": created_at.isoformat(),
                    "edited_at": edited_at.isoformat() if edited_at else None,
                    "earlier": earlier.get(post_id, []),
                }
                for post_id, slug, topic_id, number, text, visibility, created_at, edited_at in rows
            ]
        }

    async def erase(self, tx: Tx, account_id: int, *, keep_words: bool) -> None:
        """Cut the tie between the person and their posts.

        Without keep_words the words go as well, with every earlier version and what the screener
        heard; numbers stay, so that other people's answers keep their place.
        """
        mine = col(Post.author_id) == account_id
        if not keep_words:
            own = select(Post.id).where(mine)
            await tx.change(delete(PostRevision).where(col(PostRevision.post_id).in_(own)))
            await tx.change(
                update(Post)
                .where(mine)
                .values(
                    text="",
                    title="",
                    html="",
                    note="",
                    masks=[],
                    verdict={},
                    edited_at=None,
                    visibility=Visibility.REMOVED.value,
                )
            )
        await tx.change(update(Post).where(mine).values(author_id=None, form_id=None))
        await tx.change(
            update(Topic).where(col(Topic.author_id) == account_id).values(author_id=None)
        )


async def _earlier(reader: Reader, account_id: int) -> dict[int, list[dict[str, str]]]:
    """Post id → its earlier versions, the first one first."""
    rows = await reader.exec(
        select(PostRevision.post_id, PostRevision.text, PostRevision.written_at)
        .join(Post, col(Post.id) == col(PostRevision.post_id))
        .where(Post.author_id == account_id)
        .order_by(col(PostRevision.id))
    )
    found: dict[int, list[dict[str, str]]] = {}
    for post_id, text, written_at in rows:
        found.setdefault(post_id, []).append({"text": text, "written_at": written_at.isoformat()})
    return found
