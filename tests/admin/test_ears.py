"""The doctor says which ear is on, whether each hears what it must, and how fast."""

import re
from pathlib import Path

import pytest

from forum.admin import ears
from forum.admin.doctor import Finding, State
from forum.admin.ears import examine_ears
from forum.screening.encoder import ENCODER_FILE
from forum.screening.ngrams import NgramHeads
from forum.services import Services
from forum.settings import Settings
from tests.people import World
from tests.screening.small_ear import LANTERNS, make_small_ear


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A light ear that was taught one word, and a doctor who asks for that word."""
    monkeypatch.setattr(ears, "CRISIS", f"the {LANTERNS} are out")
    return make_small_ear(tmp_path / "weights")


def looked_at(folder: Path, **settings: object) -> list[Finding]:
    return list(examine_ears(Settings(**settings), folder))  # type: ignore[arg-type]


def test_the_ear_in_use_stands_first_with_its_version_and_the_time_of_a_message(
    folder: Path,
) -> None:
    light, full = looked_at(folder, screening="light")
    assert light.state is State.GOOD
    told = r"Screening, light \(in use\): ear small light hears a message in \d+\.\d ms"
    assert re.fullmatch(told, light.what)
    assert full.state is State.CARE, "nobody is less safe for an ear that is not in use"
    assert full.what == "Screening, full (not in use) cannot listen"


def test_a_damaged_ear_in_use_is_bad_and_the_file_is_named(folder: Path) -> None:
    full, light = looked_at(folder, screening="full")
    assert full.state is State.BAD
    assert str(folder / ENCODER_FILE) in full.advice
    assert "HANDRAIL_SCREENING=light" in full.advice
    assert light.state is State.GOOD


def test_an_ear_that_is_deaf_or_hears_it_in_everything_is_bad(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said in ({"CRISIS": "nothing it was taught"}, {"ORDINARY": f"{LANTERNS}, lovely"}):
        with monkeypatch.context() as patched:
            for name, text in said.items():
                patched.setattr(ears, name, text)
            light, _ = looked_at(folder, screening="light")
        assert light.state is State.BAD
        assert light.what.endswith("hears a crisis like any other talk")


def test_an_ear_slower_than_the_deadline_is_bad(folder: Path) -> None:
    light, _ = looked_at(folder, screening="light", screening_deadline_seconds=1e-9)
    assert light.state is State.BAD
    assert "for a message" in light.what


def test_an_ear_that_fails_while_it_listens_is_named_and_ends_no_examination(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NgramHeads, "of", _broken)
    light, full = looked_at(folder, screening="light")
    assert (light.state, light.what) == (State.BAD, "Screening, light (in use) fails: MemoryError")
    assert full.state is State.CARE


def _broken(*_: object) -> None:
    raise MemoryError


async def test_the_page_of_the_site_says_how_the_running_ear_fares(
    world: World, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = await world.person("boss", site_admin=True)
    assert f"Screening listens: {services.screener.version}" in (await boss.get("/site")).text
    monkeypatch.setattr(services.screener, "_failed_at", services.screener._now())
    assert "The listening model is not answering" in (await boss.get("/site")).text
