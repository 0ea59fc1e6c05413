"""A database that stores nothing: help stays up, and nothing is acknowledged that was not kept."""

import pytest
from sqlalchemy import event
from sqlmodel import func, select

from forum.boards.models import Post
from forum.services import Services
from tests.boards.scene import Scene
from tests.people import World

WORDS = "It took me an hour to write this"


class Full:
    """Makes every write fail as a full disk does; reading goes on."""

    def __init__(self, services: Services) -> None:
        self._engine = services.db._engine.sync_engine
        self._refusal = (
            "PRAGMA query_only=ON" if services.db.is_sqlite else "SET TRANSACTION READ ONLY"
        )
        self._allowance = "PRAGMA query_only=OFF" if services.db.is_sqlite else ""

    def __enter__(self) -> None:
        event.listen(self._engine, "begin", self._refuse)

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "begin", self._refuse)
        if self._allowance:
            event.listen(self._engine, "begin", self._allow)

    def _refuse(self, connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql(self._refusal)

    def _allow(self, connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql(self._allowance)


@pytest.fixture
async def scene(world: World) -> Scene:
    return await Scene.build(world)


async def count(services: Services) -> int:
    async with services.db.read() as reader:
        return (await reader.exec(select(func.count()).select_from(Post))).one()


async def test_a_post_that_was_not_stored_is_not_acknowledged(
    scene: Scene, services: Services
) -> None:
    topic = await scene.topic()
    with Full(services):
        answer = await scene.answer(topic, WORDS)
        assert answer.status_code == 503
        assert "not saved" in answer.text
        assert WORDS in answer.text, "nothing they wrote is lost"
        assert "/help-now" in answer.text
        assert (await scene.ben.get(topic)).status_code == 200, "reading goes on"
        for person in (scene.ben, scene.zoe):
            assert (await person.get("/help-now")).status_code == 200
    assert await count(services) == 1
    assert (await scene.answer(topic, WORDS)).status_code == 303, "and then it works again"


async def test_help_stays_up_when_the_database_is_gone(
    scene: Scene, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object, **_named: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(services.db, "_readers", gone)
    monkeypatch.setattr(services.db, "_writers", gone)
    for person in (scene.ben, scene.zoe):
        page = await person.get("/help-now?country=GB")
        assert page.status_code == 200
        assert "116 123" in page.text
    assert (await scene.ben.get("/healthz")).status_code == 200
    assert (await scene.ben.get("/readyz")).status_code == 503
    answer = await scene.ben.get(scene.home)
    assert answer.status_code == 503
    assert "/help-now" in answer.text
