"""Pages of a course: lessons, a conversation to practise, a quiz, the scope card, a reflection."""

from collections.abc import Mapping
from functools import cache

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.errors import Invalid, NotFound
from forum.markup import render
from forum.peers import learning
from forum.peers.courses import Course, packaged_courses
from forum.peers.progress import STEPS, Progress, course_called, progress, walk
from forum.permissions import Action, Actor
from forum.services import Place, Services
from forum.web.forms import Sent
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

ROOT = "/c/{community}/courses"
COURSE = ROOT + "/{course}"


async def courses(request: Request) -> Response:
    """Every course, with how far this person is."""
    found = packaged_courses().values()
    listed = [(one, _html(one.summary), await _progress(request, one)) for one in found]
    return page(request, "peers/courses.html", {"courses": listed})


async def course(request: Request) -> Response:
    """One course: its parts in order, and what comes next."""
    return await _page(request, "peers/course.html", {"summary": _html(_course(request).summary)})


async def lesson(request: Request) -> Response:
    """A lesson to read."""
    number, taught = _lesson_number(request), _course(request).lessons
    context = {"lesson": taught[number], "number": number + 1, "body": _html(taught[number].body)}
    return await _page(request, "peers/lesson.html", context)


async def read_lesson(request: Request) -> Response:
    """Remember it and go on to the next, or to the conversation."""
    number, taught = _lesson_number(request), _course(request)
    await learning.read_lesson(*_who(request), taught, taught.lessons[number].slug)
    if number + 1 < len(taught.lessons):
        return _to(request, f"/lessons/{taught.lessons[number + 1].slug}")
    return _to(request, "/conversation")


async def conversation(request: Request) -> Response:
    """One moment of the conversation; `taken` in the address is the way so far."""
    taken = request.query_params.get("taken", "")
    moment = walk(_course(request), taken)
    steps = taken.split(".") if taken else []
    context = {
        "text": _html(moment.node.text),
        "said": moment.said,
        "why": moment.why,
        "ways": [
            (".".join([*steps, str(number)]), choice.text)
            for number, choice in enumerate(moment.node.choices)
        ],
        "taken": taken,
        "back": ".".join(steps[:-1]),
        "is_ending": moment.node.ending,
    }
    return await _page(request, "peers/conversation.html", context)


async def finish_conversation(request: Request) -> Response:
    """Remember that it was walked to an end, and go on to the quiz."""
    taken = sent_of(request).get("taken")
    await learning.finish_scenario(*_who(request), _course(request), taken)
    return _to(request, "/quiz")


async def quiz(request: Request) -> Response:
    """The questions."""
    return await _page(request, "peers/quiz.html", {"graded": None, "chosen": {}})


async def answer_quiz(request: Request) -> Response:
    """The same questions with what was right, why, and how it went."""
    taught = _course(request)
    answers = _answers(sent_of(request), taught)
    graded = await learning.answer_quiz(*_who(request), taught, answers)
    chosen = {name: [str(one) for one in sorted(picked)] for name, picked in answers.items()}
    return await _page(request, "peers/quiz.html", {"graded": graded, "chosen": chosen})


async def scope(request: Request) -> Response:
    """The role on one page."""
    return await _page(request, "peers/scope.html", {"errors": {}})


async def accept_scope(request: Request) -> Response:
    """Agree to it."""
    if not sent_of(request).has("agrees"):
        errors = {"agrees": "Please tick the box if you agree. If you don't, talk with a lead."}
        return await _page(request, "peers/scope.html", {"errors": errors}, 422)
    await learning.accept_scope(*_who(request), _course(request))
    return _to(request, "")


async def reflection(request: Request) -> Response:
    """A place to write for oneself."""
    return await _reflection(request, None, {})


async def save_reflection(request: Request) -> Response:
    """Keep it."""
    text = sent_of(request).get("text")
    try:
        await learning.reflect(*_who(request), _course(request), text)
    except Invalid as error:
        return await _reflection(request, text, error.fields)
    return _to(request, "")


async def request_signature(request: Request) -> Response:
    """Ask a lead to sign."""
    await learning.request_signature(*_who(request), _course(request))
    return _to(request, "")


@cache
def _html(text: str) -> Markup:
    """A text of the course, which ships with the forum, rendered once."""
    return render(text)


def _course(request: Request) -> Course:
    return course_called(request.path_params["course"])


def _lesson_number(request: Request) -> int:
    """Which lesson the address names, from 0."""
    slugs = [one.slug for one in _course(request).lessons]
    if request.path_params["lesson"] not in slugs:
        raise NotFound
    return slugs.index(request.path_params["lesson"])


def _who(request: Request) -> tuple[Services, Actor, Place]:
    return services_of(request), actor_of(request), place_of(request)


def _answers(sent: Sent, taught: Course) -> dict[str, frozenset[int]]:
    """Chosen options by question; what is no option of it is dropped."""
    offered = {one.id: {str(n): n for n in range(len(one.options))} for one in taught.quiz}
    return {
        name: frozenset(numbers[one] for one in sent.all(name) if one in numbers)
        for name, numbers in offered.items()
    }


def _to(request: Request, part: str) -> Response:
    slug, course = place_of(request).slug, _course(request).slug
    return RedirectResponse(f"/c/{slug}/courses/{course}{part}", 303)


async def _progress(request: Request, taught: Course) -> Progress:
    services = services_of(request)
    async with services.db.read() as reader:
        return await progress(
            reader,
            actor_of(request).id,
            place_of(request).id,
            taught,
            services.clock.now(),
        )


async def _reflection(request: Request, text: str | None, errors: Mapping[str, str]) -> Response:
    taught = _course(request)
    kept = (await _progress(request, taught)).reflection if text is None else text
    context = {"values": {"text": kept}, "errors": errors, "ask": _html(taught.reflection)}
    return await _page(request, "peers/reflection.html", context, 422 if errors else 200)


async def _page(
    request: Request, template: str, context: Mapping[str, object], status: int = 200
) -> Response:
    taught = _course(request)
    so_far = await _progress(request, taught)
    around = {
        "course": taught,
        "progress": so_far,
        "steps": STEPS,
        "step": so_far.step(taught),
        "base": f"/c/{place_of(request).slug}/courses/{taught.slug}",
    }
    return page(request, template, {**around, **context}, status)


TAKE = Action.COURSE_TAKE
ROUTES: list[BaseRoute] = [
    route(ROOT, courses, needs=TAKE),
    route(COURSE, course, needs=TAKE),
    route(COURSE + "/lessons/{lesson}", lesson, needs=TAKE),
    route(COURSE + "/lessons/{lesson}", read_lesson, needs=TAKE, methods=["POST"]),
    route(COURSE + "/conversation", conversation, needs=TAKE),
    route(COURSE + "/conversation", finish_conversation, needs=TAKE, methods=["POST"]),
    route(COURSE + "/quiz", quiz, needs=TAKE),
    route(COURSE + "/quiz", answer_quiz, needs=TAKE, methods=["POST"]),
    route(COURSE + "/scope", scope, needs=TAKE),
    route(COURSE + "/scope", accept_scope, needs=TAKE, methods=["POST"]),
    route(COURSE + "/reflection", reflection, needs=TAKE),
    route(COURSE + "/reflection", save_reflection, needs=TAKE, methods=["POST"]),
    route(COURSE + "/request", request_signature, needs=TAKE, methods=["POST"]),
]
