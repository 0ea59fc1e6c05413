"""What a learner does: read, practise, answer, agree, and ask for a signature."""

from collections.abc import Collection, Mapping

from forum import audit
from forum.communities.queries import holders
from forum.db import Tx
from forum.errors import Conflict, Invalid, NotFound
from forum.notices.actions import tell
from forum.peers.courses import Course, Grade, grade
from forum.peers.events import SignatureRequested
from forum.peers.models import Enrolment
from forum.peers.progress import enrolment, progress, walk
from forum.permissions import Action, Actor, Role, require
from forum.services import Place, Services

MAX_REFLECTION = 5000


class TooSoon(Conflict):
    """Something has to be done before."""

    title = "Not quite yet"


async def read_lesson(
    services: Services, actor: Actor, place: Place, course: Course, lesson: str
) -> None:
    """Remember that a lesson was read. Raises NotFound for one that the course has not."""
    if lesson not in {one.slug for one in course.lessons}:
        raise NotFound
    async with services.db.write() as tx:
        row = await _row(tx, actor, place, course)
        if lesson not in row.lessons_read:
            row.lessons_read = [*row.lessons_read, lesson]


async def finish_scenario(
    services: Services, actor: Actor, place: Place, course: Course, taken: str
) -> None:
    """Remember that the conversation was finished. Raises NotFound unless `taken` ends it."""
    if not walk(course, taken).node.ending:
        raise NotFound
    async with services.db.write() as tx:
        row = await _row(tx, actor, place, course)
        row.scenario_done_at = row.scenario_done_at or tx.now


async def answer_quiz(
    services: Services,
    actor: Actor,
    place: Place,
    course: Course,
    answers: Mapping[str, Collection[int]],
) -> Grade:
    """Grade the answers; a pass is kept, a miss costs nothing and may be tried again."""
    graded = grade(course, answers)
    async with services.db.write() as tx:
        row = await _row(tx, actor, place, course)
        row.quiz_attempts += 1
        if graded.passed and row.quiz_passed_at is None:
            row.quiz_passed_at = tx.now
            row.course_version = course.version
    return graded


async def accept_scope(services: Services, actor: Actor, place: Place, course: Course) -> None:
    """Agree to what the role is and is not; when, and to which version, is recorded."""
    async with services.db.write() as tx:
        row = await _row(tx, actor, place, course)
        if row.scope_accepted_at is not None:
            return
        row.scope_accepted_at = tx.now
        await audit.record(
            tx,
            actor.id,
            "peers:scope:accepted",
            community_id=place.id,
            subject=f"account:{actor.id}",
            detail={"course": course.slug, "version": course.version},
        )


async def reflect(
    services: Services, actor: Actor, place: Place, course: Course, text: str
) -> None:
    """Keep what somebody wrote for themselves; nobody else can read it. Raises Invalid."""
    if len(text) > MAX_REFLECTION:
        raise Invalid({"text": f"Please keep this below {MAX_REFLECTION} letters."})
    async with services.db.write() as tx:
        row = await _row(tx, actor, place, course)
        row.reflection = text


async def request_signature(services: Services, actor: Actor, place: Place, course: Course) -> None:
    """Ask for a lead's signature; whoever may sign is told. Raises Conflict when it is too soon."""
    async with services.db.write() as tx:
        row = await _row(tx, actor, place, course)
        so_far = await progress(tx.session, actor.id, place.id, course, tx.now)
        if not so_far.is_complete(course):
            raise TooSoon("Please finish the lessons, the conversation, the quiz and the card.")
        if not so_far.may_renew:
            raise TooSoon("You are certified already. You can renew in the last 30 days.")
        if row.requested_at is not None:
            return
        row.requested_at = tx.now
        await _tell_signers(tx, actor.id, place)
        tx.announce(SignatureRequested(actor.id, place.id))


async def _tell_signers(tx: Tx, learner_id: int, place: Place) -> None:
    signers = await holders(tx.session, place.id, Role.LEAD, tx.now)
    signers += await holders(tx.session, place.id, Role.COMMUNITY_ADMIN, tx.now)
    for account_id in {one for one, _ in signers} - {learner_id}:
        await tell(
            tx,
            account_id,
            "signature_requested",
            "Somebody asks for a certificate",
            "A member has finished the course. Talk with them, then sign or wait.",
            community_id=place.id,
            url=f"/c/{place.slug}/certificates",
        )


async def _row(tx: Tx, actor: Actor, place: Place, course: Course) -> Enrolment:
    """This person's own row, made when they begin; changes to it are stored with `tx`."""
    require(actor, Action.COURSE_TAKE, place.id)
    key = {"account_id": actor.id, "community_id": place.id, "course": course.slug}
    begun = {"course_version": course.version, "started_at": tx.now, "lessons_read": []}
    await tx.insert_once(Enrolment, {**key, **begun, "reflection": "", "quiz_attempts": 0})
    mine = enrolment(actor.id, place.id, course)
    return (await tx.session.exec(mine.with_for_update())).one()
