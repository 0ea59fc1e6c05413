"""Courses: read from data files, checked when they are read, and graded.

A course is one TOML file in the folder `courses/` beside this module: lessons, one conversation
to practise, a quiz, and the scope card of the role it leads to. What is checked here is what
would leave a learner stuck: a conversation that cannot be finished, a question without an answer.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any


class CourseError(ValueError):
    """A course file that would leave a learner stuck; says which course and what is wrong."""


@dataclass(frozen=True)
class Lesson:
    """A few minutes of reading. `body` is Markdown for `forum.markup`."""

    slug: str
    title: str
    body: str


@dataclass(frozen=True)
class Choice:
    """One thing a learner could do. `explains` is shown once it is chosen; `to` names a node."""

    text: str
    explains: str
    to: str


@dataclass(frozen=True)
class Node:
    """One moment of the conversation. An ending has no choices."""

    id: str
    text: str
    choices: tuple[Choice, ...]
    ending: bool


@dataclass(frozen=True)
class Scenario:
    """A conversation to practise. Every node can be reached, and from every node an ending can."""

    title: str
    intro: str
    start: str
    nodes: Mapping[str, Node]


@dataclass(frozen=True)
class Question:
    """A question with one right option (`is_single`) or several. `right`: indices from 0."""

    id: str
    text: str
    options: tuple[str, ...]
    right: frozenset[int]
    explanation: str

    @property
    def is_single(self) -> bool:
        """Whether exactly one option is right: the page then offers radio buttons."""
        return len(self.right) == 1


@dataclass(frozen=True)
class ScopeCard:
    """The role on one page: what I do, what I don't, who I ask."""

    do: tuple[str, ...]
    dont: tuple[str, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """A whole course. pass_mark: per cent of the quiz; valid_months: how long a pass counts."""

    slug: str
    title: str
    version: int
    valid_months: int
    pass_mark: int
    minutes: int
    summary: str
    reflection: str
    scope_card: ScopeCard
    lessons: tuple[Lesson, ...]
    scenario: Scenario
    quiz: tuple[Question, ...]


@dataclass(frozen=True)
class Grade:
    """The outcome of a quiz. score: per cent of questions right, rounded down; wrong: their ids."""

    score: int
    passed: bool
    wrong: tuple[str, ...]


def grade(course: Course, answers: Mapping[str, Collection[int]]) -> Grade:
    """Grade a quiz. answers: chosen option indices by question id.

    A question counts when exactly the right options are chosen; one left out counts as wrong, and
    an unknown id counts for nothing.
    """
    wrong = tuple(q.id for q in course.quiz if frozenset(answers.get(q.id, ())) != q.right)
    score = 100 * (len(course.quiz) - len(wrong)) // len(course.quiz)
    return Grade(score, score >= course.pass_mark, wrong)


@cache
def packaged_courses() -> Mapping[str, Course]:
    """The courses that ship with the package, by slug. Raises CourseError when one is wrong."""
    folder = resources.files("forum.peers").joinpath("courses")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    courses = [course_from(file.read_text("utf-8")) for file in files]
    return MappingProxyType({course.slug: course for course in courses})


def course_from(text: str) -> Course:
    """A checked course from the text of its file. Raises CourseError saying what is wrong."""
    try:
        course = _build(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"a course file is not TOML: {error}") from error
    except (KeyError, TypeError) as error:
        raise CourseError(f"a course file has a missing or unknown field: {error}") from error
    for fault in (*_scenario_faults(course.scenario), *_course_faults(course)):
        raise CourseError(f"course {course.slug!r}: {fault}")
    return course


def _build(data: dict[str, Any]) -> Course:  # Any: what TOML holds is unknown until it is built
    return Course(
        **{
            **data,
            "scope_card": ScopeCard(**{k: tuple(v) for k, v in data["scope_card"].items()}),
            "lessons": tuple(Lesson(**lesson) for lesson in data["lessons"]),
            "scenario": _build_scenario(data["scenario"]),
            "quiz": tuple(_build_question(question) for question in data["quiz"]),
        }
    )


def _build_scenario(data: dict[str, Any]) -> Scenario:  # Any: as above
    nodes: dict[str, Node] = {}
    for raw in data["nodes"]:
        choices = tuple(Choice(**choice) for choice in raw.get("choices", ()))
        node = Node(raw["id"], raw["text"], choices, raw.get("ending", False))
        if node.id in nodes:
            raise CourseError(f"the scenario has two nodes called {node.id!r}")
        nodes[node.id] = node
    return Scenario(data["title"], data["intro"], data["start"], MappingProxyType(nodes))


def _build_question(data: dict[str, Any]) -> Question:  # Any: as above
    options, right = tuple(data["options"]), frozenset(data["right"])
    return Question(**{**data, "options": options, "right": right})


def _scenario_faults(scenario: Scenario) -> list[str]:
    """What would strand a learner in the conversation; empty when nothing does."""
    nodes = scenario.nodes
    unknown = [c.to for node in nodes.values() for c in node.choices if c.to not in nodes]
    if scenario.start not in nodes:
        unknown.append(scenario.start)
    if unknown:
        return [f"the scenario leads to {name!r}, which does not exist" for name in unknown]
    reached = _reached({scenario.start}, _steps(scenario))
    endings = {node.id for node in nodes.values() if node.ending}
    finishing = _reached(endings, [(to, start) for start, to in _steps(scenario)])
    return [
        *(f"the node {name!r} cannot be reached" for name in nodes.keys() - reached),
        *(f"no ending can be reached from {name!r}" for name in nodes.keys() - finishing),
        *(f"the ending {name!r} still has choices" for name in endings if nodes[name].choices),
    ]


def _steps(scenario: Scenario) -> list[tuple[str, str]]:
    return [(node.id, choice.to) for node in scenario.nodes.values() for choice in node.choices]


def _reached(start: set[str], steps: list[tuple[str, str]]) -> set[str]:
    """Every node that can be walked to from `start` along `steps`."""
    reached = set(start)
    while new := {to for origin, to in steps if origin in reached} - reached:
        reached |= new
    return reached


def _course_faults(course: Course) -> list[str]:
    """Questions nobody could answer, names used twice, and numbers that make no sense."""
    faults = [
        f"the question {q.id!r} needs right options among those it offers"
        for q in course.quiz
        if not q.right or not q.right < set(range(len(q.options)))
    ]
    for what, names in (
        ("lesson", [lesson.slug for lesson in course.lessons]),
        ("question", [question.id for question in course.quiz]),
    ):
        if not names or len(set(names)) < len(names):
            faults.append(f"it needs at least one {what}, each with a name of its own")
    if not (0 < course.pass_mark <= 100 and course.valid_months > 0 and course.version > 0):
        faults.append("pass_mark must be 1-100, valid_months and version above 0")
    return faults
