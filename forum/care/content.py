"""How the desk names, shows, hides and restores a message of the private line."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from forum.accounts.models import Account
from forum.care import wording
from forum.care.line import KIND
from forum.care.models import LineMessage
from forum.care.queries import FORMER
from forum.communities.models import Community
from forum.content import Excerpt, Line, Span, Subject, Visibility
from forum.db import Reader, Tx
from forum.markup import render_masked

AROUND = 3


class PrivateLine:
    """Messages between a member and the care team; `forum.content.ContentKind`."""

    kind = KIND
    surface = "chat"
    word = "message"
    is_public = False

    async def excerpt(self, reader: Reader, content_id: int) -> Excerpt | None:
        """The message with AROUND before and after it on the same line."""
        message = await reader.get(LineMessage, content_id)
        if message is None:
            return None
        place = await reader.get_one(Community, message.community_id)
        before = await self._beside(reader, message, earlier=True)
        return Excerpt(
            line=await self._line(reader, message),
            community_id=message.community_id,
            version=message.version,
            visibility=Visibility(message.visibility),
            masks=tuple((start, end) for start, end in message.masks),
            where="private line",
            url=f"/c/{place.slug}/care/line",
            before=tuple(reversed(before)),
            after=tuple(await self._beside(reader, message, earlier=False)),
            verdict=message.verdict,
        )

    async def recent(self, reader: Reader, author_id: int, limit: int) -> Sequence[Line]:
        """What this member wrote to the care team lately, the newest first."""
        found = await reader.exec(
            select(LineMessage)
            .where(LineMessage.author_id == author_id, col(LineMessage.from_team).is_(False))
            .order_by(col(LineMessage.id).desc())
            .limit(limit)
        )
        return [await self._line(reader, message) for message in found.all()]

    async def set_masks(self, tx: Tx, content_id: int, spans: Sequence[Span]) -> None:
        """Hide these spans from both ends of the line; none shows it whole again."""
        message = await tx.session.get_one(LineMessage, content_id)
        message.masks = [[start, end] for start, end in spans]
        message.html = str(render_masked(message.text, spans))
        message.version += 1

    async def set_verdict(
        self, tx: Tx, content_id: int, version: int, verdict: Mapping[str, Any]
    ) -> bool:
        """Keep what was heard later; here only masks make a version, the words never change."""
        del version
        message = await tx.session.get_one(LineMessage, content_id)
        message.verdict = dict(verdict)
        return True

    async def set_visibility(self, tx: Tx, content_id: int, visibility: Visibility) -> None:
        """Hide or show the whole message."""
        message = await tx.session.get_one(LineMessage, content_id)
        message.visibility = visibility.value
        message.version += 1

    async def _line(self, reader: Reader, message: LineMessage) -> Line:
        author = await reader.get(Account, message.author_id) if message.author_id else None
        name = author.name if author else FORMER
        return Line(
            subject=Subject(KIND, message.id or 0),
            author_id=message.author_id,
            author_name=wording.role_account(name) if message.from_team else name,
            text=message.text,
            written_at=message.written_at,
        )

    async def _beside(self, reader: Reader, message: LineMessage, *, earlier: bool) -> list[Line]:
        id_, own = col(LineMessage.id), message.id or 0
        found = await reader.exec(
            select(LineMessage)
            .where(
                LineMessage.community_id == message.community_id,
                LineMessage.person_id == message.person_id,
                id_ < own if earlier else id_ > own,
            )
            .order_by(id_.desc() if earlier else id_)
            .limit(AROUND)
        )
        return [await self._line(reader, each) for each in found.all()]
