"""Decisions as rows, and the statement of reasons that the author reads."""

from dataclasses import dataclass
from datetime import datetime

from forum.care.reasons import FoundBy, statement_of_reasons
from forum.content import Span
from forum.db import Tx
from forum.moderation.models import Decision, Review
from forum.moderation.rules import RULES
from forum.notices.actions import tell

TITLES = {
    "mask": "We hid a few words in your {word}",
    "hide": "We hid your {word}",
    "restore": "Your {word} is back",
    "restrict": "You can read here, but not write for a while",
    "lift": "You can write here again",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that was decided, and what its author is told.

    kind: a key of TITLES. word: what people call this content. slug: of the community. rule: a
    key of RULES, needed for what takes something away. decided_by: None for screening alone.
    """

    kind: str
    word: str
    slug: str
    rule: str = ""
    note: str = ""
    found: FoundBy = FoundBy.TEAM
    spans: tuple[Span, ...] = ()
    until: datetime | None = None
    decided_by: int | None = None

    def words(self) -> str:
        """The statement of reasons, paragraphs parted by empty lines."""
        paragraphs = statement_of_reasons(
            self.kind,
            kind=self.word,
            rule=RULES[self.rule].rule if self.rule else "",
            found=self.found,
            until=f"{self.until:%d %B %Y, %H:%M} UTC" if self.until else "",
            note=self.note,
        )
        return "\n\n".join(paragraphs)


async def state(tx: Tx, review: Review, said: Statement) -> int:
    """Store one decision of a review and tell the author why; the decision's id."""
    decision = Decision(
        review_id=review.id or 0,
        kind=said.kind,
        spans=[list(span) for span in said.spans],
        until=said.until,
        rule=said.rule,
        words=said.words(),
        automated=said.found is FoundBy.SCREENING_ALONE,
        decided_at=tx.now,
        decided_by=said.decided_by,
    )
    tx.add(decision)
    await tx.flush()
    if review.author_id is not None:
        await tell(
            tx,
            review.author_id,
            "decision",
            TITLES[said.kind].format(word=said.word),
            decision.words,
            community_id=review.community_id,
            url=f"/c/{said.slug}/decisions/{decision.id}",
        )
    return decision.id or 0
