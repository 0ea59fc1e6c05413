"""Somebody who has done a course, for tests of what comes after."""

from sqlmodel import select

from forum.peers.courses import Course, packaged_courses
from forum.peers.models import Certificate, Enrolment
from forum.services import Place, Services
from tests.people import Person

COURSE: Course = next(iter(packaged_courses().values()))


def right_answers(course: Course = COURSE) -> dict[str, list[int]]:
    return {one.id: sorted(one.right) for one in course.quiz}


def way_to_an_end(course: Course = COURSE) -> str:
    """The shortest way through the conversation, as the address writes it."""
    queue: list[tuple[str, list[int]]] = [(course.scenario.start, [])]
    seen: set[str] = set()
    while queue:
        name, taken = queue.pop(0)
        node = course.scenario.nodes[name]
        if node.ending:
            return ".".join(map(str, taken))
        if name not in seen:
            seen.add(name)
            queue += [(c.to, [*taken, number]) for number, c in enumerate(node.choices)]
    raise AssertionError("the conversation has no end")


async def finish(services: Services, person: Person, place: Place, *, asks: bool = True) -> int:
    """Let this person have done everything; the id of their enrolment."""
    async with services.db.write() as tx:
        mine = select(Enrolment).where(
            Enrolment.account_id == person.id, Enrolment.community_id == place.id
        )
        row = (await tx.session.exec(mine)).first() or Enrolment(
            account_id=person.id,
            community_id=place.id,
            course=COURSE.slug,
            course_version=COURSE.version,
            started_at=tx.now,
        )
        row.lessons_read = [one.slug for one in COURSE.lessons]
        row.scenario_done_at = row.quiz_passed_at = row.scope_accepted_at = tx.now
        row.quiz_attempts = 1
        row.requested_at = tx.now if asks else None
        tx.add(row)
        await tx.flush()
        return row.id or 0


async def certificates(services: Services, person: Person) -> list[Certificate]:
    async with services.db.read() as reader:
        mine = select(Certificate).where(Certificate.account_id == person.id)
        return list(await reader.exec(mine.order_by(Certificate.id)))
