"""What happens to certificates and duty; each is told after its commit."""

from dataclasses import dataclass

from forum.events import Event


@dataclass(frozen=True, slots=True)
class DutyStarted(Event):
    """Somebody of the team is on duty."""

    account_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class DutyEnded(Event):
    """Somebody is off duty; why is nobody's business."""

    account_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class SignatureRequested(Event):
    """Somebody has finished a course and asks for a lead's signature."""

    account_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class CertificateSigned(Event):
    """Somebody is certified."""

    account_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class CertificateEnded(Event):
    """A certificate was taken back or ran out, and no other holds."""

    account_id: int
    community_id: int
