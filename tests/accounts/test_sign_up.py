"""Joining: a made-up name, a password, an honest age, two consents, a code shown once."""

import asyncio
import re
from collections.abc import Callable

import pytest
from sqlmodel import col, func, select

from forum.accounts.actions import NameTaken, create_account, make_site_admin
from forum.accounts.forms import NewAccount
from forum.accounts.models import Account, Session
from forum.errors import Invalid
from forum.ids import token_hash
from forum.services import Services
from tests.accounts.visitors import PASSWORD, Visitor, code_on, sign_up_fields
from tests.fakes import FrozenClock
from tests.people import World

Visit = Callable[..., Visitor]


async def accounts(services: Services) -> list[Account]:
    async with services.db.read() as reader:
        return list(await reader.exec(select(Account).order_by(col(Account.id))))


async def count(services: Services, table: type[Account] | type[Session]) -> int:
    async with services.db.read() as reader:
        return (await reader.exec(select(func.count()).select_from(table))).one()


async def test_a_name_and_a_password_are_enough(visit: Visit, services: Services) -> None:
    ana = visit()
    page = await ana.sign_up("Ana")
    assert page.status_code == 200
    assert code_on(page)
    (account,) = await accounts(services)
    assert (account.name, account.email, account.country) == ("Ana", None, None)
    assert (await ana.open("/settings")).status_code == 200


async def test_the_session_cookie_is_kept_from_scripts_and_other_sites(visit: Visit) -> None:
    page = await visit().sign_up("Ana")
    cookie = next(
        line for line in page.headers.get_list("set-cookie") if line.startswith("__Host-session=")
    )
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


async def test_the_form_on_the_code_page_already_belongs_to_the_new_session(
    visit: Visit, services: Services
) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    saved = await ana.send("/settings/recovery-code/saved", {"next": "/"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/")
    assert (await accounts(services))[0].recovery_saved_at is not None


async def test_nothing_that_opens_the_account_is_stored(visit: Visit, services: Services) -> None:
    ana = visit()
    code = code_on(await ana.sign_up("Ana"))
    (account,) = await accounts(services)
    async with services.db.read() as reader:
        session = (await reader.exec(select(Session))).one()
    stored = repr((account, session))
    assert PASSWORD not in stored
    assert code not in stored
    assert ana.session is not None
    assert ana.session not in stored
    assert session.token_hash == token_hash(ana.session)


async def test_a_stolen_table_opens_no_session(visit: Visit, services: Services) -> None:
    await visit().sign_up("Ana")
    async with services.db.read() as reader:
        stolen = (await reader.exec(select(Session.token_hash))).one()
    thief = visit()
    thief.client.cookies.set("__Host-session", stolen, domain="handrail.test")
    assert (await thief.open("/settings")).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "2 to 40"),
        ("name", "Moderator", "someone of the team"),
        ("name", "аdmin", "one alphabet"),
        ("password", "short", "10 letters or more"),
        ("password", "password123", "tried first"),
        ("password", "x" * 257, "256 letters or fewer"),
        ("age", "", "in years"),
        ("age", "eighteen", "in years"),
        ("age", "-20", "in years"),
        ("age", "999", "in years"),
        ("terms", None, "read the terms"),
        ("sensitive", None, "unless you agree"),
        ("email", "not an address", "leave it empty"),
        ("country", "XX", "from the list"),
        ("timezone", "Mars/Olympus", "from the list"),
    ],
)
async def test_a_mistake_is_told_and_loses_nothing(
    visit: Visit, services: Services, field: str, value: str | None, said: str
) -> None:
    page = await visit().sign_up(**{"email": "kept@example.org", field: value})
    assert page.status_code == 422
    assert said in page.text
    assert field == "email" or 'value="kept@example.org"' in page.text
    assert PASSWORD not in page.text
    assert await accounts(services) == []


async def test_every_mistake_is_told_at_once(visit: Visit) -> None:
    page = await visit().sign_up("", password="x", age="", terms=None, sensitive=None)
    listed = re.findall(r'<li><a href="#(\w+)">', page.text)
    assert listed == ["name", "password", "age", "terms", "sensitive"]


async def test_somebody_too_young_is_refused_kindly_and_nothing_is_kept(
    visit: Visit, services: Services
) -> None:
    child = visit()
    page = await child.sign_up("Robin", age="15")
    assert page.status_code == 200
    assert "/help-now" in page.text
    assert "Robin" not in page.text
    assert child.session is None
    assert await accounts(services) == []


async def test_the_form_does_not_tell_which_age_is_old_enough(visit: Visit) -> None:
    assert re.search(r"\b18\b", (await visit().open("/sign-up")).text) is None


async def test_the_age_itself_is_not_stored(visit: Visit, services: Services) -> None:
    await visit().sign_up("Ana", age="97")
    assert "97" not in repr((await accounts(services))[0])


