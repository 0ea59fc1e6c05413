"""One person has a case: who takes it first; it comes back when they fall silent."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from forum.care import ownership
from forum.care.models import Case
from forum.care.ownership import CaseRef, Taken
from forum.care.states import State
from forum.communities.models import Grant
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.permissions import Role
from forum.screening.verdict import Need
from tests.care.cases import Harbour, at_once
from tests.people import Person, World


@pytest.fixture
async def harbour(world: World) -> Harbour:
    return await Harbour.open(world)


async def ref_of(harbour: Harbour) -> CaseRef:
    return CaseRef(harbour.place.id, (await harbour.case()).id or 0)


async def claim(harbour: Harbour, person: Person) -> None:
    await ownership.claim(harbour.services, await person.actor(), await ref_of(harbour))


async def test_whoever_claims_a_case_has_it(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await claim(harbour, harbour.ana)
    case = await harbour.case()
    now = harbour.services.clock.now()
    assert (case.owner_id, case.state) == (harbour.ana.id, State.ASSESSING)
    assert (case.seen_at, case.claimed_at) == (now, now)


async def test_of_many_who_claim_at_once_one_wins_and_the_others_learn_who(world: World) -> None:
    harbour = await Harbour.open(world)
    people = [harbour.ana, harbour.ben, harbour.lea]
    for number in range(3):
        name = f"mod{number}"
        people.append(
            await world.person(name, harbour.place, Role.MODERATOR, certified=True, on_duty=True)
        )
    await harbour.raise_(Need.URGENT)
    results = await at_once(*(claim(harbour, person) for person in people))
    case = await harbour.case()
    (winner,) = [person for person in people if person.id == case.owner_id]
    losers = [result for result in results if result is not None]
    assert len(losers) == len(people) - 1
    assert all(isinstance(one, Taken) and winner.name in one.advice for one in losers)
    assert (await harbour.kinds()).count("claimed") == 1


async def test_claiming_twice_is_as_once(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await claim(harbour, harbour.ana)
    await claim(harbour, harbour.ana)
    assert (await harbour.kinds()).count("claimed") == 1


async def test_a_claim_stops_the_ladder(harbour: Harbour) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.lea)
    await harbour.later(minutes=10)
    assert await harbour.steps() == ["first"]


async def test_a_moderator_answers_a_crisis_with_the_lead_informed(harbour: Harbour) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    assert await harbour.told("lead_informed") == {harbour.lea.id}


async def test_no_lead_is_called_for_a_red_case(harbour: Harbour) -> None:
    await harbour.raise_(Need.URGENT)
    await claim(harbour, harbour.ana)
    assert await harbour.steps() == ["first"]


async def test_nobody_can_claim_a_case_about_themselves(harbour: Harbour) -> None:
    await harbour.raise_(person_id=harbour.ana.id)
    with pytest.raises(NotFound):
        await claim(harbour, harbour.ana)


async def test_another_communitys_case_is_not_there(harbour: Harbour) -> None:
    quay = await harbour.world.community("quay")
    eve = await harbour.world.person("eve", quay, Role.LEAD, certified=True)
    await harbour.raise_()
    ref = await ref_of(harbour)
    with pytest.raises(Forbidden):
        await ownership.claim(harbour.services, await eve.actor(), ref)
    with pytest.raises(NotFound):  # her own community's name with the other's number
        await ownership.claim(harbour.services, await eve.actor(), CaseRef(quay.id, ref.case_id))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.PEER, Role.COMMUNITY_ADMIN])
async def test_other_roles_cannot_claim_even_with_a_certificate(
    harbour: Harbour, role: Role
) -> None:
    person = await harbour.world.person("pat", harbour.place, role, certified=True)
    await harbour.raise_()
    with pytest.raises(Forbidden):
        await claim(harbour, person)


async def test_an_expired_certificate_closes_cases_at_once(harbour: Harbour) -> None:
    await harbour.raise_()
    async with harbour.services.db.write() as tx:
        await tx.change(
            update(Grant)
            .where(col(Grant.role) == "certified", col(Grant.account_id) == harbour.ana.id)
            .values(ends_at=tx.now)
        )
    with pytest.raises(Forbidden):
        await claim(harbour, harbour.ana)


async def test_an_idle_owner_is_warned_and_then_loses_the_case_with_its_draft(
    harbour: Harbour,
) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    actor, ref = await harbour.ana.actor(), await ref_of(harbour)
    await ownership.keep(harbour.services, actor, ref, "Hi mia, I read what you")
    await harbour.later(minutes=10)
    assert (await harbour.case()).lease_warned_at is not None
    assert (await harbour.case()).owner_id == harbour.ana.id
    await harbour.later(minutes=5)
    case = await harbour.case()
    assert (case.owner_id, case.state, case.round) == (None, State.QUEUED, 2)
    assert case.draft == "Hi mia, I read what you"
    assert await harbour.told("first") == {harbour.ana.id, harbour.ben.id}
    assert (await harbour.kinds()).count("lease_lost") == 1


async def test_an_owner_at_work_keeps_the_case(harbour: Harbour) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    actor, ref = await harbour.ana.actor(), await ref_of(harbour)
    for _ in range(4):
        await harbour.later(minutes=9)
        await ownership.keep(harbour.services, actor, ref, "still writing")
    case = await harbour.case()
    assert (case.owner_id, case.lease_warned_at) == (harbour.ana.id, None)
    await harbour.later(minutes=16)
    assert (await harbour.case()).owner_id is None


async def test_work_after_the_warning_saves_the_case(harbour: Harbour) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    await harbour.later(minutes=11)
    await ownership.keep(harbour.services, await harbour.ana.actor(), await ref_of(harbour), "here")
    await harbour.later(minutes=5)
    assert (await harbour.case()).owner_id == harbour.ana.id


async def test_a_given_back_case_calls_the_others_and_keeps_note_and_draft(
    harbour: Harbour,
) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    await ownership.release(
        harbour.services, await harbour.ana.actor(), await ref_of(harbour), "my train", "Hi mia"
    )
    case = await harbour.case()
    assert (case.owner_id, case.state, case.draft) == (None, State.QUEUED, "Hi mia")
    assert await harbour.steps() == ["first", "lead_informed", "first"]
    await claim(harbour, harbour.ben)
    assert (await harbour.case()).owner_id == harbour.ben.id


async def test_only_the_owner_can_give_it_back(harbour: Harbour) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    with pytest.raises(Taken, match="ana has this case"):
        await ownership.release(
            harbour.services, await harbour.ben.actor(), await ref_of(harbour), ""
        )


async def test_nothing_is_done_to_a_case_that_nobody_owns(harbour: Harbour) -> None:
    await harbour.raise_()
    with pytest.raises(Conflict, match="Claim it first"):
        await ownership.keep(
            harbour.services, await harbour.ana.actor(), await ref_of(harbour), "x"
        )


async def test_a_case_handed_over_is_never_without_somebody(harbour: Harbour) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    actor, ref = await harbour.ana.actor(), await ref_of(harbour)
    await ownership.hand_over(harbour.services, actor, ref, harbour.ben.id, "she likes short ones")
    case = await harbour.case()
    assert (case.owner_id, case.state) == (harbour.ben.id, State.HANDED_OVER)
    assert await harbour.told("handed_over-2") == {harbour.ben.id}
    await harbour.later(minutes=15)  # ben never looked
    assert (await harbour.case()).state == State.QUEUED


@pytest.mark.parametrize("whom", ["mia", "ana", "lea"])
async def test_a_case_is_handed_only_to_another_on_duty(harbour: Harbour, whom: str) -> None:
    await harbour.raise_()
    await claim(harbour, harbour.ana)
    to: Person = getattr(harbour, whom)
    with pytest.raises(Invalid):
        await ownership.hand_over(
            harbour.services, await harbour.ana.actor(), await ref_of(harbour), to.id, ""
        )


async def test_owned_cases_are_checked_in_the_schema(harbour: Harbour) -> None:
    await harbour.raise_()
    case_id = (await harbour.case()).id

    async def break_it() -> None:
        async with harbour.services.db.write() as tx:
            await tx.change(
                update(Case).where(col(Case.id) == case_id).values(owner_id=harbour.ana.id)
            )

    with pytest.raises(Exception, match=r"(?i)check"):
        await break_it()
