"""Taking everything along, and erasing it: nothing personal is left in any table."""

import json
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy
from sqlmodel import col, select

from forum import audit
from forum.accounts.actions import create_account
from forum.accounts.forms import NewAccount
from forum.accounts.models import Account, Session
from forum.accounts.personal import ACCOUNT_FIELDS, SESSION_FIELDS
from forum.db import Reader, Tx, metadata
from forum.errors import StillNeeded
from forum.notices.actions import tell
from forum.permissions import Role
from forum.services import PersonalData, Services
from tests.accounts.visitors import Visitor
from tests.people import PASSWORD, Person, World

Visit = Callable[..., Visitor]
KEPT_BACK = {
    *("id", "account_id", "name_key", "password_hash", "recovery_hash", "token_hash", "key"),
    *("form_id", "is_stale", "erased_at"),
}
CHOICE = {"password": PASSWORD, "words": "remove"}
WORDS = ("Penelope", "penelope", "pen@example.org", "two cats", "a private notice", "Europe/Berlin")


@pytest.fixture
async def penelope(world: World, services: Services) -> Person:
    """Somebody who has left traces everywhere."""
    harbour = await world.community()
    person = await world.person("Penelope", harbour, Role.PEER)
    form = {"about": "two cats", "email": "pen@example.org", "timezone": "Europe/Berlin"}
    await person.post("/settings", form)
    async with services.db.write() as tx:
        await tell(tx, person.id, "news", "Hello", "a private notice")
        await audit.record(tx, person.id, "seen", subject=f"account:{person.id}")
    return person


async def everything(services: Services) -> str:
    """Every row of every table, as text."""
    rows: list[str] = []
    async with services.db.read() as reader:
        for table in metadata.sorted_tables:
            found = await reader.exec(sqlalchemy.select(table))  # type: ignore[call-overload]
            rows += [f"{table.name}: {tuple(row)}" for row in found]
    return "\n".join(sorted(rows))


async def account_of(services: Services, account_id: int) -> Account:
    async with services.db.read() as reader:
        return (await reader.exec(select(Account).where(Account.id == account_id))).one()


def test_every_column_is_exported_or_kept_back_for_a_reason() -> None:
    columns = set(Account.model_fields) | set(Session.model_fields)
    assert columns == set(ACCOUNT_FIELDS) | set(SESSION_FIELDS) | KEPT_BACK


async def test_a_person_can_read_everything_that_is_kept(penelope: Person) -> None:
    page = (await penelope.get("/settings/export")).text
    for words in (
        "Penelope",
        "pen@example.org",
        "two cats",
        "a private notice",
        "Harbour",
        "discreet mode",
    ):
        assert words in page
    assert '<time datetime="2026-' in page


async def test_the_download_holds_the_same_and_says_nothing_about_the_place(
    penelope: Person, services: Services
) -> None:
    answer = await penelope.get("/settings/export.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    kept = json.loads(answer.text)
    assert {data.name for data in services.personal_data} | {"exported_at"} == set(kept)
    assert kept["account"]["email"] == "pen@example.org"
    assert kept["notices"][-1]["body"] == "a private notice"


async def test_an_export_holds_no_secret(penelope: Person, services: Services) -> None:
    account = await account_of(services, penelope.id)
    answer = (await penelope.get("/settings/export.json")).text
    for secret in (account.password_hash, penelope.token, "token_hash", "recovery_hash"):
        assert secret not in answer


async def test_nobody_can_ask_for_anothers_data(penelope: Person, world: World) -> None:
    ben = await world.person("Ben")
    for url in (
        f"/settings/export?account_id={penelope.id}",
        f"/settings/export.json?account={penelope.id}&id={penelope.id}",
    ):
        assert "two cats" not in (await ben.get(url)).text
        assert (await world.guest().get(url)).status_code == 303


@pytest.mark.parametrize("words", ["remove", "keep"])
async def test_erasing_leaves_nothing_personal_in_any_table(
    penelope: Person, services: Services, words: str
) -> None:
    before = await everything(services)
    assert all(trace in before for trace in WORDS)
    answer = await penelope.post("/settings/erase", CHOICE | {"words": words})
    assert (answer.status_code, answer.headers["location"]) == (303, "/erased")
    left = await everything(services)
    assert [trace for trace in WORDS if trace in left] == []
    assert "former member" in left


async def test_erasing_ends_every_session_at_once(penelope: Person, services: Services) -> None:
    await penelope.post("/settings/erase", CHOICE)
    penelope.client.cookies.set("__Host-session", penelope.token, domain="handrail.test")
    assert (await penelope.get("/settings")).status_code == 303
    async with services.db.read() as reader:
        assert (await reader.exec(select(Session))).first() is None


async def test_an_erased_person_cannot_sign_in_or_recover(penelope: Person, visit: Visit) -> None:
    await penelope.post("/settings/erase", CHOICE)
    assert (await visit().sign_in("Penelope", PASSWORD)).status_code == 422
    assert (await visit().sign_in("former member", PASSWORD)).status_code == 422


@pytest.mark.parametrize("name", ["Penelope", "PENELOPE", "Реnеlоре", "P3nel0pe"])
async def test_nobody_can_take_over_the_name_of_an_erased_person(
    penelope: Person, visit: Visit, name: str
) -> None:
    await penelope.post("/settings/erase", CHOICE)
    assert (await visit().sign_up(name)).status_code == 422


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"words": "remove", "password": "not that one"}, "not your password"),
        ({"words": "remove"}, "not your password"),
        ({"password": PASSWORD}, "choose what happens"),
        ({"words": "everything", "password": PASSWORD}, "choose what happens"),
    ],
)
async def test_nothing_is_erased_without_password_and_choice(
    penelope: Person, services: Services, form: dict[str, str], said: str
) -> None:
    page = await penelope.post("/settings/erase", form)
    assert page.status_code == 422
    assert said in page.text
    assert (await account_of(services, penelope.id)).erased_at is None


