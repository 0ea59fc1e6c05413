"""A member's own pages: asking, telling of a worry, the panel, the private line."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from httpx2 import Response

from forum.care.models import Case, LineMessage, PanelState, Signal
from forum.content import Excerpt, Line, Subject, Visibility
from forum.permissions import Role
from forum.screening.verdict import Need
from tests.care.cases import Harbour, at_once, rows
from tests.people import World
from tests.test_read_only import Full

HOME = "/c/harbour"


@pytest.fixture
async def harbour(world: World) -> Harbour:
    return await Harbour.open(world)


async def ask(harbour: Harbour, text: str = "", form_id: str = "f1") -> Response:
    return await harbour.mia.post(f"{HOME}/need", {"text": text, "form_id": form_id})


async def test_one_press_calls_a_person_and_says_honestly_who_was_told(harbour: Harbour) -> None:
    answer = await ask(harbour)
    assert answer.status_code == 303
    page = await harbour.mia.get(answer.headers["location"])
    assert "A trained volunteer is on duty and has been told" in page.text
    assert "116 123" in page.text
    assert (await harbour.case()).level == Need.URGENT
    assert await harbour.told("first") == {harbour.ana.id, harbour.ben.id}


async def test_at_night_the_press_says_that_nobody_is_on(world: World) -> None:
    harbour = await Harbour.open(world, on_duty=False)
    page = await harbour.mia.get((await ask(harbour)).headers["location"])
    assert "Nobody from our team is on duty" in page.text
    assert "We have called the person on call" in page.text
    assert "116 123" in page.text


async def test_with_nobody_to_call_the_press_does_not_pretend(world: World) -> None:
    place = await world.community()
    mia = await world.person("mia", place)
    harbour = Harbour(world, place, mia, mia, mia, mia)
    page = await mia.get((await ask(harbour)).headers["location"])
    assert "we could not reach anyone on call" in page.text


async def test_the_words_beside_the_press_raise_it_further_and_wait_on_the_line(
    harbour: Harbour,
) -> None:
    await ask(harbour, "I am going to kill myself tonight")
    (message,) = await rows(harbour.services, LineMessage)
    assert message.text == "I am going to kill myself tonight"
    assert (await harbour.case()).level == Need.CRISIS


async def test_no_limit_stands_before_the_press(harbour: Harbour) -> None:
    for number in range(40):
        assert (await ask(harbour, form_id=f"f{number}")).status_code == 303
    assert len(await rows(harbour.services, Case)) == 1


@pytest.mark.parametrize("text", ["", "please, somebody"])
async def test_a_form_sent_twice_is_one_call(harbour: Harbour, text: str) -> None:
    results = await at_once(ask(harbour, text), ask(harbour, text))
    assert [answer.status_code for answer in results] == [303, 303]
    assert (await ask(harbour, text)).status_code == 303
    assert len(await harbour.signals()) == 1


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_guest_who_asks_is_sent_to_the_help_lines(harbour: Harbour, method: str) -> None:
    guest = harbour.world.guest()
    answer = await getattr(guest, method)(f"{HOME}/need")
    assert (answer.status_code, answer.headers["location"]) == (303, "/help-now")


async def test_somebody_of_another_community_is_sent_to_the_help_lines(harbour: Harbour) -> None:
    eve = await harbour.world.person("eve", await harbour.world.community("quay"))
    answer = await eve.post(f"{HOME}/need", {"text": "", "form_id": "f"})
    assert answer.headers["location"] == "/help-now"
    assert await rows(harbour.services, Case) == []


async def test_too_many_words_are_shown_again_with_the_lines(harbour: Harbour) -> None:
    answer = await ask(harbour, "tired " * 2000)
    assert answer.status_code == 422
    assert "tired tired" in answer.text
    assert "116 123" in answer.text


async def test_a_restricted_member_may_always_ask(harbour: Harbour) -> None:
    rosa = await harbour.world.person("rosa", harbour.place, Role.RESTRICTED)
    answer = await rosa.post(f"{HOME}/need", {"text": "", "form_id": "f"})
    assert answer.headers["location"].startswith(f"{HOME}/care")


async def test_a_call_that_could_not_be_stored_is_never_said_to_be_heard(
    harbour: Harbour,
) -> None:
    with Full(harbour.services):
        answer = await ask(harbour, "please, somebody")
    assert answer.status_code == 503
    assert "nobody here has been told" in answer.text
    assert "please, somebody" in answer.text
    assert "116 123" in answer.text
    assert await rows(harbour.services, Case) == []
    assert (await ask(harbour, "please, somebody")).status_code == 303


# --- The panel -----------------------------------------------------------------------------------


async def test_the_author_sees_the_panel_with_their_countrys_lines_and_where_it_is(
    harbour: Harbour,
) -> None:
    await harbour.raise_()
    page = await harbour.mia.get(f"{HOME}/care")
    assert "It sounds like things are very heavy right now" in page.text
    assert "Your post is up." in page.text
    assert "Samaritans" in page.text
    assert "Nobody has opened it yet" in page.text


async def test_the_author_is_told_when_somebody_has_looked(harbour: Harbour) -> None:
    await harbour.raise_()
    case_id = (await harbour.case()).id
    await harbour.ana.post(f"{HOME}/cases/{case_id}/claim")
    page = await harbour.mia.get(f"{HOME}/care")
    assert "Seen by a trained volunteer at" in page.text


async def test_nobody_else_sees_the_panel(harbour: Harbour) -> None:
    await harbour.raise_()
    for person in (harbour.ana, await harbour.world.person("noa", harbour.place)):
        assert (await person.get(f"{HOME}/care/panel")).status_code == 204
    assert (await harbour.world.guest().get(f"{HOME}/care/panel")).status_code == 303


async def say(harbour: Harbour, says: str, **more: str) -> Response:
    return await harbour.mia.post(f"{HOME}/care/panel", {"says": says, **more})


async def test_i_am_ok_puts_the_panel_away_and_leaves_the_case_open(harbour: Harbour) -> None:
    await harbour.raise_()
    answer = await say(harbour, "ok", back=f"{HOME}/t/7")
    page = await harbour.mia.get(answer.headers["location"])
    assert "one of our volunteers will still look in" in page.text
    assert f'href="{HOME}/t/7"' in page.text
    assert (await harbour.mia.get(f"{HOME}/care/panel")).status_code == 204
    case = await harbour.case()
    assert (case.state, case.level) == ("queued", Need.CRISIS)
    assert "said" in await harbour.kinds()


async def test_the_way_back_leads_nowhere_else(harbour: Harbour) -> None:
    await harbour.raise_()
    answer = await say(harbour, "ok", back="//evil.example/c/harbour/")
    page = await harbour.mia.get(answer.headers["location"])
    assert "evil" not in page.text


async def test_a_panel_comes_back_no_sooner_than_six_hours_at_one_level(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await say(harbour, "ok")
    harbour.services.clock.advance(hours=5)  # type: ignore[attr-defined]
    await harbour.raise_(Need.URGENT)
    assert (await harbour.mia.get(f"{HOME}/care/panel")).status_code == 204
    await harbour.raise_(Need.CRISIS)
    assert (await harbour.mia.get(f"{HOME}/care/panel")).status_code == 200
    await say(harbour, "ok")
    harbour.services.clock.advance(hours=6)  # type: ignore[attr-defined]
    await harbour.raise_(Need.URGENT)
    assert (await harbour.mia.get(f"{HOME}/care/panel")).status_code == 200


async def test_an_unknown_answer_to_the_panel_changes_nothing(harbour: Harbour) -> None:
    await harbour.raise_()
    assert (await say(harbour, "close it")).status_code == 400
    (state,) = await rows(harbour.services, PanelState)
    assert state.dismissed_at is None


# --- Worry ---------------------------------------------------------------------------------------


class Posts:
    """One post, of mia's, as boards would show it to the desk."""

    kind = "post"
    author_id: int | None = None
    community_id = 0
    visibility = Visibility.SHOWN

    async def excerpt(self, _reader: object, content_id: int) -> Excerpt | None:
        if content_id != 7:
            return None
        at = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
        line = Line(Subject("post", 7), self.author_id, "mia", "goodbye all", at)
        return Excerpt(line, self.community_id, 1, self.visibility, (), "Evenings", f"{HOME}/t/1")


