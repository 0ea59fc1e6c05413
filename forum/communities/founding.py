"""Making a community, and changing what it says of itself."""

from sqlmodel import col, select

from forum import audit
from forum.accounts.models import Account
from forum.accounts.names import name_key
from forum.communities.actions import grant_role
from forum.communities.events import CommunityChanged, CommunityCreated
from forum.communities.forms import CommunityDraft
from forum.communities.models import Community
from forum.db import Reader, Tx
from forum.errors import Invalid
from forum.ids import slug_of
from forum.permissions import Action, Actor, Role, require
from forum.services import Place, Services

UNSPELLABLE = "community"  # for a name without a single letter that an address can hold


async def create(
    services: Services, actor: Actor, draft: CommunityDraft, *, form_id: str, keeper: str = ""
) -> str:
    """Make a community and its first admin; returns its slug. Sent twice, it makes one.

    keeper: the name of whoever will look after it; empty: the site admin who makes it.
    Raises Invalid when nobody has that name.
    """
    require(actor, Action.COMMUNITY_CREATE)
    key = f"{actor.id}:{form_id}"
    async with services.db.write() as tx:
        keeper_id = await _keeper(tx.session, keeper) if keeper else actor.id
        made = await _insert(tx, draft, key)
        if made is None:
            return await _made_before(tx, key) or ""
        community_id, slug = made
        for role in (Role.MEMBER, Role.COMMUNITY_ADMIN):
            await grant_role(tx, actor.id, community_id, keeper_id, role)
        await audit.record(tx, actor.id, "communities:community:created", community_id=community_id)
        tx.announce(CommunityCreated(community_id))
    return slug


async def edit(services: Services, actor: Actor, place: Place, draft: CommunityDraft) -> None:
    """Change what the community says of itself. Its address stays, so that links stay."""
    require(actor, Action.COMMUNITY_EDIT, place.id)
    async with services.db.write() as tx:
        row = await tx.session.get_one(Community, place.id)
        new = _values(draft)
        changed = sorted(name for name, value in new.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, new[name])
        await tx.flush()
        await audit.record(
            tx,
            actor.id,
            "communities:community:edited",
            community_id=place.id,
            detail={"fields": changed},
        )
        tx.announce(CommunityChanged(place.id))


def _values(draft: CommunityDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "about": draft.about,
        "access": draft.access,
        "country": draft.country,
        "timezone": draft.timezone,
        "rules": draft.rules,
    }


async def _insert(tx: Tx, draft: CommunityDraft, key: str) -> tuple[int, str] | None:
    """The new row's id and slug; None when this form made one before."""
    stem = slug_of(draft.name) or UNSPELLABLE
    number = 1
    while await _made_before(tx, key) is None:
        slug = stem if number == 1 else f"{stem[:44].rstrip('-')}-{number}"
        values = _values(draft) | {"slug": slug, "form_id": key, "created_at": tx.now}
        made = await tx.insert_once(Community, values)
        if made is not None:
            return made, slug
        number += 1
    return None


async def _made_before(tx: Tx, key: str) -> str | None:
    found = await tx.session.exec(select(Community.slug).where(Community.form_id == key))
    return found.first()


async def _keeper(reader: Reader, name: str) -> int:
    whose = Account.name_key == name_key(name)
    found = select(Account.id).where(whose, col(Account.erased_at).is_(None))
    keeper_id = (await reader.exec(found)).first()
    if keeper_id is None:
        raise Invalid({"keeper": "Nobody here has that name. Is it spelled as they spell it?"})
    return keeper_id
