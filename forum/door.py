"""The doorkeeper: who asks, with the roles that hold at this moment."""

from datetime import datetime

from forum.accounts.queries import signed_in
from forum.accounts.seen import LastSeen
from forum.accounts.sessions import exchange_token
from forum.communities import queries as communities
from forum.db import Database, Reader, Tx
from forum.notices.queries import unread_count
from forum.peers.queries import duties_of
from forum.permissions import Actor, Role
from forum.services import Place

TEAM = {Role.PEER, Role.MODERATOR, Role.LEAD}


class Door:
    """Puts together what accounts, communities, notices and peers each know of a person."""

    def __init__(self) -> None:
        self._seen = LastSeen()

    async def actor(self, reader: Reader, token: str, now: datetime) -> Actor | None:
        """The person whose session this token opens; None when it opens none now."""
        person = await signed_in(reader, token, now)
        if person is None:
            return None
        self._seen.note(person.session_id, now)
        roles = await communities.roles_of(reader, person.account_id, now)
        on_team = any(held & TEAM for held in roles.values())
        return Actor(
            account_id=person.account_id,
            name=person.name,
            session_id=person.session_id,
            session_key=person.session_key,
            has_stale_session=person.has_stale_session,
            is_site_admin=person.is_site_admin,
            country=person.country,
            timezone=person.timezone,
            is_discreet=person.is_discreet,
            on_duty=await duties_of(reader, person.account_id, now) if on_team else frozenset(),
            unread_notices=await unread_count(reader, person.account_id),
            roles=roles,
        )

    async def place(self, reader: Reader, slug: str, actor: Actor) -> Place | None:
        """The community of that name; None when it does not exist for this person."""
        return await communities.place(reader, slug, actor)

    async def renew(self, tx: Tx, actor: Actor) -> str | None:
        """A new token for the same session; None when the old one was exchanged or ended."""
        return await exchange_token(tx, actor.session_id or 0, if_stale=True)

    async def write_down_seen(self, db: Database) -> int:
        """Store when each session was last seen; how many sessions that were."""
        return await self._seen.flush(db)
