"""Pages for those who run the site: health, metrics, the doctor's findings."""

import hmac
from collections import defaultdict
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from forum import jobs
from forum.admin.doctor import examine
from forum.admin.ears import running_ear
from forum.errors import NotFound, ReadOnly
from forum.permissions import Action
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import services_of

# The worker sweeps every second; silence this long means that timers do not run.
LATEST_SWEEP = timedelta(seconds=15)


async def health(request: Request) -> Response:
    """Whether this process answers at all."""
    del request
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """Whether this process can serve people: the database answers and timers run."""
    services = services_of(request)
    try:
        async with services.db.read() as reader:
            await jobs.waiting(reader)
    except ReadOnly:
        return PlainTextResponse("the database does not answer", 503)
    sweep = services.worker.last_sweep_at
    if request.app.state.runs_jobs and (
        sweep is None or services.clock.now() - sweep > LATEST_SWEEP
    ):
        return PlainTextResponse("timers do not run", 503)
    return PlainTextResponse("ready")


async def metrics(request: Request) -> Response:
    """Counts and times for Prometheus; closed without the token from the settings."""
    services = services_of(request)
    token = services.settings.metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotFound
    async with services.db.read() as reader:
        waiting = await jobs.waiting(reader)
    services.metrics.jobs_waiting.clear()
    for kind, count, _due in waiting:
        services.metrics.jobs_waiting.labels(kind).set(count)
    hurried = [due for kind, _count, due in waiting if kind not in services.unhurried.kinds]
    latest = min(hurried, default=services.clock.now())
    late = (services.clock.now() - latest).total_seconds()
    services.metrics.jobs_late_seconds.set(max(0.0, late))
    services.metrics.screening_waiting.set(services.screener.waiting_count)
    services.metrics.connections.set(services.hub.connection_count)
    return PlainTextResponse(services.metrics.text())


async def site(request: Request) -> Response:
    """What the doctor finds, and what waits; no content of any community."""
    services = services_of(request)
    found = defaultdict(list)
    async for finding in examine(services, schema_is_current=True):
        found[finding.state.value].append(finding)
    listening = running_ear(services)
    found[listening.state.value].append(listening)
    async with services.db.read() as reader:
        waiting = await jobs.waiting(reader)
    rows = [(kind, count, f"{due:%Y-%m-%d %H:%M:%S} UTC") for kind, count, due in waiting]
    return page(request, "admin/site.html", {"found": found, "waiting": rows})


ROUTES: list[BaseRoute] = [
    route("/healthz", health, needs=None),
    route("/readyz", ready, needs=None),
    route("/metrics", metrics, needs=None),
    route("/site", site, needs=Action.SITE_RUN),
]
