"""Leaving in a hurry: the session locks at once, and only the password opens it again."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from forum.accounts.models import Session
from forum.services import Services
from tests.accounts.visitors import PASSWORD, Visitor
from tests.people import SITE

Visit = Callable[..., Visitor]


async def leave(visitor: Visitor, **headers: str) -> int:
    """The beacon that leave.js sends: no token, no form."""
    told = {"origin": SITE, "sec-fetch-site": "same-origin"} | headers
    response = await visitor.client.post("/leave", headers=told)
    assert response.text == "" or response.status_code != 204
    return response.status_code


async def session(services: Services) -> Session:
    async with services.db.read() as reader:
        return (await reader.exec(select(Session))).one()


async def test_leaving_locks_the_session(visit: Visit, services: Services) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    assert await leave(ana) == 204
    assert (await session(services)).locked_at is not None
    answer = await ana.open("/settings")
    assert answer.headers["location"] == "/sign-in?next=/settings"
    answer = await ana.open("/sign-in?next=/settings")
    assert (answer.status_code, answer.headers["location"]) == (303, "/unlock?next=%2Fsettings")


async def test_the_locked_page_tells_neither_person_nor_place(visit: Visit) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    await leave(ana)
    page = (await ana.open("/unlock?next=/settings")).text
    assert "<title>Notes</title>" in page
    for telling in ("Ana", "Handrail", "hard times"):
        assert telling not in page
    assert "/help-now" in page
    assert 'name="name"' not in page


async def test_the_password_opens_it_again_with_a_new_cookie(
    visit: Visit, services: Services
) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    old = ana.session
    await leave(ana)
    await ana.open("/unlock?next=/settings")
    wrong = await ana.send("/unlock", {"password": "not that one", "next": "/settings"})
    assert wrong.status_code == 422
    assert 'value="/settings"' in wrong.text
    right = await ana.send("/unlock", {"password": PASSWORD, "next": "/settings"})
    assert (right.status_code, right.headers["location"]) == (303, "/settings")
    assert ana.session != old
    assert (await ana.open("/settings")).status_code == 200
    assert (await session(services)).locked_at is None


async def test_guessing_at_a_locked_session_is_stopped(visit: Visit) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    await leave(ana)
    await ana.open("/unlock")
    statuses = [
        (await ana.send("/unlock", {"password": f"guess {number}"})).status_code
        for number in range(22)
    ]
    assert statuses == [422] * 20 + [429] * 2


async def test_a_person_can_start_again_instead(visit: Visit, services: Services) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    await leave(ana)
    await ana.open("/unlock")
    assert (await ana.send("/sign-out", {})).status_code == 303
    assert (await ana.open("/sign-in")).status_code == 200
    async with services.db.read() as reader:
        assert (await reader.exec(select(Session))).first() is None


async def test_unlocking_leads_to_no_other_site(visit: Visit) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    await leave(ana)
    assert "evil" not in (await ana.open("/unlock?next=//evil.test")).text
    answer = await ana.send("/unlock", {"password": PASSWORD, "next": "/\\evil.test"})
    assert answer.headers["location"] == "/"


async def test_a_guest_who_leaves_is_not_told_anything(visit: Visit) -> None:
    assert await leave(visit()) == 204


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.test"},
        {"sec-fetch-site": "none", "origin": "null"},
    ],
)
async def test_another_site_cannot_lock_a_session(
    visit: Visit, services: Services, headers: dict[str, str]
) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    assert await leave(ana, **headers) == 403
    assert (await session(services)).locked_at is None


async def test_a_beacon_that_proves_nothing_is_refused(visit: Visit, services: Services) -> None:
    ana = visit()
    await ana.sign_up("Ana")
    assert (await ana.client.post("/leave")).status_code == 403
    assert (await session(services)).locked_at is None


async def test_there_is_nothing_to_unlock_for_a_stranger(visit: Visit) -> None:
    guest = visit()
    await guest.open("/unlock")
    answer = await guest.send("/unlock", {"password": PASSWORD})
    assert answer.headers["location"] == "/sign-in"
