"""What care tells open pages when something has happened: ids, levels and ages, never words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import select

from forum.care.alerts import catch_up
from forum.care.events import AlertRaised, CaseChanged, LeaseWarned, LineMessageWritten
from forum.care.models import Alert, AlertRecipient, Case
from forum.peers.events import DutyEnded, DutyStarted
from forum.services import Services


def desk_topic(community_id: int) -> str:
    """What the open desks of a community listen to."""
    return f"desk:{community_id}"


def line_topic(community_id: int, person_id: int) -> str:
    """What one member's own pages listen to, in one community."""
    return f"account:{person_id}:line:{community_id}"


def join(services: Services) -> None:
    """Listen to the bus, and to what other processes say has happened."""
    told = Telling(services)
    services.bus.subscribe(AlertRaised, told.alert)
    services.bus.subscribe(CaseChanged, told.case)
    services.bus.subscribe(LeaseWarned, told.lease)
    services.bus.subscribe(LineMessageWritten, told.line)
    services.bus.subscribe(DutyStarted, told.duty_started)
    services.bus.subscribe(DutyEnded, told.duty_ended)
    services.hub.on_reached("desk:", told.elsewhere)
    services.hub.on_reached("account:", told.elsewhere)


@dataclass(frozen=True, slots=True)
class Telling:
    """Puts frames on their topics. A page that misses one polls, and the rows are the truth."""

    services: Services

    async def alert(self, happened: AlertRaised) -> None:
        """An alert goes ahead of everything else, to the desk and to those it calls."""
        async with self.services.db.read() as reader:
            alert = await reader.get_one(Alert, happened.alert_id)
            called = await reader.exec(
                select(AlertRecipient.account_id).where(AlertRecipient.alert_id == alert.id)
            )
            people = list(called)
        frame = {
            "type": "alert",
            "alert": alert.id,
            "case": alert.case_id,
            "level": alert.level,
            "step": alert.step,
            "for": people,
            "age": (self.services.clock.now() - alert.raised_at).total_seconds(),
        }
        await self._desk(happened.community_id, alert.id or 0, frame, urgent=True)

    async def case(self, happened: CaseChanged) -> None:
        """A row of the queue is another than before."""
        async with self.services.db.read() as reader:
            case = await reader.get_one(Case, happened.case_id)
        age = (self.services.clock.now() - case.queued_at).total_seconds()
        frame = {"type": "case", "case": case.id, "level": case.level, "age": age}
        await self._desk(happened.community_id, happened.case_id, frame)
        if case.person_id is not None:
            await self._person(happened.community_id, case.person_id, {"type": "status"})

    async def lease(self, happened: LeaseWarned) -> None:
        """The owner's open page says that the case will go back."""
        frame = {"type": "lease", "case": happened.case_id, "for": [happened.account_id]}
        await self._desk(happened.community_id, happened.case_id, frame)

    async def line(self, happened: LineMessageWritten) -> None:
        """Both ends of the private line hear that there is something to read."""
        frame = {"type": "line", "message": happened.message_id}
        await self._person(happened.community_id, happened.person_id, frame)
        at_desk = {"type": "line", "case": happened.case_id, "message": happened.message_id}
        await self._desk(happened.community_id, happened.message_id, at_desk)

    async def duty_started(self, happened: DutyStarted) -> None:
        """Whoever comes on duty is called to what waits already."""
        async with self.services.db.write() as tx:
            await catch_up(tx, happened.community_id, happened.account_id)
        await self._desk(happened.community_id, happened.account_id, {"type": "duty"})

    async def duty_ended(self, happened: DutyEnded) -> None:
        """The others see that they are fewer."""
        await self._desk(happened.community_id, happened.account_id, {"type": "duty"})

    async def elsewhere(self, topic: str, _reached: int) -> None:
        """Another process changed something: the pages here look for themselves."""
        self.services.hub.publish(topic, json.dumps({"type": "look"}))

    async def _desk(
        self, community_id: int, reached: int, frame: Mapping[str, object], *, urgent: bool = False
    ) -> None:
        topic = desk_topic(community_id)
        self.services.hub.publish(topic, json.dumps(frame), urgent=urgent)
        await self.services.hub.announce(topic, reached)

    async def _person(self, community_id: int, person_id: int, frame: Mapping[str, object]) -> None:
        topic = line_topic(community_id, person_id)
        self.services.hub.publish(topic, json.dumps(frame))
        await self.services.hub.announce(topic, 0)
