"""One of each thing in two communities, so that every address can be asked for."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import SQLModel, col, select

from forum.boards import upkeep as boards
from forum.boards.forms import BoardDraft
from forum.care.models import Alert, Case
from forum.chat import actions as chat
from forum.chat import queries as rooms
from forum.chat import upkeep as room_upkeep
from forum.chat.forms import MessageDraft, RoomDraft
from forum.communities.models import Invitation
from forum.ids import new_form_id
from forum.moderation.models import Appeal, Decision, Review
from forum.peers.models import Certificate, Enrolment
from forum.services import Place, Services
from tests.boards.scene import Scene
from tests.people import World

COURSE = "answering-someone-in-crisis"
CRISIS = "I have everything ready. I am going to kill myself tonight. Goodbye."


@dataclass
class Things:
    """What stands for each parameter of an address, by community.

    own is open; other is for members only.
    """

    own: Place
    other: Place
    values: dict[tuple[str, str], object] = field(default_factory=dict)

    def value(self, name: str, slug: str) -> object:
        """What to put for a parameter. Raises KeyError for one that nobody taught us."""
        return slug if name == "community" else self.values[name, slug]


async def make_things(world: World) -> Things:
    """Make one of each, through the forum's own front doors where there is one."""
    scenes = [await Scene.build(world), await Scene.build(world, "kitchen", "members")]
    things = Things(scenes[0].place, scenes[1].place)
    for scene in scenes:
        made = await _written(scene) | await _decided(scene) | await _taught(scene)
        for name, value in made.items():
            things.values[name, scene.place.slug] = value
    return things


async def _written(scene: Scene) -> dict[str, object]:
    """A board, a topic, a room and what was said there."""
    services, place, slug = scene.world.services, scene.place, scene.place.slug
    chris, ana = await scene.chris.actor(), await scene.ana.actor()
    board = BoardDraft(f"board-{slug}", "Board", "", "", 1, is_closed=False)
    await boards.create_board(services, chris, place, board)
    topic = await scene.topic()
    room = RoomDraft(f"room-{slug}", "Room", "", 0, 0, is_closed=False)
    await room_upkeep.create_room(services, chris, place, room, new_form_id())
    async with services.db.read() as reader:
        room_id = (await rooms.room(reader, place, chris, room.slug)).id or 0
    said = await chat.post_message(
        services, ana, place, room_id, MessageDraft(new_form_id(), "hello")
    )
    return {
        "board": board.slug,
        "topic": int(topic.rsplit("/", 1)[1]),
        "number": 1,
        "post": await scene.post_id(topic),
        "room": room.slug,
        "message": said.seq,
    }


async def _decided(scene: Scene) -> dict[str, object]:
    """A case with its alert, an open review, and a decision with an appeal."""
    services, place, home = scene.world.services, scene.place, scene.home
    await scene.topic(CRISIS, title="Tonight")
    for title in ("First", "Second"):
        post = await scene.post_id(await scene.topic("Some words here.", title=title))
        await scene.ben.post(f"{home}/flag?about=post:{post}", {"category": "unkind"})
    first = await _newest(services, Review, place, oldest=True)
    await scene.mo.post(f"{home}/reviews/{first}", {"whole": "hide", "rule": "unkind"})
    async with services.db.read() as reader:
        decided = select(col(Decision.id)).where(Decision.review_id == first)
        decision = (await reader.exec(decided)).one()
        called = select(col(Alert.id)).join(Case).where(Case.community_id == place.id)
        alert = (await reader.exec(called)).first()
    await scene.ana.post(f"{home}/decisions/{decision}", {"words": "Why?"})
    return {
        "case": await _newest(services, Case, place),
        "alert": alert,
        "review": await _newest(services, Review, place),
        "decision": decision,
        "appeal": await _newest(services, Appeal, place),
        "session_id": 1,
    }


async def _taught(scene: Scene) -> dict[str, object]:
    """An invitation, somebody who waits for a signature, and a certificate."""
    services, place = scene.world.services, scene.place
    invitation = {"role": "member", "uses": "1", "days": "7", "form_id": new_form_id()}
    await scene.chris.post(f"{scene.home}/invitations", invitation)
    now = services.clock.now()
    async with services.db.write() as tx:
        tx.add(
            Enrolment(
                account_id=scene.ben.id,
                community_id=place.id,
                course=COURSE,
                course_version=1,
                started_at=now,
                scenario_done_at=now,
                quiz_passed_at=now,
                scope_accepted_at=now,
                requested_at=now,
            ),
            Certificate(
                account_id=scene.mo.id,
                community_id=place.id,
                course=COURSE,
                course_version=1,
                quiz_passed_at=now,
                scope_accepted_at=now,
                issued_at=now,
                expires_at=now + timedelta(days=300),
            ),
        )
    return {
        "course": COURSE,
        "lesson": "first-words",
        "token": "no-such-invitation",
        "invitation_id": await _newest(services, Invitation, place),
        "enrolment_id": await _newest(services, Enrolment, place),
        "certificate_id": await _newest(services, Certificate, place),
    }


async def _newest(
    services: Services, table: type[SQLModel], place: Place, *, oldest: bool = False
) -> int:
    """The id of this community's newest row of a table."""
    columns = table.__table__.c  # type: ignore[attr-defined]  # every table class has it
    order = columns.id if oldest else columns.id.desc()
    async with services.db.read() as reader:
        found = select(columns.id).where(columns.community_id == place.id).order_by(order)
        newest: int = (await reader.exec(found)).first()  # type: ignore[call-overload]
    return newest
