"""Behind the private line: a second hearing, replies in public, personal data."""

import json

import pytest
from markupsafe import Markup
from sqlmodel import col, select

from forum.care import casework, line
from forum.care.content import PrivateLine
from forum.care.line import Said
from forum.care.models import CaseEvent, LineMessage, PanelState, Signal
from forum.care.ownership import CaseRef
from forum.care.personal import CareData
from forum.content import Subject, Visibility
from forum.screening.verdict import Need, Reason, Verdict
from tests.care.cases import Harbour, rows
from tests.people import Person, World


@pytest.fixture
async def harbour(world: World) -> Harbour:
    return await Harbour.open(world)


async def keep(harbour: Harbour, text: str = "hello", **verdict: object) -> line.Written:
    said = Said(
        harbour.place.id, harbour.mia.id, text, Markup("<p>x</p>"), text, Verdict(**verdict)
    )
    async with harbour.services.db.write() as tx:
        return await line.keep(tx, said)


async def answer(harbour: Harbour, person: Person, text: str = "Hi mia") -> None:
    ref = CaseRef(harbour.place.id, (await harbour.case()).id or 0)
    actor = await person.actor()
    await line.answer(harbour.services, actor, harbour.place, ref, text, text)


async def test_words_the_screener_could_not_hear_wait_for_a_person_and_are_heard_again(
    harbour: Harbour,
) -> None:
    await keep(harbour, "I am going to kill myself tonight", unscreened=True)
    case = await harbour.case()
    assert case.level == Need.CONCERN
    assert (await harbour.signals())[0].unscreened
    await harbour.later(seconds=20)
    assert (await harbour.case()).level == Need.CRISIS
    (message,) = await rows(harbour.services, LineMessage)
    assert message.verdict["unscreened"] is False


async def test_quiet_words_in_an_open_case_are_no_new_signal(harbour: Harbour) -> None:
    await harbour.raise_()
    await keep(harbour, "thank you")
    assert len(await harbour.signals()) == 1
    assert "member_wrote" in await harbour.kinds()


async def reply(harbour: Harbour, person: Person) -> None:
    async with harbour.services.db.write() as tx:
        await casework.count_reply(tx, person.id, harbour.place.id, Subject("post", 7))


async def test_a_public_reply_of_the_team_claims_and_counts_as_first_words(
    harbour: Harbour,
) -> None:
    await harbour.raise_()
    await reply(harbour, harbour.ana)
    case = await harbour.case()
    assert case.owner_id == harbour.ana.id
    assert case.first_words_at is not None


@pytest.mark.parametrize("who", ["mia", "lea"])
async def test_a_reply_by_somebody_not_on_duty_claims_nothing(harbour: Harbour, who: str) -> None:
    await harbour.raise_()
    await reply(harbour, getattr(harbour, who))
    assert (await harbour.case()).owner_id is None


async def test_a_colleagues_reply_leaves_the_case_with_its_owner(harbour: Harbour) -> None:
    await harbour.raise_()
    await reply(harbour, harbour.ana)
    await reply(harbour, harbour.ben)
    assert (await harbour.case()).owner_id == harbour.ana.id


async def test_the_desk_sees_a_message_between_its_neighbours(harbour: Harbour) -> None:
    for text in ("one", "two", "three"):
        await keep(harbour, text)
    (first, second, _third) = await rows(harbour.services, LineMessage)
    async with harbour.services.db.read() as reader:
        seen = await PrivateLine().excerpt(reader, second.id)
        recent = await PrivateLine().recent(reader, harbour.mia.id, 2)
        assert await PrivateLine().excerpt(reader, 999) is None
    assert seen is not None
    assert [one.text for one in (*seen.before, seen.line, *seen.after)] == ["one", "two", "three"]
    assert [one.text for one in recent] == ["three", "two"]
    assert first.author_id == harbour.mia.id


async def test_a_message_can_be_masked_hidden_and_shown_again(harbour: Harbour) -> None:
    written = await keep(harbour, "one two three")
    async with harbour.services.db.write() as tx:
        await PrivateLine().set_masks(tx, written.message_id, [(4, 7)])
        await PrivateLine().set_visibility(tx, written.message_id, Visibility.HIDDEN)
    (message,) = await rows(harbour.services, LineMessage)
    assert "two" not in message.html
    assert (message.visibility, message.version) == ("hidden", 3)


