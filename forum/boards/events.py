"""What happens on boards; each is told after its commit."""

from dataclasses import dataclass

from forum.events import Event


@dataclass(frozen=True, slots=True)
class PostCreated(Event):
    """Somebody wrote a post; number 1 began the topic."""

    post_id: int
    topic_id: int
    community_id: int
    number: int


@dataclass(frozen=True, slots=True)
class PostEdited(Event):
    """Its author changed a post; `version` is the new one."""

    post_id: int
    topic_id: int
    community_id: int
    version: int


@dataclass(frozen=True, slots=True)
class PostMasked(Event):
    """Details of a post were hidden from readers, or are shown again."""

    post_id: int
    topic_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class PostHidden(Event):
    """Readers no longer see a post."""

    post_id: int
    topic_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class PostShown(Event):
    """Readers see a post again."""

    post_id: int
    topic_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class PostRemoved(Event):
    """Its author took a post back."""

    post_id: int
    topic_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class BoardChanged(Event):
    """A board was made or changed."""

    board_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class TopicChanged(Event):
    """A topic was locked, opened again, pinned or let go."""

    topic_id: int
    community_id: int
