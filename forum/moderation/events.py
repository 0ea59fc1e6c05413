"""What moderation announces."""

from dataclasses import dataclass

from forum.events import Event


@dataclass(frozen=True, slots=True)
class ReviewDecided(Event):
    """A person looked and decided."""

    review_id: int
    community_id: int
