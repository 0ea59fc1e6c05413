"""How the demo's team came by its certificates: the course itself, done from end to end."""

from collections import deque

from sqlmodel import select

from forum.demo.stage import Stage
from forum.peers import learning
from forum.peers.certificates import sign
from forum.peers.courses import Course, packaged_courses
from forum.peers.models import Enrolment


async def study(stage: Stage, key: str, slug: str) -> None:
    """Do the whole course well, and ask for a signature."""
    services, actor, place = stage.services, await stage.actor(key), stage.places[slug]
    course = _course()
    for lesson in course.lessons:
        await learning.read_lesson(services, actor, place, course, lesson.slug)
    await learning.finish_scenario(services, actor, place, course, _way_to_an_end(course))
    answers = {question.id: sorted(question.right) for question in course.quiz}
    await learning.answer_quiz(services, actor, place, course, answers)
    await learning.accept_scope(services, actor, place, course)
    await learning.request_signature(services, actor, place, course)


async def certify(stage: Stage, signer: str, key: str, slug: str) -> None:
    """Sign for somebody who asked."""
    place = stage.places[slug]
    asked = select(Enrolment.id).where(
        Enrolment.account_id == stage.people[key], Enrolment.community_id == place.id
    )
    async with stage.services.db.read() as reader:
        enrolment_id = (await reader.exec(asked)).one()
    await sign(stage.services, await stage.actor(signer), place, enrolment_id or 0)


def _course() -> Course:
    return next(iter(packaged_courses().values()))


def _way_to_an_end(course: Course) -> str:
    """The shortest way through the conversation, as the course's pages write it."""
    ways = deque([(course.scenario.start, "")])
    seen: set[str] = set()
    while ways:
        name, taken = ways.popleft()
        node = course.scenario.nodes[name]
        if node.ending:
            return taken
        if name not in seen:
            seen.add(name)
            choices = enumerate(node.choices)
            ways += [(one.to, f"{taken}.{number}".lstrip(".")) for number, one in choices]
    raise LookupError(course.slug)  # a packaged course always has an end: tests/peers
