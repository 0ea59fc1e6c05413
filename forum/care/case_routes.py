"""One case: its page, and everything its owner can do."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.care import casework, forms, line, ownership
from forum.care.case_page import look
from forum.care.desk_routes import SOURCE_WORDS
from forum.care.ownership import CaseRef
from forum.care.states import NO_CONCERN_WORDS, OUTCOME_WORDS, REST_WORDS
from forum.errors import Invalid
from forum.ids import new_form_id
from forum.permissions import Action
from forum.web.guard import GuardedRoute, route
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

Act = Callable[[Request, CaseRef], Awaitable[None]]
KEPT = ("text", "form_id", "note", "level", "after", "outcome", "follow_up", "reason", "to")


async def case(request: Request) -> Response:
    """The case, with what was heard, what happened, and a place to answer."""
    return await _case_page(request, {}, {})


async def _case_page(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        shown = await look(services, reader, actor, place, _ref(request).case_id)
    draft = shown["case"].draft if shown["row"].is_mine else ""
    filled = {"text": draft, "form_id": new_form_id(), **values}
    context = shown | {
        "values": filled,
        "errors": errors,
        "source_words": SOURCE_WORDS,
        "rest_words": list(REST_WORDS.items()),
        "outcomes": list(OUTCOME_WORDS.items()),
        "reasons": list(NO_CONCERN_WORDS.items()),
        "may_lower": actor.may(Action.CASE_LOWER, place.id),
    }
    return page(request, "care/case.html", context, status)


async def keep(request: Request) -> Response:
    """The owner is at work: renew the lease and keep what stands in the box."""
    draft = forms.read_draft(sent_of(request))
    await ownership.keep(services_of(request), actor_of(request), _ref(request), draft)
    return JSONResponse({})


async def _claim(request: Request, ref: CaseRef) -> None:
    await ownership.claim(services_of(request), actor_of(request), ref)


async def _release(request: Request, ref: CaseRef) -> None:
    sent = sent_of(request)
    draft = forms.read_draft(sent) if sent.has("text") else None
    note = forms.read_note(sent)
    await ownership.release(services_of(request), actor_of(request), ref, note, draft)


async def _hand_over(request: Request, ref: CaseRef) -> None:
    sent = sent_of(request)
    to, note = forms.read_colleague(sent), forms.read_note(sent)
    await ownership.hand_over(services_of(request), actor_of(request), ref, to, note)


async def _take_over(request: Request, ref: CaseRef) -> None:
    await ownership.take_over(services_of(request), actor_of(request), ref)


async def _answer(request: Request, ref: CaseRef) -> None:
    words = forms.read_answer(sent_of(request))
    await line.answer(
        services_of(request), actor_of(request), place_of(request), ref, words.text, words.form_id
    )


async def _level(request: Request, ref: CaseRef) -> None:
    sent = sent_of(request)
    level, note = forms.read_level(sent), forms.read_note(sent)
    await casework.set_level(services_of(request), actor_of(request), ref, level, note)


async def _rest(request: Request, ref: CaseRef) -> None:
    after = forms.read_rest(sent_of(request))
    await casework.rest(services_of(request), actor_of(request), ref, after)


async def _escalate(request: Request, ref: CaseRef) -> None:
    note = forms.read_note(sent_of(request))
    await casework.escalate(services_of(request), actor_of(request), ref, note)


async def _close(request: Request, ref: CaseRef) -> None:
    end = forms.read_closing(sent_of(request))
    await casework.close(
        services_of(request), actor_of(request), ref, end.outcome, end.follow_up, end.note
    )


async def _no_concern(request: Request, ref: CaseRef) -> None:
    sent = sent_of(request)
    reason, note = forms.read_no_concern(sent), forms.read_note(sent)
    await casework.no_concern(services_of(request), actor_of(request), ref, reason, note)


def _ref(request: Request) -> CaseRef:
    return CaseRef(place_of(request).id, forms.row_id(request.path_params["case"]))


def _form(name: str, act: Act, needs: Action) -> GuardedRoute:
    """A form of the case page: done, it shows the case; mistaken, all that was typed."""

    async def endpoint(request: Request) -> Response:
        ref = _ref(request)
        try:
            await act(request, ref)
        except Invalid as error:
            return await _case_page(
                request, forms.typed(sent_of(request), *KEPT), error.fields, 422
            )
        return RedirectResponse(f"/c/{place_of(request).slug}/cases/{ref.case_id}", 303)

    return route(f"{_CASE}/{name}", endpoint, needs=needs, methods=["POST"], name=f"case_{name}")


_CASE = "/c/{community}/cases/{case:int}"
ROUTES: list[BaseRoute] = [
    route(_CASE, case, needs=Action.CASE_READ),
    route(f"{_CASE}/keep", keep, needs=Action.CASE_ANSWER, methods=["POST"], name="case_keep"),
    _form("claim", _claim, Action.CASE_CLAIM),
    _form("release", _release, Action.CASE_CLAIM),
    _form("hand-over", _hand_over, Action.CASE_CLAIM),
    _form("take-over", _take_over, Action.CASE_LOWER),
    _form("answer", _answer, Action.CASE_ANSWER),
    _form("level", _level, Action.CASE_ANSWER),
    _form("rest", _rest, Action.CASE_ANSWER),
    _form("escalate", _escalate, Action.CASE_ANSWER),
    _form("close", _close, Action.CASE_CLOSE),
    _form("no-concern", _no_concern, Action.CASE_CLOSE),
]