# --- Personal data -------------------------------------------------------------------------------


async def export(harbour: Harbour, person: Person) -> str:
    async with harbour.services.db.read() as reader:
        return json.dumps(await CareData().export(reader, person.id))


async def erase(harbour: Harbour, person: Person) -> None:
    async with harbour.services.db.write() as tx:
        await CareData().erase(tx, person.id, keep_words=True)


async def test_an_export_holds_ones_own_line_and_worries_and_not_who_worried(
    harbour: Harbour,
) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    await keep(harbour, "my own words")
    await harbour.raise_(source="worry", reported_by=noa.id, note="noa's words")
    await answer(harbour, harbour.ana, "Hi mia, I read it")
    mine, hers = await export(harbour, harbour.mia), await export(harbour, noa)
    assert "my own words" in mine
    assert "Hi mia, I read it" in mine
    assert "noa" not in mine
    assert "noa's words" in hers


async def test_erasing_removes_the_words_and_cuts_the_tie(harbour: Harbour) -> None:
    await harbour.raise_(reasons=(Reason("r", (0, 3), "says goodbye"),))
    await keep(harbour, "private words")
    await answer(harbour, harbour.ana)
    await erase(harbour, harbour.mia)
    services = harbour.services
    assert await rows(services, LineMessage) == []
    assert await rows(services, PanelState) == []
    case = await harbour.case()
    assert (case.person_id, case.draft) == (None, "")
    assert all(signal.reasons == [] for signal in await rows(services, Signal))
    page = await harbour.ana.get(f"/c/harbour/cases/{case.id}")
    assert "former member" in page.text
    refused = await harbour.ana.post(
        f"/c/harbour/cases/{case.id}/answer", {"text": "hello?", "form_id": "x"}
    )
    assert refused.status_code == 409


async def test_erasing_a_reporter_removes_their_words_and_keeps_the_signal(
    harbour: Harbour,
) -> None:
    noa = await harbour.world.person("noa", harbour.place)
    await harbour.raise_(source="worry", reported_by=noa.id, note="words of noa")
    await erase(harbour, noa)
    (signal,) = await harbour.signals()
    assert (signal.reported_by, signal.note) == (None, "")


async def test_erasing_a_volunteer_gives_their_cases_back(harbour: Harbour) -> None:
    await harbour.raise_()
    await answer(harbour, harbour.ana)
    await erase(harbour, harbour.ana)
    case = await harbour.case()
    assert (case.owner_id, case.state) == (None, "queued")
    async with harbour.services.db.read() as reader:
        by_her = await reader.exec(
            select(CaseEvent.id).where(col(CaseEvent.actor_id) == harbour.ana.id)
        )
        assert by_her.first() is None


async def test_a_long_wait_is_told_in_words_a_volunteer_can_take_in(harbour: Harbour) -> None:
    await harbour.raise_(Need.CONCERN)
    harbour.services.clock.advance(hours=5)  # type: ignore[attr-defined]
    page = await harbour.ana.get("/c/harbour/desk")
    assert "5 hours" in page.text


async def test_a_short_answer_to_the_teams_question_is_heard_as_one(harbour: Harbour) -> None:
    actor = await harbour.mia.actor()
    await line.write(harbour.services, actor, harbour.place, "it is all too much", "one")
    await harbour.raise_(Need.CONCERN)
    await answer(harbour, harbour.ana, "Thank you for writing. Are you thinking about suicide?")
    await line.write(harbour.services, actor, harbour.place, "yes", "two")
    newest = (await harbour.signals())[-1]
    assert newest.need == Need.URGENT
    assert newest.reasons[0]["label"] == "says yes when asked about thoughts of suicide"
    await line.write(harbour.services, actor, harbour.place, "yes", "three")
    assert (await harbour.case()).level == Need.URGENT
    assert len(await harbour.signals()) == 3, "a second yes answers nothing new"
