"""Headers that every answer carries, and the request's size limit."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Scripts, styles and pictures from here only; nothing inline; nobody may frame us.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
EVERYWHERE = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "x-frame-options": "DENY",
}
STRICT_TRANSPORT = "max-age=31536000"
KEEP_STATIC = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"  # modules import each other without a version: ask, by their ETag


class SecurityHeaders:
    """Adds the headers; pages are not stored anywhere, versioned static files are."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, complete)

    def _complete(self, headers: MutableHeaders, scope: Scope) -> None:
        for name, value in EVERYWHERE.items():
            headers[name] = value
        if self._secure:
            headers["strict-transport-security"] = STRICT_TRANSPORT
        headers.setdefault("cache-control", _keeping(scope))


def _keeping(scope: Scope) -> str:
    """How long the answer may be kept: pages never, they are somebody's own."""
    if not scope["path"].startswith("/static/"):
        return "no-store"
    return KEEP_STATIC if scope["query_string"] else ASK_AGAIN
