"""How the demo began: who opened it, who came, and who learned to answer."""

from functools import partial

from forum.accounts.actions import create_account, make_site_admin, save_profile
from forum.accounts.forms import NewAccount, Profile
from forum.boards import forms as board_forms
from forum.boards import upkeep as board_upkeep
from forum.chat import forms as room_forms
from forum.chat import upkeep as room_upkeep
from forum.communities import founding
from forum.communities.actions import give_office, join
from forum.communities.forms import CommunityDraft
from forum.demo.stage import Score, Stage, sent
from forum.demo.talk import Community, Person, Talk
from forum.demo.training import certify, study
from forum.permissions import Role

PASSWORD = "lantern on the stairs"  # noqa: S105  # everybody's, printed on the screen
SITE_ADMIN, KEEPER = "tekla", "petra"
SITE_ADMIN_NAME = "Tekla"
LEARNER, LEARNS_IN, ASKED_AGO = "tamsin", "harbour-lights", 1100
COUNTRY, TIMEZONE = "GB", "Europe/London"
DAY = 24 * 60
OPENED_BEFORE = 4 * DAY  # minutes between the opening and the first words
JOINED_BEFORE = 3 * DAY  # people read for a while before they write; none of them is a newcomer
# A lead is signed by the admin, as there is no other lead yet; the lead signs the rest.
TEAM = (Role.LEAD, Role.MODERATOR, Role.PEER)


class Opening:
    """The first days, and everybody's arrival later on."""

    def __init__(self, stage: Stage, score: Score, talk: Talk) -> None:
        self._stage, self._score, self._talk = stage, score, talk
        self._first = _first_words(talk)
        self._began = max(self._first.values()) + OPENED_BEFORE

    def plan(self) -> None:
        """Put it all on the score."""
        begun = self._stage.ago(self._began)
        self._score.add(begun, "the site", self._open_site)
        team, others = _team_and_others(self._talk)
        for person in team:
            self._score.add(begun, "people", partial(self._arrive, person))
        for community in self._talk.communities:
            self._score.add(begun, "communities", partial(self._found, community))
        for person in team:
            self._score.add(begun, "the team", partial(self._settle, person))
        for slug, role, person in _in_order_of_signing(team):
            at = self._stage.ago(self._began - 60)
            self._score.add(at, "certificates", partial(self._sign, slug, role, person.key))
        for person in others:
            came = min(self._first[person.key] + JOINED_BEFORE, self._began - 90)
            self._score.add(self._stage.ago(came), "people", partial(self._come, person))
        asked = partial(study, self._stage, LEARNER, LEARNS_IN)
        self._score.add(self._stage.ago(ASKED_AGO), "certificates", asked)

    async def _open_site(self) -> None:
        await self._account(SITE_ADMIN, SITE_ADMIN_NAME)
        async with self._stage.services.db.write() as tx:
            await make_site_admin(tx, self._stage.people[SITE_ADMIN])

    async def _found(self, community: Community) -> None:
        services, talk = self._stage.services, self._talk
        owner = await self._stage.actor(SITE_ADMIN)
        draft = CommunityDraft(
            name=community.name,
            about=community.about,
            access=community.access,
            country=COUNTRY,
            timezone=TIMEZONE,
            rules="\n".join(community.rules),
        )
        keeper = self._stage.names[KEEPER]
        made = await founding.create(services, owner, draft, form_id=community.slug, keeper=keeper)
        place, admin = await self._stage.remember_place(made), await self._stage.actor(KEEPER)
        for number, board in enumerate(b for b in talk.boards if b.community == made):
            form = sent(
                name=board.name,
                slug=board.slug,
                about=board.about,
                goal=board.goal,
                position=str(number),
            )
            await board_upkeep.create_board(services, admin, place, board_forms.board(form))
        for number, room in enumerate(r for r in talk.rooms if r.community == made):
            form = sent(name=room.name, slug=room.slug, about=room.about, position=str(number))
            await room_upkeep.create_room(
                services, admin, place, room_forms.room(form), f"demo-room-{room.slug}"
            )

    async def _come(self, person: Person) -> None:
        await self._arrive(person)
        await self._settle(person)

    async def _arrive(self, person: Person) -> None:
        await self._account(person.key, person.name)
        profile = Profile(person.about, None, COUNTRY, TIMEZONE, is_discreet=False)
        await save_profile(self._stage.services, await self._stage.actor(person.key), profile)

    async def _settle(self, person: Person) -> None:
        """Join the communities, and take the offices there that need no signature."""
        services = self._stage.services
        for slug, roles in person.roles.items():
            place = self._stage.places[slug]
            await join(services, await self._stage.actor(person.key), place)
            for role in set(roles) - {Role.COMMUNITY_ADMIN}:
                admin = await self._stage.actor(KEEPER)
                await give_office(services, admin, place, self._stage.people[person.key], role)

    async def _sign(self, slug: str, role: Role, key: str) -> None:
        lead = _lead_of(self._talk, slug)
        await study(self._stage, key, slug)
        await certify(self._stage, KEEPER if role is Role.LEAD else lead, key, slug)

    async def _account(self, key: str, name: str) -> None:
        new = NewAccount(name, PASSWORD, country=COUNTRY, timezone=TIMEZONE)
        made = await create_account(self._stage.services, new)
        self._stage.people[key], self._stage.names[key] = made.account_id, name


def _first_words(talk: Talk) -> dict[str, int]:
    """Person's key → minutes since their first words."""
    said = [one for topic in talk.topics for one in (topic.opening, *topic.replies)]
    said += [line for chat in talk.chats for line in chat.lines]
    first: dict[str, int] = {}
    for one in said:
        first[one.author] = max(first.get(one.author, 0), one.minutes_ago)
    return first


def _team_and_others(talk: Talk) -> tuple[list[Person], list[Person]]:
    """Those who hold an office anywhere, and all others."""
    team = [person for person in talk.people if any(person.roles.values())]
    return team, [person for person in talk.people if person not in team]


def _in_order_of_signing(team: list[Person]) -> list[tuple[str, Role, Person]]:
    """Community, role and person of everybody who is certified: leads first."""
    held = [
        (slug, role, person)
        for person in team
        for slug, roles in person.roles.items()
        for role in roles
        if role in TEAM
    ]
    return sorted(held, key=lambda one: TEAM.index(one[1]))


def _lead_of(talk: Talk, slug: str) -> str:
    return next(one.key for one in talk.people if Role.LEAD in one.roles.get(slug, ()))
