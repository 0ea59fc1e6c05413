"""Pages of the team: duty, and certificates to sign; the course's are in course_pages."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.errors import Invalid
from forum.peers import certificates, course_pages, duty, queries, signing
from forum.peers.courses import packaged_courses
from forum.permissions import Action
from forum.services import NavItem
from forum.web.forms import ID, Sent
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

NO_ERRORS: Mapping[str, str] = {}


async def duty_page(request: Request) -> Response:
    """One's own duty, and who else is there."""
    return await _duty(request)


async def start_duty(request: Request) -> Response:
    """Go on duty."""
    hours = sent_of(request).number("hours") or 0
    try:
        await duty.start(services_of(request), actor_of(request), place_of(request), hours)
    except Invalid as error:
        return await _duty(request, error.fields, 422)
    return _back(request, sent_of(request))


async def stop_duty(request: Request) -> Response:
    """Go off duty."""
    await duty.stop(services_of(request), actor_of(request), place_of(request))
    return _back(request, sent_of(request))


async def rest(request: Request) -> Response:
    """Not me today."""
    await duty.rest(services_of(request), actor_of(request), place_of(request))
    return _back(request, sent_of(request))


async def stop_resting(request: Request) -> Response:
    """There again."""
    await duty.stop_resting(services_of(request), actor_of(request), place_of(request))
    return _back(request, sent_of(request))


async def certificates_page(request: Request) -> Response:
    """Who asks for a signature, and who is certified."""
    return await _certificates(request)


async def sign_certificate(request: Request) -> Response:
    """Sign for somebody."""
    place, number = place_of(request), request.path_params["enrolment_id"]
    await certificates.sign(services_of(request), actor_of(request), place, number)
    return RedirectResponse(f"/c/{place.slug}/certificates", 303)


async def revoke_certificate(request: Request) -> Response:
    """Take a certificate back, with a reason."""
    place, number = place_of(request), request.path_params["certificate_id"]
    reason = sent_of(request).get("reason")
    services, actor = services_of(request), actor_of(request)
    try:
        await certificates.revoke(services, actor, place, number, reason)
    except Invalid as error:
        return await _certificates(request, {f"reason-{number}": error.fields["reason"]}, 422)
    return RedirectResponse(f"/c/{place.slug}/certificates", 303)


def _back(request: Request, sent: Sent) -> Response:
    """To where the switch was used: the desk has one too."""
    page_name = "desk" if sent.get("from") == "desk" else "duty"
    return RedirectResponse(f"/c/{place_of(request).slug}/{page_name}", 303)


async def _duty(
    request: Request, errors: Mapping[str, str] = NO_ERRORS, status: int = 200
) -> Response:
    services, place, actor = services_of(request), place_of(request), actor_of(request)
    now = services.clock.now()
    async with services.db.read() as reader:
        alerted = {one.account_id for one in await queries.on_duty(reader, place.id, now)}
        context = {
            "my_duty": await queries.my_duty(reader, actor.id, place.id, now),
            "present": await queries.present(reader, place.id, now),
            "alerted": alerted,
            "leads": await queries.leads(reader, place.id, now),
            "answering": await queries.coverage(reader, place.id, now),
            "errors": errors,
        }
    return page(request, "peers/duty.html", context, status)


async def _certificates(
    request: Request, errors: Mapping[str, str] = NO_ERRORS, status: int = 200
) -> Response:
    services, place, actor = services_of(request), place_of(request), actor_of(request)
    now = services.clock.now()
    after = request.query_params.get("after", "")
    async with services.db.read() as reader:
        right = await signing.signing_right(reader, actor.id, place.id, now)
        waiting = await signing.requests(reader, place.id, now)
        held, next_after = await signing.certified(
            reader, place.id, now, int(after) if ID.fullmatch(after) else 0
        )
    titles = {slug: course.title for slug, course in packaged_courses().items()}
    context = {
        "requests": [(one, right.refusal(one.account_id)) for one in waiting],
        "certified": held,
        "next_after": next_after,
        "titles": titles,
        "errors": errors,
        "values": {name: sent_of(request).get("reason") for name in errors},
    }
    return page(request, "peers/certificates.html", context, status)


ROUTES: list[BaseRoute] = [
    route("/c/{community}/duty", duty_page, needs=Action.DUTY_READ),
    route("/c/{community}/duty", start_duty, needs=Action.DUTY_KEEP, methods=["POST"]),
    # Ending duty and resting need no certificate: they must always be possible.
    route("/c/{community}/duty/ended", stop_duty, needs=Action.DUTY_READ, methods=["POST"]),
    route("/c/{community}/rest", rest, needs=Action.DUTY_READ, methods=["POST"]),
    route("/c/{community}/rest/ended", stop_resting, needs=Action.DUTY_READ, methods=["POST"]),
    route("/c/{community}/certificates", certificates_page, needs=Action.CERTIFICATE_SIGN),
    route(
        "/c/{community}/certificates/requests/{enrolment_id:int}/signed",
        sign_certificate,
        needs=Action.CERTIFICATE_SIGN,
        methods=["POST"],
    ),
    route(
        "/c/{community}/certificates/{certificate_id:int}/revoked",
        revoke_certificate,
        needs=Action.CERTIFICATE_SIGN,
        methods=["POST"],
    ),
    *course_pages.ROUTES,
]
NAV = NavItem("Duty", "/c/{community}/duty", Action.DUTY_READ)
