"""A forum with one long topic, on SQLite. `python -m tests.bench.site PORT FOLDER`."""

import sys
from pathlib import Path

from forum.boards.models import Board, Topic

from forum import logs, schema
from forum.app import create_app
from forum.server import serve
from forum.settings import Settings
from tests.bench.fill_boards import fill_topic
from tests.fakes import QuickHasher
from tests.people import World

TOPIC = "/c/harbour/t/1"


def settings_in(folder: Path) -> Settings:
    """A site behind https whose data lies in this folder."""
    return Settings(public_url="https://handrail.test", data_dir=folder)


async def fill(folder: Path, posts: int) -> str:
    """Make the community with one topic of so many posts; the cookie of a member."""
    settings = settings_in(folder)
    await schema.upgrade(settings.database)
    app = create_app(settings, hasher=QuickHasher(), runs_jobs=False)
    async with app.router.lifespan_context(app):
        world = World(app)
        place = await world.community()
        people = [await world.person(f"member {number}", place) for number in range(12)]
        async with world.services.db.write() as tx:
            board = Board(community_id=place.id, slug="days", name="Days", created_at=tx.now)
            tx.add(board)
            await tx.flush()
            topic = Topic(
                board_id=board.id,
                community_id=place.id,
                author_id=people[0].id,
                title="How was today?",
                created_at=tx.now,
                last_post_at=tx.now,
            )
            tx.add(topic)
            await tx.flush()
        await fill_topic(world.services.db, topic.id or 0, [one.id for one in people], posts)
        await world.close()
        return f"__Host-session={people[0].token}"


if __name__ == "__main__":
    logs.set_up("error")
    serve(create_app(settings_in(Path(sys.argv[2]))), host="127.0.0.1", port=int(sys.argv[1]))
