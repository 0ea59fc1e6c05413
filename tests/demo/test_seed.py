"""Filling the demo: everybody can sign in, the team has a little to do, and once is enough."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import col, func, select
from starlette.applications import Starlette

from forum import audit, jobs
from forum.app import create_app
from forum.care.models import Case, LineMessage
from forum.care.states import RESTING, State
from forum.chat.models import Message
from forum.communities.models import Community
from forum.db import metadata
from forum.demo.founding import PASSWORD, SITE_ADMIN_NAME
from forum.demo.seed import seed
from forum.demo.stage import MovedClock, SharedHash
from forum.demo.talk import packaged_talk
from forum.notices.models import Notice
from forum.peers.queries import coverage
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.services import Services
from forum.settings import Settings
from tests.demo.visitors import browser, sign_in
from tests.fakes import FrozenClock, QuickHasher

TALK = packaged_talk()
NAMES = [SITE_ADMIN_NAME, *(person.name for person in TALK.people)]


@pytest.fixture
async def played(
    settings: Settings, rules: RuleBook
) -> AsyncIterator[tuple[Services, MovedClock, list[tuple[int, int]]]]:
    """A demo filled on this kind of database, with what was told of its progress."""
    clock, told = MovedClock(FrozenClock().now()), list[tuple[int, int]]()
    app = create_app(
        settings,
        screener=Screener(rules),
        clock=clock,
        hasher=SharedHash(QuickHasher(), PASSWORD),
        runs_jobs=False,
    )
    async with app.router.lifespan_context(app):
        await seed(app.state.services, clock, lambda done, total, _: told.append((done, total)))
        yield app.state.services, clock, told


async def test_it_fills_an_empty_database_and_never_twice(
    played: tuple[Services, MovedClock, list[tuple[int, int]]],
) -> None:
    services, clock, told = played
    assert clock.now() == clock.zero
    assert told[-1][0] == told[-1][1] > 400
    before = await _counts(services)
    assert not await seed(services, clock, lambda done, total, what: None)
    assert await _counts(services) == before
    async with services.db.read() as reader:
        assert (await audit.verify(reader)).broken_id is None
        assert all(due > clock.now() for _, _, due in await jobs.waiting(reader))


async def test_everything_that_is_said_is_there(demo: Starlette) -> None:
    counts = await _counts(demo.state.services)
    assert counts["boards_topic"] == len(TALK.topics)
    assert counts["boards_post"] == sum(1 + len(topic.replies) for topic in TALK.topics)
    assert counts["chat_message"] == sum(len(chat.lines) for chat in TALK.chats)


async def test_the_words_keep_their_times(demo: Starlette) -> None:
    services: Services = demo.state.services
    newest = min(line.minutes_ago for chat in TALK.chats for line in chat.lines)
    async with services.db.read() as reader:
        at = (await reader.exec(select(func.max(Message.created_at)))).one()
    assert services.clock.now() - at == timedelta(minutes=newest)


async def test_the_team_has_a_little_to_do(demo: Starlette) -> None:
    services: Services = demo.state.services
    async with services.db.read() as reader:
        cases = (await reader.exec(select(Case))).all()
    resting = {state.value for state in RESTING}
    still_open = [one for one in cases if one.closed_at is None and one.state not in resting]
    assert 2 <= len(still_open) <= 4
    assert any(one.state == State.RESPONDING.value for one in still_open)
    assert any(one.state == State.QUEUED.value for one in still_open)
    assert sum(one.closed_at is not None for one in cases) >= 5


async def test_a_private_line_shows_both_sides(demo: Starlette) -> None:
    services: Services = demo.state.services
    async with services.db.read() as reader:
        sides = set(await reader.exec(select(LineMessage.from_team)))
    assert sides == {True, False}


async def test_one_community_is_covered_and_the_other_says_honestly_that_it_is_not(
    demo: Starlette,
) -> None:
    services: Services = demo.state.services
    async with services.db.read() as reader:
        ids = dict((await reader.exec(select(Community.slug, Community.id))).all())
        now = services.clock.now()
        assert (await coverage(reader, ids["harbour-lights"] or 0, now)).on_duty == 1
        assert (await coverage(reader, ids["kitchen-table"] or 0, now)).on_duty == 0


async def test_old_notices_are_read_and_the_lead_has_a_certificate_to_sign(demo: Starlette) -> None:
    services: Services = demo.state.services
    async with services.db.read() as reader:
        unread = await reader.exec(select(Notice).where(col(Notice.read_at).is_(None)))
        new = list(unread)
    yesterday = services.clock.now() - timedelta(days=1)
    assert all(notice.created_at > yesterday for notice in new)
    assert "signature_requested" in {notice.kind for notice in new}


async def test_everybody_can_sign_in(demo: Starlette) -> None:
    for name in NAMES:
        async with browser(demo) as client:
            answer = await sign_in(client, name)
            assert answer.status_code == 200, name
            assert (await client.get("/settings")).url.path == "/settings", name


async def _counts(services: Services) -> dict[str, int]:
    async with services.db.read() as reader:
        return {
            name: (await reader.exec(select(func.count()).select_from(table))).one()
            for name, table in metadata.tables.items()
        }
