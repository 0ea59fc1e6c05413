"""The demo community makes sense: everyone who speaks belongs, and nobody is hurt by a word."""

import re
from collections import Counter

import pytest

from forum.demo.talk import Said, TalkError, packaged_talk, talk_from
from forum.markup import MAX_CHARACTERS, render
from forum.permissions import Role

TALK = packaged_talk()
SAID = [
    *(said for topic in TALK.topics for said in (topic.opening, *topic.replies)),
    *(line for chat in TALK.chats for line in chat.lines),
]
FORBIDDEN = re.compile(
    r"\bcommit(s|ted|ting)? suicide|(failed|successful) (attempt|suicide)|attention.seek"
    r"|\b(clean|dirty)\b|gets? better|junkie|stay strong|everything happens for a reason",
    re.IGNORECASE,
)
SMALL = """
[[communities]]
slug = "c"
name = "C"
about = "a"
access = "open"
rules = ["Be kind."]
[[people]]
key = "a"
name = "A"
about = ""
roles = { c = ["moderator"] }
[[people]]
key = "b"
name = "B"
about = ""
roles = { c = [] }
[[boards]]
community = "c"
slug = "board"
name = "B"
about = "b"
goal = ""
[[rooms]]
community = "c"
slug = "room"
name = "R"
about = "r"
[[topics]]
board = "board"
author = "a"
minutes_ago = 9
title = "t"
body = "hello"
replies = [["b", 8, "hi"], ["a", 7, "thanks"]]
[[chats]]
room = "room"
lines = [["a", 3, "one"], ["b", 2, "two"]]
"""


def test_the_community_is_alive() -> None:
    assert len(TALK.communities) == 2
    assert len(TALK.boards) >= 6
    assert len(TALK.rooms) == 3
    assert len(TALK.people) >= 26
    assert len(TALK.topics) >= 34
    assert all(2 <= len(topic.replies) <= 12 for topic in TALK.topics)
    assert sum(len(chat.lines) for chat in TALK.chats) >= 120


def test_every_board_and_room_has_talk() -> None:
    assert {topic.board for topic in TALK.topics} == {board.slug for board in TALK.boards}
    assert {chat.room for chat in TALK.chats} == {room.slug for room in TALK.rooms}


def test_everybody_says_something() -> None:
    assert {person.key for person in TALK.people} == {said.author for said in SAID}


def test_no_voice_drowns_the_others() -> None:
    shares = Counter(said.author for said in SAID)
    assert max(shares.values()) < len(SAID) / 8


@pytest.mark.parametrize("community", TALK.communities, ids=lambda community: community.slug)
def test_each_community_has_a_whole_team_and_few_rules(community: object) -> None:
    slug = community.slug  # type: ignore[attr-defined]
    held = {role for person in TALK.people for role in person.roles.get(slug, ())}
    assert {Role.PEER, Role.MODERATOR, Role.LEAD, Role.COMMUNITY_ADMIN} <= held
    assert 1 <= len(community.rules) <= 7  # type: ignore[attr-defined]
    assert all(len(rule) <= 120 for rule in community.rules)  # type: ignore[attr-defined]


def test_some_days_are_heavy_and_each_of_them_was_answered_by_the_team() -> None:
    team = {p.key for p in TALK.people if any(p.roles.values())}
    heavy = [topic for topic in TALK.topics if topic.need]
    assert {topic.need for topic in heavy} == {1, 2, 3}
    assert all(team & {reply.author for reply in topic.replies} for topic in heavy)


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{said.author}-{said.minutes_ago}")
def test_nobody_says_what_would_hurt_or_give_somebody_away(said: Said) -> None:
    assert not FORBIDDEN.search(said.body)
    assert not re.search(r"https?://|www\.|@|\d{5}", said.body)
    assert len(said.body) <= MAX_CHARACTERS


def test_no_two_people_say_the_same_thing() -> None:
    long = [said.body for said in SAID if len(said.body.split()) > 5]
    assert len(set(long)) == len(long)


def test_titles_and_names_fit_where_they_are_shown() -> None:
    assert all(0 < len(topic.title) <= 120 for topic in TALK.topics)
    assert len({topic.title for topic in TALK.topics}) == len(TALK.topics)
    assert all(2 <= len(person.name) <= 40 and len(person.about) <= 500 for person in TALK.people)
    assert all(len(place.about) <= 200 for place in (*TALK.boards, *TALK.rooms))


def test_markdown_in_the_talk_becomes_what_was_meant() -> None:
    first = next(topic for topic in TALK.topics if topic.board == "hello")
    assert "<ul>" in render(first.opening.body)
    report = next(topic for topic in TALK.topics if topic.title.startswith("A failure report"))
    assert "<strong>What happened.</strong>" in render(report.opening.body)


def test_numbers_to_ring_belong_to_the_directory_alone() -> None:
    assert not any(re.search(r"\b(988|999|911|112|116 123)\b", said.body) for said in SAID)


def test_a_small_talk_is_enough() -> None:
    talk = talk_from(SMALL)
    assert talk.member_keys("c") == {"a", "b"}
    assert talk.people[0].roles["c"] == (Role.MODERATOR,)
    assert talk.topics[0].opening == Said("a", 9, "hello")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('author = "a"', 'author = "z"', "'z' is no member"),
        ('["b", 8, "hi"]', '["z", 8, "hi"]', "'z' is no member"),
        ('["b", 2, "two"]', '["z", 2, "two"]', "'z' is no member"),
        ('["b", 8, "hi"]', '["a", 8, "hi"]', "answered first by its own author"),
        ('["b", 8, "hi"]', '["b", 10, "hi"]', "order of time"),
        ('["b", 2, "two"]', '["b", 4, "two"]', "order of time"),
        ('["b", 2, "two"]', '["b", -2, "two"]', "from the future"),
        ('["b", 2, "two"]', '["b", 2, " "]', "says nothing"),
        ('board = "board"', 'board = "bored"', "is on no board"),
        ('room = "room"', 'room = "rum"', "is no room"),
        ('community = "c"', 'community = "d"', "no community 'd'"),
        ('roles = { c = [] }', 'roles = { c = [], d = [] }', "no community 'd'"),
        ('slug = "room"', 'slug = "The Room"', "cannot stand in an address"),
        ('name = "B"\nabout = ""', 'name = "a"\nabout = ""', "name 'a' is there twice"),
        ('key = "b"', 'key = "a"', "person 'a' is there twice"),
        ('["moderator"]', '["emperor"]', "cannot be read"),
        ('title = "t"', "", "cannot be read"),
        ('goal = ""', 'goal = "', "cannot be read"),
    ],
)  # fmt: skip
def test_talk_that_contradicts_itself_is_refused(old: str, new: str, says: str) -> None:
    assert old in SMALL
    with pytest.raises(TalkError, match=says):
        talk_from(SMALL.replace(old, new, 1))
