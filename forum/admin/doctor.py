"""The doctor: names each missing or unsafe thing, in plain words."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlmodel import col, func, select

from forum import audit, jobs
from forum.accounts.models import Account
from forum.care.helplines import Directory
from forum.communities.models import Community
from forum.db import Reader
from forum.errors import ReadOnly
from forum.peers.queries import leads, on_duty
from forum.screening.hostility import weights
from forum.services import Services

LEAST_FREE_BYTES = 1 << 30
# A worker sweeps every second; a job this late means that none is running.
LATEST_JOB = timedelta(seconds=60)


class State(StrEnum):
    """How a thing stands."""

    GOOD = "good"
    CARE = "care"  # works, but somebody should look
    BAD = "bad"  # people are not safe, or the forum does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do about it when it is not good."""

    state: State
    what: str
    advice: str = ""


async def examine(services: Services, *, schema_is_current: bool) -> AsyncIterator[Finding]:
    """Look at everything that this installation's people rely on."""
    for finding in (*_settings(services), *_disk(services), await _hostility(services)):
        yield finding
    if not schema_is_current:
        yield Finding(State.BAD, "The database lacks tables", "Run: handrail migrate")
        return
    try:
        async with services.db.read() as reader:
            for look in (_people, _communities, _jobs, _chain):
                async for finding in look(services, reader):
                    yield finding
    except ReadOnly:
        yield Finding(State.BAD, "The database does not answer", "Check HANDRAIL_DATABASE_URL.")
    for finding in _helplines(services):
        yield finding


def _settings(services: Services) -> list[Finding]:
    settings = services.settings
    found = []
    if settings.is_secure:
        found.append(Finding(State.GOOD, f"People reach the site at {settings.public_url}"))
    else:
        advice = "Good for trying it out. For others set HANDRAIL_PUBLIC_URL to https://…"
        found.append(Finding(State.CARE, "The site is open on this machine only", advice))
    if not settings.smtp_url.get_secret_value():
        advice = "Alerts reach open pages only. Set HANDRAIL_SMTP_URL to reach leads who are away."
        found.append(Finding(State.CARE, "No mail is set up", advice))
    if settings.demo:
        found.append(Finding(State.CARE, "This is a demo", "Its people are invented."))
    return found


def _disk(services: Services) -> list[Finding]:
    folder = services.settings.data_dir
    found = []
    key = folder / "secret.key"
    if key.exists() and key.stat().st_mode & 0o077:
        advice = f"Run: chmod 600 {key}"
        found.append(Finding(State.BAD, "Others on this machine can read the secret key", advice))
    free = shutil.disk_usage(folder if folder.exists() else Path.cwd()).free
    if free < LEAST_FREE_BYTES:
        advice = "Make room: a full disk takes no posts."
        found.append(Finding(State.BAD, f"Only {free >> 20} MB of disk are free", advice))
    else:
        found.append(Finding(State.GOOD, f"{free >> 30} GB of disk are free"))
    return found


async def _hostility(services: Services) -> Finding:
    # In a thread: it reads every file of the weights, and the page of findings asks as well.
    state = await asyncio.to_thread(weights.state, services.settings.data_dir)
    level = State.CARE if state in (weights.State.NO_WEIGHTS, weights.State.CHANGED) else State.GOOD
    return Finding(level, f"Second opinion (detoxify): {state}", weights.ADVICE[state])


async def _people(services: Services, reader: Reader) -> AsyncIterator[Finding]:
    del services
    admins = select(func.count()).select_from(Account).where(col(Account.is_site_admin).is_(True))
    if not (await reader.exec(admins)).one():
        yield Finding(State.BAD, "There is no site admin", "Run: handrail create-admin NAME")


async def _communities(services: Services, reader: Reader) -> AsyncIterator[Finding]:
    now = services.clock.now()
    found = await reader.exec(select(Community).where(col(Community.closed_at).is_(None)))
    for community in found.all():
        here = community.id or 0
        if not await leads(reader, here, now):
            advice = "Nobody is paged when no one is on duty. Give somebody the role of lead."
            yield Finding(State.BAD, f"{community.name} has no lead", advice)
        count = len(await on_duty(reader, here, now))
        if count:
            yield Finding(State.GOOD, f"{community.name}: {count} on duty")
        else:
            advice = "Crisis alerts go straight to the leads."
            yield Finding(State.CARE, f"{community.name}: nobody is on duty now", advice)


async def _jobs(services: Services, reader: Reader) -> AsyncIterator[Finding]:
    latest = services.clock.now() - LATEST_JOB
    overdue = [(kind, count) for kind, count, due in await jobs.waiting(reader) if due < latest]
    for kind, count in overdue:
        if kind in services.unhurried.kinds:
            advice = "Nobody waits for them. Where they grow the engine is too slow, or away."
            yield Finding(State.CARE, f"{count} late jobs of kind {kind}", advice)
        else:
            advice = "Is the server running? Timers and alerts wait until it does."
            yield Finding(State.BAD, f"{count} overdue jobs of kind {kind}", advice)
    if all(kind in services.unhurried.kinds for kind, _count in overdue):
        yield Finding(State.GOOD, "No timer is late")


async def _chain(services: Services, reader: Reader) -> AsyncIterator[Finding]:
    del services
    checked = await audit.verify(reader)
    if checked.broken_id is None:
        yield Finding(State.GOOD, f"The audit log holds: {checked.entries} entries")
    else:
        advice = "Somebody changed the database by hand. Keep a copy and compare with a backup."
        yield Finding(State.BAD, f"The audit log breaks at entry {checked.broken_id}", advice)


def _helplines(services: Services) -> list[Finding]:
    directory = Directory.packaged()
    stale = directory.needing_check(services.clock.now().date())
    if not stale:
        return [Finding(State.GOOD, "Every help line was checked within a year")]
    advice = "Call or look up each and record the new date; old numbers cost lives."
    return [Finding(State.CARE, f"{len(stale)} help lines were not checked for a year", advice)]
