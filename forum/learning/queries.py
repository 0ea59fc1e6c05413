"""What a community can learn from: its own labels with their texts, and its everyday talk."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from forum.communities.models import Community
from forum.content import Subject
from forum.db import Reader
from forum.errors import NotFound
from forum.learning.models import Label
from forum.learning.texts import recent, standing
from forum.screening.backtest import Decided, Talk

TALK_DAYS = 28  # four weeks: every day of the week and both ends of a month
MOST_TALK = 3_000  # of posts and of messages: with the encoder a minute or two of work
MOST_LABELS = 3_000  # the newest; `forum.screening.adapting` says why


async def community_id(reader: Reader, slug: str) -> int:
    """The community of that address. Raises NotFound in words for a terminal."""
    found = (await reader.exec(select(Community.id).where(Community.slug == slug))).first()
    if found is None:
        raise NotFound(f"There is no community {slug!r} here.")
    return found


async def history(reader: Reader, community: int) -> list[Decided]:
    """The newest labels of one community whose texts still stand as they were, oldest first."""
    found = await reader.exec(
        select(Label)
        .where(Label.community_id == community)
        .order_by(col(Label.decided_at).desc(), col(Label.id).desc())
        .limit(MOST_LABELS)
    )
    labels = list(reversed(found.all()))
    subjects = [Subject(one.subject_kind, one.subject_id) for one in labels]
    texts = await standing(reader, subjects)
    return [
        Decided(str(subject), text.text, text.surface, label.axis, label.decided)
        for label, subject in zip(labels, subjects, strict=True)
        if (text := texts.get(subject)) is not None and text.version == label.version
    ]


async def talk(reader: Reader, community: int, now: datetime) -> Talk:
    """What everybody could read in the last four weeks."""
    found = await recent(reader, community, now - timedelta(days=TALK_DAYS), MOST_TALK)
    oldest = min((text.written_at for text in found), default=now)
    days = (now - oldest) / timedelta(days=1) if len(found) >= MOST_TALK else TALK_DAYS
    return Talk([(text.text, text.surface) for text in found], days)


async def other_communities(reader: Reader, community: int) -> list[str]:
    """The addresses of the other communities that are open on this installation."""
    found = await reader.exec(
        select(Community.slug).where(Community.id != community, col(Community.closed_at).is_(None))
    )
    return sorted(found.all())