@pytest.mark.parametrize("name", ["Mira", "MIRA", "M i r a", "Míra", "Mlra", "M1ra", "mir4"])
async def test_a_name_that_looks_like_anothers_is_taken(
    visit: Visit, services: Services, name: str
) -> None:
    await visit().sign_up("Mira")
    page = await visit(address="192.0.2.2").sign_up(name)
    assert page.status_code == 422
    assert "looks like it" in page.text
    assert len(await accounts(services)) == 1


async def test_two_people_who_take_a_name_at_the_same_moment_do_not_share_it(
    services: Services,
) -> None:
    made = await asyncio.gather(
        *(create_account(services, NewAccount("Mira", PASSWORD)) for _ in range(4)),
        return_exceptions=True,
    )
    assert len([one for one in made if isinstance(one, NameTaken)]) == 3
    assert len(await accounts(services)) == 1


async def test_a_form_sent_twice_makes_one_person_and_shows_a_code_that_works(
    visit: Visit, services: Services
) -> None:
    ana = visit()
    await ana.open("/sign-up")
    form = (ana.token, ana.form_id)
    first = code_on(await ana.send("/sign-up", sign_up_fields("Ana")))
    again = visit()
    await again.open("/sign-up")
    again.form_id = form[1]
    second = code_on(await again.send("/sign-up", sign_up_fields("Ana")))
    assert len(await accounts(services)) == 1
    stored = (await accounts(services))[0].recovery_hash
    assert await services.hasher.verify(second, stored)
    assert not await services.hasher.verify(first, stored)


async def test_a_form_id_without_its_password_opens_nothing(
    visit: Visit, services: Services
) -> None:
    ana = visit()
    await ana.open("/sign-up")
    stolen = ana.form_id
    await ana.send("/sign-up", sign_up_fields("Ana"))
    thief = visit()
    await thief.open("/sign-up")
    thief.form_id = stolen
    page = await thief.send("/sign-up", sign_up_fields("Ana", password="another long one"))
    assert page.status_code == 422
    assert thief.session is None


async def test_an_old_form_id_is_no_second_key(
    visit: Visit, services: Services, clock: FrozenClock
) -> None:
    ana = visit()
    await ana.open("/sign-up")
    form_id = ana.form_id
    await ana.send("/sign-up", sign_up_fields("Ana"))
    clock.advance(hours=2)
    later = visit()
    await later.open("/sign-up")
    later.form_id = form_id
    assert (await later.send("/sign-up", sign_up_fields("Ana"))).status_code == 422


async def test_one_address_cannot_make_accounts_without_end(
    visit: Visit, services: Services, clock: FrozenClock
) -> None:
    statuses = [
        (await visit().sign_up(f"Cat of {letter}")).status_code for letter in "abcdfghijkmn"
    ]
    assert statuses == [200] * 10 + [429] * 2
    assert (await visit(address="192.0.2.9").sign_up("Max")).status_code == 200
    clock.advance(hours=1)
    assert (await visit().sign_up("Cat of n")).status_code == 200


async def test_a_list_of_names_cannot_be_tried_for_being_taken(visit: Visit) -> None:
    await visit(address="192.0.2.9").sign_up("Mira")
    statuses = [(await visit().sign_up("Mira")).status_code for _ in range(42)]
    assert statuses == [422] * 40 + [429] * 2


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.test"}, {"origin": "null", "sec-fetch-site": "cross-site"}],
)
async def test_a_form_from_another_site_makes_no_account(
    visit: Visit, services: Services, headers: dict[str, str]
) -> None:
    ana = visit()
    await ana.open("/sign-up")
    assert (await ana.send("/sign-up", sign_up_fields(), **headers)).status_code == 403
    assert await accounts(services) == []


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_a_form_without_its_token_makes_no_account(
    visit: Visit, services: Services, token: str
) -> None:
    ana = visit()
    await ana.open("/sign-up")
    ana.token = token
    assert (await ana.send("/sign-up", sign_up_fields())).status_code == 403
    assert await accounts(services) == []


async def test_whoever_is_in_already_is_sent_on(world: World) -> None:
    ana = await world.person("Ana")
    for page in ("/sign-up", "/sign-in"):
        answer = await ana.get(f"{page}?next=/settings")
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings")


async def test_create_account_needs_no_browser_and_keeps_the_same_rules(
    services: Services,
) -> None:
    created = await create_account(services, NewAccount("Ana", PASSWORD, country="GB"))
    (account,) = await accounts(services)
    assert (account.id, account.country) == (created.account_id, "GB")
    assert await services.hasher.verify(created.recovery_code, account.recovery_hash)
    with pytest.raises(Invalid):
        await create_account(services, NewAccount("Moderator", PASSWORD))
    with pytest.raises(NameTaken):
        await create_account(services, NewAccount("A.N.A", PASSWORD))


async def test_a_site_admin_is_made_in_the_callers_transaction(services: Services) -> None:
    created = await create_account(services, NewAccount("Ana", PASSWORD))
    async with services.db.write() as tx:
        await make_site_admin(tx, created.account_id)
    assert (await accounts(services))[0].is_site_admin
