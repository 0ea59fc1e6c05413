"""The composition root: builds the parts and joins them."""

import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from forum.accounts import jobs as account_jobs
from forum.accounts import listeners as account_listeners
from forum.accounts.passwords import Argon2
from forum.accounts.personal import AccountData
from forum.accounts.routes import ROUTES as ACCOUNT_ROUTES
from forum.accounts.seen import FLUSH_SECONDS
from forum.admin import routes as admin
from forum.boards import routes as boards
from forum.boards.content import Posts
from forum.boards.data import BoardsData
from forum.care import jobs as care_jobs
from forum.care import listeners as care_listeners
from forum.care import routes as care
from forum.care.content import PrivateLine
from forum.care.personal import CareData
from forum.chat import listeners as chat_listeners
from forum.chat import routes as chat
from forum.chat.content import Messages
from forum.chat.data import ChatData
from forum.clock import Clock, SystemClock
from forum.communities import listeners as communities_listeners
from forum.communities import routes as communities
from forum.communities.personal import CommunitiesData
from forum.content import Contents
from forum.db import Database
from forum.door import Door
from forum.errors import ForumError
from forum.events import Bus
from forum.front import routes as front
from forum.jobs import Worker
from forum.learning import collecting
from forum.learning.personal import LearningData
from forum.limits import Limits
from forum.listening import build_screener
from forum.live import Hub, broker_for
from forum.metrics import Metrics
from forum.moderation import jobs as moderation_jobs
from forum.moderation import routes as moderation
from forum.moderation.personal import ModerationData
from forum.notices import listeners as notice_listeners
from forum.notices.personal import NoticeData
from forum.notices.routes import ROUTES as NOTICE_ROUTES
from forum.peers import jobs as peers_jobs
from forum.peers import routes as peers
from forum.peers.personal import PeersData
from forum.screening.hostility.second_opinion import SecondOpinion
from forum.screening.screener import Screener
from forum.services import Hasher, NavItem, Services
from forum.settings import Settings
from forum.timers import Every, Timers
from forum.web import standing
from forum.web.errors import on_crash, on_forum_error, on_http_error
from forum.web.headers import SecurityHeaders
from forum.web.pages import STATIC

MAX_BODY_BYTES = 1024 * 1024  # the hard end; the guard tells people sooner and more kindly
# Four jobs at once, each of which may wait for the others: engine.LOAD_ and ANSWER_SECONDS.
UNHURRIED_SECONDS = 300.0
SECRET_FILE = "secret.key"  # noqa: S105  # a file's name

NAV: Sequence[NavItem] = (
    boards.NAV,
    chat.NAV,
    care.NAV,
    moderation.NAV,
    peers.NAV,
    front.NAV,
)


def create_app(
    settings: Settings,
    *,
    screener: Screener | None = None,
    second_opinion: SecondOpinion | None = None,
    clock: Clock | None = None,
    hasher: Hasher | None = None,
    runs_jobs: bool = True,
) -> Starlette:
    """A forum ready to be served; the lifespan only starts and stops its parts.

    screener: None for the one that the settings ask for. runs_jobs: whether this process sweeps
    the job table; with many, at least one must. Raises BadSettings when the ear is damaged.
    """
    second_opinion = second_opinion or SecondOpinion.imported(settings.data_dir)
    services = build_services(
        settings,
        screener=screener
        or build_screener(
            settings, key=secret_key(settings), second_opinion=second_opinion is not None
        ),
        second_opinion=second_opinion,
        clock=clock or SystemClock(),
        hasher=hasher or Argon2(),
    )
    join(services)
    app = Starlette(
        routes=routes(),
        middleware=[Middleware(SecurityHeaders, secure=settings.is_secure)],
        exception_handlers={
            ForumError: on_forum_error,
            HTTPException: on_http_error,
            Exception: on_crash,
        },
        lifespan=lifespan,
        max_body_size=MAX_BODY_BYTES,
    )
    app.state.services = services
    app.state.rooms = chat_listeners.join(services)
    app.state.runs_jobs = runs_jobs
    app.state.timers = timers(services)
    return app


