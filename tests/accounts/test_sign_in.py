"""Signing in and out: the same answer for everybody, a fresh session each time."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from sqlmodel import select, update

from forum.accounts.actions import WrongSignIn, create_account, sign_in
from forum.accounts.browsers import Browser
from forum.accounts.forms import NewAccount
from forum.accounts.models import Account, Session
from forum.services import Hasher, Services
from tests.accounts.visitors import PASSWORD, Visitor
from tests.fakes import FrozenClock, QuickHasher
from tests.people import World

Visit = Callable[..., Visitor]
BROWSER = Browser("192.0.2.1", "Firefox", "")


@pytest.fixture
async def ana_id(services: Services) -> int:
    """Ana has an account and is signed in nowhere."""
    return (await create_account(services, NewAccount("Ana", PASSWORD))).account_id


def quick(services: Services) -> QuickHasher:
    hasher: Hasher = services.hasher
    assert isinstance(hasher, QuickHasher)
    return hasher


@pytest.mark.usefixtures("ana_id")
async def test_name_and_password_let_a_person_in(visit: Visit) -> None:
    ana = visit()
    assert (await ana.open("/settings")).headers["location"] == "/sign-in?next=/settings"
    answer = await ana.sign_in("Ana", next="/settings")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert (await ana.open("/settings")).status_code == 200


@pytest.mark.usefixtures("ana_id")
@pytest.mark.parametrize("name", ["ana", " ANA ", "Á n a"])
async def test_a_name_may_be_typed_a_little_differently(visit: Visit, name: str) -> None:
    assert (await visit().sign_in(name)).status_code == 303


@pytest.mark.usefixtures("ana_id")
async def test_known_and_unknown_names_get_the_same_answer(visit: Visit) -> None:
    known = await visit().sign_in("Ana", "not the password")
    unknown = await visit().sign_in("Zed", "not the password")
    assert known.status_code == unknown.status_code == 422
    assert _without_secrets(known.text) == _without_secrets(unknown.text)


@pytest.mark.usefixtures("ana_id")
async def test_known_and_unknown_names_cost_the_same_work(services: Services) -> None:
    spent = []
    for name in ("Ana", "Zed", "", "x" * 5000):
        hasher = quick(services)
        hasher.hashed = hasher.verified = 0
        with pytest.raises(WrongSignIn):
            await sign_in(services, name, "not the password", BROWSER)
        spent.append((hasher.hashed, hasher.verified))
    assert set(spent) == {(0, 1)}


@pytest.mark.usefixtures("ana_id")
async def test_a_new_session_never_takes_a_token_that_the_browser_brought(
    visit: Visit, services: Services
) -> None:
    victim = visit()
    victim.client.cookies.set("__Host-session", "known-to-the-attacker", domain="handrail.test")
    await victim.sign_in("Ana")
    attacker = visit()
    attacker.client.cookies.set("__Host-session", "known-to-the-attacker", domain="handrail.test")
    assert (await attacker.open("/settings")).status_code == 303
    async with services.db.read() as reader:
        assert len(list(await reader.exec(select(Session)))) == 1


@pytest.mark.usefixtures("ana_id")
async def test_signing_in_again_ends_the_session_this_browser_had(visit: Visit) -> None:
    ana, copy = visit(), visit()
    await ana.sign_in("Ana")
    old = ana.session
    assert old is not None
    copy.client.cookies.set("__Host-session", old, domain="handrail.test")
    await ana.open("/settings")
    # A second tab had the sign-in form open all the while.
    ana.client.cookies.set("__Host-guest", "tab", domain="handrail.test")
    await ana.send("/sign-in", {"name": "Ana", "password": PASSWORD})
    assert ana.session not in (None, old)
    assert (await copy.open("/settings")).status_code == 303


@pytest.mark.usefixtures("ana_id")
async def test_a_replayed_sign_in_form_from_elsewhere_is_refused(visit: Visit) -> None:
    ana, other = visit(), visit()
    await ana.open("/sign-in")
    other.token = ana.token  # the whole form was recorded, but not the browser's cookie
    assert (await other.send("/sign-in", {"name": "Ana", "password": PASSWORD})).status_code == 403


@pytest.mark.usefixtures("ana_id")
@pytest.mark.parametrize(
    "wanted",
    [
        *("//evil.test", "/\\evil.test", "https://evil.test", "/\t/evil.test", "///evil.test"),
        *("javascript:alert(1)", "evil.test", "/\n/evil.test", "\\\\evil.test", "/%0a/../\\evil"),
    ],
)
async def test_signing_in_never_leads_to_another_site(visit: Visit, wanted: str) -> None:
    ana = visit()
    page = await ana.open(f"/sign-in?next={quote(wanted)}")
    assert "evil" not in page.text
    assert (await ana.sign_in("Ana", next=wanted)).headers["location"] == "/"


async def test_guessing_at_one_account_is_stopped_wherever_it_comes_from(
    visit: Visit, ana_id: int
) -> None:
    statuses = []
    for number in range(25):
        thief = visit(address=f"198.51.100.{number}")
        statuses.append((await thief.sign_in("Ana", f"guess number {number}")).status_code)
    assert statuses == [422] * 20 + [429] * 5
    assert (await visit().sign_in("Ana")).status_code == 429


@pytest.mark.usefixtures("ana_id")
async def test_guessing_from_one_address_is_stopped_whatever_the_name(
    visit: Visit, clock: FrozenClock
) -> None:
    statuses = [
        (await visit().sign_in(f"Person {number}", "summer holiday")).status_code
        for number in range(62)
    ]
    assert statuses == [422] * 60 + [429] * 2
    assert (await visit(address="192.0.2.7").sign_in("Ana")).status_code == 303
    clock.advance(minutes=16)
    assert (await visit().sign_in("Ana")).status_code == 303


async def test_an_unknown_name_is_limited_like_a_known_one(visit: Visit) -> None:
    statuses = [
        (await visit(address=f"198.51.100.{number}").sign_in("Zed", "x")).status_code
        for number in range(21)
    ]
    assert statuses == [422] * 20 + [429]


async def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(
    services: Services, ana_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = quick(services)
    checked = hasher.verify

    async def check_slowly(password: str, stored: str | None) -> bool:
        async with services.db.write() as tx:
            await tx.change(update(Account).values(password_hash="another"))
        return await checked(password, stored)

    monkeypatch.setattr(hasher, "verify", check_slowly)
    with pytest.raises(WrongSignIn):
        await sign_in(services, "Ana", PASSWORD, BROWSER)


async def test_signing_out_ends_the_session_and_not_only_the_cookie(world: World) -> None:
    ana = await world.person("Ana")
    answer = await ana.post("/sign-out")
    assert answer.status_code == 303
    assert 'session=""' in answer.headers["set-cookie"]
    ana.client.cookies.set("__Host-session", ana.token, domain="handrail.test")
    assert (await ana.get("/settings")).status_code == 303


async def test_signing_out_needs_the_forms_token(world: World) -> None:
    ana = await world.person("Ana")
    assert (await ana.post("/sign-out", {"csrf": "forged"})).status_code == 403
    assert (await ana.get("/settings")).status_code == 200


async def test_a_session_ends_by_itself(world: World, clock: FrozenClock) -> None:
    ana = await world.person("Ana")
    clock.advance(days=31)
    assert (await ana.get("/settings")).status_code == 303


def _without_secrets(page: str) -> str:
    """The page without what differs by chance: tokens and what was typed."""
    for line in ('name="csrf"', 'id="name"'):
        page = "\n".join(kept for kept in page.splitlines() if line not in kept)
    return page
