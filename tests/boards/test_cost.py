"""What pages cost in statements: the same however much there is to read."""

import pytest

from tests.bench.fill_boards import fill_topic
from tests.boards.scene import Scene
from tests.sql_counter import statements


async def test_a_topic_page_costs_the_same_with_twenty_posts_and_with_two_thousand(
    scene: Scene,
) -> None:
    topic = await scene.topic()
    number = int(topic.rpartition("/")[2])
    authors = [scene.ana.id, scene.ben.id, scene.mo.id]
    await fill_topic(scene.world.services.db, number, authors, 19)
    with statements() as at_twenty:
        assert (await scene.ana.get(topic)).text.count("<article") == 20

    await fill_topic(scene.world.services.db, number, authors, 1980)
    for page in (1, 50, 100):
        with statements() as at_two_thousand:
            shown = await scene.ana.get(f"{topic}?page={page}")
        assert shown.text.count("<article") == 20
        assert len(at_two_thousand) == len(at_twenty)
    assert not any("OFFSET" in one and "OFFSET ?" not in one for one in at_two_thousand)


@pytest.mark.parametrize("path", ["", "/b/evenings"])
async def test_lists_cost_the_same_with_one_topic_and_with_forty(scene: Scene, path: str) -> None:
    await scene.topic()
    with statements() as with_one:
        await scene.zoe.get(scene.home + path)

    for number in range(40):
        by = (scene.ana, scene.ben, scene.mo, scene.chris)[number % 4]
        scene.world.services.clock.advance(minutes=5)
        await scene.topic(by=by)

    with statements() as with_forty:
        await scene.zoe.get(scene.home + path)
    assert len(with_forty) == len(with_one)


async def test_reading_writes_nothing(scene: Scene) -> None:
    topic = await scene.topic()
    post_id = await scene.post_id(topic)

    with statements() as sent:
        for path in (scene.home, scene.board, topic, f"{scene.home}/p/{post_id}/history"):
            assert (await scene.ana.get(path)).status_code == 200

    assert not [one for one in sent if not one.lstrip().upper().startswith("SELECT")]