def build_services(
    settings: Settings,
    *,
    screener: Screener,
    clock: Clock,
    hasher: Hasher,
    second_opinion: SecondOpinion | None = None,
) -> Services:
    """The parts, not joined and not started."""
    bus, key = Bus(), secret_key(settings)
    db = Database(settings.database, bus, clock)
    return Services(
        settings=settings,
        key=key,
        clock=clock,
        bus=bus,
        db=db,
        worker=Worker(db, clock, bus),
        unhurried=Worker(db, clock, bus, handler_seconds=UNHURRIED_SECONDS),
        hub=Hub(broker_for(settings.broker_url, settings.database, settings.public_url)),
        metrics=Metrics(),
        limits=Limits(),
        screener=screener,
        second_opinion=second_opinion,
        contents=Contents([Posts(), Messages(), PrivateLine()]),
        hasher=hasher,
        door=Door(),
        nav=NAV,
        # In the order of imports: erasing begins at the end, with those who build upon others.
        personal_data=(
            AccountData(key),
            NoticeData(),
            CommunitiesData(),
            PeersData(),
            CareData(),
            ModerationData(),
            BoardsData(),
            ChatData(),
            LearningData(),
        ),
    )


def join(services: Services) -> None:
    """Tell each part what the others announce, and the worker what each kind of job is."""
    services.screener.watched_by(services.metrics)
    account_listeners.join(services)
    notice_listeners.join(services)
    communities_listeners.join(services)
    peers_jobs.join(services)
    care_jobs.join(services)
    moderation_jobs.join(services)
    care_listeners.join(services)


def timers(services: Services) -> Timers:
    """What each process repeats."""
    forget = partial(account_jobs.forget_expired_sessions, services)
    keep = partial(collecting.collect, services)
    forget_gone = partial(collecting.forget_gone, services)
    write_down = partial(services.door.write_down_seen, services.db)
    return Timers(
        [
            Every(FLUSH_SECONDS, "last_seen", write_down),
            Every(account_jobs.FORGET_SECONDS, "expired_sessions", forget),
            Every(collecting.COLLECT_SECONDS, "learning_labels", keep),
            Every(collecting.COLLECT_SECONDS, "learning_gone", forget_gone),
        ]
    )


def routes() -> list[BaseRoute]:
    """Every address of the forum."""
    static = GZipMiddleware(StaticFiles(directory=STATIC), minimum_size=500)
    return [
        *front.ROUTES,
        *chat.ROUTES,
        *communities.ROUTES,
        *peers.ROUTES,
        *care.ROUTES,
        *moderation.ROUTES,
        *boards.ROUTES,
        Mount("/static", app=static, name="static"),
        *admin.ROUTES,
        *standing.ROUTES,
        *ACCOUNT_ROUTES,
        *NOTICE_ROUTES,
    ]


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Start what runs in the background, and end it in the reverse order."""
    services: Services = app.state.services
    await services.hub.start()
    if app.state.runs_jobs:
        await services.worker.start()
        if services.unhurried.kinds:
            await services.unhurried.start()
    await app.state.timers.start()
    try:
        yield
    finally:
        await services.hub.stop()
        await app.state.timers.stop()
        await services.worker.stop()
        await services.unhurried.stop()
        if services.second_opinion is not None:
            await services.second_opinion.aclose()
        await services.screener.aclose()
        await services.db.close()


def secret_key(settings: Settings) -> bytes:
    """The key that signs forms: from the settings, else made once and kept in the data folder."""
    given = settings.secret_key.get_secret_value()
    if given:
        return given.encode()
    kept = settings.data_dir / SECRET_FILE
    if not kept.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        _write_private(kept, secrets.token_bytes(32))
    return kept.read_bytes()


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
