"""The second look at what the screener could not hear in time."""

from functools import partial

from sqlmodel import func, select

from forum import jobs
from forum.care.models import Signal
from forum.content import Excerpt, Subject, Visibility
from forum.db import Tx
from forum.errors import NotFound
from forum.jobs import Job
from forum.moderation.intake import SCREEN_AGAIN, SECOND_OPINION, Heard, hear
from forum.moderation.opinions import ask_second_opinion
from forum.moderation.reviews import is_decided
from forum.screening.screener import Context
from forum.screening.verdict import Harm, Need, Surface, Verdict
from forum.services import Services


class StillUnscreened(Exception):
    """The screener is still away; the worker tries again, later and later, and never gives up."""


def join(services: Services) -> None:
    """Let the worker do what moderation leaves for later."""
    services.worker.handle(SCREEN_AGAIN, partial(screen_again, services))
    # Without an engine whatever still waits for one is let go at once.
    worker = services.unhurried if services.second_opinion else services.worker
    worker.handle(SECOND_OPINION, partial(ask_second_opinion, services))


async def screen_again(services: Services, job: Job) -> None:
    """Hear a text once more, and act on what is new.

    Raises StillUnscreened while the screener does not answer.
    """
    subject = Subject.parse(job.subject)
    kind = services.contents[subject.kind]
    try:
        async with services.db.read() as reader:
            excerpt = await services.contents.excerpt(reader, subject)
    except NotFound:
        return  # its author took it back meanwhile
    context = Context(surface=Surface(kind.surface))
    verdict = await services.screener.screen(excerpt.line.text, context)
    if verdict.unscreened:
        raise StillUnscreened
    async with services.db.write() as tx:
        await jobs.complete(tx, job)
        await kind.set_verdict(tx, subject.id, excerpt.version, verdict.to_json())
        await _act(tx, services, excerpt, verdict)


async def _act(tx: Tx, services: Services, excerpt: Excerpt, verdict: Verdict) -> None:
    subject, author_id = excerpt.line.subject, excerpt.line.author_id
    if author_id is None:
        return
    new = await _only_new(tx, excerpt, verdict)
    kind = services.contents[subject.kind]
    # The text's own row first, then care and the audit log: the order in which writers take
    # their locks, so that nobody waits in a circle.
    if new.harm >= Harm.UNSAFE_DETAIL:
        await kind.set_masks(tx, subject.id, sorted({*excerpt.masks, *new.harm_spans}))
    if new.harm >= Harm.ENCOURAGEMENT:
        await kind.set_visibility(tx, subject.id, Visibility.HIDDEN)
    await hear(tx, Heard(subject, author_id, excerpt.community_id, new, excerpt.version))


async def _only_new(tx: Tx, excerpt: Excerpt, verdict: Verdict) -> Verdict:
    """The verdict without the need that was raised already, and without what a person decided."""
    subject = excerpt.line.subject
    raised = await tx.session.exec(
        select(func.max(Signal.need)).where(
            Signal.subject_kind == subject.kind, Signal.subject_id == subject.id
        )
    )
    decided = await is_decided(tx.session, subject, excerpt.version)
    return verdict.only(above=Need(raised.one() or 0), readers=not decided)
