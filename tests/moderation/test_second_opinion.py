"""The second opinion comes after the commit: no post waits for it, and no need hangs on it."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlmodel import col, select
from starlette.applications import Starlette

import forum.app as composition
from forum.admin.doctor import State, examine
from forum.boards.models import Post
from forum.care.models import Case
from forum.chat import actions as chat
from forum.chat import upkeep
from forum.chat.forms import MessageDraft, RoomDraft
from forum.chat.models import Message
from forum.ids import new_form_id
from forum.jobs import Job
from forum.moderation.intake import SECOND_OPINION
from forum.moderation.models import Decision, Review
from forum.moderation.reviews import ReviewOpened
from forum.screening.hostility import engine
from forum.screening.hostility.second_opinion import SecondOpinion
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.services import Services
from forum.settings import Settings
from tests.boards.scene import Scene
from tests.fakes import FrozenClock, QuickHasher
from tests.moderation.test_screen_again import Raises
from tests.people import World
from tests.screening.hostility import children

UNKIND = "You are a lanternfish, and nobody likes you lanternfish."  # no rule knows it
KIND = "Good to see you here tonight."


class FakeEngine:
    """Takes some words for insults; fails when told to."""

    def __init__(self) -> None:
        self.scores: dict[str, Mapping[str, float]] = {"lanternfish": {"insult": 0.97}}
        self.fault: Exception | None = None
        self.refuses = False
        self.asked: list[str] = []
        self.closed = False

    async def score(self, texts: Sequence[str]) -> list[Mapping[str, float]] | None:
        self.asked += texts
        if self.fault is not None:
            raise self.fault
        if self.refuses:
            return None
        return [self._heard_in(text) for text in texts]

    async def aclose(self) -> None:
        self.closed = True

    def _heard_in(self, text: str) -> Mapping[str, float]:
        heard = [scores for phrase, scores in self.scores.items() if phrase in text]
        return heard[0] if heard else {"insult": 0.01}


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def model() -> Raises | None:
    """None: rules alone, so that nothing is unscreened."""
    return None


@pytest.fixture
async def app(
    settings: Settings, clock: FrozenClock, rules: RuleBook, fake: FakeEngine, model: Raises | None
) -> AsyncIterator[Starlette]:
    """A forum with a second opinion."""
    made = composition.create_app(
        settings,
        screener=Screener(rules, model, second_opinion=True),
        second_opinion=SecondOpinion(fake, rules, "detoxify fake"),  # type: ignore[arg-type]
        clock=clock,
        hasher=QuickHasher(),
        runs_jobs=False,
    )
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def scene(world: World) -> Scene:
    return await Scene.build(world)


@pytest.fixture
async def topic(scene: Scene, services: Services, fake: FakeEngine) -> str:
    """A topic that was heard already."""
    made = await scene.topic("How are you all?")
    await services.unhurried.run_due()
    fake.asked.clear()
    return made


async def newest_post(services: Services) -> Post:
    async with services.db.read() as reader:
        return (await reader.exec(select(Post).order_by(col(Post.id).desc()))).first() or Post()


async def rows(services: Services, table: type) -> list:  # type: ignore[type-arg]
    async with services.db.read() as reader:
        return list(await reader.exec(select(table)))


async def waiting(services: Services) -> int:
    found = [job for job in await rows(services, Job) if job.kind == SECOND_OPINION]
    return sum(job.done_at is None for job in found)


async def test_a_post_is_there_at_once_and_reviewed_when_the_opinion_comes(
    scene: Scene, topic: str, services: Services, fake: FakeEngine
) -> None:
    assert (await scene.answer(topic, UNKIND)).status_code == 303
    assert "lanternfish" in (await scene.ana.get(topic)).text
    assert (await newest_post(services)).verdict["unscored"]
    assert await rows(services, Review) == []
    assert fake.asked == []

    await services.unhurried.run_due()
    post = await newest_post(services)
    assert not post.verdict["unscored"]
    assert post.verdict["conduct"]["harassment"] > 0.9
    assert "detoxify fake" in post.verdict["screener_version"]
    (review,) = await rows(services, Review)
    assert (review.source, review.subject_id, review.harm) == ("screening", post.id, 0)
    assert list(review.conduct) == ["harassment"]
    assert review.reasons[0][0] == "detoxify:insult"
    assert "lanternfish" in (await scene.mo.get(f"{scene.home}/reviews/{review.id}")).text


async def test_it_hides_nothing_decides_nothing_and_touches_no_need(
    scene: Scene, topic: str, services: Services
) -> None:
    await scene.answer(topic, f"I am going to kill myself tonight. {UNKIND}")
    before = [(case.level, case.state) for case in await rows(services, Case)]
    need = (await newest_post(services)).verdict["need"]
    await services.unhurried.run_due()
    post = await newest_post(services)
    assert (post.visibility, post.masks, post.verdict["need"]) == ("shown", [], need)
    assert [(case.level, case.state) for case in await rows(services, Case)] == before
    assert len(before) == 1
    assert await rows(services, Decision) == []
    assert len(await rows(services, Review)) == 1


async def test_kind_swearing_and_despairing_words_are_left_alone(
    scene: Scene, topic: str, services: Services, fake: FakeEngine
) -> None:
    fake.scores = {
        "fucking day": {"toxicity": 0.99, "obscene": 0.99, "insult": 0.4},
        "such an idiot": {"toxicity": 0.99, "insult": 0.98, "severe_toxicity": 0.7},
    }
    for text in (KIND, "What a fucking day.", "I am such an idiot. I hate myself."):
        await scene.answer(topic, text)
    await services.unhurried.run_due()
    assert len(fake.asked) == 3
    assert await rows(services, Review) == []
    assert not (await newest_post(services)).verdict["unscored"]


async def test_a_message_in_a_room_is_heard_as_well(
    scene: Scene, services: Services, clock: FrozenClock
) -> None:
    room = RoomDraft(
        slug="evening", name="Evening", about="", position=0, slow_seconds=0, is_closed=False
    )
    chris = await scene.chris.actor()
    await upkeep.create_room(services, chris, scene.place, room, new_form_id())
    clock.advance(days=4)
    ana, draft = await scene.ana.actor(), MessageDraft(new_form_id(), UNKIND)
    said = await chat.post_message(services, ana, scene.place, 1, draft)
    await services.unhurried.run_due()
    (review,) = await rows(services, Review)
    assert (review.subject_kind, review.subject_id) == ("message", said.message_id)
    assert [one.verdict["unscored"] for one in await rows(services, Message)] == [False]


async def test_alerts_never_wait_behind_it(
    scene: Scene, topic: str, services: Services, fake: FakeEngine
) -> None:
    await scene.answer(topic, UNKIND)
    await services.worker.run_due()
    assert fake.asked == []
    assert SECOND_OPINION not in services.worker.kinds
    assert services.unhurried.kinds == [SECOND_OPINION]


async def test_while_the_engine_is_away_texts_wait_and_are_heard_later(
    scene: Scene, topic: str, services: Services, fake: FakeEngine, clock: FrozenClock
) -> None:
    fake.fault = engine.Away()
    await scene.answer(topic, UNKIND)
    for _ in range(20):  # many more tries than a text that breaks the engine gets
        await services.unhurried.run_due()
        clock.advance(minutes=6)
    assert len(fake.asked) == 20
    assert (await newest_post(services)).verdict["unscored"]
    fake.fault = None
    await services.unhurried.run_due()
    assert len(await rows(services, Review)) == 1


async def test_after_a_day_a_text_is_let_go(
    scene: Scene, topic: str, services: Services, fake: FakeEngine, clock: FrozenClock
) -> None:
    await scene.answer(topic, UNKIND)
    clock.advance(days=1, seconds=1)
    await services.unhurried.run_due()
    assert fake.asked == []
    assert await waiting(services) == 0
    assert (await newest_post(services)).verdict["unscored"], "unscored is not fine"


async def test_a_text_that_breaks_the_engine_is_left_after_three_tries(
    scene: Scene, topic: str, services: Services, fake: FakeEngine, clock: FrozenClock
) -> None:
    fake.fault = engine.Failed()
    await scene.answer(topic, UNKIND)
    for _ in range(6):
        await services.unhurried.run_due()
        clock.advance(minutes=6)
    assert len(fake.asked) == 3
    assert await waiting(services) == 0
    assert (await newest_post(services)).verdict["unscored"]


async def test_refused_weights_leave_texts_unscored_at_once(
    scene: Scene, topic: str, services: Services, fake: FakeEngine
) -> None:
    fake.refuses = True
    await scene.answer(topic, UNKIND)
    await services.unhurried.run_due()
    assert await waiting(services) == 0
    assert await rows(services, Review) == []
    assert (await newest_post(services)).verdict["unscored"]


async def test_an_edit_is_heard_anew_and_the_old_words_are_not_held_against_it(
    scene: Scene, topic: str, services: Services, fake: FakeEngine
) -> None:
    await scene.answer(topic, UNKIND)
    post = await newest_post(services)
    fields = {"text": KIND, "version": "1", "form_id": "e"}
    edited = await scene.ben.post(f"{scene.home}/p/{post.id}/edit", fields)
    assert edited.status_code == 303, edited.text
    await services.unhurried.run_due()
    assert fake.asked == [KIND], "the first job found the new words, the second found them heard"
    assert await rows(services, Review) == []
    assert not (await newest_post(services)).verdict["unscored"]


async def test_words_that_change_while_they_are_scored_keep_their_own_verdict(
    scene: Scene, topic: str, services: Services, fake: FakeEngine
) -> None:
    await scene.answer(topic, UNKIND)
    post = await newest_post(services)
    score = fake.score

    async def edited_meanwhile(texts: Sequence[str]) -> list[Mapping[str, float]] | None:
        scores = await score(texts)
        fake.score = score  # type: ignore[method-assign]
        fields = {"text": KIND, "version": "1", "form_id": "e"}
        await scene.ben.post(f"{scene.home}/p/{post.id}/edit", fields)
        return scores

    fake.score = edited_meanwhile  # type: ignore[method-assign]
    await services.unhurried.run_due()
    assert fake.asked == [UNKIND, KIND]
    assert await rows(services, Review) == []
    assert (await newest_post(services)).verdict["conduct"]["harassment"] == 0


async def test_what_its_author_took_back_is_not_heard(
    scene: Scene, topic: str, services: Services, fake: FakeEngine
) -> None:
    await scene.answer(topic, UNKIND)
    post = await newest_post(services)
    taken = await scene.ben.post(f"{scene.home}/p/{post.id}/remove", {"whole": "yes"})
    assert taken.status_code == 303
    await services.unhurried.run_due()
    assert fake.asked == []
    assert await waiting(services) == 0


async def test_what_a_person_has_decided_is_not_opened_again(
    scene: Scene, topic: str, services: Services
) -> None:
    await scene.answer(topic, UNKIND)
    post = await newest_post(services)
    await scene.ana.post(f"{scene.home}/flag?about=post:{post.id}", {"category": "unkind"})
    decided = await scene.mo.post(f"{scene.home}/reviews/1", {})
    assert decided.status_code == 303
    await services.unhurried.run_due()
    assert len(await rows(services, Review)) == 1
    assert (await newest_post(services)).verdict["conduct"]["harassment"] > 0.9


async def test_it_joins_a_review_that_a_member_asked_for(
    scene: Scene, topic: str, services: Services
) -> None:
    await scene.answer(topic, UNKIND)
    post = await newest_post(services)
    await scene.ana.post(f"{scene.home}/flag?about=post:{post.id}", {"category": "unkind"})
    await services.unhurried.run_due()
    (review,) = await rows(services, Review)
    assert list(review.conduct) == ["harassment"]


async def test_what_the_rules_flagged_already_is_not_queued_twice(
    scene: Scene, topic: str, services: Services
) -> None:
    await scene.answer(topic, "You are a pathetic little liar, you lanternfish.")
    (review,) = await rows(services, Review)
    await services.unhurried.run_due()
    (joined,) = await rows(services, Review)
    assert joined.id == review.id
    heard_by = [rule for rule, *_ in joined.reasons]
    assert heard_by == [rule for rule, *_ in review.reasons] + ["detoxify:insult"]


class TestWithAModelThatIsAway:
    """First the screening, then the second opinion."""

    @pytest.fixture
    def model(self) -> Raises:
        return Raises()

    async def test_an_unscreened_text_is_screened_first(
        self,
        scene: Scene,
        services: Services,
        fake: FakeEngine,
        clock: FrozenClock,
        model: Raises,
    ) -> None:
        topic = await scene.topic("How are you all?")
        await scene.answer(topic, UNKIND)
        clock.advance(minutes=6)
        await services.worker.run_due()
        await services.unhurried.run_due()
        assert fake.asked == []
        model.recover()
        clock.advance(minutes=6)
        await services.worker.run_due()
        await services.unhurried.run_due()
        post = await newest_post(services)
        assert not post.verdict["unscreened"]
        assert not post.verdict["unscored"]
        assert len(await rows(services, Review)) == 1

    async def test_an_edit_that_is_unscreened_is_not_scored_by_the_old_words_job(
        self, scene: Scene, services: Services, fake: FakeEngine, clock: FrozenClock, model: Raises
    ) -> None:
        model.recover()
        topic = await scene.topic("How are you all?")
        await scene.answer(topic, KIND)
        model.ill.set()
        post = await newest_post(services)
        fields = {"text": UNKIND, "version": "1", "form_id": "e"}
        await scene.ben.post(f"{scene.home}/p/{post.id}/edit", fields)
        await services.unhurried.run_due()
        assert UNKIND not in fake.asked
        model.recover()
        clock.advance(minutes=6)
        await services.worker.run_due()
        await services.unhurried.run_due()
        assert UNKIND in fake.asked
        assert len(await rows(services, Review)) == 1


async def test_late_jobs_of_it_are_a_care_and_no_danger(
    scene: Scene, topic: str, services: Services, clock: FrozenClock
) -> None:
    await scene.answer(topic, UNKIND)
    clock.advance(minutes=10)
    found = [one async for one in examine(services, schema_is_current=True)]
    about = {one.what: one.state for one in found}
    assert about[f"1 late jobs of kind {SECOND_OPINION}"] is State.CARE
    assert about["No timer is late"] is State.GOOD


async def test_without_an_engine_nothing_is_made_and_leftovers_are_let_go(
    settings: Settings, clock: FrozenClock, rules: RuleBook, scene: Scene, topic: str
) -> None:
    await scene.answer(topic, UNKIND)
    plain = composition.create_app(
        settings, screener=Screener(rules), clock=clock, hasher=QuickHasher(), runs_jobs=False
    )
    async with plain.router.lifespan_context(plain):
        services: Services = plain.state.services
        assert services.second_opinion is None
        assert services.unhurried.kinds == []
        assert await waiting(services) == 1
        await services.worker.run_due()
        assert await waiting(services) == 0
        world = World(plain)
        other = await Scene.build(world, "elsewhere")
        await other.answer(await other.topic("How are you all?"), UNKIND)
        assert await waiting(services) == 0
        assert not (await newest_post(services)).verdict["unscored"]
        await world.close()


async def test_a_real_child_hears_in_the_background_and_ends_with_the_server(
    settings: Settings, rules: RuleBook, tmp_path: Path
) -> None:
    made = composition.create_app(
        settings,
        screener=Screener(rules, second_opinion=True),
        second_opinion=SecondOpinion(children.engine(tmp_path), rules, "fake"),
        hasher=QuickHasher(),
    )
    async with made.router.lifespan_context(made):
        services: Services = made.state.services
        opened = asyncio.Event()

        async def heard(_event: ReviewOpened) -> None:
            opened.set()

        services.bus.subscribe(ReviewOpened, heard)
        world = World(made)
        scene = await Scene.build(world)
        await scene.topic("What an idiot you are, all of you.")
        async with asyncio.timeout(30):
            await opened.wait()
        (pid,) = children.started(tmp_path)
        assert children.is_alive(pid)
        assert pid != os.getpid()
        await world.close()
    assert not children.is_alive(pid)
