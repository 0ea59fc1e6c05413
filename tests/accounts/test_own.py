"""A person's own pages: profile, password, and nobody else's."""

import pytest
from sqlmodel import select

from forum.accounts.models import Account
from forum.services import Services
from tests.people import PASSWORD, World

PAGES = [
    *("/settings", "/settings/password", "/settings/recovery-code", "/settings/sessions"),
    *("/settings/export", "/settings/export.json", "/settings/erase"),
]


@pytest.mark.parametrize("url", PAGES)
async def test_a_guest_is_asked_to_sign_in(world: World, url: str) -> None:
    answer = await world.guest().get(url)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={url}"


@pytest.mark.parametrize("url", PAGES)
async def test_each_page_shows_its_own_person_only(world: World, url: str) -> None:
    harbour = await world.community()
    ana, ben = await world.person("Ana", harbour), await world.person("Benedict", harbour)
    for person, other in ((ana, ben), (ben, ana)):
        page = await person.get(url)
        assert page.status_code == 200
        assert f">{other.name}<" not in page.text
        assert f'"{other.name}"' not in page.text


async def test_a_profile_is_kept_and_shown_again(world: World, services: Services) -> None:
    ana = await world.person("Ana")
    form = {
        "about": "Two cats.\r\n<b>One sofa.</b>",
        "email": "ana@example.org",
        "country": "DE",
        "timezone": "Europe/Berlin",
        "discreet": "yes",
    }
    assert (await ana.post("/settings", form)).headers["location"] == "/settings?saved=profile"
    page = (await ana.get("/settings?saved=profile")).text
    for part in ("Saved.", "&lt;b&gt;One sofa.", 'value="ana@example.org"', "<title>Notes</title>"):
        assert part in page
    assert '<option value="DE" selected>' in page
    actor = await ana.actor()
    assert (actor.country, actor.timezone, actor.is_discreet) == ("DE", "Europe/Berlin", True)
    await ana.post("/settings", {})
    async with services.db.read() as reader:
        account = (await reader.exec(select(Account))).one()
    assert (account.email, account.country, account.is_discreet) == (None, None, False)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"about": "word " * 101}, "It has 504 now"),
        ({"about": "kept words", "email": "@"}, "leave it empty"),
        ({"about": "kept words", "country": "de"}, "from the list"),
        ({"about": "kept words", "timezone": "Europe/../../etc/passwd"}, "from the list"),
    ],
)
async def test_a_mistake_in_the_profile_loses_nothing(
    world: World, form: dict[str, str], said: str
) -> None:
    ana = await world.person("Ana")
    page = await ana.post("/settings", form)
    assert page.status_code == 422
    assert said in page.text
    assert form["about"].strip()[:10] in page.text


async def test_heavy_words_in_the_profile_show_the_way_to_help(world: World) -> None:
    ana = await world.person("Ana")
    assert "these people listen" not in (await ana.get("/settings")).text
    await ana.post("/settings", {"about": "I want to kill myself tonight."})
    assert "these people listen" in (await ana.get("/settings")).text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("not that one", "four quiet boats", "not your password"),
        (PASSWORD, "tiny", "10 letters or more"),
        (PASSWORD, "Ana1234567", "first thing others would try"),
        (PASSWORD, "aaaaaaaaaaaa", "tried first"),
        (PASSWORD, "abcdefghijklm", "tried first"),
        (PASSWORD, "9876543210", "tried first"),
        (PASSWORD, "Password 123", "tried first"),
    ],
)
async def test_a_password_change_that_cannot_be_is_told(
    world: World, old: str, new: str, said: str
) -> None:
    ana = await world.person("Ana")
    page = await ana.post("/settings/password", {"password": old, "new_password": new})
    assert page.status_code == 422
    assert said in page.text
    assert new not in page.text


@pytest.mark.parametrize(
    "new", ["the tide goes out " * 14, "пароль из пяти слов", "🌿🌊🌙🐈🌧🍵📚🛶🧶🎐"]
)
async def test_long_phrases_and_every_script_make_good_passwords(world: World, new: str) -> None:
    ana = await world.person("Ana")
    form = {"password": PASSWORD, "new_password": new}
    assert (await ana.post("/settings/password", form)).status_code == 303


async def test_guessing_the_password_at_an_open_browser_is_stopped(world: World) -> None:
    ana = await world.person("Ana")
    form = {"password": "a guess", "new_password": "four quiet boats"}
    statuses = [(await ana.post("/settings/password", form)).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]


async def test_the_terms_name_the_age_that_the_site_asks_for(world: World) -> None:
    page = await world.guest().get("/terms")
    assert "18 years and older" in page.text
    assert "Article 9" in page.text
