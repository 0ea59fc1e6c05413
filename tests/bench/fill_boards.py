"""Fills a topic with many posts at once, for pages whose cost must not depend on how many."""

from datetime import timedelta

from sqlalchemy import insert, update
from sqlmodel import col

from forum.boards.models import Post, Topic
from forum.content import Visibility
from forum.db import Database
from forum.markup import RENDERER_VERSION, render
from forum.screening.verdict import Verdict

ROWS_AT_ONCE = 1_000
# About the length of an ordinary post, in the kinds of Markdown that people use.
WORDS = (
    "I walked to the sea again today, as somebody here had said one could. It was cold and the "
    "dog from number nine came along.\n\n> What did you do when you got there?\n\nNothing much. "
    "I sat on the wall, drank my tea and counted **eleven** gulls. After a while it was a bit "
    "quieter in my head.\n\n- tea in a flask\n- the warm coat\n- no telephone\n\nThank you for "
    "asking me last night. It is easier to go out when somebody will ask how it was."
)


async def fill_topic(db: Database, topic_id: int, author_ids: list[int], count: int) -> None:
    """Add `count` posts by these authors in turn; a minute lies between two of them."""
    async with db.write() as tx:
        topic = await tx.session.get_one(Topic, topic_id)
        html, verdict = str(render(WORDS)), Verdict().to_json()
        rows = [
            {
                "topic_id": topic_id,
                "community_id": topic.community_id,
                "number": topic.post_count + step,
                "author_id": author_ids[step % len(author_ids)],
                "note": "",
                "title": "",
                "text": WORDS,
                "html": html,
                "renderer_version": RENDERER_VERSION,
                "masks": [],
                "visibility": Visibility.SHOWN.value,
                "version": 1,
                "verdict": verdict,
                "created_at": topic.last_post_at + timedelta(minutes=step),
            }
            for step in range(1, count + 1)
        ]
        connection = await tx.session.connection()
        for start in range(0, count, ROWS_AT_ONCE):
            await connection.execute(insert(Post), rows[start : start + ROWS_AT_ONCE])
        await tx.change(
            update(Topic)
            .where(col(Topic.id) == topic_id)
            .values(
                post_count=topic.post_count + count,
                last_post_at=topic.last_post_at + timedelta(minutes=count),
            )
        )