async def test_nothing_is_erased_by_another_site(penelope: Person, services: Services) -> None:
    foreign = {"origin": "https://evil.test", "sec-fetch-site": "cross-site"}
    assert (await penelope.post("/settings/erase", CHOICE, headers=foreign)).status_code == 403
    assert (await penelope.post("/settings/erase", CHOICE | {"csrf": "x"})).status_code == 403
    assert (await account_of(services, penelope.id)).erased_at is None


async def test_the_last_site_admin_must_hand_over_first(world: World, services: Services) -> None:
    ana = await world.person("Ana", site_admin=True)
    page = await ana.post("/settings/erase", CHOICE)
    assert page.status_code == 409
    assert "Make somebody else a site admin first" in page.text
    assert (await account_of(services, ana.id)).erased_at is None
    ben = await world.person("Ben", site_admin=True)
    assert (await ana.post("/settings/erase", CHOICE)).status_code == 303
    assert (await ben.post("/settings/erase", CHOICE)).status_code == 409


async def test_the_last_community_admin_must_hand_over_first(
    world: World, services: Services
) -> None:
    harbour = await world.community()
    ana = await world.person("Ana", harbour, Role.COMMUNITY_ADMIN)
    before = await everything(services)
    page = await ana.post("/settings/erase", CHOICE)
    assert page.status_code == 409
    assert "community admin first" in page.text
    assert await everything(services) == before


class Refusing:
    """A domain that cannot let somebody go."""

    name = "refusing"

    async def export(self, _reader: Reader, _account_id: int) -> object:
        return {}

    async def erase(self, _tx: Tx, _account_id: int, *, keep_words: bool) -> None:
        raise StillNeeded("Hand the boat over first.")


async def test_one_domain_that_refuses_undoes_the_whole_erasure(
    penelope: Person, services: Services
) -> None:
    before = await everything(services)
    data: Sequence[PersonalData] = (Refusing(), *services.personal_data)  # asked last
    object.__setattr__(services, "personal_data", data)
    page = await penelope.post("/settings/erase", CHOICE)
    assert "Hand the boat over first." in page.text
    assert await everything(services) == before


async def test_an_erasure_is_in_the_audit_log_without_a_name(
    penelope: Person, services: Services
) -> None:
    await penelope.post("/settings/erase", CHOICE)
    async with services.db.read() as reader:
        newest = select(audit.AuditEntry).order_by(col(audit.AuditEntry.id).desc()).limit(1)
        entry = (await reader.exec(newest)).one()
        check = await audit.verify(reader)
    assert (entry.action, entry.subject) == ("account_erased", f"account:{penelope.id}")
    assert check.broken_id is None


async def test_two_people_can_be_erased(services: Services, world: World) -> None:
    for name in ("Ana", "Ben"):
        await create_account(services, NewAccount(f"{name} Stone", PASSWORD))
        person = await world.person(name)
        assert (await person.post("/settings/erase", CHOICE)).status_code == 303
