"""A forum with something on every page: made through its own forms, looked at by everybody."""

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from starlette.applications import Starlette
from starlette.routing import Match, Route

from forum.ids import new_form_id
from forum.permissions import Role
from tests.people import Person, World

MOST_OF_A_KIND = 8  # a branching conversation has hundreds of pages that are made alike
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
MOULD = re.compile(r"<template\b.*?</template>", re.DOTALL)  # what scripts fill in before it shows


@dataclass(frozen=True)
class Town:
    """The people of one community. `url` is where a browser finds it."""

    world: World
    url: str
    people: dict[str, Person]

    @property
    def app(self) -> Starlette:
        return self.world.app

    async def post(self, person: str, path: str, **fields: str) -> str:
        """Send a form that must be taken; gives the page it leads to, or stays on."""
        sent = await self.people[person].post(
            path, {"form_id": new_form_id()} | fields, headers={"origin": self.url}
        )
        assert sent.status_code in (200, 303), f"{path}: {sent.status_code}"
        return sent.headers.get("location", path)


async def settle(world: World, url: str) -> Town:
    """Boards, a room, a folded post, and someone who cannot go on and is answered."""
    place = await world.community("harbour")
    people = {
        "guest": world.guest(),
        "member": await world.person("River", place),
        "moderator": await world.person("Ana", place, Role.MODERATOR, certified=True, on_duty=True),
        "lead": await world.person("Moss", place, Role.LEAD, certified=True),
        "keeper": await world.person("Kit", place, Role.COMMUNITY_ADMIN),
        "operator": await world.person("Ash", site_admin=True),
    }
    town = Town(world, url, people)
    await town.post("keeper", "/c/harbour/boards/new", name="Evenings", position="1")
    await town.post("keeper", "/c/harbour/boards/new", name="Small wins", position="2")
    begun = await town.post(
        "member", "/c/harbour/b/evenings/new", title="Sundays", text="I made *soup*."
    )
    topic = urlsplit(begun).path
    await town.post("lead", topic, text="> I made *soup*.\n\nSoup counts.")
    await town.post("keeper", topic, text="Years ago it was worse.", note="self_harm")
    await town.post("member", topic, text="I am going to kill myself tonight.")
    await town.post("keeper", "/c/harbour/rooms/new", name="Kitchen table", position="1")
    await town.post("member", "/c/harbour/rooms/kitchen-table", text="Tea?", cid=str(uuid4()))
    await town.post("moderator", "/c/harbour/cases/1/claim")
    await town.post("moderator", "/c/harbour/cases/1/answer", text="I am Ana. I am here.")
    await town.post("member", "/c/harbour/care/line", text="Thank you for writing.")
    await town.post("member", "/c/harbour/flag?about=post:3", category="unkind")
    await town.post("member", "/c/harbour/flag?about=post:2", category="spam")
    await town.post("moderator", "/c/harbour/reviews/1", whole="hide", rule="unkind")
    await town.post("keeper", "/c/harbour/decisions/1", words="Please look again.")
    await town.post("keeper", "/c/harbour/invitations", role="member", uses="2", days="7")
    return town


@dataclass(frozen=True)
class Walk:
    """Where somebody came by following links: one page for each route, and dead ends."""

    seen: dict[str, str]
    dead: list[str]


async def walk(town: Town, person: Person, start: str = "/") -> Walk:
    """Follow every link this person is shown, from the first page on."""
    waiting, known = [(start, "the door")], {start}
    walked, kinds = Walk({}, []), Counter[str]()
    while waiting:
        path, shown_on = waiting.pop(0)
        kind = route_of(town.app, path)
        kinds[kind] += 1
        if kinds[kind] > MOST_OF_A_KIND:
            continue
        answer = await person.get(path)
        if answer.is_redirect:
            ahead = _local(answer.headers["location"], path)
        elif answer.status_code != 200:
            walked.dead.append(f"{path} ({answer.status_code}), linked from {shown_on}")
            continue
        elif answer.headers["content-type"].startswith("text/html"):
            walked.seen.setdefault(kind, path)
            ahead = _links(answer.text, path)
        else:
            ahead = []
        for link in ahead:
            if link not in known:
                known.add(link)
                waiting.append((link, path))
    return walked


def route_of(app: Starlette, path: str) -> str:
    """The route that answers a path, as it is written in the code."""
    scope = {"type": "http", "method": "GET", "path": urlsplit(path).path, "root_path": ""}
    for route in app.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            return route.path
    return path


def _links(text: str, path: str) -> list[str]:
    return [
        link
        for found in LINK.findall(MOULD.sub("", text))
        for link in _local(unescape(found), path)
    ]


def _local(href: str, path: str) -> list[str]:
    """The address without its fragment, when it is one of ours."""
    if urlsplit(href).scheme or href.startswith(("//", "/static/")):
        return []
    return [urljoin(path, href).partition("#")[0]]
