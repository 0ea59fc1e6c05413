"""People and communities for tests: an owner, one who shares, one who must not, and a guest."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from forum.accounts.models import Account, Session
from forum.accounts.names import name_key
from forum.communities.models import Community, Grant
from forum.ids import new_token, token_hash
from forum.peers.models import Duty
from forum.permissions import Actor, Role
from forum.services import Place, Services
from forum.web.cookies import guest_cookie, session_cookie
from forum.web.forms import form_token

SITE = "https://handrail.test"
PASSWORD = "correct horse battery"  # what QuickHasher stores for everybody here


class Person:
    """Somebody with a browser. A guest has no account."""

    def __init__(self, world: "World", name: str, account_id: int | None, token: str) -> None:
        self.world, self.name, self.account_id, self.token = world, name, account_id, token
        services = world.services
        cookie = session_cookie if account_id else guest_cookie
        self.client = AsyncClient(
            transport=ASGITransport(world.app),
            base_url=SITE,
            cookies={cookie(services.settings): token},
        )
        owner = token_hash(token) if account_id else token
        self.form_token = form_token(services.key, owner)

    @property
    def id(self) -> int:
        assert self.account_id is not None
        return self.account_id

    async def get(self, url: str, **kwargs: Any) -> Response:
        """Open a page; redirects are not followed."""
        answer = await self.client.get(url, **kwargs)
        self._keep_cookie(answer)
        return answer

    async def post(
        self, url: str, fields: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Response:
        """Send a form as a browser would from our own page."""
        headers = {"origin": SITE, "sec-fetch-site": "same-origin"} | kwargs.pop("headers", {})
        data = {"csrf": self.form_token} | dict(fields or {})
        return await self.client.post(url, data=data, headers=headers, **kwargs)

    def _keep_cookie(self, answer: Response) -> None:
        """Take an exchanged session cookie in place of the old one, as a browser does."""
        name = session_cookie(self.world.services.settings)
        if answer.cookies.get(name):
            self.token = answer.cookies[name]
            self.client.cookies.clear()
            self.client.cookies.set(name, self.token)

    async def actor(self) -> Actor:
        """What the forum takes this person for right now."""
        services = self.world.services
        async with services.db.read() as reader:
            found = await services.door.actor(reader, self.token, services.clock.now())
        return found or Actor()


class World:
    """Makes communities and the people in them, straight in the database."""

    def __init__(self, app: Starlette) -> None:
        self.app = app
        self.services: Services = app.state.services
        self._people: list[Person] = []

    def guest(self) -> Person:
        """Somebody who is not signed in."""
        return self._remember(Person(self, "", None, new_token()))

    async def community(self, slug: str = "harbour", access: str = "open") -> Place:
        """A community."""
        now = self.services.clock.now()
        async with self.services.db.write() as tx:
            row = Community(
                slug=slug, name=slug.title(), access=access, country="GB", created_at=now
            )
            tx.add(row)
            await tx.flush()
        return Place(row.id or 0, slug, row.name, access, row.country)

    async def person(
        self,
        name: str,
        place: Place | None = None,
        *roles: Role,
        certified: bool = False,
        on_duty: bool = False,
        site_admin: bool = False,
    ) -> Person:
        """Somebody signed in; with a place, a member there with these further roles."""
        now = self.services.clock.now()
        token = new_token()
        async with self.services.db.write() as tx:
            account = Account(
                name=name,
                name_key=name_key(name),
                password_hash=await self.services.hasher.hash(PASSWORD),
                recovery_hash="",
                is_site_admin=site_admin,
                created_at=now - timedelta(days=60),
                age_confirmed_at=now,
                terms_agreed_at=now,
                sensitive_agreed_at=now,
            )
            tx.add(account)
            await tx.flush()
            account_id = account.id or 0
            tx.add(
                Session(
                    account_id=account_id,
                    token_hash=token_hash(token),
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(days=30),
                )
            )
            if place is not None:
                held = {Role.MEMBER, *roles} | ({Role.CERTIFIED} if certified else set())
                for role in sorted(held):
                    tx.add(
                        Grant(
                            account_id=account_id,
                            community_id=place.id,
                            role=role.value,
                            starts_at=now,
                            ends_at=now + timedelta(days=365) if role is Role.CERTIFIED else None,
                        )
                    )
                if on_duty:
                    tx.add(
                        Duty(
                            account_id=account_id,
                            community_id=place.id,
                            started_at=now,
                            until=now + timedelta(hours=8),
                        )
                    )
        return self._remember(Person(self, name, account_id, token))

    async def close(self) -> None:
        """Close every browser."""
        for person in self._people:
            await person.client.aclose()

    def _remember(self, person: Person) -> Person:
        self._people.append(person)
        return person
