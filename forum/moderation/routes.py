"""Pages of flags, reviews and decisions, and the community's audit log."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from forum import audit
from forum.care.ear import ear_line
from forum.care.reasons import FLAG_THANKS
from forum.content import Excerpt, Span, Subject
from forum.errors import Invalid, NotFound
from forum.markup import mark_reasons
from forum.moderation import appeals, decisions, flags, queries
from forum.moderation.forms import decision_draft, flag_draft, merged
from forum.moderation.rules import RULES, rule_for
from forum.permissions import Action
from forum.screening.verdict import Harm
from forum.services import NavItem
from forum.web.forms import Sent
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import actor_of, place_of, sent_of, services_of

_HOME = "/c/{community}"
_REVIEW = _HOME + "/reviews/{review:int}"
_DECISION = _HOME + "/decisions/{decision:int}"


async def flag_form(request: Request) -> Response:
    """What is wrong with this? The worry page is one link away."""
    return await _flag_page(request, {}, {})


async def send_flag(request: Request) -> Response:
    """Take a report in and say thank you."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    draft = flag_draft(_about(request), sent_of(request))
    try:
        await flags.flag(services, actor, place, draft)
    except Invalid as wrong:
        values = {"category": draft.category, "words": draft.words}
        return await _flag_page(request, values, wrong.fields)
    excerpt = await _excerpt(request, draft.about)
    return page(request, "moderation/thanks.html", {"text": FLAG_THANKS, "back": excerpt.url})


async def reviews(request: Request) -> Response:
    """What waits for a look, the most harmful first."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    after = request.query_params.get("after", "")
    async with services.db.read() as reader:
        found = await queries.open_reviews(
            reader, actor, place, int(after) if after.isascii() and after.isdecimal() else 0
        )
        asked = await appeals.open_appeals(reader, actor, place)
        heard = await ear_line(services, reader)
    context = {
        "reviews": [(one, Harm(one.harm)) for one in found],
        "appeals": asked,
        "more": found[-1].id if len(found) == queries.PAGE else None,
        "now": services.clock.now(),
        "ear_line": heard,
    }
    return page(request, "moderation/reviews.html", context)


async def review(request: Request) -> Response:
    """One review in its surroundings, with everything that can be decided."""
    return await _review_page(request, {}, {})


async def decide(request: Request) -> Response:
    """Several things in one decision."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    view = await _view(request)
    sent = sent_of(request)
    try:
        if view.excerpt is None:
            raise NotFound
        draft = decision_draft(sent, view.excerpt)
        await decisions.decide(services, actor, place, view.review.id or 0, draft)
    except Invalid as wrong:
        return await _review_page(request, _values(sent), wrong.fields)
    return RedirectResponse(f"/c/{place.slug}/reviews", 303)


async def lift(request: Request) -> Response:
    """End a restriction before its time."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    account_id = sent_of(request).number("account")
    if account_id is None:
        raise NotFound
    await decisions.lift(services, actor, place, account_id)
    return RedirectResponse(f"/c/{place.slug}/reviews", 303)


async def decision(request: Request) -> Response:
    """Why something of mine was changed, and how to ask for another look."""
    return await _decision_page(request, {}, {})


async def appeal(request: Request) -> Response:
    """Ask somebody else to look again."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    decision_id = request.path_params["decision"]
    words = sent_of(request).get("words").strip()
    try:
        await appeals.appeal(services, actor, place, decision_id, words)
    except Invalid as wrong:
        return await _decision_page(request, {"words": words}, wrong.fields)
    return RedirectResponse(request.url.path, 303)


async def appeal_page(request: Request) -> Response:
    """Somebody asks for another look at a colleague's decision."""
    return await _appeal_page(request, {}, {})


async def answer_appeal(request: Request) -> Response:
    """Uphold or undo a colleague's decision."""
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    sent = sent_of(request)
    draft = appeals.AnswerDraft(sent.get("outcome"), sent.get("words").strip())
    try:
        await appeals.answer(services, actor, place, request.path_params["appeal"], draft)
    except Invalid as wrong:
        return await _appeal_page(
            request, {"outcome": draft.outcome, "words": draft.words}, wrong.fields
        )
    return RedirectResponse(f"/c/{place.slug}/reviews", 303)


async def audit_log(request: Request) -> Response:
    """Who did what in this community; the chain is checked as the page is made."""
    services, place = services_of(request), place_of(request)
    before = request.query_params.get("before", "")
    async with services.db.read() as reader:
        entries = await queries.audit_page(
            reader, place, int(before) if before.isascii() and before.isdecimal() else None
        )
        chain = await audit.verify(reader)
    context = {
        "entries": [
            (f"{entry.at:%Y-%m-%d %H:%M}", name, entry.action, entry.subject)
            for entry, name in entries
        ],
        "more": entries[-1][0].id if len(entries) == queries.PAGE else None,
        "chain": chain,
    }
    return page(request, "moderation/audit.html", context)


async def _flag_page(request: Request, values: dict[str, str], errors: dict[str, str]) -> Response:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    about = _about(request)
    excerpt = await flags.flagged(services, actor, place, about)
    context = {
        "about": about,
        "excerpt": excerpt,
        "word": services.contents[about.kind].word,
        "categories": [(key, rule.label) for key, rule in RULES.items()],
        "values": values,
        "errors": errors,
    }
    return page(request, "moderation/flag.html", context, 422 if errors else 200)


