"""What communities do when a role changes: nobody keeps hearing what is no longer theirs."""

from forum.communities.events import RoleEnded, RoleGranted
from forum.permissions import Role
from forum.services import Services


def join(services: Services) -> None:
    """Listen to the bus."""

    async def cut_off(ended: RoleEnded) -> None:
        await services.hub.revoke(ended.account_id)

    async def cut_off_when_restricted(granted: RoleGranted) -> None:
        if granted.role is Role.RESTRICTED:
            await services.hub.revoke(granted.account_id)

    # Every connection of the person is closed. The page comes back by itself and is asked for its
    # rights again, so what they may still hear is not lost.
    services.bus.subscribe(RoleEnded, cut_off)
    services.bus.subscribe(RoleGranted, cut_off_when_restricted)
