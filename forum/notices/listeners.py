"""News of a person's own account that they should know of, wherever it came from."""

from forum.accounts.events import PasswordChanged
from forum.notices.actions import tell
from forum.services import Services

CHANGED = "Your password was changed"
HOW = {
    False: "It was changed in your settings.",
    True: "It was set with your recovery code, and you were signed out everywhere else.",
}
ADVICE = "If this was not you, make a new recovery code and end the sessions you do not know."


def join(services: Services) -> None:
    """Tell people when their password changed: a stranger who did it cannot hide it."""

    async def on_password_changed(changed: PasswordChanged) -> None:
        async with services.db.write() as tx:
            body = f"{HOW[changed.by_code]} {ADVICE}"
            url = "/settings/sessions"
            await tell(tx, changed.account_id, "password_changed", CHANGED, body, url=url)

    services.bus.subscribe(PasswordChanged, on_password_changed)
