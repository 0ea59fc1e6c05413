"""Get help now is there for everybody, whatever is broken."""

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette

import forum.app as composition
from forum.settings import Settings
from tests.care.cases import Harbour
from tests.fakes import FrozenClock, QuickHasher
from tests.people import SITE, World


async def test_a_guest_reads_the_lines_of_a_country(world: World) -> None:
    page = await world.guest().get("/help-now?country=gb")
    assert "People to talk to in United Kingdom" in page.text
    assert "116 123" in page.text
    assert page.text.index("999") < page.text.index("116 123")


@pytest.mark.parametrize("query", ["", "?country=other", "?country=zz", "?country=<b>"])
async def test_an_unknown_country_gets_directories_and_no_countrys_numbers(
    world: World, query: str
) -> None:
    page = await world.guest().get(f"/help-now{query}")
    assert page.status_code == 200
    assert "tel:" not in page.text
    assert "https://" in page.text


async def test_a_member_finds_the_way_to_a_person(world: World) -> None:
    harbour = await Harbour.open(world)
    page = await harbour.mia.get("/help-now")
    assert "/c/harbour/need" in page.text


async def test_a_time_zone_is_only_a_suggestion(world: World) -> None:
    guest = world.guest()
    found = await guest.get("/help-now/country?zone=Europe/London")
    assert found.json() == {"code": "GB", "name": "United Kingdom"}
    unknown = await guest.get("/help-now/country?zone=Mars/Base")
    assert unknown.json() == {"code": None, "name": None}


async def test_it_stands_without_a_database(tmp_path: object, clock: FrozenClock) -> None:
    settings = Settings(
        public_url=SITE, database_url="postgresql://nobody@127.0.0.1:9/none", data_dir=tmp_path
    )
    app: Starlette = composition.create_app(
        settings, clock=clock, hasher=QuickHasher(), runs_jobs=False
    )
    cookies = {"__Host-session": "a session that cannot be looked up"}
    async with AsyncClient(transport=ASGITransport(app), base_url=SITE, cookies=cookies) as client:
        page = await client.get("/help-now?country=GB")
    assert page.status_code == 200
    assert "116 123" in page.text
