"""What people write, and what their browsers tell, turns up in no log, number, job or error page.

Every form of the forum is found by walking it as each kind of person, and sent with a canary in
every field; so is every address, header, cookie and frame. Then we look everywhere for canaries.
"""

import asyncio
import gc
import logging
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog
from sqlalchemy import text
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

import forum.app as composition
from forum import logs
from forum.audit import AuditEntry
from forum.boards.events import PostCreated
from forum.jobs import Job, schedule
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.server import listening_socket
from forum.services import Services
from forum.settings import Settings
from forum.web.guard import GuardedRoute, GuardedSocket, route
from forum.web.state import sent_of, services_of
from tests.canaries.forms import Form, forms_of, once_each
from tests.canaries.visitor import Visitor
from tests.canaries.words import canary, found_in, sentence
from tests.fakes import QuickHasher
from tests.journeys.house import served
from tests.pages.town import Town, route_of, settle, walk
from tests.people import World

pytestmark = pytest.mark.slow

WHO = ("guest", "member", "moderator", "lead", "keeper", "operator")
TOKEN = "t" * 40
# What ends a person's visit, so it comes last.
ENDINGS = ("/sign-out", "/erase", "/leave", "/sessions", "/password", "/team", "/close")
# For forms that only another state of things would show.
ANY_FIELDS = ("note", "text", "title", "name", "reason", "says", "password", "code")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """What the forum's own logging writes at its most talkative; the tests' again afterwards."""
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    written = StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.set_up("debug")
    yield written
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(logging.WARNING)
    for name in logs.FORWARDED:
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
async def town(
    tmp_path: Path, sqlite_template: Path, rules: RuleBook, logged: StringIO
) -> AsyncIterator[Town]:
    """A forum with something on every page, behind its own server."""
    shutil.copyfile(sqlite_template, tmp_path / "handrail.db")
    with listening_socket("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(public_url=url, data_dir=tmp_path, metrics_token=TOKEN)
        app = composition.create_app(
            settings, screener=Screener(rules), hasher=QuickHasher(), runs_jobs=False
        )
        app.router.routes[:0] = PROBES
        async with served(app, listener):
            world = World(app)
            yield await settle(world, url)
            await world.close()


@pytest.fixture
async def visitors(town: Town) -> AsyncIterator[dict[str, Visitor]]:
    """Everybody, at browsers that are full of canaries."""
    made = {who: Visitor.enter(town.people[who], town.url) for who in WHO}
    yield made
    for visitor in made.values():
        await visitor.client.aclose()


async def crash(request: Request) -> Response:
    """A mistake of ours whose text quotes the person."""
    raise RuntimeError(sent_of(request).get("text"))


async def broken_row(request: Request) -> Response:
    """A database that refuses, and whose error would quote the row."""
    async with services_of(request).db.write() as tx:
        words = {"words": sent_of(request).get("text")}
        await tx.session.execute(text("INSERT INTO job (kind, outcome) VALUES (:words, 1)"), words)
    raise AssertionError("the database took half a row")


async def forgotten_task(request: Request) -> Response:
    """Work in the background that fails with the person's words, and nobody looks."""
    words = sent_of(request).get("text")

    async def fail() -> None:
        raise ValueError(words)

    def fail_later(said: str) -> None:
        raise LookupError(said)

    asyncio.get_running_loop().call_soon(fail_later, words)
    task = asyncio.create_task(fail(), name=words)
    await asyncio.wait([task])
    del task
    gc.collect()
    return Response("done")


PROBES = [
    route("/crash", crash, needs=None, methods=["POST"]),
    route("/broken-row", broken_row, needs=None, methods=["POST"]),
    route("/forgotten-task", forgotten_task, needs=None, methods=["POST"]),
]


@pytest.mark.timeout(400)  # some hundreds of requests, each of them logged
async def test_no_word_of_anybody_leaves_its_place(
    town: Town, visitors: dict[str, Visitor], logged: StringIO
) -> None:
    services = town.world.services
    sent: set[str] = set()
    endings: list[tuple[Visitor, Form]] = []
    for who, visitor in visitors.items():
        for form in await forms_shown_to(town, who, visitor):
            if form.action.endswith(ENDINGS):
                endings.append((visitor, form))
            else:
                await try_all_ways(town.app, visitor, form, sent)
    await talk_on_every_socket(town.app, visitors)
    await break_things(services, visitors["member"])
    for visitor, form in endings:
        await try_all_ways(town.app, visitor, form, sent)
    await ask_for_every_address(town.app, visitors, sent)
    await services.worker.run_due()

    never = posting_routes(town.app) - sent
    assert len(sent) >= 40, f"only these forms were found: {sorted(sent)}"
    print(f"\n{len(sent)} forms found and sent; by address alone: {sorted(never)}")
    places = await everywhere(services, visitors, logged)
    spilled = [f"{where}: {one}" for where, all_ in places.items() for one in found_in(all_)]
    spilled += [one for visitor in visitors.values() for one in visitor.spilled]
    assert not spilled, f"{len(spilled)} spilled:\n" + "\n".join(spilled[:40])
    assert "request_failed" in places["logs"]
    assert "listener_failed" in places["logs"]
    assert "job_failed" in places["logs"]
    assert "asyncio" in places["logs"]


def test_a_canary_that_is_logged_on_purpose_is_found(logged: StringIO) -> None:
    structlog.get_logger().debug("spilled_on_purpose", words=sentence())
    assert len(found_in(logged.getvalue())) == 2


async def forms_shown_to(town: Town, who: str, visitor: Visitor) -> list[Form]:
    """One form of each kind from all pages this person can reach."""
    forms: list[Form] = []
    for path in (await walk(town, town.people[who])).seen.values():
        forms += forms_of((await visitor.get(path)).text, path)
    return once_each(forms, lambda path: posting_route(town.app, path))


async def try_all_ways(app: Starlette, visitor: Visitor, form: Form, sent: set[str]) -> None:
    """Send a form wrongly, foreignly and as it is meant, always full of canaries."""
    await visitor.send(form, form.ill_meant())
    await visitor.send(form, form.foreign())
    await visitor.send(form, form.well_meant())
    if form.method == "post":
        sent.add(posting_route(app, urlsplit(form.action).path))


async def ask_for_every_address(
    app: Starlette, visitors: dict[str, Visitor], sent: set[str]
) -> None:
    """Every address with canaries for its parts; those whose form nobody was shown are sent to."""
    for one in app.routes:
        if not isinstance(one, GuardedRoute):
            continue
        for home in ("harbour", canary()):
            await visitors["keeper"].get(_filled(one.path.replace("{community}", home), canary()))
        if one.path in posting_routes(app) - sent:
            fields = {name: sentence() for name in ANY_FIELDS}
            for who in ("member", "moderator"):
                path = one.path.replace("{community}", "harbour")
                await visitors[who].post_anything(_filled(path, "1"), **fields)


async def talk_on_every_socket(app: Starlette, visitors: dict[str, Visitor]) -> None:
    """Frames of canaries, from those who may speak and those who may not."""
    answers = 0
    for one in app.routes:
        if isinstance(one, GuardedSocket):
            path = one.path.replace("{community}", "harbour")
            for who in ("guest", "member", "moderator"):
                answers += await visitors[who].talk(_filled(path, "kitchen-table"))
    assert answers, "no socket answered"


async def break_things(services: Services, visitor: Visitor) -> None:
    """Our own mistakes, each with the person's words in the error's text."""

    async def fail(_anything: object) -> None:
        raise ValueError(sentence())

    services.bus.subscribe(PostCreated, fail)
    services.worker.handle("canary", fail)
    async with services.db.write() as tx:
        await schedule(tx, "canary", "1", tx.now)
        tx.announce(PostCreated(1, 1, 1, 1))
    for path in ("/crash", "/broken-row", "/forgotten-task"):
        await visitor.post_anything(path, text=sentence())
    assert visitor.statuses[500] >= 2


async def everywhere(
    services: Services, visitors: dict[str, Visitor], logged: StringIO
) -> dict[str, str]:
    """Everything that is kept or shown beside the words themselves."""
    asked = await visitors["guest"].client.get(
        "/metrics", headers={"authorization": f"Bearer {TOKEN}"}
    )
    assert asked.status_code == 200
    async with services.db.read() as reader:
        audit = (await reader.exec(select(AuditEntry).order_by(col(AuditEntry.id)))).all()
        jobs = (await reader.exec(select(Job).order_by(col(Job.id)))).all()
    assert audit
    assert jobs
    return {
        "logs": logged.getvalue(),
        "metrics": asked.text,
        "audit": "\n".join(repr(one) for one in audit),
        "jobs": "\n".join(repr(one) for one in jobs),
    }


def posting_routes(app: Starlette) -> set[str]:
    """The pattern of every route that takes a form."""
    return {
        one.path
        for one in app.routes
        if isinstance(one, GuardedRoute) and "POST" in (one.methods or ()) and one not in PROBES
    }


def posting_route(app: Starlette, path: str) -> str:
    """The route that a form's address leads to, as it is written in the code."""
    scope = {"type": "http", "method": "POST", "path": path, "root_path": ""}
    for one in app.routes:
        if isinstance(one, Route) and one.matches(scope)[0] is Match.FULL:
            return one.path
    return route_of(app, path)


def _filled(path: str, part: str) -> str:
    """A route's pattern with `part` in each place."""
    return "/".join(part if piece.startswith("{") else piece for piece in path.split("/"))
