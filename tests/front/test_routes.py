"""The front page and the about page: help first, and nothing that is not for this person."""

from datetime import timedelta

from forum.care.models import Case
from forum.permissions import Role
from forum.services import Place, Services
from tests.people import World
from tests.sql_counter import statements


async def cases(services: Services, place: Place, waits: list[int | None]) -> None:
    """Urgent cases of which each had its first words after so many minutes; None: not yet."""
    async with services.db.write() as tx:
        opened = tx.now - timedelta(days=2)
        for wait in waits:
            tx.add(
                Case(
                    community_id=place.id,
                    level=3,
                    highest_level=3,
                    pace=3,
                    band=3,
                    opened_at=opened,
                    queued_at=opened,
                    claim_by=opened,
                    first_words_at=opened + timedelta(minutes=wait) if wait else None,
                )
            )


class TestFrontPage:
    async def test_a_guest_is_offered_help_first_then_what_is_here(self, world: World) -> None:
        harbour = await world.community()
        await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
        page = (await world.guest().get("/")).text
        assert page.index("/help-now") < page.index("Harbour")
        assert "One trained person is on duty now." in page

    async def test_a_member_sees_their_own_communities_first(self, world: World) -> None:
        harbour = await world.community()
        await world.community("meadow")
        ben = await world.person("ben", harbour)
        page = (await ben.get("/")).text
        own, others = page.split("Other communities")
        assert "Harbour" in own
        assert "Meadow" in others
        assert "Harbour" not in others

    async def test_a_member_of_a_hidden_community_sees_it(self, world: World) -> None:
        cove = await world.community("cove", access="invitation")
        ben = await world.person("ben", cove)
        assert "Cove" in (await ben.get("/")).text

    async def test_an_empty_site_says_so(self, world: World) -> None:
        assert "There are no others to show." in (await world.guest().get("/")).text

    async def test_many_communities_come_in_pages(self, world: World) -> None:
        for number in range(31):
            await world.community(f"place-{number:02}")
        page = (await world.guest().get("/")).text
        assert "Place-29" in page
        assert "Place-30" not in page
        assert "Place-30" in (await world.guest().get("/?after=place-29")).text


class TestAboutPage:
    async def test_a_guest_reads_rules_team_and_who_answers(self, world: World) -> None:
        harbour = await world.community(access="members")
        await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
        page = await world.guest().get("/c/harbour/about")
        assert page.status_code == 200
        assert "ana" in page.text
        assert '<span class="badge badge--staff">Moderator</span>' in page.text
        assert "One trained person is on duty now." in page.text

    async def test_who_is_on_by_name_is_for_members(self, world: World) -> None:
        harbour = await world.community()
        await world.person("ana", harbour, Role.MODERATOR, certified=True, on_duty=True)
        ben = await world.person("ben", harbour)
        assert "on duty now</span>" in (await ben.get("/c/harbour/about")).text
        assert "on duty now</span>" not in (await world.guest().get("/c/harbour/about")).text

    async def test_without_a_certificate_there_is_no_badge(self, world: World) -> None:
        harbour = await world.community()
        await world.person("noc", harbour, Role.MODERATOR)
        assert "noc" not in (await world.guest().get("/c/harbour/about")).text

    async def test_the_pace_counts_those_who_still_wait(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        await cases(services, harbour, [4, 4, 4, 4, 4, 12, None, None, None, None, None])
        page = (await world.guest().get("/c/harbour/about")).text
        assert "needed soon 11 times" in page
        assert "within 12 minutes" in page

    async def test_few_cases_tell_nothing(self, services: Services, world: World) -> None:
        harbour = await world.community()
        await cases(services, harbour, [4] * 9)
        assert "as soon as there are enough" in (await world.guest().get("/c/harbour/about")).text

    async def test_a_silent_team_is_not_praised(self, services: Services, world: World) -> None:
        harbour = await world.community()
        await cases(services, harbour, [1] * 5 + [None] * 6)
        assert "needed soon" not in (await world.guest().get("/c/harbour/about")).text


async def test_the_front_page_costs_the_same_with_many_communities(world: World) -> None:
    harbour = await world.community()
    ben = await world.person("ben", harbour)
    costs = []
    for number in range(3):
        await world.community(f"place-{number}")
        with statements() as sent:
            await ben.get("/")
        costs.append(len(sent))
    assert costs == costs[:1] * 3
