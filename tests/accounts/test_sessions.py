"""Sessions: listed, ended, exchanged when rights change, silent the moment they end."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from forum.accounts.actions import make_site_admin
from forum.accounts.events import SessionsEnded
from forum.accounts.jobs import forget_expired_sessions
from forum.accounts.models import Session
from forum.accounts.sessions import MAX_SESSIONS
from forum.communities.actions import grant_role
from forum.permissions import Role
from forum.services import Services
from tests.accounts.visitors import PASSWORD, Visitor
from tests.fakes import FrozenClock
from tests.people import World

Visit = Callable[..., Visitor]


async def sessions(services: Services) -> list[Session]:
    async with services.db.read() as reader:
        return list(await reader.exec(select(Session).order_by(col(Session.id))))


class Ear:
    """Hears which sessions the hub was told to cut."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cut: list[str] = []
        self.people: list[int] = []

        async def revoke_session(session: str) -> None:
            self.cut.append(session)

        async def revoke(account_id: int, *_more: Any) -> None:
            self.people.append(account_id)

        monkeypatch.setattr(services.hub, "revoke_session", revoke_session)
        monkeypatch.setattr(services.hub, "revoke", revoke)


@pytest.fixture
def ear(services: Services, monkeypatch: pytest.MonkeyPatch) -> Ear:
    return Ear(services, monkeypatch)


