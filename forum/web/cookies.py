"""The two cookies: the session's, and the one that ties a guest's forms to their browser."""

from starlette.responses import Response

from forum.settings import Settings

GUEST_COOKIE_SECONDS = 86400
DAY_SECONDS = 86400


def session_cookie(settings: Settings) -> str:
    """The name of the session's cookie; browsers accept the prefix over https only."""
    return "__Host-session" if settings.is_secure else "session"


def guest_cookie(settings: Settings) -> str:
    """The name of the cookie that ties a guest's forms to their browser."""
    return "__Host-guest" if settings.is_secure else "guest"


def give_session(response: Response, settings: Settings, token: str) -> None:
    """Let this browser keep the session; scripts cannot read it, other sites cannot send it."""
    _give(response, settings, session_cookie(settings), token, settings.session_days * DAY_SECONDS)


def take_session(response: Response, settings: Settings) -> None:
    """Make this browser forget its session."""
    _give(response, settings, session_cookie(settings), "", 0)


def give_guest(response: Response, settings: Settings, key: str) -> None:
    """Tie a guest's forms to this browser."""
    _give(response, settings, guest_cookie(settings), key, GUEST_COOKIE_SECONDS)


def _give(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )
