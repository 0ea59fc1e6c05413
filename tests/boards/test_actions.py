"""Rules under load: numbers, forms that race, and rollbacks."""

import asyncio

import pytest
from sqlmodel import select

from forum.boards import actions, forms
from forum.boards.events import PostCreated
from forum.boards.models import Post, Topic
from forum.care.models import Case, Signal
from forum.moderation import intake
from forum.permissions import Role
from forum.screening.verdict import Need
from tests.boards.scene import Scene
from tests.fakes import FakeScreener


async def test_answers_at_once_get_numbers_without_gap_or_twin(scene: Scene) -> None:
    topic = int((await scene.topic()).rpartition("/")[2])
    people = [await scene.world.person(f"p{n}", scene.place, Role.PEER) for n in range(8)]
    actors = [await person.actor() for person in people]
    services = scene.world.services

    async with asyncio.timeout(60):
        written = await asyncio.gather(
            *(
                actions.reply(services, actor, scene.place, topic, draft(f"{turn}-{actor.name}"))
                for turn in range(5)
                for actor in actors
            )
        )

    assert sorted(one.number for one in written) == list(range(2, 42))
    async with services.db.read() as reader:
        count = await reader.exec(select(Topic.post_count).where(Topic.id == topic))
        assert count.one() == 41


async def test_the_same_form_sent_at_once_makes_one_post(scene: Scene) -> None:
    topic = int((await scene.topic()).rpartition("/")[2])
    actor, services = await scene.ben.actor(), scene.world.services

    async with asyncio.timeout(60):
        written = await asyncio.gather(
            *(actions.reply(services, actor, scene.place, topic, draft("same")) for _ in range(6))
        )

    assert {one.number for one in written} == {2}
    async with services.db.read() as reader:
        topic_row = await reader.exec(select(Topic.post_count).where(Topic.id == topic))
        posts = await reader.exec(select(Post.number).where(Post.topic_id == topic))
        assert (topic_row.one(), sorted(posts)) == (2, [1, 2])


async def test_the_same_topic_form_sent_at_once_makes_one_topic(scene: Scene) -> None:
    actor, services = await scene.ana.actor(), scene.world.services
    made = draft("same", title="Tonight")

    async with asyncio.timeout(60):
        written = await asyncio.gather(
            *(
                actions.create_topic(services, actor, scene.place, "evenings", made)
                for _ in range(5)
            )
        )

    assert len({one.topic_id for one in written}) == 1
    async with services.db.read() as reader:
        assert len((await reader.exec(select(Topic.id))).all()) == 1


async def test_a_crisis_post_and_its_case_are_one_commit(
    scene: Scene, screener: FakeScreener
) -> None:
    screener.hear("goodbye everyone", Need.CRISIS)

    topic = await scene.topic("So goodbye everyone.")

    async with scene.world.services.db.read() as reader:
        case = (await reader.exec(select(Case))).one()
        signal = (await reader.exec(select(Signal))).one()
    assert (case.person_id, case.level) == (scene.ana.id, Need.CRISIS)
    assert (signal.subject_kind, signal.subject_id) == ("post", await scene.post_id(topic))


async def test_an_edit_into_crisis_joins_the_case(scene: Scene, screener: FakeScreener) -> None:
    screener.hear("very low", Need.CONCERN)
    screener.hear("goodbye everyone", Need.CRISIS)
    topic = await scene.topic("I am very low.")
    post_id = await scene.post_id(topic)

    fields = {"text": "So goodbye everyone.", "title": "T", "version": "1", "form_id": "f"}
    edited = await scene.ana.post(f"{scene.home}/p/{post_id}/edit", fields)

    assert edited.headers["location"].endswith("#care-panel")
    async with scene.world.services.db.read() as reader:
        case = (await reader.exec(select(Case))).one()
        assert len((await reader.exec(select(Signal.id))).all()) == 2
    assert case.level == Need.CRISIS


async def test_when_the_case_cannot_be_stored_the_post_is_not_either(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[PostCreated] = []
    topic = await scene.topic()

    async def listen(event: PostCreated) -> None:
        heard.append(event)

    async def fail(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    scene.world.services.bus.subscribe(PostCreated, listen)
    monkeypatch.setattr(intake, "hear", fail)

    refused = await scene.answer(topic, "Words that are kept.")

    assert refused.status_code == 500
    assert "Words that are kept." in refused.text
    assert heard == []
    monkeypatch.undo()
    answered = await scene.answer(topic, "Words that are kept.")
    assert answered.headers["location"] == f"{topic}?page=1#post-2"
    assert [event.number for event in heard] == [2]


async def test_locking_and_answering_at_once_never_wait_for_each_other(scene: Scene) -> None:
    topic = int((await scene.topic()).rpartition("/")[2])
    services, actor = scene.world.services, await scene.ben.actor()

    async with asyncio.timeout(60):
        for turn in range(5):
            state = scene.mo.post(f"{scene.home}/t/{topic}/state", {"is_pinned": "yes"})
            reply = actions.reply(services, actor, scene.place, topic, draft(f"form-{turn}"))
            (answer, written) = await asyncio.gather(state, reply)
            assert (answer.status_code, written.number) == (303, turn + 2)


def draft(form_id: str, title: str = "") -> forms.PostDraft:
    """A post as the form would give it."""
    text = f"{title}\n\nWords." if title else "Words."
    return forms.PostDraft(form_id=form_id, text=text, html="<p>Words.</p>\n", title=title)
