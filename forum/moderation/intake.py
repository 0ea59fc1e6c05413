"""What happens to every text that was screened: one way for boards, rooms and second looks."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import col, select

from forum import jobs
from forum.care import actions as care
from forum.care.reasons import FoundBy
from forum.care.signals import Concern
from forum.care.wording import Standing
from forum.communities.models import Community
from forum.content import Span, Subject, Visibility
from forum.db import Tx
from forum.moderation.models import Decision, Review
from forum.moderation.reviews import Opening, open_review
from forum.moderation.rules import HARM_RULE
from forum.moderation.statements import Statement, state
from forum.screening.verdict import Harm, Need, Verdict

SCREEN_AGAIN = "moderation.screen_again"
# The model gets a moment to come back; rules have spoken already.
SCREEN_AGAIN_AFTER = timedelta(seconds=20)
SECOND_OPINION = "moderation.second_opinion"


@dataclass(frozen=True, slots=True)
class Heard:
    """A text that was just stored, and what the screener made of it.

    version: of the text, growing with each edit.
    """

    subject: Subject
    author_id: int
    community_id: int
    verdict: Verdict
    version: int = 1


@dataclass(frozen=True, slots=True)
class Hearing:
    """What followed: the caller stores `masks` and `visibility` with its own row."""

    case_id: int | None = None
    review_id: int | None = None
    masks: tuple[Span, ...] = ()
    visibility: Visibility = Visibility.SHOWN


async def hear(tx: Tx, heard: Heard) -> Hearing:
    """Raise what the author may need and open what readers may be harmed by.

    In the caller's transaction: the text and its consequences are stored together or not at all.
    Need decides people and time, harm decides what readers see; they never decide each other,
    but who urges others to die is taken for urgent as well (PRODUCT 4.2).
    """
    verdict = heard.verdict
    if verdict.unscreened:
        await _later(tx, heard, SCREEN_AGAIN, SCREEN_AGAIN_AFTER)
    elif verdict.unscored:  # an unscreened text gets there by its second look
        await _later(tx, heard, SECOND_OPINION, timedelta(0))
    hidden = verdict.harm >= Harm.ENCOURAGEMENT
    masks = tuple(verdict.harm_spans) if verdict.harm >= Harm.UNSAFE_DETAIL else ()
    standing = Standing.HELD if hidden else Standing.MASKED if masks else Standing.UP
    raised = await care.raise_need(tx, _concern(heard, standing))
    review_id = await open_screened(tx, heard)
    if review_id is not None and (hidden or masks):
        await _explain(tx, review_id, heard, "hide" if hidden else "mask", masks)
    return Hearing(
        case_id=raised.case_id,
        review_id=review_id,
        masks=masks,
        visibility=Visibility.HIDDEN if hidden else Visibility.SHOWN,
    )


async def open_screened(tx: Tx, heard: Heard) -> int | None:
    """The review that the verdict asks for; None when readers need nobody to look."""
    verdict = heard.verdict
    if verdict.harm < Harm.UNSAFE_DETAIL and not verdict.flagged:
        return None
    return await open_review(tx, _opening(heard))


async def _later(tx: Tx, heard: Heard, kind: str, wait: timedelta) -> None:
    """Hear this version of the text once more, once."""
    key = f"{kind}:{heard.subject}:{heard.version}"
    await jobs.schedule(tx, kind, str(heard.subject), tx.now + wait, unique_key=key)


async def _explain(tx: Tx, review_id: int, heard: Heard, act: str, spans: tuple[Span, ...]) -> None:
    """Tell the author at once what screening did by itself, and once only."""
    review = await tx.session.get_one(Review, review_id)
    told = select(Decision.spans).where(
        Decision.review_id == review_id, Decision.kind == act, col(Decision.automated)
    )
    if [list(span) for span in spans] in (await tx.session.exec(told)).all():
        return
    slug = select(Community.slug).where(Community.id == heard.community_id)
    statement = Statement(
        kind=act,
        word=heard.subject.kind,
        slug=(await tx.session.exec(slug)).one(),
        rule=HARM_RULE,
        found=FoundBy.SCREENING_ALONE,
        spans=spans,
    )
    await state(tx, review, statement)


def _opening(heard: Heard) -> Opening:
    verdict = heard.verdict
    return Opening(
        subject=heard.subject,
        community_id=heard.community_id,
        author_id=heard.author_id,
        version=heard.version,
        source="screening",
        harm=verdict.harm,
        conduct={name: s for name, s in verdict.conduct.items() if name in verdict.flagged},
        reasons=tuple(one for one in verdict.reasons if one.axis != "need"),
    )


def _concern(heard: Heard, standing: Standing) -> Concern:
    verdict = heard.verdict
    concern = Concern(
        person_id=heard.author_id,
        community_id=heard.community_id,
        subject=heard.subject,
        need=verdict.need,
        source="rule",
        reasons=verdict.reasons,
        contexts=verdict.contexts,
        unscreened=verdict.unscreened,
        version=heard.version,
        standing=standing,
    )
    if verdict.harm >= Harm.ENCOURAGEMENT:
        return replace(concern, need=max(verdict.need, Need.URGENT))
    return concern
