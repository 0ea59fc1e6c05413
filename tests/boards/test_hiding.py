"""What is masked, hidden, taken back or edited: who reads which words, on every page."""

import pytest
from httpx2 import Response

from forum.communities.actions import grant_role
from forum.content import Subject, Visibility
from forum.permissions import Role
from forum.screening.verdict import Harm
from tests.boards.scene import Scene, words
from tests.fakes import FakeScreener
from tests.people import Person

SECRET = "the blue bridge at nine"
MASK = "a detail is hidden to keep readers safe"


async def set_visibility(scene: Scene, post_id: int, visibility: Visibility) -> None:
    """What the desk does after a decision."""
    services = scene.world.services
    async with services.db.write() as tx:
        await services.contents["post"].set_visibility(tx, post_id, visibility)


async def mask(scene: Scene, post_id: int, phrase: str = SECRET) -> None:
    """Mask a phrase of a post, as a moderator would."""
    services = scene.world.services
    async with services.db.read() as reader:
        found = await services.contents.excerpt(reader, Subject("post", post_id))
    start = found.line.text.index(phrase)
    async with services.db.write() as tx:
        await services.contents["post"].set_masks(tx, post_id, [(start, start + len(phrase))])


async def everything_read_by(person: Person, scene: Scene, topic: str, post_id: int) -> str:
    """Every page and answer in which a post's words could stand, as this person gets them."""
    pages = [
        scene.home,
        scene.board,
        topic,
        f"{topic}?quote=1",
        f"{topic}?quote=2",
        f"{scene.home}/p/{post_id}/history",
        f"{scene.home}/p/{post_id}/edit",
        f"{scene.home}/p/{post_id}/remove",
    ]
    texts = [(await person.get(page)).text for page in pages]
    script = {"accept": "application/json"}
    texts += [(await person.get(page, headers=script)).text for page in pages]
    return "\n".join(texts)