async def test_a_person_sees_where_they_are_signed_in(visit: Visit) -> None:
    phone, laptop = visit(), visit(agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537")
    await phone.sign_up("Ana")
    await laptop.sign_in("Ana")
    page = (await laptop.open("/settings/sessions")).text
    assert "Firefox, Android" in page
    assert "Chrome, Linux" in page
    assert page.count("this one</span>") == 1
    assert page.count("End this one") == 1
    assert "Mozilla" not in page


async def test_one_session_can_be_ended_from_another_browser(
    visit: Visit, services: Services, ear: Ear
) -> None:
    lost, here = visit(), visit()
    await lost.sign_up("Ana")
    await here.sign_in("Ana")
    (gone, stays) = await sessions(services)
    await here.open("/settings/sessions")
    answer = await here.send(f"/settings/sessions/{gone.id}/end", {})
    assert answer.status_code == 303
    assert (await lost.open("/settings")).status_code == 303
    assert (await here.open("/settings")).status_code == 200
    assert ear.cut == [gone.token_hash]
    assert [session.id for session in await sessions(services)] == [stays.id]


async def test_nobody_can_end_anothers_session_or_learn_that_it_exists(
    world: World, services: Services
) -> None:
    ana, ben, guest = await world.person("Ana"), await world.person("Ben"), world.guest()
    anas = (await sessions(services))[0].id
    theirs = await ben.post(f"/settings/sessions/{anas}/end")
    nobodys = await ben.post("/settings/sessions/99999/end")
    assert theirs.status_code == nobodys.status_code == 404
    assert (await ben.post(f"/settings/sessions/{10**30}/end")).status_code == 404
    assert (await guest.post(f"/settings/sessions/{anas}/end")).status_code == 401
    assert (await ana.get("/settings")).status_code == 200


async def test_all_other_sessions_end_at_once(visit: Visit, services: Services, ear: Ear) -> None:
    browsers = [visit() for _ in range(4)]
    await browsers[0].sign_up("Ana")
    for browser in browsers[1:]:
        await browser.sign_in("Ana")
    await browsers[0].open("/settings/sessions")
    await browsers[0].send("/settings/sessions/end", {})
    statuses = [(await browser.open("/settings")).status_code for browser in browsers]
    assert statuses == [200, 303, 303, 303]
    assert len(ear.cut) == 3


async def test_ending_sessions_ends_nobody_elses(world: World) -> None:
    ana, ben = await world.person("Ana"), await world.person("Ben")
    await ana.post("/settings/sessions/end")
    assert (await ben.get("/settings")).status_code == 200


async def test_sockets_are_told_after_the_commit_and_not_after_a_rollback(
    world: World, services: Services, ear: Ear
) -> None:
    ana = await world.person("Ana")
    with pytest.raises(RuntimeError):
        await _end_and_fail(services, ana.id)
    assert ear.cut == []
    await ana.post("/sign-out")
    assert len(ear.cut) == 1


async def test_an_account_keeps_so_many_sessions_and_no_more(
    visit: Visit, services: Services, clock: FrozenClock
) -> None:
    first = visit()
    await first.sign_up("Ana")
    for _ in range(MAX_SESSIONS):
        clock.advance(minutes=1)
        await visit().sign_in("Ana")
    assert len(await sessions(services)) == MAX_SESSIONS
    assert (await first.open("/settings")).status_code == 303


async def test_a_change_of_rights_exchanges_the_cookie_at_the_next_page(
    visit: Visit, services: Services
) -> None:
    ana, thief = visit(), visit()
    await ana.sign_up("Ana")
    old = ana.session
    assert old is not None
    thief.client.cookies.set("__Host-session", old, domain="handrail.test")
    async with services.db.write() as tx:
        await make_site_admin(tx, (await sessions(services))[0].account_id)
    assert (await ana.open("/settings")).status_code == 200
    assert ana.session not in (None, old)
    assert (await ana.open("/settings")).status_code == 200
    assert (await thief.open("/settings")).status_code == 303


async def test_a_new_office_exchanges_the_cookie_and_joining_does_not(
    world: World, services: Services
) -> None:
    harbour = await world.community()
    ana = await world.person("Ana")
    for role, is_stale in ((Role.MEMBER, False), (Role.MODERATOR, True)):
        async with services.db.write() as tx:
            await grant_role(tx, None, harbour.id, ana.id, role)
        assert (await sessions(services))[0].is_stale is is_stale


async def test_forms_and_sockets_outlive_the_exchange(world: World, services: Services) -> None:
    ana = await world.person("Ana")
    before = await ana.actor()
    async with services.db.write() as tx:
        await make_site_admin(tx, ana.id)
    page = await ana.get("/settings")
    ana.token = page.cookies["__Host-session"]
    after = await ana.actor()
    assert after.session_key == before.session_key
    assert not after.has_stale_session
    # The form was on the screen before the rights changed.
    assert (await ana.post("/settings", {"about": "still here"})).status_code == 303


async def test_of_two_pages_opened_at_once_only_one_gets_the_new_cookie(
    world: World, services: Services
) -> None:
    ana = await world.person("Ana")
    async with services.db.write() as tx:
        await make_site_admin(tx, ana.id)
    actor = await ana.actor()
    async with services.db.write() as tx:
        first = await services.door.renew(tx, actor)
        second = await services.door.renew(tx, actor)
    assert first is not None
    assert second is None


async def test_a_script_beside_the_page_leaves_the_cookie_alone(
    world: World, services: Services
) -> None:
    ana = await world.person("Ana")
    async with services.db.write() as tx:
        await make_site_admin(tx, ana.id)
    answer = await ana.get("/settings", headers={"sec-fetch-mode": "cors"})
    assert "set-cookie" not in answer.headers


async def test_reading_writes_nothing_and_last_seen_is_written_now_and_then(
    world: World, services: Services, clock: FrozenClock
) -> None:
    ana = await world.person("Ana")
    began = clock.now()
    clock.advance(hours=3)
    for _ in range(3):
        await ana.get("/settings")
    assert (await sessions(services))[0].seen_at == began
    assert await services.door.write_down_seen(services.db) == 1
    assert (await sessions(services))[0].seen_at == clock.now()
    assert await services.door.write_down_seen(services.db) == 0


async def test_an_older_moment_never_overwrites_a_newer_one(
    world: World, services: Services, clock: FrozenClock
) -> None:
    ana = await world.person("Ana")
    clock.advance(hours=-1)
    await ana.get("/settings")
    await services.door.write_down_seen(services.db)
    clock.advance(hours=1)
    assert (await sessions(services))[0].seen_at == clock.now()


async def test_sessions_whose_time_is_over_are_forgotten(
    world: World, services: Services, clock: FrozenClock
) -> None:
    await world.person("Ana")
    assert await forget_expired_sessions(services) == 0
    clock.advance(days=31)
    assert await forget_expired_sessions(services) == 1
    assert await sessions(services) == []


async def test_a_new_password_ends_every_other_session(visit: Visit, services: Services) -> None:
    here, elsewhere = visit(), visit()
    await here.sign_up("Ana")
    await elsewhere.sign_in("Ana")
    old = here.session
    await here.open("/settings/password")
    form = {"password": PASSWORD, "new_password": "four quiet boats"}
    assert (await here.send("/settings/password", form)).status_code == 303
    assert here.session != old
    assert (await here.open("/settings")).status_code == 200
    assert (await elsewhere.open("/settings")).status_code == 303
    assert (await visit().sign_in("Ana")).status_code == 422
    assert (await visit().sign_in("Ana", "four quiet boats")).status_code == 303


async def _end_and_fail(services: Services, account_id: int) -> None:
    async with services.db.write() as tx:
        tx.announce(SessionsEnded(account_id, ("key",)))
        raise RuntimeError
