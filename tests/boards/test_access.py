"""Who may know of a board, a topic, a post: attacks from outside and from next door."""

import pytest

from tests.boards.scene import BOARD, Scene
from tests.people import World

PATHS = (
    "",
    "/b/evenings",
    "/t/{topic}",
    "/t/{topic}/1",
    "/t/{topic}/last",
    "/p/{post}",
    "/p/{post}/history",
)
SECRET = "only for us"


async def members_only(world: World, access: str) -> tuple[Scene, dict[str, str]]:
    """A closed community with a topic, and the ids in it."""
    scene = await Scene.build(world, "hidden", access)
    topic = await scene.topic(SECRET, SECRET)
    return scene, {
        "topic": topic.rpartition("/")[2],
        "post": str(await scene.post_id(topic)),
    }


@pytest.mark.parametrize("path", PATHS)
async def test_members_only_boards_send_others_to_the_door(world: World, path: str) -> None:
    scene, ids = await members_only(world, "members")
    outsider = await world.person("otto")

    answer = await outsider.get(scene.home + path.format(**ids))

    assert answer.headers["location"] == "/c/hidden/join"
    assert SECRET not in answer.text
    guest = await scene.zoe.get(scene.home + path.format(**ids))
    assert guest.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", PATHS)
async def test_an_invitation_only_community_does_not_exist_for_others(
    world: World, path: str
) -> None:
    scene, ids = await members_only(world, "invitation")
    outsider = await world.person("otto")

    for person in (outsider, scene.zoe):
        answer = await person.get(scene.home + path.format(**ids))
        assert answer.status_code == 404
        assert SECRET not in answer.text


@pytest.mark.parametrize("path", PATHS[2:])
async def test_anothers_topic_is_not_found_under_our_own_address(world: World, path: str) -> None:
    _, ids = await members_only(world, "invitation")
    ours = await Scene.build(world, "harbour")

    for person in (ours.ana, ours.mo, ours.chris):
        answer = await person.get(ours.home + path.format(**ids))
        assert answer.status_code == 404
        assert SECRET not in answer.text


async def test_nobody_writes_next_door_through_our_own_address(world: World) -> None:
    theirs, ids = await members_only(world, "members")
    ours = await Scene.build(world, "harbour")
    fields = {"text": "Let me in.", "form_id": "f", "title": "T", "version": "1"}

    answers = [
        await ours.ana.post(f"{ours.home}/t/{ids['topic']}", fields),
        await ours.mo.post(f"{ours.home}/t/{ids['topic']}/state", {"is_locked": "yes"}),
        await ours.ana.post(f"{ours.home}/p/{ids['post']}/edit", fields),
        await ours.ana.post(f"{ours.home}/p/{ids['post']}/remove", fields),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    shown = await theirs.ana.get(f"{theirs.home}/t/{ids['topic']}")
    assert "Let me in." not in shown.text
    assert "Post your answer" in shown.text


async def test_an_outsider_cannot_answer_in_an_open_community(world: World) -> None:
    scene = await Scene.build(world, "harbour")
    topic = await scene.topic()
    otto = await world.person("otto")

    assert (await scene.answer(topic, by=otto)).status_code == 403
    assert (await otto.get(f"{scene.home}/b/{BOARD}/new")).status_code == 403
    assert "Post your answer" not in (await otto.get(topic)).text


async def test_a_quote_of_another_topic_is_left_out(world: World) -> None:
    scene = await Scene.build(world, "harbour")
    topic = await scene.topic()

    answered = await scene.answer(topic, "Words stay.", answers="99999999999")

    assert answered.status_code == 303
    assert "Words stay." in (await scene.zoe.get(topic)).text
    assert (await scene.ben.get(f"{topic}?quote=2000000000")).status_code == 404
