"""What accounts do when others announce something, and with their own news."""

from forum.accounts.events import AccountErased, SessionsEnded
from forum.services import Services


def join(services: Services) -> None:
    """Cut the sockets of sessions that ended, in every process, within a second."""
    hub = services.hub

    async def silence_sessions(ended: SessionsEnded) -> None:
        for key in ended.session_keys:
            await hub.revoke_session(key)

    async def silence_person(erased: AccountErased) -> None:
        await hub.revoke(erased.account_id)

    services.bus.subscribe(SessionsEnded, silence_sessions)
    services.bus.subscribe(AccountErased, silence_person)
