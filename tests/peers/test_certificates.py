"""Certificates: who signs, until when, what they open, and what closes with them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from forum.audit import AuditEntry
from forum.communities.actions import leave
from forum.communities.events import RoleEnded
from forum.errors import Forbidden, ForumError, Invalid, NotFound
from forum.peers.certificates import NotWaiting, issue, months_after, revoke, sign
from forum.peers.events import CertificateEnded, CertificateSigned, DutyEnded
from forum.peers.models import Certificate
from forum.permissions import Action, Role
from forum.services import Place, Services
from tests.communities.test_roles import audited, heard, notices_of, roles_there
from tests.fakes import FrozenClock
from tests.peers.learners import COURSE, certificates, finish
from tests.peers.test_coverage import names_on_duty
from tests.people import Person, World


async def certified_by(services: Services, lead: Person, learner: Person, place: Place) -> None:
    await sign(services, await lead.actor(), place, await finish(services, learner, place))


async def test_a_lead_signs_and_the_desk_opens(services: Services, world: World) -> None:
    harbour = await world.community()
    lee = await world.person("lee", harbour, Role.LEAD, certified=True)
    mo = await world.person("mo", harbour, Role.MODERATOR)
    events = heard(services, CertificateSigned)
    assert not (await mo.actor()).may(Action.CASE_LIST, harbour.id)

    await certified_by(services, lee, mo, harbour)

    assert (await mo.actor()).may(Action.CASE_LIST, harbour.id)
    assert await notices_of(services, mo.id) == ["Your certificate is signed"]
    assert await audited(services) == ["communities:role:granted", "peers:certificate:signed"]
    assert events == [CertificateSigned(mo.id, harbour.id)]
    [certificate] = await certificates(services, mo)
    assert certificate.signed_by == lee.id
    assert certificate.expires_at == datetime(2027, 3, 1, 20, 0, tzinfo=UTC)


async def certificate_for(
    services: Services, person: Person, place: Place, lasts: timedelta
) -> Certificate:
    """A certificate that ends soon, as if it had been signed long ago."""
    async with services.db.write() as tx:
        certificate = Certificate(
            account_id=person.id,
            community_id=place.id,
            course=COURSE.slug,
            course_version=1,
            quiz_passed_at=tx.now,
            scope_accepted_at=tx.now,
            issued_at=tx.now,
            expires_at=tx.now + lasts,
        )
        await issue(tx, certificate, COURSE, place)
    return certificate


class TestSigning:
    async def test_nobody_signs_their_own(self, services: Services, world: World) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        with pytest.raises(Forbidden):
            await certified_by(services, lee, lee, harbour)
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN, Role.LEAD)
        with pytest.raises(Forbidden):
            await certified_by(services, ada, ada, harbour)

    async def test_a_community_admin_signs_for_the_first_lead(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        lee = await world.person("lee", harbour, Role.LEAD)
        await certified_by(services, ada, lee, harbour)
        assert Role.CERTIFIED in await roles_there(services, lee.id, harbour)

    async def test_a_community_admin_signs_for_no_moderator(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        with pytest.raises(Forbidden):
            await certified_by(services, ada, mo, harbour)

    async def test_after_the_first_lead_leads_sign(self, services: Services, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        await world.person("lee", harbour, Role.LEAD, certified=True)
        kim = await world.person("kim", harbour, Role.LEAD)
        with pytest.raises(Forbidden):
            await certified_by(services, ada, kim, harbour)

    async def test_a_lead_whose_certificate_ran_out_does_not_sign(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        with pytest.raises(Forbidden):
            await certified_by(services, lee, mo, harbour)

    async def test_the_only_lead_is_renewed_by_the_community_admin(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        lee = await world.person("lee", harbour, Role.LEAD)
        await certificate_for(services, lee, harbour, timedelta(days=10))
        await certified_by(services, ada, lee, harbour)
        assert len(await certificates(services, lee)) == 2

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.PEER, Role.MODERATOR])
    async def test_the_rest_of_the_team_does_not_sign(
        self, services: Services, world: World, role: Role
    ) -> None:
        harbour = await world.community()
        who = await world.person("who", harbour, role, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        with pytest.raises(Forbidden):
            await certified_by(services, who, mo, harbour)

    async def test_a_lead_of_another_community_signs_nothing_here(
        self, services: Services, world: World
    ) -> None:
        harbour, meadow = await world.community(), await world.community("meadow")
        zoe = await world.person("zoe", meadow, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        request = await finish(services, mo, harbour)
        with pytest.raises(Forbidden):
            await sign(services, await zoe.actor(), harbour, request)
        with pytest.raises(NotFound):
            await sign(services, await zoe.actor(), meadow, request)
        assert await certificates(services, mo) == []

    async def test_two_leads_signing_at_once_make_one_certificate(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        leads = [await world.person(n, harbour, Role.LEAD, certified=True) for n in ("lee", "kim")]
        mo = await world.person("mo", harbour, Role.MODERATOR)
        request = await finish(services, mo, harbour)
        actors = [await lead.actor() for lead in leads]

        outcomes = await asyncio.gather(
            *(sign(services, actor, harbour, request) for actor in actors), return_exceptions=True
        )

        assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NotWaiting"]
        assert len(await certificates(services, mo)) == 1

    async def test_what_was_not_asked_for_is_not_signed(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        request = await finish(services, mo, harbour, asks=False)
        with pytest.raises(NotWaiting):
            await sign(services, await lee.actor(), harbour, request)

    async def test_who_left_meanwhile_is_not_brought_back(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        request = await finish(services, mo, harbour)
        await leave(services, await mo.actor(), harbour)
        with pytest.raises(NotWaiting):
            await sign(services, await lee.actor(), harbour, request)
        assert await roles_there(services, mo.id, harbour) == frozenset()

    async def test_a_member_without_an_office_becomes_a_peer_supporter(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        pia = await world.person("pia", harbour)
        await certified_by(services, lee, pia, harbour)
        held = {Role.MEMBER, Role.PEER, Role.CERTIFIED}
        assert await roles_there(services, pia.id, harbour) == held
        assert not (await pia.actor()).may(Action.CASE_LIST, harbour.id)

    async def test_a_failure_while_signing_stores_nothing(
        self, services: Services, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)

        async def fail(*_: object, **__: object) -> None:
            raise OSError("the disk went away")

        monkeypatch.setattr("forum.peers.certificates.tell", fail)
        with pytest.raises(OSError, match="the disk"):
            await certified_by(services, lee, mo, harbour)
        assert await certificates(services, mo) == []
        assert await roles_there(services, mo.id, harbour) == {Role.MEMBER, Role.MODERATOR}
        assert await audited(services) == []


class TestEnding:
    async def test_the_desk_closes_at_the_moment_the_certificate_runs_out(
        self, services: Services, world: World, clock: FrozenClock
    ) -> None:
        harbour = await world.community()
        mo = await world.person("mo", harbour, Role.MODERATOR)
        await certificate_for(services, mo, harbour, timedelta(days=20))
        clock.advance(days=20, seconds=-1)
        assert (await mo.actor()).may(Action.CASE_LIST, harbour.id)
        clock.advance(seconds=1)
        assert not (await mo.actor()).may(Action.CASE_LIST, harbour.id)

    async def test_the_job_ends_duty_cuts_connections_and_tells_the_person_once(
        self, services: Services, world: World, clock: FrozenClock
    ) -> None:
        harbour = await world.community()
        mo = await world.person("mo", harbour, Role.MODERATOR, on_duty=True)
        await certificate_for(services, mo, harbour, timedelta(hours=4))
        await services.worker.run_due()
        events = heard(services, CertificateEnded, DutyEnded, RoleEnded)
        clock.advance(hours=4)
        await services.worker.run_due()
        await services.worker.run_due()

        assert events == [
            RoleEnded(mo.id, harbour.id, Role.CERTIFIED),
            DutyEnded(mo.id, harbour.id),
            CertificateEnded(mo.id, harbour.id),
        ]
        assert (await notices_of(services, mo.id)).count("Your certificate has ended") == 1
        assert await names_on_duty(services, harbour) == []

    async def test_the_person_is_reminded_thirty_days_before(
        self, services: Services, world: World, clock: FrozenClock
    ) -> None:
        harbour = await world.community()
        mo = await world.person("mo", harbour, Role.MODERATOR)
        await certificate_for(services, mo, harbour, timedelta(days=365))
        clock.advance(days=334)
        await services.worker.run_due()
        assert "Your certificate ends soon" not in await notices_of(services, mo.id)
        clock.advance(days=1)
        await services.worker.run_due()
        assert "Your certificate ends soon" in await notices_of(services, mo.id)

    async def test_a_renewed_certificate_is_neither_reminded_of_nor_ended(
        self, services: Services, world: World, clock: FrozenClock
    ) -> None:
        harbour = await world.community()
        mo = await world.person("mo", harbour, Role.MODERATOR)
        await certificate_for(services, mo, harbour, timedelta(days=20))
        await certificate_for(services, mo, harbour, timedelta(days=365))
        clock.advance(days=21)
        await services.worker.run_due()
        assert Role.CERTIFIED in await roles_there(services, mo.id, harbour)
        told = set(await notices_of(services, mo.id))
        assert told == {"Your certificate is signed"}

    async def test_a_certificate_is_taken_back_with_a_reason_that_the_person_reads(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR, on_duty=True)
        held = await certificate_for(services, mo, harbour, timedelta(days=365))
        await revoke(services, await lee.actor(), harbour, held.id or 0, "You told a story on.")

        assert not (await mo.actor()).may(Action.CASE_LIST, harbour.id)
        assert "Your certificate was taken back" in await notices_of(services, mo.id)
        assert await names_on_duty(services, harbour) == []
        async with services.db.read() as reader:
            words = [str(e.detail) for e in await reader.exec(select(AuditEntry))]
        assert not any("story" in one for one in words)

    async def test_taking_one_back_leaves_another_that_is_valid(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        await certificate_for(services, mo, harbour, timedelta(days=20))
        newer = await certificate_for(services, mo, harbour, timedelta(days=365))
        await revoke(services, await lee.actor(), harbour, newer.id or 0, "Signed by mistake.")
        assert Role.CERTIFIED in await roles_there(services, mo.id, harbour)

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
    async def test_without_a_reason_nothing_is_taken_back(
        self, services: Services, world: World, reason: str
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        held = await certificate_for(services, mo, harbour, timedelta(days=365))
        with pytest.raises(Invalid):
            await revoke(services, await lee.actor(), harbour, held.id or 0, reason)

    async def test_a_certificate_of_another_community_cannot_be_taken_back(
        self, services: Services, world: World
    ) -> None:
        harbour, meadow = await world.community(), await world.community("meadow")
        zoe = await world.person("zoe", meadow, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        held = await certificate_for(services, mo, harbour, timedelta(days=365))
        for place in (harbour, meadow):
            with pytest.raises(ForumError):
                await revoke(services, await zoe.actor(), place, held.id or 0, "Because.")
        assert (await mo.actor()).may(Action.CASE_LIST, harbour.id)


class TestPage:
    async def test_a_lead_sees_who_is_ready_and_signs(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        request = await finish(services, mo, harbour)
        assert "Sign for mo" in (await lee.get("/c/harbour/certificates")).text

        answer = await lee.post(f"/c/harbour/certificates/requests/{request}/signed")
        assert answer.status_code == 303
        page = (await lee.get("/c/harbour/certificates")).text
        assert "Nobody is waiting for a signature." in page
        assert "Take back the certificate of mo" in page

    async def test_the_page_says_why_one_may_not_sign(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD)
        await finish(services, lee, harbour)
        page = (await lee.get("/c/harbour/certificates")).text
        assert "Nobody signs their own certificate." in page
        assert "Sign for" not in page

    async def test_a_missing_reason_is_said_beside_the_form_that_it_is_for(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        mo = await world.person("mo", harbour, Role.MODERATOR)
        held = await certificate_for(services, mo, harbour, timedelta(days=365))
        long = "Too long a story. " * 30
        answer = await lee.post(f"/c/harbour/certificates/{held.id}/revoked", {"reason": long})
        assert answer.status_code == 422
        assert long.strip() in answer.text
        assert f'href="#reason-{held.id}"' in answer.text

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.PEER, Role.MODERATOR])
    async def test_others_do_not_see_the_page(self, world: World, role: Role) -> None:
        harbour = await world.community()
        who = await world.person("who", harbour, role, certified=True)
        assert (await who.get("/c/harbour/certificates")).status_code == 403

    async def test_a_number_too_large_for_any_database_leads_nowhere(self, world: World) -> None:
        harbour = await world.community()
        lee = await world.person("lee", harbour, Role.LEAD, certified=True)
        huge = "9" * 30
        answer = await lee.post(f"/c/harbour/certificates/{huge}/revoked", {"reason": "x"})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), 12, datetime(2027, 3, 1, tzinfo=UTC)),
        (datetime(2026, 8, 31, tzinfo=UTC), 6, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 12, datetime(2025, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 5, tzinfo=UTC), 1, datetime(2027, 1, 5, tzinfo=UTC)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(
    start: datetime, months: int, end: datetime
) -> None:
    assert months_after(start, months) == end
