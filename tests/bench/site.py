"""A forum with one long topic, on SQLite. `python -m tests.bench.site PORT FOLDER`."""

import sys
from pathlib import Path

from forum import logs, schema
from forum.app import create_app
from forum.server import serve
from forum.settings import Settings
from tests.bench.fill_boards import fill_topic
from tests.boards.scene import Scene
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
        scene = await Scene.build(world)
        people = [await world.person(f"member {number}", scene.place) for number in range(12)]
        topic = await scene.topic("How was today?")
        number = int(topic.rsplit("/", 1)[1])
        await fill_topic(world.services.db, number, [one.id for one in people], posts - 1)
        await world.close()
        return f"__Host-session={people[0].token}"


if __name__ == "__main__":
    logs.set_up("error")
    serve(create_app(settings_in(Path(sys.argv[2]))), host="127.0.0.1", port=int(sys.argv[1]))