@pytest.fixture
def posts(harbour: Harbour) -> Posts:
    made = Posts()
    made.author_id, made.community_id = harbour.mia.id, harbour.place.id
    harbour.services.contents._kinds["post"] = made  # type: ignore[assignment]
    return made


def worried(**changes: str) -> Mapping[str, str]:
    return {"name": "mia", "text": "she sounds different", "soon": "", "form_id": "w"} | changes


async def test_a_worry_by_name_reaches_the_team_and_never_the_person(harbour: Harbour) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    answer = await noa.post(f"{HOME}/worry", worried(name="Mia"))
    page = await noa.get(answer.headers["location"])
    assert "Thank you for looking out for them" in page.text
    case = await harbour.case()
    assert (case.person_id, case.level) == (harbour.mia.id, Need.CONCERN)
    (signal,) = await harbour.signals()
    assert (signal.reported_by, signal.note) == (noa.id, "she sounds different")
    mine = await harbour.mia.get(f"{HOME}/care")
    assert "noa" not in mine.text
    assert "Sent to our volunteers" not in mine.text
    assert (await harbour.mia.get(f"{HOME}/care/panel")).status_code == 204


async def test_fear_of_danger_now_is_a_crisis(harbour: Harbour) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    await noa.post(f"{HOME}/worry", worried(soon="now"))
    assert (await harbour.case()).level == Need.CRISIS


