"""How far somebody is with a course, and where in its conversation."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from forum.db import Reader
from forum.errors import NotFound
from forum.peers.courses import Course, Node, packaged_courses
from forum.peers.models import Certificate, Enrolment

MAX_STEPS = 100  # of one conversation; the longest way through ours is below twenty
RENEW_WITHIN = timedelta(days=30)
STEPS = ("Lessons", "A conversation", "Quiz", "Scope card", "Signature")


class Moment(NamedTuple):
    """Where a learner is in the conversation; said and why are of their last choice, or empty."""

    node: Node
    said: str
    why: str


class Progress(NamedTuple):
    """How far somebody is with a course.

    certified_until: their valid certificate's end. may_renew: whether another may be asked for.
    """

    lessons_read: frozenset[str]
    scenario_done: bool
    quiz_passed: bool
    scope_accepted: bool
    requested: bool
    reflection: str
    certified_until: datetime | None
    may_renew: bool

    def step(self, course: Course) -> int:
        """The first step that is not done, from 1; the last one also when all are."""
        lessons = all(one.slug in self.lessons_read for one in course.lessons)
        done = (lessons, self.scenario_done, self.quiz_passed, self.scope_accepted)
        return next((n for n, is_done in enumerate(done, 1) if not is_done), len(STEPS))

    def is_complete(self, course: Course) -> bool:
        """Whether a signature may be asked for."""
        return self.step(course) == len(STEPS)


def course_called(slug: str) -> Course:
    """The course of that name. Raises NotFound."""
    courses = packaged_courses()
    if slug not in courses:
        raise NotFound
    return courses[slug]


async def progress(
    reader: Reader, account_id: int, community_id: int, course: Course, now: datetime
) -> Progress:
    """How far this person is; nothing yet for somebody who has not begun."""
    row = (await reader.exec(enrolment(account_id, community_id, course))).first()
    until = await certified_until(reader, account_id, community_id, course.slug, now)
    return Progress(
        lessons_read=frozenset(row.lessons_read if row else ()),
        scenario_done=bool(row and row.scenario_done_at),
        quiz_passed=bool(row and row.quiz_passed_at),
        scope_accepted=bool(row and row.scope_accepted_at),
        requested=bool(row and row.requested_at),
        reflection=row.reflection if row else "",
        certified_until=until,
        may_renew=until is None or until - now <= RENEW_WITHIN,
    )


async def certified_until(
    reader: Reader, account_id: int, community_id: int, course: str, now: datetime
) -> datetime | None:
    """When this person's certificate of the course ends; None when none is valid."""
    found = await reader.exec(
        select(func.max(Certificate.expires_at)).where(
            Certificate.account_id == account_id,
            Certificate.community_id == community_id,
            Certificate.course == course,
            Certificate.expires_at > now,
            col(Certificate.revoked_at).is_(None),
        )
    )
    return found.one()


def walk(course: Course, taken: str) -> Moment:
    """Follow the choices in `taken`, such as "0.2.1". Raises NotFound where there is no way."""
    numbers = taken.split(".") if taken else []
    if len(numbers) > MAX_STEPS:
        raise NotFound
    moment = Moment(course.scenario.nodes[course.scenario.start], "", "")
    for number in numbers:
        choices = moment.node.choices
        if not (number.isascii() and number.isdecimal()) or int(number) >= len(choices):
            raise NotFound
        choice = choices[int(number)]
        moment = Moment(course.scenario.nodes[choice.to], choice.text, choice.explains)
    return moment


def enrolment(account_id: int, community_id: int, course: Course) -> SelectOfScalar[Enrolment]:
    """The one row of this person with this course here."""
    return select(Enrolment).where(
        Enrolment.account_id == account_id,
        Enrolment.community_id == community_id,
        Enrolment.course == course.slug,
    )
