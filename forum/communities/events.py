"""What happens in communities; each is told after its commit."""

from dataclasses import dataclass

from forum.events import Event
from forum.permissions import Role


@dataclass(frozen=True, slots=True)
class RoleGranted(Event):
    """A person holds a role that they did not hold before."""

    account_id: int
    community_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class RoleEnded(Event):
    """A person no longer holds a role."""

    account_id: int
    community_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class MemberLeft(Event):
    """A person left a community, with every office they held there."""

    account_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class CommunityCreated(Event):
    """There is a new community."""

    community_id: int


@dataclass(frozen=True, slots=True)
class CommunityChanged(Event):
    """Its admin changed what a community is called, says of itself, or who may read it."""

    community_id: int