async def test_a_worry_about_a_post_finds_its_author(harbour: Harbour, posts: Posts) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    page = await noa.get(f"{HOME}/worry?about=post:7")
    assert "About <strong>mia</strong>" in page.text
    await noa.post(f"{HOME}/worry", worried(name="", about="post:7"))
    (signal,) = await harbour.signals()
    assert (signal.subject_kind, signal.subject_id) == ("post", 7)


async def test_one_cannot_ask_about_what_one_may_not_see(harbour: Harbour, posts: Posts) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    posts.visibility = Visibility.HIDDEN
    refused = ["post:7", "post:8", "line:1", "case:1", "nonsense", f"post:{2**31}"]
    for about in refused:
        assert (await noa.get(f"{HOME}/worry?about={about}")).status_code == 404
    posts.visibility, posts.community_id = Visibility.SHOWN, harbour.place.id + 1
    assert (await noa.get(f"{HOME}/worry?about=post:7")).status_code == 404


async def test_a_name_nobody_has_keeps_the_words(harbour: Harbour) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    answer = await noa.post(f"{HOME}/worry", worried(name="nobody"))
    assert answer.status_code == 422
    assert "she sounds different" in answer.text
    assert await rows(harbour.services, Case) == []


async def test_a_worry_about_oneself_points_to_the_press(harbour: Harbour) -> None:
    answer = await harbour.mia.post(f"{HOME}/worry", worried())
    assert answer.status_code == 422
    assert "one press" in answer.text


async def test_worries_are_limited_unless_they_cannot_wait(harbour: Harbour) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    for number in range(10):
        await noa.post(f"{HOME}/worry", worried(form_id=f"w{number}"))
    refused = await noa.post(f"{HOME}/worry", worried(form_id="w11"))
    assert refused.status_code == 429
    assert "she sounds different" in refused.text
    let_in = await noa.post(f"{HOME}/worry", worried(form_id="w12", soon="now"))
    assert let_in.status_code == 303


async def test_a_worry_sent_twice_is_one(harbour: Harbour) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    for _ in range(2):
        await noa.post(f"{HOME}/worry", worried())
    assert len(await rows(harbour.services, Signal)) == 1


async def test_only_members_tell_of_worries(harbour: Harbour) -> None:
    eve = await harbour.world.person("eve", await harbour.world.community("quay"))
    assert (await eve.get(f"{HOME}/worry")).status_code == 403
    assert (await harbour.world.guest().get(f"{HOME}/worry")).status_code == 303


# --- The private line ----------------------------------------------------------------------------


async def write(harbour: Harbour, text: str, form_id: str = "l1") -> Response:
    return await harbour.mia.post(f"{HOME}/care/line", {"text": text, "form_id": form_id})


async def test_quiet_words_on_the_line_reach_a_person_too(harbour: Harbour) -> None:
    assert (await write(harbour, "hello, is anyone there")).status_code == 303
    assert "hello, is anyone there" in (await harbour.mia.get(f"{HOME}/care/line")).text
    case = await harbour.case()
    assert (case.level, case.state) == (Need.SUPPORT, "queued")


async def test_crisis_words_on_the_line_raise_the_case(harbour: Harbour) -> None:
    await write(harbour, "hello")
    await write(harbour, "I am going to kill myself tonight, I have the pills", "l2")
    assert (await harbour.case()).level == Need.CRISIS
    assert await harbour.told("first") == {harbour.ana.id, harbour.ben.id}


async def test_an_answer_on_the_line_sent_twice_is_one(harbour: Harbour) -> None:
    for _ in range(2):
        assert (await write(harbour, "hello")).status_code == 303
    assert len(await rows(harbour.services, LineMessage)) == 1


async def test_an_empty_message_is_not_sent(harbour: Harbour) -> None:
    assert (await write(harbour, "   ")).status_code == 422


async def test_the_line_is_ones_own(harbour: Harbour) -> None:
    await write(harbour, "only for the team")
    noa = await harbour.world.person("noa", harbour.place)
    for person in (noa, harbour.ana):
        assert "only for the team" not in (await person.get(f"{HOME}/care/line")).text


async def test_somebody_who_left_still_reads_what_was_said_to_them(world: World) -> None:
    place = await world.community("harbour", access="members")
    mia = await world.person("mia")
    answer = await mia.get(f"/c/{place.slug}/care/line")
    assert answer.status_code == 200


async def test_an_answer_can_be_read_while_nothing_can_be_stored(harbour: Harbour) -> None:
    await harbour.raise_()
    case_id = (await harbour.case()).id
    fields = {"text": "Hi mia, I am here.", "form_id": "a1"}
    await harbour.ana.post(f"{HOME}/cases/{case_id}/answer", fields)
    with Full(harbour.services):
        page = await harbour.mia.get(f"{HOME}/care/line")
    assert page.status_code == 200
    assert "Hi mia, I am here." in page.text


async def test_marks_on_the_line_are_safe(harbour: Harbour) -> None:
    await write(harbour, "<script>alert(1)</script> **hello**")
    page = await harbour.mia.get(f"{HOME}/care/line")
    assert "<script>alert" not in page.text
    assert "<strong>hello</strong>" in page.text
