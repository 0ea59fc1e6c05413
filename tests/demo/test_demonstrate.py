"""`handrail demo`: its own folder, its own settings, a room that is awake."""

from pathlib import Path

import pytest
from sqlmodel import col, select
from starlette.applications import Starlette

from forum.chat.models import Message
from forum.demo import guide, life
from forum.demo.folder import MARK, fresh_folder
from forum.demo.founding import PASSWORD, SITE_ADMIN_NAME
from forum.demo.talk import packaged_talk
from forum.demonstrate import demo_settings, free_socket
from forum.errors import BadSettings
from forum.services import Services

NAMES = {SITE_ADMIN_NAME, *(person.name for person in packaged_talk().people)}


def test_each_start_has_an_empty_folder(tmp_path: Path) -> None:
    folder = fresh_folder(tmp_path / "demo-data")
    (folder / "handrail.db").write_text("yesterday")
    assert [path.name for path in fresh_folder(folder).iterdir()] == [MARK]


def test_a_folder_that_no_demo_made_is_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "demo-data"
    folder.mkdir()
    (folder / "handrail.db").write_text("a real community")
    with pytest.raises(BadSettings) as refused:
        fresh_folder(folder)
    assert "demo-data" in refused.value.problems[0]
    assert (folder / "handrail.db").read_text() == "a real community"


def test_a_link_to_another_folder_is_not_followed(tmp_path: Path) -> None:
    elsewhere = fresh_folder(tmp_path / "elsewhere")
    (tmp_path / "demo-data").symlink_to(elsewhere)
    with pytest.raises(BadSettings):
        fresh_folder(tmp_path / "demo-data")
    assert (elsewhere / MARK).exists()


def test_nothing_of_a_real_forum_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_DATABASE_URL", "postgresql://real.example/forum")
    monkeypatch.setenv("HANDRAIL_BROKER_URL", "redis://real.example")
    monkeypatch.setenv("HANDRAIL_SMTP_URL", "smtp://real.example")
    settings = demo_settings(tmp_path, 8000)
    assert settings.database == f"sqlite:///{tmp_path / 'handrail.db'}"
    assert not settings.broker_url
    assert not settings.smtp_url.get_secret_value()
    assert settings.demo


def test_another_port_is_found_when_the_usual_one_is_taken() -> None:
    with free_socket() as first, free_socket() as second:
        ports = {first.getsockname()[1], second.getsockname()[1]}
    assert len(ports) == 2


def test_the_screen_says_where_and_who_and_what_to_try(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path, 8123)
    shown = "\n".join(guide.welcome(settings.public_url, guide.environment(settings)))
    assert "http://localhost:8123" in shown
    assert PASSWORD in shown
    assert {name for name, _, _ in guide.ROLES} <= NAMES
    assert all(office in shown for office in ("moderator, on duty", "lead", "site admin"))


async def test_the_evening_room_goes_on_by_itself(demo: Starlette) -> None:
    services: Services = demo.state.services
    pauses: list[float] = []

    async def at_once(seconds: float) -> None:
        pauses.append(seconds)
        services.clock.advance(seconds=seconds)  # type: ignore[attr-defined]  # a FrozenClock

    await life.live(services, at_once)
    async with services.db.read() as reader:
        newest = select(Message.text).order_by(col(Message.id).desc()).limit(len(life.LINES))
        said = list(await reader.exec(newest))
    assert said[::-1] == [words for _, words in life.LINES]
    assert all(life.SHORTEST_SECONDS <= one <= life.LONGEST_SECONDS for one in pauses)


def test_only_people_speak_whom_nobody_is_invited_to_be() -> None:
    speaking = {name for name, _ in life.LINES}
    assert speaking <= NAMES
    assert not speaking & {name for name, _, _ in guide.ROLES}
