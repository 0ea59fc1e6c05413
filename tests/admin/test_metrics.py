"""What /metrics tells of screening: times, verdicts and misses, and never a word."""

import pytest

from forum.metrics import Metrics
from forum.screening.screener import Context
from forum.screening.verdict import Surface
from forum.services import Services
from forum.settings import Settings
from tests.people import World

TOKEN = "a token of the monitoring"
WORDS = "i am going to kill myself tonight, marmalade"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"metrics_token": Settings(metrics_token=TOKEN).metrics_token}
    )


async def shown(world: World) -> str:
    page = await world.guest().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert page.status_code == 200
    return page.text


async def test_a_screened_text_is_counted_by_level_and_surface_and_timed_by_layer(
    world: World, services: Services
) -> None:
    await services.screener.screen(WORDS, Context(Surface.CHAT))
    await services.screener.screen("morning all", Context(Surface.BOARD))
    text = await shown(world)
    assert 'handrail_screening_verdicts_total{level="imminent",surface="chat"} 1.0' in text
    assert 'handrail_screening_verdicts_total{level="none",surface="board"} 1.0' in text
    assert 'handrail_screening_seconds_count{layer="rules"} 2.0' in text
    assert 'handrail_screening_seconds_count{layer="total"} 2.0' in text
    assert "handrail_screening_waiting 0.0" in text
    assert "marmalade" not in text


def test_a_layer_that_missed_a_text_is_counted_by_its_cause() -> None:
    metrics = Metrics()
    for cause in ("late", "raised", "full", "hung"):
        metrics.screened("chat", "none", {"total": 0.1}, {"model": cause})
    text = metrics.text().decode()
    for cause in ("late", "raised", "full", "hung"):
        assert f'handrail_screening_missed_total{{cause="{cause}",layer="model"}} 1.0' in text
