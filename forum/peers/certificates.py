"""Certificates: signed by somebody else, valid for a time, taken back with a reason."""

from calendar import monthrange
from datetime import datetime

from sqlmodel import col, func, select

from forum import audit
from forum.communities.actions import end_role, grant_role
from forum.communities.queries import roles_held
from forum.communities.titles import OFFICES
from forum.db import Tx
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.jobs import schedule
from forum.notices.actions import tell
from forum.peers.courses import Course
from forum.peers.duty import end_duty
from forum.peers.events import CertificateEnded, CertificateSigned
from forum.peers.models import Certificate, Enrolment
from forum.peers.progress import RENEW_WITHIN, course_called
from forum.peers.signing import signing_right
from forum.permissions import Action, Actor, Role, require
from forum.services import Place, Services

EXPIRY_JOB = "peers.certificate.expire"
REMINDER_JOB = "peers.certificate.remind"
MAX_REASON = 500


class NotWaiting(Conflict):
    """The request was signed or taken back meanwhile."""

    title = "This request is not open any more"
    advice = "Somebody else may have signed it. Reload the page to see how things are."


async def sign(services: Services, actor: Actor, place: Place, enrolment_id: int) -> None:
    """Certify the person who asked; of two who sign at once, one does.

    Raises NotFound, NotWaiting, and Forbidden with the reason why this person may not sign.
    """
    require(actor, Action.CERTIFICATE_SIGN, place.id)
    async with services.db.write() as tx:
        asked = await _request(tx, place, enrolment_id)
        right = await signing_right(tx.session, actor.id, place.id, tx.now)
        if refusal := right.refusal(asked.account_id):
            raise Forbidden(refusal)
        await _must_belong(tx, asked.account_id, place)
        course = course_called(asked.course)
        passed, accepted = asked.quiz_passed_at, asked.scope_accepted_at
        if asked.requested_at is None or passed is None or accepted is None:
            raise NotWaiting
        certificate = Certificate(
            account_id=asked.account_id,
            community_id=place.id,
            course=asked.course,
            course_version=asked.course_version,
            quiz_passed_at=passed,
            scope_accepted_at=accepted,
            signed_by=actor.id,
            issued_at=tx.now,
            expires_at=months_after(tx.now, course.valid_months),
        )
        asked.requested_at = asked.quiz_passed_at = asked.scope_accepted_at = None
        asked.scenario_done_at = None
        await issue(tx, certificate, course, place)


async def issue(tx: Tx, certificate: Certificate, course: Course, place: Place) -> None:
    """Store a certificate with the right it gives, its clocks, its record and its notice."""
    tx.add(certificate)
    await tx.flush()
    account_id, signer = certificate.account_id, certificate.signed_by
    until = certificate.expires_at
    await grant_role(tx, signer, place.id, account_id, Role.CERTIFIED, until)
    held = await roles_held(tx.session, place.id, [account_id], tx.now)
    if not set(OFFICES) & set(held[account_id]):
        await grant_role(tx, signer, place.id, account_id, Role.PEER)
    subject = str(certificate.id)
    await schedule(tx, EXPIRY_JOB, subject, until)
    await schedule(tx, REMINDER_JOB, subject, until - RENEW_WITHIN)
    await _record(tx, signer, "signed", certificate)
    await tell(
        tx,
        account_id,
        "certificate_signed",
        "Your certificate is signed",
        f"{course.title}, valid until {until:%d %B %Y}. Thank you for doing this.",
        community_id=place.id,
        url=f"/c/{place.slug}/duty",
    )
    tx.announce(CertificateSigned(account_id, place.id))


async def revoke(
    services: Services, actor: Actor, place: Place, certificate_id: int, reason: str
) -> None:
    """Take a valid certificate back; the person is told the reason and is off duty at once.

    Raises Invalid without a reason, Forbidden for one's own, NotFound for what is not valid here.
    """
    require(actor, Action.CERTIFICATE_SIGN, place.id)
    reason = reason.strip()
    async with services.db.write() as tx:
        certificate = await _valid(tx, place, certificate_id)
        if certificate.account_id == actor.id:
            raise Forbidden("Ask somebody else of the team to take yours back.")
        if not 1 <= len(reason) <= MAX_REASON:
            raise Invalid({"reason": f"Please give a reason, at most {MAX_REASON} letters."})
        certificate.revoked_at, certificate.revoked_by = tx.now, actor.id
        certificate.revoked_because = reason
        await tx.flush()
        await _record(tx, actor.id, "revoked", certificate)
        await tell(
            tx,
            certificate.account_id,
            "certificate_revoked",
            "Your certificate was taken back",
            f"The reason: {reason}\n\nYou stay a member. Talk with a lead about what comes next.",
            community_id=place.id,
            url=f"/c/{place.slug}/courses",
        )
        await narrow(tx, actor.id, certificate.account_id, place.id)


async def narrow(tx: Tx, actor_id: int | None, account_id: int, community_id: int) -> bool:
    """Let the right to cases last as long as the certificates do; True when none is left.

    With the last one, duty ends too.
    """
    newest = await tx.session.exec(
        select(func.max(Certificate.expires_at)).where(
            Certificate.account_id == account_id,
            Certificate.community_id == community_id,
            Certificate.expires_at > tx.now,
            col(Certificate.revoked_at).is_(None),
        )
    )
    until = newest.one()
    if until is not None:
        await grant_role(tx, actor_id, community_id, account_id, Role.CERTIFIED, until)
        return False
    await end_role(tx, actor_id, community_id, account_id, Role.CERTIFIED)
    await end_duty(tx, account_id, community_id)
    tx.announce(CertificateEnded(account_id, community_id))
    return True


def months_after(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month when it is shorter."""
    month = at.month - 1 + months
    year, month = at.year + month // 12, month % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


async def _request(tx: Tx, place: Place, enrolment_id: int) -> Enrolment:
    row = select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.community_id == place.id)
    found = (await tx.session.exec(row.with_for_update())).first()
    if found is None:
        raise NotFound
    return found


async def _must_belong(tx: Tx, account_id: int, place: Place) -> None:
    """Somebody who asked and then left is not brought back by a signature."""
    held = await roles_held(tx.session, place.id, [account_id], tx.now)
    if Role.MEMBER not in held[account_id]:
        raise NotWaiting


async def _valid(tx: Tx, place: Place, certificate_id: int) -> Certificate:
    row = select(Certificate).where(
        Certificate.id == certificate_id,
        Certificate.community_id == place.id,
        Certificate.expires_at > tx.now,
        col(Certificate.revoked_at).is_(None),
    )
    found = (await tx.session.exec(row.with_for_update())).first()
    if found is None:
        raise NotFound
    return found


async def _record(tx: Tx, actor_id: int | None, what: str, certificate: Certificate) -> None:
    await audit.record(
        tx,
        actor_id,
        f"peers:certificate:{what}",
        community_id=certificate.community_id,
        subject=f"certificate:{certificate.id}",
        detail={
            "account": certificate.account_id,
            "course": certificate.course,
            "version": certificate.course_version,
            "expires_at": certificate.expires_at.isoformat(),
        },
    )
