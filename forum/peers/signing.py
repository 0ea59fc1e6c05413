"""Who may sign for whom, who asks for it, and who is certified."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select

from forum.accounts.models import Account
from forum.communities.queries import holders, holds, roles_held
from forum.db import Reader
from forum.peers.models import Certificate, Enrolment
from forum.permissions import Role

AT_ONCE = 50

NOT_YOUR_OWN = "Nobody signs their own certificate. Ask another lead."
NOT_CERTIFIED = "To sign, your own certificate has to be valid."
LEADS_SIGN = "A community admin signs only for the first lead. After that, leads sign."


class SigningRight(NamedTuple):
    """What somebody may sign in a community: leads and certified_leads are account ids."""

    signer_id: int
    is_admin: bool
    leads: frozenset[int]
    certified_leads: frozenset[int]

    def refusal(self, learner_id: int) -> str:
        """Why they may not sign for that person, in words; empty when they may."""
        if self.signer_id == learner_id:
            return NOT_YOUR_OWN
        if self.signer_id in self.certified_leads:
            return ""
        if not self.is_admin:
            return NOT_CERTIFIED
        is_first = learner_id in self.leads and not self.certified_leads - {learner_id}
        return "" if is_first else LEADS_SIGN


class Request(NamedTuple):
    """Somebody who finished a course and asks for a signature."""

    enrolment_id: int
    account_id: int
    name: str
    course: str
    requested_at: datetime
    quiz_attempts: int


class Certified(NamedTuple):
    """A valid certificate."""

    certificate_id: int
    account_id: int
    name: str
    course: str
    expires_at: datetime


async def signing_right(
    reader: Reader, signer_id: int, community_id: int, now: datetime
) -> SigningRight:
    """What this person may sign here now."""
    leads = {one for one, _ in await holders(reader, community_id, Role.LEAD, now)}
    held = await roles_held(reader, community_id, leads | {signer_id}, now)
    certified = {one for one in leads if Role.CERTIFIED in held[one]}
    is_admin = Role.COMMUNITY_ADMIN in held[signer_id]
    return SigningRight(signer_id, is_admin, frozenset(leads), frozenset(certified))


async def requests(reader: Reader, community_id: int, now: datetime) -> list[Request]:
    """Members who ask for a signature, the longest waiting first."""
    rows = await reader.exec(
        select(Enrolment, Account.name)
        .join(Account, col(Account.id) == col(Enrolment.account_id))
        .where(
            Enrolment.community_id == community_id,
            col(Enrolment.requested_at).is_not(None),
            holds(col(Enrolment.account_id), community_id, (Role.MEMBER,), now),
            col(Account.erased_at).is_(None),
        )
        .order_by(col(Enrolment.requested_at))
        .limit(AT_ONCE)
    )
    return [
        Request(one.id or 0, one.account_id, name, one.course, one.requested_at, one.quiz_attempts)
        for one, name in rows
        if one.requested_at is not None
    ]


async def certified(
    reader: Reader, community_id: int, now: datetime, after: int = 0
) -> tuple[list[Certified], int]:
    """Valid certificates, the oldest first, after that id; and where to go on, 0 at the end."""
    rows = await reader.exec(
        select(Certificate, Account.name)
        .join(Account, col(Account.id) == col(Certificate.account_id))
        .where(
            Certificate.community_id == community_id,
            Certificate.expires_at > now,
            col(Certificate.revoked_at).is_(None),
            col(Certificate.id) > after,
            col(Account.erased_at).is_(None),
        )
        .order_by(col(Certificate.id))
        .limit(AT_ONCE + 1)
    )
    found = [
        Certified(one.id or 0, one.account_id, name, one.course, one.expires_at)
        for one, name in rows
    ]
    shown = found[:AT_ONCE]
    return shown, shown[-1].certificate_id if len(found) > AT_ONCE else 0
