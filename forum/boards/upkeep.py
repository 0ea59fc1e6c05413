"""What the team does with boards and topics: make and order boards, lock and pin topics."""

from dataclasses import asdict

from sqlalchemy import update
from sqlmodel import col

from forum import audit
from forum.boards import queries
from forum.boards.events import BoardChanged, TopicChanged
from forum.boards.forms import BoardDraft
from forum.boards.models import Board, Topic
from forum.errors import Invalid, NotFound
from forum.permissions import Action, Actor, require
from forum.services import Place, Services

SLUG_TAKEN = "There is a board with this address already. Please choose another one."


async def create_board(services: Services, actor: Actor, place: Place, draft: BoardDraft) -> str:
    """Make a board; its slug. Raises Forbidden, and Invalid when the address is taken."""
    require(actor, Action.BOARD_CREATE, place.id)
    async with services.db.write() as tx:
        row = Board(community_id=place.id, created_at=tx.now, **asdict(draft))
        board_id = await tx.insert_once(Board, row.model_dump(exclude={"id"}))
        if board_id is None:
            raise Invalid({"slug": SLUG_TAKEN})
        await audit.record(
            tx, actor.id, "boards.board_created", community_id=place.id, subject=f"board:{board_id}"
        )
        tx.announce(BoardChanged(board_id, place.id))
    return draft.slug


async def change_board(services: Services, actor: Actor, place: Place, draft: BoardDraft) -> None:
    """Change the board of the draft's address. Raises Forbidden, NotFound."""
    require(actor, Action.BOARD_CREATE, place.id)
    async with services.db.write() as tx:
        board = await queries.board(tx.session, place, draft.slug)
        await tx.change(update(Board).where(col(Board.id) == board.id).values(**asdict(draft)))
        await audit.record(
            tx,
            actor.id,
            "boards.board_changed",
            community_id=place.id,
            subject=f"board:{board.id}",
            detail={"is_closed": draft.is_closed, "position": draft.position},
        )
        tx.announce(BoardChanged(board.id or 0, place.id))


async def set_topic(
    services: Services,
    actor: Actor,
    place: Place,
    topic_id: int,
    *,
    is_locked: bool,
    is_pinned: bool,
) -> None:
    """Lock or open, pin or let go a topic. Raises Forbidden, NotFound."""
    require(actor, Action.REVIEW_DECIDE, place.id)
    async with services.db.write() as tx:
        # The topic before the audit log, as in every other transaction: else two could each
        # hold what the other waits for.
        changed = await tx.change(
            update(Topic)
            .where(col(Topic.id) == topic_id, col(Topic.community_id) == place.id)
            .values(is_locked=is_locked, is_pinned=is_pinned)
        )
        if not changed:
            raise NotFound
        await audit.record(
            tx,
            actor.id,
            "boards.topic_set",
            community_id=place.id,
            subject=f"topic:{topic_id}",
            detail={"is_locked": is_locked, "is_pinned": is_pinned},
        )
        tx.announce(TopicChanged(topic_id, place.id))