async def test_a_detail_that_the_screener_heard_is_masked_at_once(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear(SECRET, harm=Harm.UNSAFE_DETAIL)
    topic = await scene.topic(f"I go to {SECRET}, every day.", f"Where: {SECRET}")
    await scene.answer(topic, "Please stay.", answers="1")
    post_id = await scene.post_id(topic)

    for reader in (scene.ben, scene.zoe):
        read = await everything_read_by(reader, scene, topic, post_id)
        assert SECRET not in read
        assert MASK in read
    assert SECRET in (await scene.ana.get(topic)).text
    assert "a detail is hidden from other members" in words(await scene.ana.get(topic))
    assert SECRET in (await scene.ana.get(f"{scene.home}/p/{post_id}/edit")).text


async def test_a_detail_that_a_moderator_masks_is_gone_from_every_page(scene: Scene) -> None:
    topic = await scene.topic(f"I go to {SECRET}.")
    post_id = await scene.post_id(topic)
    await scene.answer(topic, "Please stay.", answers="1")
    before = await everything_read_by(scene.ben, scene, topic, post_id)

    await mask(scene, post_id)

    assert SECRET in before
    assert SECRET not in await everything_read_by(scene.ben, scene, topic, post_id)


async def test_masking_one_version_masks_the_words_in_all_of_them(scene: Scene) -> None:
    topic = await scene.topic(f"First: {SECRET}.", title="T")
    post_id = await scene.post_id(topic)
    await edit(scene, post_id, f"Second: {SECRET.upper()} and {SECRET}.", version=1)
    await mask(scene, post_id)

    read = await everything_read_by(scene.ben, scene, topic, post_id)

    assert SECRET not in read.lower()
    assert "First:" in read
    assert SECRET in (await scene.mo.get(f"{scene.home}/p/{post_id}/history")).text


async def test_a_small_edit_does_not_bring_a_masked_detail_back(scene: Scene) -> None:
    topic = await scene.topic(f"I go to {SECRET}.")
    post_id = await scene.post_id(topic)
    await mask(scene, post_id)

    await edit(scene, post_id, f"Sorry, typo. I go to {SECRET}.", version=1)

    read = await everything_read_by(scene.ben, scene, topic, post_id)
    assert "Sorry, typo." in read
    assert SECRET not in read


async def test_unmasking_shows_the_words_again(scene: Scene, screener: FakeScreener) -> None:
    screener.hear(SECRET, harm=Harm.UNSAFE_DETAIL)
    topic = await scene.topic(f"A poem about {SECRET}.")
    services, post_id = scene.world.services, await scene.post_id(topic)

    async with services.db.write() as tx:
        await services.contents["post"].set_masks(tx, post_id, [])

    assert SECRET in (await scene.ben.get(topic)).text


async def test_a_hidden_post_is_a_quiet_line_to_readers_and_whole_to_its_author(
    scene: Scene,
) -> None:
    topic = await scene.topic("The opening.")
    await scene.answer(topic, f"Words: {SECRET}.", note="suicide")
    post_id = await scene.post_id(topic, 2)
    await scene.answer(topic, "I answer.", scene.ana, answers="2")

    await set_visibility(scene, post_id, Visibility.HIDDEN)

    for reader in (scene.ana, scene.zoe):
        read = await everything_read_by(reader, scene, topic, post_id)
        assert SECRET not in read
        assert "Content note: suicide" not in read
        assert "The moderators have hidden this post." in read
        assert "This post cannot be read now." in read
    own = await scene.ben.get(topic)
    assert SECRET in own.text
    assert "hidden from other members" in words(own)
    assert 'href="/notices">Why' in own.text
    assert SECRET in (await scene.mo.get(topic)).text


async def test_a_hidden_post_can_be_shown_again(scene: Scene) -> None:
    topic = await scene.topic(f"It was {SECRET}.")
    post_id = await scene.post_id(topic)
    await set_visibility(scene, post_id, Visibility.HIDDEN)
    await set_visibility(scene, post_id, Visibility.SHOWN)

    assert SECRET in (await scene.zoe.get(topic)).text


async def test_a_topic_whose_first_post_is_hidden_shows_no_title_anywhere(scene: Scene) -> None:
    topic = await scene.topic("Words.", title=f"About {SECRET}")
    await scene.answer(topic, "An answer stays.")
    post_id = await scene.post_id(topic)

    await set_visibility(scene, post_id, Visibility.HIDDEN)

    read = await everything_read_by(scene.ben, scene, topic, post_id)
    assert SECRET not in read
    assert "An answer stays." in read
    assert "A topic that is hidden for now" in read
    assert "A topic" not in words(await scene.ben.get(scene.board))
    for insider in (scene.ana, scene.mo):
        assert SECRET in words(await insider.get(scene.board))


async def test_encouragement_is_hidden_at_once(scene: Scene, screener: FakeScreener) -> None:
    screener.hear("do it then", harm=Harm.ENCOURAGEMENT)
    topic = await scene.topic()

    await scene.answer(topic, "Well, do it then")

    assert "do it then" not in (await scene.ana.get(topic)).text
    assert "do it then" in (await scene.ben.get(topic)).text


async def test_what_its_author_took_back_is_gone_for_members(scene: Scene) -> None:
    topic = await scene.topic("The opening.")
    await scene.answer(topic, f"Words: {SECRET}.")
    post_id = await scene.post_id(topic, 2)
    asked = await scene.ben.get(f"{scene.home}/p/{post_id}/remove")
    assert "You cannot undo this." in words(asked)

    for _ in range(2):  # the second time it is simply so
        done = await scene.ben.post(f"{scene.home}/p/{post_id}/remove")
        assert done.headers["location"] == f"{topic}?page=1#post-2"

    read = await everything_read_by(scene.ana, scene, topic, post_id)
    assert SECRET not in read
    assert "The person who wrote this took it back." in read
    assert SECRET in (await scene.mo.get(topic)).text


async def test_restoring_does_not_undo_what_the_author_took_back(scene: Scene) -> None:
    topic = await scene.topic(f"Words: {SECRET}.")
    post_id = await scene.post_id(topic)
    await scene.ana.post(f"{scene.home}/p/{post_id}/remove")

    await set_visibility(scene, post_id, Visibility.SHOWN)

    assert SECRET not in (await scene.ben.get(topic)).text


async def test_a_restricted_member_can_still_take_words_back(scene: Scene) -> None:
    eli = await scene.world.person("eli", scene.place)
    topic = await scene.topic(f"Words: {SECRET}.", by=eli)
    post_id = await scene.post_id(topic)
    await restrict(scene, eli)

    assert (await edit(scene, post_id, "New", 1, by=eli)).status_code == 403
    assert (await eli.post(f"{scene.home}/p/{post_id}/remove")).status_code == 303
    assert SECRET not in (await scene.ben.get(topic)).text


async def test_an_edit_says_so_and_keeps_what_was_said_before(scene: Scene) -> None:
    topic = await scene.topic("Before.", "Old title")
    post_id = await scene.post_id(topic)

    done = await edit(scene, post_id, "After.", 1, title="New title")

    assert done.status_code == 303
    shown = words(await scene.zoe.get(topic))
    assert "New title" in shown
    assert "edited" in shown
    assert "Before." not in shown
    history = words(await scene.zoe.get(f"{scene.home}/p/{post_id}/history"))
    assert history.index("After.") < history.index("Old title") < history.index("Before.")


async def test_an_edit_that_comes_twice_is_one_edit(scene: Scene) -> None:
    topic = await scene.topic("Before.", "T")
    post_id = await scene.post_id(topic)

    for _ in range(2):
        assert (await edit(scene, post_id, "After.", 1)).status_code == 303

    assert (await scene.zoe.get(f"{scene.home}/p/{post_id}/history")).text.count("version-") == 4


@pytest.mark.parametrize("version", [0, 1, 7, 999999999999999999])
async def test_an_edit_of_words_that_changed_meanwhile_keeps_both(
    scene: Scene, version: int
) -> None:
    topic = await scene.topic("Before.", "T")
    post_id = await scene.post_id(topic)
    await edit(scene, post_id, "From one window.", 1)

    late = await edit(scene, post_id, "From the other window.", version)

    assert late.status_code == 409
    assert "From the other window." in late.text
    assert "From one window." in (await scene.zoe.get(topic)).text


async def test_new_words_are_screened_like_a_new_post(scene: Scene, screener: FakeScreener) -> None:
    screener.hear(SECRET, harm=Harm.UNSAFE_DETAIL)
    topic = await scene.topic("Harmless.", "T")
    post_id = await scene.post_id(topic)

    await edit(scene, post_id, f"Now with {SECRET}.", 1)

    assert SECRET not in (await scene.ben.get(topic)).text


@pytest.mark.parametrize("who", ["ben", "mo", "chris"])
async def test_nobody_edits_or_takes_back_anothers_post(scene: Scene, who: str) -> None:
    topic = await scene.topic("Mine.", "T")
    post_id, other = await scene.post_id(topic), getattr(scene, who)

    assert (await other.get(f"{scene.home}/p/{post_id}/edit")).status_code == 404
    assert (await edit(scene, post_id, "Yours.", 1, by=other)).status_code == 404
    assert (await other.get(f"{scene.home}/p/{post_id}/remove")).status_code == 404
    assert (await other.post(f"{scene.home}/p/{post_id}/remove")).status_code == 404
    assert "Mine." in (await scene.zoe.get(topic)).text


async def test_after_a_week_a_post_is_no_longer_changed(scene: Scene) -> None:
    topic = await scene.topic("Mine.", "T")
    post_id = await scene.post_id(topic)
    scene.world.services.clock.advance(days=7)

    late = await edit(scene, post_id, "Changed now.", 1)

    assert late.status_code == 409
    assert "Changed now." in late.text
    assert "/edit" not in (await scene.ana.get(topic)).text.partition("<article")[2]


async def test_a_locked_topic_is_not_rewritten(scene: Scene) -> None:
    topic = await scene.topic("Mine.", "T")
    post_id = await scene.post_id(topic)
    await scene.mo.post(f"{topic}/state", {"is_locked": "yes"})

    assert (await edit(scene, post_id, "Changed now.", 1)).status_code == 409


async def edit(
    scene: Scene,
    post_id: int,
    text: str,
    version: int,
    by: Person | None = None,
    title: str = "T",
) -> Response:
    """Send the form that changes a post."""
    fields = {"text": text, "title": title, "version": str(version), "form_id": "edit"}
    return await (by or scene.ana).post(f"{scene.home}/p/{post_id}/edit", fields)


async def restrict(scene: Scene, person: Person) -> None:
    """What a moderator's decision does."""
    async with scene.world.services.db.write() as tx:
        await grant_role(tx, scene.mo.id, scene.place.id, person.id, Role.RESTRICTED)
