"""Urgent words on a board: the panel beside them, and that no refusal keeps them unheard."""

import pytest
from sqlmodel import select

from forum.care.models import Case, LineMessage
from forum.communities.actions import grant_role
from forum.permissions import Role
from forum.screening.verdict import Need
from tests.boards.scene import Scene, words
from tests.fakes import FakeScreener
from tests.people import Person

URGENT = "I cannot go on tonight"


@pytest.fixture(autouse=True)
def heard(screener: FakeScreener) -> None:
    """These words cannot wait."""
    screener.hear(URGENT, Need.CRISIS)


async def private_words(scene: Scene) -> list[str]:
    """What is on private lines."""
    async with scene.world.services.db.read() as reader:
        return list(await reader.exec(select(LineMessage.text)))


async def test_the_author_sees_the_panel_above_the_post_and_nobody_else_does(scene: Scene) -> None:
    topic = await scene.topic()
    sent = await scene.answer(topic, f"{URGENT}.")
    assert sent.headers["location"] == f"{topic}?page=1#care-panel"

    own = (await scene.ben.get(topic)).text

    assert own.index('id="post-1"') < own.index('id="care-panel"') < own.index('id="post-2"')
    for other in (scene.ana, scene.mo, scene.zoe):
        assert 'id="care-panel"' not in (await other.get(topic)).text


async def test_the_panel_is_on_top_of_a_page_without_own_posts(scene: Scene) -> None:
    topic = await scene.topic()
    other = await scene.topic(f"{URGENT}.", by=scene.ben)

    shown = (await scene.ben.get(topic)).text

    assert other != topic
    assert shown.index("<h1>") < shown.index('id="care-panel"') < shown.index('id="post-1"')


async def test_a_restricted_members_urgent_words_reach_the_care_team_in_private(
    scene: Scene,
) -> None:
    topic = await scene.topic()
    await restrict(scene, scene.ben)

    answers = [
        await scene.answer(topic, f"{URGENT}.", form_id="one"),
        await scene.answer(topic, f"{URGENT}.", form_id="one"),
        await scene.ben.post(f"{scene.board}/new", {"text": f"{URGENT}, new.", "form_id": "two"}),
    ]

    assert {one.headers["location"] for one in answers} == {f"{scene.home}/told-privately"}
    told = await scene.ben.get(f"{scene.home}/told-privately")
    assert "They are not on the board" in words(told)
    assert 'id="care-panel"' in told.text
    assert URGENT not in (await scene.zoe.get(topic)).text
    assert URGENT not in (await scene.zoe.get(scene.board)).text
    assert len(await private_words(scene)) == 2
    async with scene.world.services.db.read() as reader:
        case = (await reader.exec(select(Case))).one()
    assert (case.person_id, case.level) == (scene.ben.id, Need.CRISIS)


async def test_urgent_words_in_a_locked_topic_reach_the_care_team(scene: Scene) -> None:
    topic = await scene.topic()
    await scene.mo.post(f"{topic}/state", {"is_locked": "yes"})

    sent = await scene.answer(topic, f"{URGENT}.")

    assert sent.headers["location"] == f"{scene.home}/told-privately"
    assert await private_words(scene) == [f"{URGENT}."]


async def test_urgent_words_for_a_closed_board_reach_the_care_team(scene: Scene) -> None:
    await scene.chris.post(f"{scene.board}/edit", {"name": "Evenings", "is_closed": "yes"})

    fields = {"title": "Help", "text": f"{URGENT}.", "form_id": "f"}
    sent = await scene.ana.post(f"{scene.board}/new", fields)

    assert sent.headers["location"] == f"{scene.home}/told-privately"
    assert await private_words(scene) == [f"Help\n\n{URGENT}."]


async def test_an_urgent_edit_that_comes_too_late_reaches_the_care_team(scene: Scene) -> None:
    topic = await scene.topic()
    post_id = await scene.post_id(topic)
    scene.world.services.clock.advance(days=8)

    fields = {"title": "T", "text": f"{URGENT}.", "version": "1", "form_id": "f"}
    sent = await scene.ana.post(f"{scene.home}/p/{post_id}/edit", fields)

    assert sent.headers["location"] == f"{scene.home}/told-privately"
    assert URGENT not in (await scene.zoe.get(topic)).text


async def test_other_words_of_a_restricted_member_stay_with_them(scene: Scene) -> None:
    topic = await scene.topic()
    await restrict(scene, scene.ben)

    assert (await scene.answer(topic, "Just chatting along.")).status_code == 403
    assert await private_words(scene) == []


async def test_an_outsiders_words_do_not_enter_a_communitys_care(scene: Scene) -> None:
    topic = await scene.topic()
    otto = await scene.world.person("otto")

    assert (await scene.answer(topic, f"{URGENT}.", by=otto)).status_code == 403
    assert await private_words(scene) == []


async def test_the_teams_answer_to_the_post_claims_the_case_and_counts_as_first_words(
    scene: Scene,
) -> None:
    mona = await scene.world.person(
        "mona", scene.place, Role.MODERATOR, certified=True, on_duty=True
    )
    topic = await scene.topic(f"{URGENT}.")
    for person, number in ((scene.ben, "1"), (mona, "")):
        fields = {"text": "We are here.", "answers": number, "form_id": f"{person.name}{number}"}
        await person.post(topic, fields)
    assert await owner_of_the_case(scene) == (None, False)

    fields = {"text": "I am here, ana.", "answers": "1", "form_id": "to-ana"}
    await mona.post(topic, fields)

    assert await owner_of_the_case(scene) == (mona.id, True)


async def owner_of_the_case(scene: Scene) -> tuple[int | None, bool]:
    """Who has the case, and whether the person has had human words."""
    async with scene.world.services.db.read() as reader:
        case = (await reader.exec(select(Case))).one()
    return case.owner_id, case.first_words_at is not None


async def restrict(scene: Scene, person: Person) -> None:
    """What a moderator's decision does."""
    async with scene.world.services.db.write() as tx:
        await grant_role(tx, scene.mo.id, scene.place.id, person.id, Role.RESTRICTED)
