"""Coming back with the code that was kept on paper."""

import asyncio
from collections.abc import Callable

import pytest
from sqlmodel import select

from forum.accounts.actions import create_account
from forum.accounts.browsers import Browser
from forum.accounts.credentials import WrongCode, recover
from forum.accounts.forms import NewAccount, Recovery
from forum.accounts.models import Account
from forum.services import Services
from tests.accounts.test_sign_in import quick
from tests.accounts.visitors import PASSWORD, Visitor, code_on
from tests.people import World

Visit = Callable[..., Visitor]
NEW = "four quiet boats"
BROWSER = Browser("192.0.2.1", "Firefox", "")


async def give_code(visitor: Visitor, name: str, code: str, password: str = NEW) -> int:
    await visitor.open("/recover")
    form = {"name": name, "code": code, "new_password": password}
    return (await visitor.send("/recover", form)).status_code


async def test_the_code_sets_a_new_password_and_ends_every_session(visit: Visit) -> None:
    lost, back = visit(), visit()
    code = code_on(await lost.sign_up("Ana"))
    await back.open("/recover")
    page = await back.send("/recover", {"name": "Ana", "code": code, "new_password": NEW})
    assert page.status_code == 200
    assert code_on(page) != code
    assert (await back.open("/settings")).status_code == 200
    assert (await lost.open("/settings")).status_code == 303
    assert (await visit().sign_in("Ana", PASSWORD)).status_code == 422
    assert (await visit().sign_in("Ana", NEW)).status_code == 303


@pytest.mark.parametrize(
    "written", [str.upper, lambda code: code.replace("-", " "), lambda code: f" {code}\n"]
)
async def test_a_code_may_be_written_in_other_ways(
    visit: Visit, written: Callable[[str], str]
) -> None:
    code = code_on(await visit().sign_up("Ana"))
    assert await give_code(visit(), "Ana", written(code)) == 200


async def test_a_code_works_once(visit: Visit) -> None:
    code = code_on(await visit().sign_up("Ana"))
    assert await give_code(visit(), "Ana", code) == 200
    assert await give_code(visit(), "Ana", code, "five quiet boats") == 422


async def test_a_code_used_twice_at_the_same_moment_works_once(services: Services) -> None:
    created = await create_account(services, NewAccount("Ana", PASSWORD))
    entered = await asyncio.gather(
        *(
            recover(services, Recovery("Ana", created.recovery_code, f"{NEW} {number}"), BROWSER)
            for number in range(3)
        ),
        return_exceptions=True,
    )
    assert len([one for one in entered if isinstance(one, WrongCode)]) == 2


async def test_known_and_unknown_names_cost_the_same_work_and_get_the_same_answer(
    services: Services,
) -> None:
    await create_account(services, NewAccount("Ana", PASSWORD))
    spent, said = set(), set()
    for name in ("Ana", "Zed"):
        hasher = quick(services)
        hasher.hashed = hasher.verified = 0
        with pytest.raises(WrongCode) as refused:
            await recover(services, Recovery(name, "aaaa-bbbb-cccc-dddd-eeee", NEW), BROWSER)
        spent.add((hasher.hashed, hasher.verified))
        said.add(str(refused.value))
    assert spent == {(0, 1)}
    assert len(said) == 1


async def test_codes_cannot_be_guessed_for_one_account_or_from_one_address(visit: Visit) -> None:
    await visit(address="192.0.2.99").sign_up("Ana")
    wrong = "aaaa-bbbb-cccc-dddd-eeee"
    spread = [await give_code(visit(address=f"198.51.100.{n}"), "Ana", wrong) for n in range(6)]
    assert spread == [422] * 5 + [429]
    many = [await give_code(visit(), f"Person {n}", wrong) for n in range(16)]
    assert many == [422] * 15 + [429]


async def test_a_weak_new_password_keeps_what_was_typed(visit: Visit) -> None:
    code = code_on(await visit().sign_up("Ana"))
    back = visit()
    await back.open("/recover")
    page = await back.send("/recover", {"name": "Ana", "code": code, "new_password": "Ana"})
    assert page.status_code == 422
    assert code in page.text
    assert await give_code(visit(), "Ana", code) == 200


async def test_a_new_code_needs_the_password_and_replaces_the_old_one(
    world: World, services: Services
) -> None:
    ana = await world.person("Ana")
    refused = await ana.post("/settings/recovery-code", {"password": "not that one"})
    assert refused.status_code == 422
    code = code_on(await ana.post("/settings/recovery-code", {"password": "correct horse battery"}))
    async with services.db.read() as reader:
        account = (await reader.exec(select(Account))).one()
    assert await services.hasher.verify(code, account.recovery_hash)
    assert account.recovery_saved_at is None


async def test_the_code_is_on_no_other_page(visit: Visit) -> None:
    ana = visit()
    code = code_on(await ana.sign_up("Ana"))
    for url in ("/settings", "/settings/recovery-code", "/settings/export", "/sign-up"):
        assert code not in (await ana.open(url)).text


async def test_the_page_with_the_code_is_stored_nowhere(visit: Visit) -> None:
    page = await visit().sign_up("Ana")
    assert page.headers["cache-control"] == "no-store"


async def test_a_person_is_told_when_the_code_was_used(visit: Visit) -> None:
    code = code_on(await visit().sign_up("Ana"))
    back = visit()
    await give_code(back, "Ana", code)
    assert "set with your recovery code" in (await back.open("/notices")).text
