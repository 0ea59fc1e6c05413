"""The second opinion about a text's conduct, when it comes: long after the text was stored."""

from datetime import timedelta

import structlog

from forum import jobs
from forum.content import Excerpt, Subject, Visibility
from forum.db import Tx
from forum.errors import NotFound
from forum.jobs import Job
from forum.moderation.intake import Heard, open_screened
from forum.moderation.reviews import is_decided
from forum.screening.hostility.engine import Failed
from forum.screening.hostility.opinion import Opinion, join
from forum.screening.verdict import Verdict
from forum.services import Services

log = structlog.get_logger(__name__)

# A text on which the engine dies or hangs must not take it down for ever.
MOST_TRIES = 3
# Nobody is helped by an older one, and while the engine is away what waits must not pile up.
LATEST = timedelta(days=1)


async def ask_second_opinion(services: Services, job: Job) -> None:
    """Let the hostility engine hear a text and queue a review where it flags conduct.

    It never touches need, masks or visibility. A text that cannot be scored stays `unscored`.
    Raises Away and Failed, so that the worker tries again.
    """
    subject = Subject.parse(job.subject)
    second = services.second_opinion
    if second is None or services.clock.now() - job.due_at > LATEST:
        return
    excerpt = await _waiting(services, subject)
    if excerpt is None:
        return
    try:
        opinion = await second.about(excerpt.line.text)
    except Failed:
        if job.attempts < MOST_TRIES:
            raise
        log.error("left_unscored", subject=job.subject)
        return
    if opinion is not None:
        async with services.db.write() as tx:
            await jobs.complete(tx, job)
            await _act(tx, services, excerpt, opinion)


async def _waiting(services: Services, subject: Subject) -> Excerpt | None:
    """The text, if it is still there and waits for this; what is unscreened is screened first."""
    try:
        async with services.db.read() as reader:
            excerpt = await services.contents.excerpt(reader, subject)
    except NotFound:
        return None
    waits = excerpt.verdict.get("unscored") and not excerpt.verdict.get("unscreened")
    return excerpt if waits and excerpt.visibility is not Visibility.REMOVED else None


async def _act(tx: Tx, services: Services, excerpt: Excerpt, opinion: Opinion) -> None:
    subject, author_id = excerpt.line.subject, excerpt.line.author_id
    verdict = join(Verdict.from_json(excerpt.verdict), opinion)
    kind = services.contents[subject.kind]
    if not await kind.set_verdict(tx, subject.id, excerpt.version, verdict.to_json()):
        return  # edited meanwhile: the new words have a job of their own
    if not opinion.conduct or author_id is None:
        return
    if not await is_decided(tx.session, subject, excerpt.version):
        await open_screened(
            tx, Heard(subject, author_id, excerpt.community_id, verdict, excerpt.version)
        )
