"""The clocks of peers: duty that ends by itself, certificates that run out."""

from forum.communities.events import RoleEnded
from forum.communities.models import Community
from forum.communities.queries import roles_held
from forum.db import Tx
from forum.jobs import Job, complete
from forum.notices.actions import tell
from forum.peers import duty
from forum.peers.certificates import EXPIRY_JOB, REMINDER_JOB, narrow
from forum.peers.models import Certificate
from forum.peers.progress import certified_until
from forum.peers.queries import TEAM_ROLES
from forum.services import Services


def join(services: Services) -> None:
    """Tell the worker what each kind of job is, and listen to who leaves the team."""
    clocks = Clocks(services)
    services.worker.handle(duty.END_JOB, clocks.end_duty)
    services.worker.handle(EXPIRY_JOB, clocks.expire)
    services.worker.handle(REMINDER_JOB, clocks.remind)
    services.bus.subscribe(RoleEnded, clocks.leave_duty)


class Clocks:
    """What happens when a time is over. Harmless when it runs twice or too late."""

    def __init__(self, services: Services) -> None:
        self._db = services.db

    async def end_duty(self, job: Job) -> None:
        """Take somebody off duty at the hour that they said."""
        async with self._db.write() as tx:
            await complete(tx, job)
            await duty.end_overdue(tx, int(job.subject))

    async def expire(self, job: Job) -> None:
        """Close the desk to somebody whose certificate ran out, and tell them how to renew.

        The right itself ended at that moment; this cuts open connections and ends duty.
        """
        async with self._db.write() as tx:
            await complete(tx, job)
            certificate = await tx.session.get(Certificate, int(job.subject))
            if certificate is None or certificate.revoked_at or certificate.expires_at > tx.now:
                return
            if await narrow(tx, None, certificate.account_id, certificate.community_id):
                await _tell(
                    tx,
                    certificate,
                    "certificate_ended",
                    "Your certificate has ended",
                    "You get no more alerts and the desk is closed to you. What you wrote stays. "
                    "To renew it, do the quiz and the scope card again and ask for a signature.",
                )

    async def remind(self, job: Job) -> None:
        """Tell somebody, some weeks before, that their certificate will run out."""
        async with self._db.write() as tx:
            await complete(tx, job)
            certificate = await tx.session.get(Certificate, int(job.subject))
            if certificate is None or certificate.revoked_at or certificate.expires_at <= tx.now:
                return
            who, where, course = (
                certificate.account_id,
                certificate.community_id,
                certificate.course,
            )
            if await certified_until(tx.session, who, where, course, tx.now) == (
                certificate.expires_at
            ):
                await _tell(
                    tx,
                    certificate,
                    "certificate_ending",
                    "Your certificate ends soon",
                    f"It ends on {certificate.expires_at:%d %B %Y}. You can renew it now: "
                    "do the quiz and the scope card again and ask for a signature.",
                )

    async def leave_duty(self, ended: RoleEnded) -> None:
        """End the duty of somebody who is no longer on the team; it counted for nothing before."""
        async with self._db.write() as tx:
            who, where = ended.account_id, ended.community_id
            held = await roles_held(tx.session, where, [who], tx.now)
            if not set(TEAM_ROLES) & set(held[who]):
                await duty.end_duty(tx, who, where)


async def _tell(tx: Tx, certificate: Certificate, kind: str, title: str, body: str) -> None:
    community = await tx.session.get_one(Community, certificate.community_id)
    url = f"/c/{community.slug}/courses/{certificate.course}"
    await tell(tx, certificate.account_id, kind, title, body, community_id=community.id, url=url)
