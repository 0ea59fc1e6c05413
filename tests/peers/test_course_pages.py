"""A course through the front door: every step without a script, and only for oneself."""

import pytest
from sqlmodel import select

from forum.peers.learning import TooSoon, request_signature
from forum.peers.models import Enrolment
from forum.permissions import Role
from forum.services import Services
from tests.communities.test_roles import audited, notices_of
from tests.fakes import FrozenClock
from tests.peers.learners import COURSE, certificates, finish, right_answers, way_to_an_end
from tests.people import Person, World

BASE = f"/c/harbour/courses/{COURSE.slug}"


async def do_everything(person: Person) -> None:
    for one in COURSE.lessons:
        await person.post(f"{BASE}/lessons/{one.slug}")
    await person.post(f"{BASE}/conversation", {"taken": way_to_an_end()})
    await person.post(f"{BASE}/quiz", right_answers())
    await person.post(f"{BASE}/scope", {"agrees": "yes"})


async def row(services: Services, person: Person) -> Enrolment | None:
    async with services.db.read() as reader:
        mine = select(Enrolment).where(Enrolment.account_id == person.id)
        return (await reader.exec(mine)).first()


async def test_a_member_walks_the_whole_course_and_asks_for_a_signature(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    lee = await world.person("lee", harbour, Role.LEAD, certified=True)
    ben = await world.person("ben", harbour)
    assert COURSE.title in (await ben.get("/c/harbour/courses")).text
    assert "Ask for a signature" not in (await ben.get(BASE)).text

    await do_everything(ben)

    assert "Ask for a signature" in (await ben.get(BASE)).text
    assert (await ben.post(f"{BASE}/request")).status_code == 303
    assert "You have asked for a signature." in (await ben.get(BASE)).text
    assert await notices_of(services, lee.id) == ["Somebody asks for a certificate"]
    assert "Sign for ben" in (await lee.get("/c/harbour/certificates")).text


async def test_asking_twice_tells_once(services: Services, world: World) -> None:
    harbour = await world.community()
    lee = await world.person("lee", harbour, Role.LEAD, certified=True)
    ben = await world.person("ben", harbour)
    await do_everything(ben)
    for _ in range(2):
        await ben.post(f"{BASE}/request")
    assert len(await notices_of(services, lee.id)) == 1


async def test_nothing_is_asked_for_before_everything_is_done(
    services: Services, world: World
) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    await ben.post(f"{BASE}/quiz", right_answers())
    answer = await ben.post(f"{BASE}/request")
    assert answer.status_code == 409
    assert "Please finish the lessons" in answer.text


async def test_lessons_follow_one_another(world: World) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    first, second = COURSE.lessons[0].slug, COURSE.lessons[1].slug
    assert "Lesson 1 of" in (await ben.get(f"{BASE}/lessons/{first}")).text
    answer = await ben.post(f"{BASE}/lessons/{first}")
    assert answer.headers["location"] == f"{BASE}/lessons/{second}"
    last = await ben.post(f"{BASE}/lessons/{COURSE.lessons[-1].slug}")
    assert last.headers["location"] == f"{BASE}/conversation"


async def test_reading_a_page_stores_nothing(services: Services, world: World) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    for part in ("", f"/lessons/{COURSE.lessons[0].slug}", "/conversation", "/quiz", "/scope"):
        assert (await ben.get(BASE + part)).status_code == 200
    assert await row(services, ben) is None


class TestConversation:
    async def test_each_choice_is_a_link_and_explains_itself(self, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        start = COURSE.scenario.nodes[COURSE.scenario.start]
        for number, choice in enumerate(start.choices):
            page = (await ben.get(f"{BASE}/conversation?taken={number}")).text
            assert "You chose:" in page
            assert "Go back one step" in page
            assert choice.explains.split(".")[0].replace("'", "&#39;") in page

    async def test_every_end_is_reached_by_links_alone(self, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        page = (await ben.get(f"{BASE}/conversation?taken={way_to_an_end()}")).text
        assert "On to the quiz" in page
        answer = await ben.post(f"{BASE}/conversation", {"taken": way_to_an_end()})
        assert answer.headers["location"] == f"{BASE}/quiz"

    @pytest.mark.parametrize("taken", ["9", "x", "0..1", "0." * 200 + "0", "-1", "٣"])
    async def test_a_way_that_is_none_leads_nowhere(self, world: World, taken: str) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        assert (await ben.get(f"{BASE}/conversation", params={"taken": taken})).status_code == 404
        assert (await ben.post(f"{BASE}/conversation", {"taken": taken})).status_code == 404

    async def test_an_unfinished_conversation_is_not_counted(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        assert (await ben.post(f"{BASE}/conversation", {"taken": "0"})).status_code == 404
        assert await row(services, ben) is None


class TestQuiz:
    async def test_a_miss_explains_itself_and_can_be_tried_again(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        missed = await ben.post(f"{BASE}/quiz", {one.id: "0" for one in COURSE.quiz})
        assert "Not yet, and that is fine" in missed.text
        assert "Not quite." in missed.text
        assert "checked" in missed.text
        passed = await ben.post(f"{BASE}/quiz", right_answers())
        assert "You have passed" in passed.text
        assert "Not quite." not in passed.text
        kept = await row(services, ben)
        assert kept is not None
        assert (kept.quiz_attempts, kept.quiz_passed_at is not None) == (2, True)

    async def test_a_later_miss_takes_nothing_away(self, services: Services, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        await ben.post(f"{BASE}/quiz", right_answers())
        await ben.post(f"{BASE}/quiz", {})
        kept = await row(services, ben)
        assert kept is not None
        assert kept.quiz_passed_at is not None

    async def test_ticking_everything_does_not_pass(self, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        everything = {one.id: list(range(len(one.options))) for one in COURSE.quiz}
        assert "Not yet" in (await ben.post(f"{BASE}/quiz", everything)).text

    async def test_made_up_answers_are_dropped(self, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        tampered = {COURSE.quiz[0].id: ["999", "x", "-1"], "no-such-question": "1"}
        assert (await ben.post(f"{BASE}/quiz", tampered)).status_code == 200


class TestScopeCard:
    async def test_consent_is_recorded_once_with_its_version(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        for _ in range(2):
            await ben.post(f"{BASE}/scope", {"agrees": "yes"})
        assert await audited(services) == ["peers:scope:accepted"]

    async def test_without_the_tick_nothing_is_agreed_to(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        answer = await ben.post(f"{BASE}/scope")
        assert answer.status_code == 422
        assert "Please tick the box" in answer.text
        assert await audited(services) == []


class TestReflection:
    async def test_only_its_writer_reads_it(self, services: Services, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        ben = await world.person("ben", harbour)
        await ben.post(f"{BASE}/reflection", {"text": "My own marmalade words."})
        await do_everything(ben)
        await ben.post(f"{BASE}/request")

        assert "marmalade" in (await ben.get(f"{BASE}/reflection")).text
        for who in (ada, lee):
            for url in (f"{BASE}/reflection", "/c/harbour/certificates", BASE):
                assert "marmalade" not in (await who.get(url)).text

    async def test_too_long_a_text_is_kept_on_the_page(self, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        answer = await ben.post(f"{BASE}/reflection", {"text": "many words " * 500})
        assert answer.status_code == 422
        assert "many words many words" in answer.text


class TestWhoAndWhere:
    async def test_guests_and_strangers_find_no_course(self, world: World) -> None:
        await world.community()
        assert (await world.guest().get(BASE)).status_code == 303
        assert (await (await world.person("zoe")).get(BASE)).status_code == 403

    async def test_what_is_done_in_one_community_counts_for_nothing_in_another(
        self, services: Services, world: World
    ) -> None:
        harbour, meadow = await world.community(), await world.community("meadow")
        ben = await world.person("ben", harbour)
        await do_everything(ben)
        await ben.post("/c/meadow/join")
        with pytest.raises(TooSoon):
            await request_signature(services, await ben.actor(), meadow, COURSE)

    async def test_an_unknown_course_or_lesson_is_not_there(self, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        assert (await ben.get("/c/harbour/courses/knitting")).status_code == 404
        assert (await ben.get(f"{BASE}/lessons/knitting")).status_code == 404
        assert (await ben.post(f"{BASE}/lessons/knitting")).status_code == 404


async def test_a_certificate_is_renewed_by_doing_quiz_and_card_once_more(
    services: Services, world: World, clock: FrozenClock
) -> None:
    harbour = await world.community()
    lee = await world.person("lee", harbour, Role.LEAD, certified=True)
    ben = await world.person("ben", harbour)
    request = await finish(services, ben, harbour)
    await lee.post(f"/c/harbour/certificates/requests/{request}/signed")
    assert "You are certified" in (await ben.get(BASE)).text

    await do_everything(ben)
    too_soon = await ben.post(f"{BASE}/request")
    assert too_soon.status_code == 409
    assert "You can renew in the last 30 days." in too_soon.text
    async with services.db.write() as tx:
        [first] = await certificates(services, ben)
        merged = await tx.session.merge(first)
        merged.expires_at = tx.now.replace(day=20)
    assert (await ben.post(f"{BASE}/request")).status_code == 303
    await lee.post(f"/c/harbour/certificates/requests/{request}/signed")
    assert len(await certificates(services, ben)) == 2
