"""What roles are called, and the badge that the server draws beside a name."""

from collections.abc import Iterable

from forum.permissions import Role

TITLES = {
    Role.MEMBER: "member",
    Role.PEER: "peer supporter",
    Role.MODERATOR: "moderator",
    Role.LEAD: "lead",
    Role.COMMUNITY_ADMIN: "community admin",
}
# What a community admin may give and take, the weightiest last.
OFFICES = (Role.PEER, Role.MODERATOR, Role.LEAD, Role.COMMUNITY_ADMIN)
# A badge of these says "trained": it is worn only while the certificate is valid.
TRAINED = (Role.LEAD, Role.MODERATOR, Role.PEER)


def title(role: Role) -> str:
    """The role in plain words."""
    return TITLES.get(role, role.value)


def badge(roles: Iterable[Role]) -> str:
    """The word beside a name for somebody holding `roles` now; empty for a member."""
    held = frozenset(roles)
    if Role.CERTIFIED in held:
        for role in TRAINED:
            if role in held:
                return TITLES[role].capitalize()
    return TITLES[Role.COMMUNITY_ADMIN].capitalize() if Role.COMMUNITY_ADMIN in held else ""
