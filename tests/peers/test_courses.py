"""A course can be read, walked through and passed, and a wrong one is refused when it is read."""

import re
from dataclasses import FrozenInstanceError

import pytest

from forum.peers.courses import (
    Course,
    CourseError,
    Node,
    course_from,
    grade,
    packaged_courses,
)

SLUG = "answering-someone-in-crisis"
COURSE = packaged_courses()[SLUG]
SMALL = """
slug = "small"
title = "Small"
version = 1
valid_months = 12
pass_mark = 80
minutes = 5
summary = "s"
reflection = "r"
[scope_card]
do = ["a"]
dont = ["b"]
ask = ["c"]
[[lessons]]
slug = "one"
title = "One"
body = "Words."
[scenario]
title = "t"
intro = "i"
start = "a"
[[scenario.nodes]]
id = "a"
text = "A"
[[scenario.nodes.choices]]
text = "go"
explains = "why"
to = "z"
[[scenario.nodes]]
id = "z"
ending = true
text = "Z"
[[quiz]]
id = "q"
text = "?"
options = ["x", "y"]
right = [0]
explanation = "because"
"""


def every_text(course: Course) -> list[str]:
    nodes = course.scenario.nodes.values()
    card = course.scope_card
    return [
        *(lesson.body for lesson in course.lessons),
        *(node.text for node in nodes),
        *(
            part
            for node in nodes
            for choice in node.choices
            for part in (choice.text, choice.explains)
        ),
        *(part for q in course.quiz for part in (q.text, q.explanation, *q.options)),
        *(*card.do, *card.dont, *card.ask, course.summary, course.reflection),
    ]


def right_answers(course: Course) -> dict[str, set[int]]:
    return {question.id: set(question.right) for question in course.quiz}


def test_the_course_has_its_parts() -> None:
    assert 6 <= len(COURSE.lessons) <= 8
    assert len(COURSE.scenario.nodes) >= 8
    assert len(COURSE.quiz) >= 12
    assert (COURSE.pass_mark, COURSE.valid_months, COURSE.version) == (80, 12, 1)
    assert all((COURSE.scope_card.do, COURSE.scope_card.dont, COURSE.scope_card.ask))
    assert COURSE.reflection.strip()


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.slug)
def test_a_lesson_is_read_in_a_few_minutes(lesson: object) -> None:
    assert 250 <= len(lesson.body.split()) <= 500  # type: ignore[attr-defined]


@pytest.mark.parametrize("node", COURSE.scenario.nodes.values(), ids=lambda node: node.id)
def test_every_choice_explains_itself(node: Node) -> None:
    assert node.ending == (not node.choices)
    for choice in node.choices:
        assert len(choice.explains.split()) >= 6
        assert choice.to != node.id


def test_the_quiz_asks_for_one_and_for_several_and_explains_each() -> None:
    kinds = {question.is_single for question in COURSE.quiz}
    assert kinds == {True, False}
    assert all(len(question.explanation.split()) >= 8 for question in COURSE.quiz)
    assert all(len(question.options) >= 3 for question in COURSE.quiz)


def test_the_right_answer_is_not_always_in_the_same_place() -> None:
    places = [min(question.right) for question in COURSE.quiz if question.is_single]
    assert all(places.count(place) <= len(places) // 2 + 1 for place in places)
    assert len(set(places)) >= 3


def test_the_course_itself_keeps_to_the_words_it_teaches() -> None:
    forbidden = re.compile(
        r"!|\bcommit(s|ted|ting)? suicide|(failed|successful) (attempt|suicide)"
        r"|attention.seek|\b(clean|dirty)\b|gets? better",
        re.IGNORECASE,
    )
    for text in every_text(COURSE):
        assert not forbidden.search(text), text


def test_no_number_to_ring_is_written_into_the_course() -> None:
    for text in every_text(COURSE):
        assert not re.search(r"\d[\d -]{4,}\d|\b(999|112|911|988|113)\b", text), text


def test_all_right_passes_and_nothing_fails() -> None:
    assert grade(COURSE, right_answers(COURSE)) == type(grade(COURSE, {}))(100, True, ())
    empty = grade(COURSE, {})
    assert (empty.score, empty.passed) == (0, False)
    assert empty.wrong == tuple(question.id for question in COURSE.quiz)


def test_the_pass_mark_is_a_floor() -> None:
    answers = right_answers(COURSE)
    names = list(answers)
    two_wrong = {**answers, names[0]: {9}, names[1]: set()}
    three_wrong = {**two_wrong, names[2]: {9}}
    assert grade(COURSE, two_wrong).passed  # 12 of 14 are 85 %
    assert not grade(COURSE, three_wrong).passed  # 11 of 14 are 78 %
    assert grade(COURSE, three_wrong).wrong == tuple(names[:3])


def test_ticking_every_box_is_no_way_to_pass() -> None:
    everything = {q.id: set(range(len(q.options))) for q in COURSE.quiz}
    assert grade(COURSE, everything).score == 0


def test_unknown_questions_count_for_nothing() -> None:
    assert grade(COURSE, {"made-up": {0}}).score == 0


def test_a_course_cannot_be_changed_once_it_is_read() -> None:
    with pytest.raises(FrozenInstanceError):
        COURSE.version = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        packaged_courses()["x"] = COURSE  # type: ignore[index]


def test_a_small_course_is_enough() -> None:
    assert course_from(SMALL).slug == "small"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('to = "z"', 'to = "nowhere"', "'nowhere', which does not exist"),
        ('start = "a"', 'start = "z"', "'a' cannot be reached"),
        ('start = "a"', 'start = "b"', "'b', which does not exist"),
        ("ending = true\n", "", "no ending can be reached from"),
        ('to = "z"', 'to = "a"', "cannot be reached|no ending"),
        ('id = "z"', 'id = "a"', "two nodes called 'a'"),
        ('id = "a"\ntext', 'id = "a"\nending = true\ntext', "'a' still has choices"),
        ("right = [0]", "right = [2]", "right options among those"),
        ("right = [0]", "right = []", "right options among those"),
        ("right = [0]", "right = [0, 1]", "right options among those"),
        ("pass_mark = 80", "pass_mark = 0", "pass_mark must be"),
        ("valid_months = 12", "valid_months = 0", "valid_months"),
        ('summary = "s"', "", "missing or unknown field"),
        ('summary = "s"', 'summary = "s"\nflavour = 1', "missing or unknown field"),
        ('body = "Words."\n', 'body = "W"\n[[lessons]]\nslug = "one"\ntitle = "t"\nbody = "b"\n',
         "name of its own"),
        ('slug = "small"', "slug = small", "not TOML"),
    ],
)  # fmt: skip
def test_a_course_that_would_strand_a_learner_is_refused(old: str, new: str, says: str) -> None:
    assert old in SMALL
    with pytest.raises(CourseError, match=says):
        course_from(SMALL.replace(old, new, 1))
