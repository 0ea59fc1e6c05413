"""Posts as the desk handles them, and as their author takes them along or erases them."""

import pytest

from forum.boards.events import PostHidden, PostMasked, PostShown
from forum.content import Subject, Visibility
from forum.errors import NotFound
from forum.events import Event
from tests.boards.scene import Scene, words


async def test_an_excerpt_shows_two_posts_before_and_after(scene: Scene) -> None:
    topic = await scene.topic("One.", "Title")
    for number in ("Two", "Three", "Four", "Five", "Six"):
        await scene.answer(topic, f"{number}.")
    services, post_id = scene.world.services, await scene.post_id(topic, 4)

    async with services.db.read() as reader:
        found = await services.contents.excerpt(reader, Subject("post", post_id))

    assert found.line.text == "Four."
    assert found.line.author_name == "ben-harbour"
    assert [line.text for line in found.before] == ["Two.", "Three."]
    assert [line.text for line in found.after] == ["Five.", "Six."]
    assert found.where == "Evenings: Title, post 4"
    assert found.url == f"{scene.home}/p/{post_id}"
    assert (found.version, found.visibility, found.masks) == (1, Visibility.SHOWN, ())


async def test_the_desk_reads_a_first_post_with_its_title(scene: Scene) -> None:
    topic = await scene.topic("Words.", "Title")
    services, post_id = scene.world.services, await scene.post_id(topic)

    async with services.db.read() as reader:
        found = await services.contents.excerpt(reader, Subject("post", post_id))
        recent = await services.contents["post"].recent(reader, scene.ana.id, 5)

    assert found.line.text == "Title\n\nWords."
    assert [line.text for line in recent] == ["Title\n\nWords."]


async def test_what_is_not_there_is_told(scene: Scene) -> None:
    services = scene.world.services
    async with services.db.read() as reader:
        with pytest.raises(NotFound):
            await services.contents.excerpt(reader, Subject("post", 99))
    posts = services.contents["post"]
    with pytest.raises(NotFound):
        async with services.db.write() as tx:
            await posts.set_masks(tx, 99, [])
    with pytest.raises(NotFound):
        async with services.db.write() as tx:
            await posts.set_visibility(tx, 99, Visibility.HIDDEN)


async def test_the_desks_acts_are_announced_once(scene: Scene) -> None:
    topic = await scene.topic("Some words.")
    services, post_id = scene.world.services, await scene.post_id(topic)
    heard: list[Event] = []

    async def listen(event: Event) -> None:
        heard.append(event)

    for kind in (PostMasked, PostHidden, PostShown):
        services.bus.subscribe(kind, listen)
    posts = services.contents["post"]
    async with services.db.write() as tx:
        await posts.set_masks(tx, post_id, [(0, 4)])
        await posts.set_visibility(tx, post_id, Visibility.HIDDEN)
        await posts.set_visibility(tx, post_id, Visibility.HIDDEN)
    async with services.db.write() as tx:
        await posts.set_visibility(tx, post_id, Visibility.SHOWN)

    assert [type(event) for event in heard] == [PostMasked, PostHidden, PostShown]


async def test_a_person_takes_all_their_words_along(scene: Scene) -> None:
    topic = await scene.topic("Before.", "Title")
    post_id = await scene.post_id(topic)
    fields = {"text": "After.", "title": "Title", "version": "1", "form_id": "f"}
    await scene.ana.post(f"{scene.home}/p/{post_id}/edit", fields)
    await scene.answer(topic, "Not hers.")
    services = scene.world.services

    async with services.db.read() as reader:
        data = next(part for part in services.personal_data if part.name == "boards")
        exported = await data.export(reader, scene.ana.id)

    (post,) = exported["posts"]
    assert post["text"] == "Title\n\nAfter."
    assert post["community"] == "harbour"
    assert [one["text"] for one in post["earlier"]] == ["Title\n\nBefore."]


async def test_erasing_removes_every_word_and_keeps_the_answers_of_others(scene: Scene) -> None:
    topic = await scene.topic("Secret words.", "Secret title")
    post_id = await scene.post_id(topic)
    fields = {"text": "Other secret.", "title": "T", "version": "1", "form_id": "f"}
    await scene.ana.post(f"{scene.home}/p/{post_id}/edit", fields)
    await scene.answer(topic, "I am still here.", answers="1")
    services = scene.world.services

    async with services.db.write() as tx:
        for part in services.personal_data:
            await part.erase(tx, scene.ana.id, keep_words=False)

    for person in (scene.ben, scene.mo, scene.zoe):
        read = "".join(
            [
                (await person.get(page)).text
                for page in (topic, scene.board, f"{scene.home}/p/{post_id}/history")
            ]
        )
        assert "ecret" not in read
        assert "I am still here." in read
    assert "former member" in words(await scene.ben.get(topic))
