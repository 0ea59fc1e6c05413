"""Urgent words that may not stand on a board reach the care team as a private message."""

from collections.abc import Awaitable
from typing import NamedTuple, TypeVar

from forum.boards.forms import PostDraft
from forum.care import line
from forum.errors import Conflict, Forbidden
from forum.permissions import Actor
from forum.screening.verdict import Need, Verdict
from forum.services import Place, Services

T = TypeVar("T")


class ToldPrivately(NamedTuple):
    """The words are on the writer's private line and not on the board."""

    message_id: int


async def or_privately(
    services: Services,
    actor: Actor,
    place: Place,
    draft: PostDraft,
    verdict: Verdict,
    storing: Awaitable[T],
) -> T | ToldPrivately:
    """What `storing` gives; if it is refused and the words cannot wait, the care team gets them.

    A restriction or a closed topic is about the board, never about being heard. Other refusals
    are raised as they are. Proven by tests/boards/test_care.py.
    """
    try:
        return await storing
    except (Forbidden, Conflict):
        if verdict.need < Need.URGENT:
            raise
    said = await line.prepare(services, actor, place, draft.text, draft.form_id, need=verdict.need)
    async with services.db.write() as tx:
        kept = await line.keep(tx, said)
    return ToldPrivately(kept.message_id)
