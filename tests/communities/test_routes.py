"""Communities through the front door: making, joining, leaving, looking after."""

import re

import pytest
from sqlmodel import select

from forum.communities.models import Community
from forum.permissions import Role
from forum.services import Services
from tests.communities.test_roles import roles_there
from tests.people import Person, World
from tests.sql_counter import statements

FORM = {
    "name": "Night Owls",
    "about": "For those who lie awake.",
    "access": "members",
    "country": "gb",
    "timezone": "Europe/London",
    "rules": "Be kind.\nNo advice on medicine.",
    "form_id": "a-form-id-of-one",
}


async def community_named(services: Services, name: str) -> Community | None:
    async with services.db.read() as reader:
        return (await reader.exec(select(Community).where(Community.name == name))).first()


class TestMaking:
    async def test_a_site_admin_makes_a_community_and_looks_after_it(
        self, services: Services, world: World
    ) -> None:
        sam = await world.person("sam", site_admin=True)
        answer = await sam.post("/communities/new", FORM)

        assert answer.headers["location"] == "/c/night-owls/about"
        row = await community_named(services, "Night Owls")
        assert row is not None
        assert (row.country, row.timezone, row.access) == ("GB", "Europe/London", "members")
        actor = await sam.actor()
        assert actor.roles[row.id or 0] == {Role.MEMBER, Role.COMMUNITY_ADMIN}

    async def test_a_community_is_handed_to_whoever_is_named(
        self, services: Services, world: World
    ) -> None:
        sam = await world.person("sam", site_admin=True)
        ada = await world.person("ada")
        await sam.post("/communities/new", FORM | {"keeper": "ada"})

        assert (await sam.actor()).roles == {}
        assert Role.COMMUNITY_ADMIN in next(iter((await ada.actor()).roles.values()))

    async def test_a_keeper_whom_nobody_knows_is_said_and_nothing_is_made(
        self, services: Services, world: World
    ) -> None:
        sam = await world.person("sam", site_admin=True)
        answer = await sam.post("/communities/new", FORM | {"keeper": "nobody"})

        assert answer.status_code == 422
        assert "Nobody here has that name" in answer.text
        assert await community_named(services, "Night Owls") is None

    async def test_a_form_sent_twice_makes_one_community(
        self, services: Services, world: World
    ) -> None:
        sam = await world.person("sam", site_admin=True)
        answers = [await sam.post("/communities/new", FORM) for _ in range(2)]

        assert [a.headers["location"] for a in answers] == ["/c/night-owls/about"] * 2

    async def test_two_communities_of_one_name_have_two_addresses(self, world: World) -> None:
        sam = await world.person("sam", site_admin=True)
        await sam.post("/communities/new", FORM)
        second = await sam.post("/communities/new", FORM | {"form_id": "another-form"})
        assert second.headers["location"] == "/c/night-owls-2/about"

    async def test_a_name_in_another_script_still_gets_an_address(self, world: World) -> None:
        sam = await world.person("sam", site_admin=True)
        answer = await sam.post("/communities/new", FORM | {"name": "الليل"})
        assert answer.headers["location"] == "/c/community/about"

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("name", "x", "a name of 2 to 60 letters"),
            ("about", "y" * 501, "below 500 letters"),
            ("access", "secret", "choose who may come in"),
            ("country", "Britain", "two letters of the country"),
            ("timezone", "Mars/Base", "this time zone"),
            ("timezone", "../../etc/passwd", "this time zone"),
            ("rules", "\n \n", "at least one rule"),
            ("rules", "\n".join("abcdefgh"), "7 rules"),
            ("rules", "z" * 301, "below 300 letters"),
        ],
    )
    async def test_a_mistake_is_said_and_the_words_are_kept(
        self, world: World, field: str, value: str, message: str
    ) -> None:
        sam = await world.person("sam", site_admin=True)
        kept = {"about": "Kept words."} if field != "about" else {"rules": "Kept words."}
        answer = await sam.post("/communities/new", FORM | kept | {field: value})

        assert answer.status_code == 422
        assert message in answer.text
        assert "Kept words." in answer.text

    async def test_the_first_rules_are_seven_at_most(self, world: World) -> None:
        sam = await world.person("sam", site_admin=True)
        form = (await sam.get("/communities/new")).text
        rules = re.search(r"<textarea[^>]*id=\"rules\"[^>]*>(.*?)</textarea>", form, re.S)
        assert rules is not None
        assert len(rules[1].strip().splitlines()) == 7

    async def test_nobody_else_makes_communities(self, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        assert (await ada.post("/communities/new", FORM)).status_code == 403
        assert (await world.guest().get("/communities/new")).status_code == 303


class TestChanging:
    async def test_an_admin_changes_the_rules(self, services: Services, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        answer = await ada.post("/c/harbour/edit", FORM | {"name": "Harbour"})

        assert answer.status_code == 303
        assert "No advice on medicine." in (await ada.get("/c/harbour/about")).text

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR, Role.LEAD])
    async def test_the_team_does_not_change_the_community(self, world: World, role: Role) -> None:
        harbour = await world.community()
        mo = await world.person("mo", harbour, role)
        assert (await mo.get("/c/harbour/edit")).status_code == 403
        assert (await mo.post("/c/harbour/edit", FORM)).status_code == 403

    async def test_an_admin_of_another_community_changes_nothing(
        self, services: Services, world: World
    ) -> None:
        await world.community()
        meadow = await world.community("meadow")
        zed = await world.person("zed", meadow, Role.COMMUNITY_ADMIN)
        assert (await zed.post("/c/harbour/edit", FORM)).status_code == 403
        assert await community_named(services, "Night Owls") is None

    async def test_rules_cannot_carry_markup(self, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        await ada.post("/c/harbour/edit", FORM | {"rules": "<script>alert(1)</script>"})
        assert "<script>alert" not in (await ada.get("/c/harbour/about")).text


class TestJoiningAndLeaving:
    @pytest.mark.parametrize("access", ["open", "members"])
    async def test_anybody_joins_an_open_or_members_only_community(
        self, services: Services, world: World, access: str
    ) -> None:
        harbour = await world.community(access=access)
        ben = await world.person("ben")
        assert "Join" in (await ben.get("/c/harbour/join")).text
        answer = await ben.post("/c/harbour/join")

        assert answer.headers["location"] == "/c/harbour"
        assert await roles_there(services, ben.id, harbour) == {Role.MEMBER}

    async def test_a_guest_reads_the_rules_before_signing_up(self, world: World) -> None:
        await world.community(access="members")
        page = await world.guest().get("/c/harbour/join")
        assert page.status_code == 200
        assert "/sign-up?next=/c/harbour/join" in page.text

    async def test_an_invitation_only_community_does_not_exist_for_others(
        self, world: World
    ) -> None:
        await world.community("cove", access="invitation")
        ben = await world.person("ben")
        for who in (ben, world.guest()):
            assert (await who.get("/c/cove/join")).status_code == 404
            assert (await who.get("/c/cove/about")).status_code == 404
            assert (await who.post("/c/cove/join")).status_code == 404
            assert "Cove" not in (await who.get("/")).text

    async def test_joining_twice_changes_nothing(self, services: Services, world: World) -> None:
        harbour = await world.community()
        ben = await world.person("ben")
        for _ in range(2):
            assert (await ben.post("/c/harbour/join")).status_code == 303
        assert await roles_there(services, ben.id, harbour) == {Role.MEMBER}

    async def test_a_member_leaves_in_two_steps_without_a_reason(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ben = await world.person("ben", harbour)
        assert "Leave now" in (await ben.get("/c/harbour/about")).text
        answer = await ben.post("/c/harbour/leave")

        assert "You have left Harbour" in answer.text
        assert await roles_there(services, ben.id, harbour) == frozenset()

    async def test_the_last_admin_is_told_why_they_cannot_leave(self, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        answer = await ada.post("/c/harbour/leave")
        assert answer.status_code == 409
        assert "Harbour has no other community admin." in answer.text


class TestTeamPage:
    async def test_an_admin_gives_and_takes_an_office(
        self, services: Services, world: World
    ) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        ben = await world.person("ben", harbour)
        fields = {"account_id": ben.id, "role": "moderator"}

        assert (await ada.post("/c/harbour/team/given", fields)).status_code == 303
        assert Role.MODERATOR in await roles_there(services, ben.id, harbour)
        assert (await ada.post("/c/harbour/team/ended", fields)).status_code == 303
        assert await roles_there(services, ben.id, harbour) == {Role.MEMBER}

    async def test_a_moderator_does_not_see_the_members(self, world: World) -> None:
        harbour = await world.community()
        mo = await world.person("mo", harbour, Role.MODERATOR, certified=True)
        assert (await mo.get("/c/harbour/team")).status_code == 403

    async def test_members_of_another_community_are_neither_listed_nor_given_roles(
        self, services: Services, world: World
    ) -> None:
        harbour, meadow = await world.community(), await world.community("meadow")
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        zoe = await world.person("zoe", meadow, Role.MODERATOR)

        assert "zoe" not in (await ada.get("/c/harbour/team")).text
        for act in ("given", "ended"):
            fields = {"account_id": zoe.id, "role": "moderator"}
            assert (await ada.post(f"/c/harbour/team/{act}", fields)).status_code == 404
            assert (await ada.post(f"/c/meadow/team/{act}", fields)).status_code == 403
        assert await roles_there(services, zoe.id, meadow) == {Role.MEMBER, Role.MODERATOR}

    @pytest.mark.parametrize("fields", [{}, {"account_id": "1"}, {"account_id": "x", "role": "y"}])
    async def test_a_tampered_form_is_refused(self, world: World, fields: dict[str, str]) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        assert (await ada.post("/c/harbour/team/given", fields)).status_code == 404

    async def test_members_are_found_by_the_beginning_of_their_name(self, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        for name in ("Bea", "Ben", "Col"):
            await world.person(name, harbour)
        page = (await ada.get("/c/harbour/team?begins=be")).text
        assert "Bea" in page
        assert "Ben" in page
        assert "Col" not in page
        assert (
            "Nobody&#39;s name begins like that."
            in (await ada.get("/c/harbour/team?begins=zz")).text
        )

    async def test_the_list_costs_the_same_however_many_members_there_are(
        self, world: World
    ) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        costs = []
        for number in range(3):
            await world.person(f"m{number}", harbour, Role.MODERATOR)
            with statements() as sent:
                await ada.get("/c/harbour/team")
            costs.append(len(sent))
        assert costs == costs[:1] * 3

    async def test_every_member_is_on_one_page_of_the_list(self, world: World) -> None:
        harbour = await world.community()
        ada = await world.person("ada", harbour, Role.COMMUNITY_ADMIN)
        names = [f"m{first}{second}" for first in "aceg" for second in "abcdefghjkmnopq"]
        for name in names:
            await world.person(name, harbour)
        seen: list[str] = []
        url = "/c/harbour/team"
        for _ in range(2):
            page = (await ada.get(url)).text
            seen += re.findall(r'class="row__title">(\w+)<', page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            url = following[1].replace("&amp;", "&") if following else ""
        assert url == ""
        assert seen == ["ada", *names]


async def link_of(person: Person, **fields: str) -> str:
    form = {"role": "member", "uses": "1", "days": "7", "form_id": "one-form-id"} | fields
    answer = await person.post("/c/cove/invitations", form)
    found = re.search(r'href="https://handrail.test(/invite/[^"]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


class TestInvitationPages:
    async def test_a_link_brings_somebody_into_a_hidden_community(
        self, services: Services, world: World
    ) -> None:
        cove = await world.community("cove", access="invitation")
        ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
        ben = await world.person("ben")
        link = await link_of(ada)

        assert "You are invited to Cove" in (await world.guest().get(link)).text
        assert (await ben.post(link)).headers["location"] == "/c/cove"
        assert await roles_there(services, ben.id, cove) == {Role.MEMBER}
        used_up = await world.guest().get(link)
        assert used_up.status_code == 410
        assert "Cove" not in used_up.text

    async def test_the_link_is_shown_once_and_stored_nowhere(
        self, services: Services, world: World
    ) -> None:
        cove = await world.community("cove", access="invitation")
        ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
        link = await link_of(ada)
        assert link not in (await ada.get("/c/cove/invitations")).text

    async def test_the_same_form_sent_twice_makes_one_link(self, world: World) -> None:
        cove = await world.community("cove", access="invitation")
        ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
        assert await link_of(ada) == await link_of(ada)
        assert (await ada.get("/c/cove/invitations")).text.count("Take this link back") == 1

    async def test_a_guest_cannot_come_in_without_an_account(self, world: World) -> None:
        cove = await world.community("cove", access="invitation")
        ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
        link = await link_of(ada)
        guest = world.guest()
        await guest.get(link)
        assert (await guest.post(link)).status_code == 401

    async def test_a_lead_invites_members_but_gives_no_office(self, world: World) -> None:
        cove = await world.community("cove", access="invitation")
        lee = await world.person("lee", cove, Role.LEAD)
        form = {"role": "moderator", "uses": "1", "days": "7", "form_id": "one-form-id"}
        assert (await lee.post("/c/cove/invitations", form)).status_code == 403
        assert await link_of(lee)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("role", "community_admin"),
            ("role", "lead"),
            ("role", "king"),
            ("uses", "0"),
            ("uses", "101"),
            ("uses", "many"),
            ("days", "31"),
            ("form_id", ""),
        ],
    )
    async def test_a_link_for_too_much_is_refused(
        self, world: World, field: str, value: str
    ) -> None:
        cove = await world.community("cove", access="invitation")
        ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
        form = {"role": "member", "uses": "1", "days": "7", "form_id": "one-form-id"}
        answer = await ada.post("/c/cove/invitations", form | {field: value})
        assert answer.status_code == 422

    async def test_a_link_of_another_community_cannot_be_withdrawn(self, world: World) -> None:
        cove, meadow = await world.community("cove"), await world.community("meadow")
        ada = await world.person("ada", cove, Role.COMMUNITY_ADMIN)
        zed = await world.person("zed", meadow, Role.COMMUNITY_ADMIN)
        link = await link_of(ada)
        page = (await ada.get("/c/cove/invitations")).text
        number = re.search(r"/invitations/(\d+)/withdrawn", page)
        assert number is not None

        stolen = await zed.post(f"/c/meadow/invitations/{number[1]}/withdrawn")
        assert stolen.status_code == 404
        assert (await world.guest().get(link)).status_code == 200
        await ada.post(f"/c/cove/invitations/{number[1]}/withdrawn")
        assert (await world.guest().get(link)).status_code == 410
