"""Deciding: several things at once, by one person, each with its reason."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from forum import audit
from forum.accounts.queries import name_of
from forum.care.reasons import WHAT, FoundBy
from forum.communities.actions import end_role, grant_role
from forum.communities.queries import roles_of
from forum.content import Excerpt, Span, Subject, Visibility
from forum.db import Tx
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.moderation.events import ReviewDecided
from forum.moderation.flags import APPROVED, tell_reporter
from forum.moderation.models import Decision, Flag, Review
from forum.moderation.rules import RULES
from forum.moderation.statements import TITLES, Statement, state
from forum.notices.actions import tell
from forum.permissions import Action, Actor, Role, require
from forum.services import Place, Services

# PRODUCT 5: a moderator restricts for a day, a lead or community admin for a month.
HOURS_BY_MODERATOR = 24
HOURS_BY_LEAD = 30 * 24
STAFF = {Role.MODERATOR, Role.LEAD, Role.COMMUNITY_ADMIN}
LONGER = {Role.LEAD, Role.COMMUNITY_ADMIN}


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """Everything one press of the button decides.

    masks: the spans that shall be masked from now on; None leaves them. visibility: None leaves
    it. restrict_hours: 0 for none. rule: a key of RULES. note: the moderator's own words.
    """

    masks: tuple[Span, ...] | None = None
    visibility: Visibility | None = None
    restrict_hours: int = 0
    rule: str = ""
    note: str = ""


def longest_restriction(actor: Actor, place: Place) -> int:
    """For how many hours this person may restrict a member."""
    return HOURS_BY_LEAD if actor.roles_in(place.id) & LONGER else HOURS_BY_MODERATOR


async def decide(
    services: Services, actor: Actor, place: Place, review_id: int, draft: DecisionDraft
) -> None:
    """Close a review with what was decided; an empty draft says that all is fine as it is.

    Nobody decides about their own words or about what they reported themselves.
    Raises NotFound, Forbidden, Invalid, and Conflict naming who was faster.
    """
    require(actor, Action.REVIEW_DECIDE, place.id)
    async with services.db.write() as tx:
        review = await _open_review(tx, actor, place, review_id)
        excerpt = await services.contents.excerpt(
            tx.session, Subject(review.subject_kind, review.subject_id)
        )
        _check(actor, place, draft, excerpt)
        await _win(tx, actor, review)
        taken = await _apply(tx, services, actor, place, review, excerpt, draft)
        await _tell_reporters(tx, services, review, excerpt, "acted" if taken else "left")
        await audit.record(
            tx,
            actor.id,
            Action.REVIEW_DECIDE,
            community_id=place.id,
            subject=excerpt.line.subject,
            detail={"review": review_id, "decided": list(taken) or [APPROVED], "rule": draft.rule},
        )
        tx.announce(ReviewDecided(review_id, place.id))


async def _open_review(tx: Tx, actor: Actor, place: Place, review_id: int) -> Review:
    review = await tx.session.get(Review, review_id)
    if review is None or review.community_id != place.id:
        raise NotFound
    reported = select(Flag.id).where(Flag.review_id == review_id, Flag.reporter_id == actor.id)
    if review.author_id == actor.id or (await tx.session.exec(reported)).first() is not None:
        raise Forbidden("This is about you or was reported by you. Somebody else decides here.")
    return review


def _check(actor: Actor, place: Place, draft: DecisionDraft, excerpt: Excerpt) -> None:
    takes = draft.masks or draft.restrict_hours or draft.visibility is Visibility.HIDDEN
    if takes and draft.rule not in RULES:
        raise Invalid({"rule": "Please say which rule this is about; the author will read it."})
    length = len(excerpt.line.text)
    if any(not 0 <= start < end <= length for start, end in draft.masks or ()):
        raise Invalid({"masks": "These words do not stand in the text. Please copy them exactly."})
    longest = longest_restriction(actor, place)
    if not 0 <= draft.restrict_hours <= longest:
        raise Invalid({"restrict_hours": f"You can restrict somebody for up to {longest} hours."})


async def _win(tx: Tx, actor: Actor, review: Review) -> None:
    """Be the one who decides. Raises Conflict that names the one who was."""
    won = await tx.change(
        update(Review)
        .where(col(Review.id) == review.id, col(Review.decided_at).is_(None))
        .values(decided_at=tx.now, decided_by=actor.id)
        .execution_options(synchronize_session=False)
    )
    if won:
        return
    await tx.session.refresh(review)
    name = await name_of(tx.session, review.decided_by or 0)
    raise Conflict(f"{name or 'Somebody else'} has decided this already. Nothing was changed.")


async def _apply(
    tx: Tx,
    services: Services,
    actor: Actor,
    place: Place,
    review: Review,
    excerpt: Excerpt,
    draft: DecisionDraft,
) -> list[str]:
    """Do what was decided, each with its statement; what was done to the content or the author."""
    kind = services.contents[review.subject_kind]
    said = Statement(
        kind="",
        word=kind.word,
        slug=place.slug,
        rule=draft.rule,
        note=draft.note,
        found=FoundBy.MEMBER if review.source == "flag" else FoundBy.SCREENING,
        decided_by=actor.id,
    )
    done = []
    if draft.masks is not None and draft.masks != excerpt.masks:
        await kind.set_masks(tx, review.subject_id, draft.masks)
        act = "mask" if draft.masks else "restore"
        done.append(replace(said, kind=act, spans=draft.masks))
    if draft.visibility is not None and draft.visibility is not excerpt.visibility:
        await kind.set_visibility(tx, review.subject_id, draft.visibility)
        act = "hide" if draft.visibility is Visibility.HIDDEN else "restore"
        done.append(replace(said, kind=act))
    if draft.restrict_hours and review.author_id is not None:
        until = tx.now + timedelta(hours=draft.restrict_hours)
        await _restrict(tx, actor, place, review.author_id, until)
        done.append(replace(said, kind="restrict", until=until))
    for one in done:
        await state(tx, review, one)
    if not done:
        tx.add(
            Decision(
                review_id=review.id or 0, kind=APPROVED, decided_at=tx.now, decided_by=actor.id
            )
        )
    return [one.kind for one in done]


async def _restrict(tx: Tx, actor: Actor, place: Place, account_id: int, until: datetime) -> None:
    """Let a member read but not write until then. Raises Forbidden for one of the team."""
    theirs = (await roles_of(tx.session, account_id, tx.now)).get(place.id, frozenset())
    if theirs & STAFF:
        raise Forbidden("This person is on the team. Please talk to the community's admin.")
    await grant_role(tx, actor.id, place.id, account_id, Role.RESTRICTED, until)


async def lift(services: Services, actor: Actor, place: Place, account_id: int) -> None:
    """End a restriction early. Raises NotFound when there is none."""
    require(actor, Action.MEMBER_RESTRICT, place.id)
    async with services.db.write() as tx:
        if not await end_role(tx, actor.id, place.id, account_id, Role.RESTRICTED):
            raise NotFound
        await tell(tx, account_id, "decision", TITLES["lift"], WHAT["lift"], community_id=place.id)


async def _tell_reporters(
    tx: Tx, services: Services, review: Review, excerpt: Excerpt, result: str
) -> None:
    """Everybody who reported hears the outcome, once."""
    waiting = (
        select(Flag)
        .where(Flag.review_id == review.id, col(Flag.told_at).is_(None))
        .with_for_update()
    )
    for one in (await tx.session.exec(waiting)).all():
        one.told_at = tx.now
        if one.reporter_id is not None:
            await tell_reporter(tx, one.reporter_id, review.community_id, result, excerpt, services)
