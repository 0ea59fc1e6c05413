"""Error pages: what happened, what to do now, and the person's own words kept."""

from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from forum.errors import BadRequest, Forbidden, ForumError, NotFound, SignInFirst, TooLarge, TooMany
from forum.web.pages import page
from forum.web.state import visit_of

log = structlog.get_logger(__name__)


async def on_forum_error(request: Request, error: Exception) -> Response:
    """The page, or for scripts the JSON, that tells a person about a ForumError."""
    assert isinstance(error, ForumError)  # noqa: S101  # registered for this class only
    if isinstance(error, SignInFirst) and request.method == "GET" and not wants_json(request):
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    headers = {}
    if isinstance(error, TooMany):
        headers["retry-after"] = str(max(1, round(error.wait_seconds)))
    if wants_json(request):
        body = {"error": type(error).__name__, "title": error.title, "advice": error.advice}
        return JSONResponse(body, error.status, headers)
    kept = visit_of(request).sent.long_texts()
    shown = {"title": error.title, "advice": error.advice, "status": error.status, "kept": kept}
    response = page(request, "error.html", shown, error.status)
    response.headers.update(headers)
    return response


async def on_http_error(request: Request, error: Exception) -> Response:
    """Starlette's own errors, in our words."""
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class only
    ours: ForumError
    if error.status_code == 404:
        ours = NotFound()
    elif error.status_code == 403:
        ours = Forbidden()
    elif error.status_code == 413:
        ours = TooLarge()
    else:
        ours = BadRequest()
        ours.status = error.status_code
    response = await on_forum_error(request, ours)
    response.headers.update(error.headers or {})
    return response


async def on_crash(request: Request, error: Exception) -> Response:
    """Our own mistake: logged without words, told plainly."""
    # The route's pattern: a path itself may hold an invitation's secret.
    pattern = getattr(request.scope.get("route"), "path", "")
    log.error("request_failed", exc_info=error, route=pattern)
    return await on_forum_error(request, ForumError())


def wants_json(connection: HTTPConnection) -> bool:
    """Whether a script asks, not a person."""
    return "application/json" in connection.headers.get("accept", "")
