"""The demo community's talk: read from `talk.toml` and checked when it is read.

Times in the file are minutes before the demo starts; `minutes_ago` keeps them so, and whoever
fills a database subtracts them from its clock. People are named by key throughout.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from forum.permissions import Role

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class TalkError(ValueError):
    """The file of talk contradicts itself; says where."""


@dataclass(frozen=True)
class Person:
    """An invented member. roles: by community slug; an empty tuple is a member and no more."""

    key: str
    name: str
    about: str
    roles: Mapping[str, tuple[Role, ...]]


@dataclass(frozen=True)
class Community:
    """A community to make. rules: the house rules, one each."""

    slug: str
    name: str
    about: str
    access: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """A board of a community. goal: what its members work towards, empty for any."""

    community: str
    slug: str
    name: str
    about: str
    goal: str


@dataclass(frozen=True)
class Room:
    """A live room of a community."""

    community: str
    slug: str
    name: str
    about: str


@dataclass(frozen=True)
class Said:
    """One reply or one line of chat. author: a person's key."""

    author: str
    minutes_ago: int
    body: str


@dataclass(frozen=True)
class Topic:
    """A topic and its replies, oldest first. need: what a careful reader would hear, 0-4."""

    board: str
    title: str
    need: int
    opening: Said
    replies: tuple[Said, ...]


@dataclass(frozen=True)
class Chat:
    """What was said in a room, oldest first."""

    room: str
    lines: tuple[Said, ...]


@dataclass(frozen=True)
class Talk:
    """Everything the demo community says. Slugs of boards and rooms are unique throughout."""

    communities: tuple[Community, ...]
    people: tuple[Person, ...]
    boards: tuple[Board, ...]
    rooms: tuple[Room, ...]
    topics: tuple[Topic, ...]
    chats: tuple[Chat, ...]

    def member_keys(self, community: str) -> frozenset[str]:
        """Who belongs to a community, its team included."""
        return frozenset(person.key for person in self.people if community in person.roles)


@cache
def packaged_talk() -> Talk:
    """The talk that ships with the package. Raises TalkError when it contradicts itself."""
    return talk_from(resources.files("forum.demo").joinpath("talk.toml").read_text("utf-8"))


def talk_from(text: str) -> Talk:
    """Checked talk from the text of its file. Raises TalkError saying what is wrong."""
    try:
        talk = _build(tomllib.loads(text))
    except (KeyError, TypeError, ValueError) as error:
        raise TalkError(f"the talk cannot be read: {error!r}") from error
    for fault in _faults(talk):
        raise TalkError(fault)
    return talk


def _build(data: dict[str, Any]) -> Talk:  # Any: what TOML holds is unknown until it is built
    return Talk(
        communities=tuple(
            Community(**{**raw, "rules": tuple(raw["rules"])}) for raw in data["communities"]
        ),
        people=tuple(_person(raw) for raw in data["people"]),
        boards=tuple(Board(**raw) for raw in data["boards"]),
        rooms=tuple(Room(**raw) for raw in data["rooms"]),
        topics=tuple(_topic(raw) for raw in data["topics"]),
        chats=tuple(Chat(raw["room"], _said(raw["lines"])) for raw in data["chats"]),
    )


def _person(raw: dict[str, Any]) -> Person:  # Any: as above
    roles = {slug: tuple(map(Role, names)) for slug, names in raw["roles"].items()}
    return Person(raw["key"], raw["name"], raw["about"], roles)


def _topic(raw: dict[str, Any]) -> Topic:  # Any: as above
    opening = Said(raw["author"], raw["minutes_ago"], raw["body"].strip())
    return Topic(raw["board"], raw["title"], raw.get("need", 0), opening, _said(raw["replies"]))


def _said(rows: Iterable[tuple[str, int, str]]) -> tuple[Said, ...]:
    return tuple(Said(author, minutes_ago, body.strip()) for author, minutes_ago, body in rows)


def _faults(talk: Talk) -> Iterator[str]:
    """What would stop the demo or look wrong in it."""
    yield from _naming_faults(talk)
    homes = {board.slug: board.community for board in talk.boards}
    for topic in talk.topics:
        where = f"the topic {topic.title!r}"
        if topic.board not in homes:
            yield f"{where} is on no board"
            continue
        if topic.replies and topic.replies[0].author == topic.opening.author:
            yield f"{where} is answered first by its own author"
        yield from _speaking_faults(
            where, (topic.opening, *topic.replies), talk.member_keys(homes[topic.board])
        )
    rooms = {room.slug: room.community for room in talk.rooms}
    for chat in talk.chats:
        if chat.room not in rooms:
            yield f"there is talk in {chat.room!r}, which is no room"
            continue
        yield from _speaking_faults(
            f"the room {chat.room!r}", chat.lines, talk.member_keys(rooms[chat.room])
        )


def _naming_faults(talk: Talk) -> Iterator[str]:
    slugs = [community.slug for community in talk.communities]
    for what, names in (
        ("community", slugs),
        ("person", [person.key for person in talk.people]),
        ("name", [person.name.casefold() for person in talk.people]),
        ("board", [board.slug for board in talk.boards]),
        ("room", [room.slug for room in talk.rooms]),
    ):
        yield from (f"the {what} {n!r} is there twice" for n in set(names) if names.count(n) > 1)
    places: list[Board | Room] = [*talk.boards, *talk.rooms]
    for slug in (*slugs, *(place.slug for place in places)):
        if not SLUG.fullmatch(slug):
            yield f"{slug!r} cannot stand in an address"
    homes = [*(place.community for place in places), *(c for p in talk.people for c in p.roles)]
    yield from (f"there is no community {home!r}" for home in homes if home not in slugs)


def _speaking_faults(where: str, said: tuple[Said, ...], members: frozenset[str]) -> Iterator[str]:
    for one in said:
        if one.author not in members:
            yield f"{where}: {one.author!r} is no member there"
        if not one.body:
            yield f"{where}: {one.author!r} says nothing"
    if any(later.minutes_ago > earlier.minutes_ago for earlier, later in pairwise(said)):
        yield f"{where} is not in the order of time"
    if said and said[-1].minutes_ago < 0:
        yield f"{where} has words from the future"
