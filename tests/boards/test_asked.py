"""A post is screened with the post that it quotes."""

from forum.content import Visibility
from tests.boards.scene import Scene
from tests.fakes import FakeScreener

ASKED = "Are you thinking about suicide?"


async def test_an_answer_is_heard_as_the_answer_to_the_post_it_quotes(
    scene: Scene, screener: FakeScreener
) -> None:
    topic = await scene.topic("It is all too much.", by=scene.ben)
    await scene.answer(topic, ASKED, by=scene.mo)
    await scene.answer(topic, "Yes", by=scene.ben, answers="2")
    assert screener.asked[-1][1].replying_to == ASKED
    await scene.answer(topic, "Yes", by=scene.ben)
    assert screener.asked[-1][1].replying_to is None


async def test_no_answer_to_oneself_to_a_hidden_post_or_to_none(
    scene: Scene, screener: FakeScreener
) -> None:
    topic = await scene.topic("It is all too much.", by=scene.ben)
    await scene.answer(topic, ASKED, by=scene.mo)
    services = scene.world.services
    async with services.db.write() as tx:
        post_id = await scene.post_id(topic, 2)
        await services.contents["post"].set_visibility(tx, post_id, Visibility.HIDDEN)
    for number in ("1", "2", "77", str(2**40)):
        await scene.answer(topic, "Yes", by=scene.ben, answers=number)
        assert screener.asked[-1][1].replying_to is None
