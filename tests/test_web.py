"""Doors and forms: what the guard lets through, and what a refused person reads."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from forum.ids import new_token
from forum.permissions import Action, Role
from forum.web.guard import route
from forum.web.pages import page
from forum.web.state import sent_of
from tests.people import SITE, Person, World

KEPT = "I wrote this for an hour & <b>mean</b> it"


async def echo(request: Request) -> Response:
    return PlainTextResponse(sent_of(request).get("body"))


async def crash(request: Request) -> Response:
    raise RuntimeError(sent_of(request).get("body"))


async def form(request: Request) -> Response:
    return page(request, "error.html", {"title": "t", "advice": "a", "status": 200, "kept": []})


@pytest.fixture(autouse=True)
def probes(app: Starlette) -> None:
    """Routes that only these tests have."""
    app.router.routes[:0] = [
        route("/echo", echo, needs=None, methods=["POST"]),
        route("/own", echo, needs=Action.ACCOUNT_OWN, methods=["GET", "POST"]),
        route("/crash", crash, needs=None, methods=["POST"]),
        route("/form", form, needs=None),
        route("/c/{community}/inside", echo, needs=Action.BOARD_READ),
        route("/c/{community}/cases", echo, needs=Action.CASE_LIST),
        route("/c/{community}/lobby", echo, needs=Action.COMMUNITY_JOIN, lobby=True),
    ]


@pytest.fixture
async def alice(world: World) -> Person:
    return await world.person("alice")


async def test_a_form_from_our_own_page_is_taken(alice: Person) -> None:
    answer = await alice.post("/echo", {"body": "hello"})
    assert (answer.status_code, answer.text) == (200, "hello")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://handrail.test.evil.example"},
        {"origin": "http://handrail.test"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_from_another_site_is_refused_and_the_words_are_kept(
    alice: Person, headers: dict[str, str]
) -> None:
    answer = await alice.client.post(
        "/echo", data={"csrf": alice.form_token, "body": KEPT}, headers=headers
    )
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("token", ["", "0" * 64, "ünïcode"])
async def test_a_wrong_token_is_refused_and_the_words_are_kept(alice: Person, token: str) -> None:
    answer = await alice.post("/echo", {"csrf": token, "body": KEPT})
    assert answer.status_code == 403
    assert "I wrote this for an hour &amp; &lt;b&gt;mean&lt;/b&gt; it" in answer.text


async def test_one_persons_token_opens_nothing_for_another(alice: Person, world: World) -> None:
    mallory = await world.person("mallory")
    answer = await alice.post("/echo", {"csrf": mallory.form_token, "body": "x"})
    assert answer.status_code == 403


async def test_a_guest_without_a_cookie_cannot_post(world: World, alice: Person) -> None:
    guest = world.guest()
    assert (await guest.post("/echo", {"body": "hi"})).text == "hi"
    guest.client.cookies.clear()
    assert (await guest.post("/echo", {"body": "hi"})).status_code == 403


async def test_a_guests_first_form_sets_its_cookie(world: World, app: Starlette) -> None:
    guest = world.guest()
    guest.client.cookies.clear()
    answer = await guest.get("/form")
    assert "set-cookie" not in answer.headers, "a page without a form sets none"


async def test_bytes_that_are_no_text_get_a_clear_answer(alice: Person) -> None:
    for body in (b"csrf=" + alice.form_token.encode() + b"&body=%ff%fe", b"csrf=%00&body=%00"):
        answer = await alice.client.post(
            "/echo",
            content=body,
            headers={"origin": SITE, "content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code in (200, 400, 403)
        assert answer.status_code != 500


async def test_a_nul_is_refused(alice: Person) -> None:
    answer = await alice.post("/echo", {"body": "a\x00b and more"})
    assert answer.status_code == 400
    assert "ab and more" in answer.text


async def test_too_much_at_once_gets_a_clear_answer(alice: Person) -> None:
    answer = await alice.post("/echo", {"body": "x" * 300_000})
    assert answer.status_code == 413
    assert "more than we can take" in answer.text


async def test_newlines_are_the_same_from_every_browser(alice: Person) -> None:
    assert (await alice.post("/echo", {"body": "a\r\nb\rc"})).text == "a\nb\nc"


async def test_a_guest_is_sent_to_sign_in_and_back(world: World) -> None:
    answer = await world.guest().get("/own?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/own"


async def test_an_unknown_or_stolen_session_is_a_guest(alice: Person) -> None:
    alice.client.cookies.set("__Host-session", new_token())
    assert (await alice.get("/own")).status_code == 303


async def test_our_own_crash_is_plain_and_keeps_the_words(alice: Person) -> None:
    answer = await alice.post("/crash", {"body": KEPT})
    assert answer.status_code == 500
    assert "RuntimeError" not in answer.text
    assert "I wrote this for an hour" in answer.text


@pytest.mark.parametrize("url", ["/form", "/no/such/page", "/echo"])
async def test_every_answer_carries_the_security_headers(world: World, url: str) -> None:
    answer = await world.guest().get(url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


async def test_a_script_gets_json(alice: Person) -> None:
    answer = await alice.get("/no/such", headers={"accept": "application/json"})
    assert answer.json()["error"] == "NotFound"


async def test_a_members_only_community_leads_to_its_lobby(world: World) -> None:
    place = await world.community("kitchen", access="members")
    bob = await world.person("bob", place)
    carol = await world.person("carol")
    assert (await bob.get("/c/kitchen/inside")).status_code == 200
    inside = await carol.get("/c/kitchen/inside")
    assert (inside.status_code, inside.headers["location"]) == (303, "/c/kitchen/join")
    assert (await carol.get("/c/kitchen/lobby")).status_code == 200
    assert (await world.guest().get("/c/kitchen/inside")).headers["location"].startswith("/sign-in")


async def test_an_invitation_only_community_is_unknown_to_others(world: World) -> None:
    await world.community("house", access="invitation")
    carol = await world.person("carol")
    for person in (carol, world.guest()):
        for path in ("inside", "lobby", "cases"):
            assert (await person.get(f"/c/house/{path}")).status_code == 404


async def test_a_role_in_one_community_opens_nothing_in_another(world: World) -> None:
    here, there = await world.community("here"), await world.community("there")
    ana = await world.person("ana", here, Role.MODERATOR, certified=True)
    assert there.id != here.id
    assert (await ana.get("/c/here/cases")).status_code == 200
    assert (await ana.get("/c/there/cases")).status_code == 403


async def test_an_uncertified_moderator_sees_no_case(world: World) -> None:
    place = await world.community()
    ben = await world.person("ben", place, Role.MODERATOR)
    assert (await ben.get("/c/harbour/cases")).status_code == 403
