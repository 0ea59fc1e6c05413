"""What care announces: ids only, after the commit."""

from dataclasses import dataclass

from forum.events import Event


@dataclass(frozen=True, slots=True)
class AlertRaised(Event):
    """People were called to a case; the alert's recipients are rows."""

    alert_id: int
    case_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class AlertAcknowledged(Event):
    """One recipient has heard an alert and is left in peace."""

    alert_id: int
    case_id: int
    community_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class CaseChanged(Event):
    """A case has a new signal, owner, level or state."""

    case_id: int
    community_id: int


@dataclass(frozen=True, slots=True)
class LeaseWarned(Event):
    """The owner of a case has been idle and will soon lose it."""

    case_id: int
    community_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class LineMessageWritten(Event):
    """Somebody wrote on a private line; person_id is the member whose line it is."""

    message_id: int
    case_id: int
    community_id: int
    person_id: int
    from_team: bool
