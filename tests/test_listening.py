"""The ear that the settings ask for is there before anybody is served, or the start stops."""

from pathlib import Path

import pytest

from forum.errors import BadSettings
from forum.listening import build_screener, load_ear
from forum.screening.ear import CUTS_FILE, NGRAMS_FILE, Mode
from forum.screening.encoder import ENCODER_FILE
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Context
from forum.screening.verdict import Need, Surface
from forum.settings import Settings
from tests.screening.small_ear import LANTERNS, make_small_ear


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_small_ear(tmp_path / "weights")


async def test_light_screening_hears_with_rules_and_ear_and_needs_no_encoder(folder: Path) -> None:
    screener = build_screener(Settings(screening="light"), folder)
    heard = await screener.screen(f"the {LANTERNS} are out", Context(Surface.CHAT))
    ruled = await screener.screen("i am going to kill myself tonight", Context(Surface.CHAT))
    await screener.aclose()
    assert heard.need > Need.NONE
    assert ruled.need >= Need.CONCERN
    assert "ear small light" in screener.version


@pytest.mark.parametrize("damage", [None, b"", b"not a model"])
def test_a_damaged_encoder_stops_the_start_and_light_is_named_as_a_way_out(
    folder: Path, damage: bytes | None
) -> None:
    if damage is not None:
        (folder / ENCODER_FILE).write_bytes(damage)
    with pytest.raises(BadSettings) as caught:
        build_screener(Settings(screening="full"), folder)
    told = str(caught.value)
    assert f"HANDRAIL_SCREENING=full needs {folder / ENCODER_FILE}" in told
    assert ("missing" if damage is None else "damaged") in told
    assert "Install Handrail again, or set HANDRAIL_SCREENING=light" in told


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", [CUTS_FILE, NGRAMS_FILE])
@pytest.mark.parametrize("damage", [None, b"", b"{}", b"PK\x03\x04 cut short"])
def test_what_every_mode_needs_is_named_without_a_way_that_leads_nowhere(
    rules: RuleBook, folder: Path, mode: Mode, name: str, damage: bytes | None
) -> None:
    (folder / name).unlink()
    if damage is not None:
        (folder / name).write_bytes(damage)
    with pytest.raises(BadSettings) as caught:
        load_ear(rules, mode, folder)
    told = str(caught.value)
    assert str(folder / name) in told
    assert "Install Handrail again" in told
    assert "set HANDRAIL_SCREENING" not in told
