"""Clockwork: keeps what people decide as labels, where the operator has asked for it."""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select

from forum.content import Subject
from forum.db import Reader, Tx
from forum.learning import decided
from forum.learning.decided import Ruling
from forum.learning.models import Label
from forum.learning.texts import Text, standing
from forum.services import Services

COLLECT_SECONDS = 600.0
# Decisions older than this when learning is switched on are never kept: nobody was told then.
# A server that stood still for longer loses the labels of that time, and nothing else.
LOOK_BACK = timedelta(days=1)


async def collect(services: Services) -> int:
    """Keep what was decided lately; how many labels were written. None when learning is off."""
    if not services.settings.screening_learns:
        return 0
    async with services.db.read() as reader:
        rulings, texts = await decided.since(reader, services.clock.now() - LOOK_BACK)
    if not rulings:
        return 0
    async with services.db.write() as tx:
        return sum([await _keep(tx, one, texts[one.subject]) for one in rulings])


async def forget_gone(services: Services) -> int:
    """Remove the labels of texts that were taken back or changed; how many those were.

    Runs whether learning is on or off: a label may not outlive its text.
    """
    async with services.db.read() as reader:
        gone = await _gone(reader)
    if not gone:
        return 0
    async with services.db.write() as tx:
        return await tx.change(delete(Label).where(col(Label.id).in_(gone)))


async def _gone(reader: Reader) -> list[int]:
    labels = (await reader.exec(select(Label))).all()
    texts = await standing(reader, (Subject(one.subject_kind, one.subject_id) for one in labels))
    kept = {(text.subject, text.version) for text in texts.values()}
    return [
        one.id or 0
        for one in labels
        if (Subject(one.subject_kind, one.subject_id), one.version) not in kept
    ]


async def _keep(tx: Tx, ruling: Ruling, text: Text) -> int:
    """Store a ruling, in place of an older one about the same; 1 when something was written."""
    version = ruling.version or text.version
    if version != text.version or text.author_id is None:
        return 0  # decided about words that do not stand there any more
    key: dict[str, object] = {
        "subject_kind": ruling.subject.kind,
        "subject_id": ruling.subject.id,
        "version": version,
        "axis": ruling.axis,
    }
    said: dict[str, object] = {
        "decided": ruling.level,
        "source": ruling.source,
        "decided_at": ruling.at,
    }
    fixed: dict[str, object] = {
        "community_id": text.community_id,
        "author_id": text.author_id,
        "heard": ruling.heard,
    }
    if await tx.insert_once(Label, key | fixed | said) is not None:
        return 1
    return await tx.change(
        update(Label)
        .where(
            *(getattr(Label, name) == value for name, value in key.items()),
            col(Label.decided_at) < ruling.at,
        )
        .values(**said)
    )