async def _view(request: Request) -> queries.ReviewView:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        return await queries.review_view(
            reader,
            services.contents,
            actor,
            place,
            request.path_params["review"],
            services.clock.now(),
        )


async def _review_page(
    request: Request, values: dict[str, str], errors: dict[str, str]
) -> Response:
    view = await _view(request)
    found = view.review
    fits = view.excerpt is not None and view.excerpt.version == found.version
    reasons = [(start, end, label) for _rule, start, end, label in found.reasons] if fits else []
    suggested = rule_for(Harm(found.harm), tuple(found.conduct))
    context: dict[str, Any] = {
        "view": view,
        "harm": Harm(found.harm),
        "rules": [("", "Nothing is taken away"), *((key, one.rule) for key, one in RULES.items())],
        "labels": {key: one.label for key, one in RULES.items()},
        "values": {"rule": suggested if found.harm >= Harm.UNSAFE_DETAIL else ""} | values,
        "errors": errors,
        "earlier_rows": [
            (kind, RULES[rule].label if rule else "", f"{at:%d %B %Y}")
            for kind, rule, at in view.earlier
        ],
        "longest": decisions.longest_restriction(actor_of(request), place_of(request)),
    }
    if view.excerpt is not None:
        context["marked"] = mark_reasons(view.excerpt.line.text, reasons)
        context["spans"] = _choices(view.excerpt, reasons)
    return page(request, "moderation/review.html", context, 422 if errors else 200)


def _choices(excerpt: Excerpt, reasons: list[tuple[int, int, str]]) -> list[dict[str, Any]]:
    """What can be hidden with a tick: what is hidden now, and what screening pointed at."""
    heard: set[Span] = {(start, end) for start, end, _label in reasons}
    spans = merged(heard | set(excerpt.masks))
    return [
        {
            "value": f"{start}-{end}",
            "words": excerpt.line.text[start:end],
            "is_masked": any(a <= start and end <= b for a, b in excerpt.masks),
        }
        for start, end in spans
    ]


async def _decision_page(
    request: Request, values: dict[str, str], errors: dict[str, str]
) -> Response:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        found, about = await queries.own_decision(
            reader, actor, place, request.path_params["decision"]
        )
        asked = await appeals.appeal_of(reader, found.id or 0)
    context = {
        "decision": found,
        "review": about,
        "appeal": asked,
        "may_appeal": appeals.may_be_appealed(found),
        "values": values,
        "errors": errors,
    }
    return page(request, "moderation/decision.html", context, 422 if errors else 200)


async def _appeal_page(
    request: Request, values: dict[str, str], errors: dict[str, str]
) -> Response:
    services, actor, place = services_of(request), actor_of(request), place_of(request)
    async with services.db.read() as reader:
        asked = await appeals.to_answer(reader, actor, place, request.path_params["appeal"])
        subject = Subject(asked.review.subject_kind, asked.review.subject_id)
    context = {
        "asked": asked,
        "excerpt": await _excerpt_or_none(request, subject),
        "values": values,
        "errors": errors,
    }
    return page(request, "moderation/appeal.html", context, 422 if errors else 200)


async def _excerpt(request: Request, about: Subject) -> Excerpt:
    services = services_of(request)
    async with services.db.read() as reader:
        return await services.contents.excerpt(reader, about)


async def _excerpt_or_none(request: Request, about: Subject) -> Excerpt | None:
    try:
        return await _excerpt(request, about)
    except NotFound:
        return None


def _about(request: Request) -> Subject:
    return Subject.parse(request.query_params.get("about", ""))


def _values(sent: Sent) -> dict[str, str]:
    names = ("passages", "whole", "restrict_hours", "rule", "note")
    return {name: sent.get(name) for name in names}


NAV = NavItem("Reviews", _HOME + "/reviews", Action.REVIEW_LIST)
ROUTES: list[BaseRoute] = [
    route(_HOME + "/flag", flag_form, needs=Action.FLAG_CREATE),
    route(_HOME + "/flag", send_flag, needs=Action.FLAG_CREATE, methods=("POST",)),
    route(_HOME + "/reviews", reviews, needs=Action.REVIEW_LIST),
    route(_REVIEW, review, needs=Action.REVIEW_LIST),
    route(_REVIEW, decide, needs=Action.REVIEW_DECIDE, methods=("POST",)),
    route(_HOME + "/restrictions/lift", lift, needs=Action.MEMBER_RESTRICT, methods=("POST",)),
    # Somebody who has left may still read why, and ask again.
    route(_DECISION, decision, needs=Action.NOTICE_READ, lobby=True),
    route(_DECISION, appeal, needs=Action.NOTICE_READ, methods=("POST",), lobby=True),
    route(_HOME + "/appeals/{appeal:int}", appeal_page, needs=Action.REVIEW_DECIDE),
    route(
        _HOME + "/appeals/{appeal:int}",
        answer_appeal,
        needs=Action.REVIEW_DECIDE,
        methods=("POST",),
    ),
    route(_HOME + "/audit", audit_log, needs=Action.AUDIT_READ),
]
