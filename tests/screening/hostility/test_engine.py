"""The engine's child may die, hang or babble; the forum goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from forum.screening.hostility.engine import (
    LAST_REST_SECONDS,
    MOST_AT_ONCE,
    QUEUE_LIMIT,
    Away,
    Engine,
    Failed,
    prove,
)
from forum.screening.hostility.weights import Unfit
from tests.screening.hostility.children import Seconds, command, engine, is_alive, started

KIND, UNKIND = "good evening", "you idiot"


@pytest.fixture
def now() -> Seconds:
    return Seconds()


@pytest.fixture
async def well(tmp_path: Path, now: Seconds) -> AsyncIterator[Engine]:
    made = engine(tmp_path, now=now)
    yield made
    await made.aclose()


async def insult_in(asked: Engine, text: str) -> float:
    scores = await asked.score([text])
    assert scores is not None
    return scores[0]["insult"]


async def test_each_text_gets_its_own_scores_from_one_child(well: Engine, tmp_path: Path) -> None:
    assert started(tmp_path) == [], "no child before the first text"
    scores = await well.score([KIND, UNKIND, KIND])
    assert scores is not None
    assert [one["insult"] for one in scores] == [0.1, 0.97, 0.1]
    both = await asyncio.gather(insult_in(well, KIND), insult_in(well, UNKIND))
    assert both == [0.1, 0.97]
    assert len(started(tmp_path)) == 1


async def test_no_text_needs_no_child(well: Engine, tmp_path: Path) -> None:
    assert await well.score([]) == []
    assert started(tmp_path) == []


async def test_strange_text_arrives_whole(well: Engine) -> None:
    for text in ("\ud800 idiot", "idiot\x00\n\n", "\u202eidiot", "🙂" * 5_000 + "idiot"):
        assert await insult_in(well, text) == 0.97


async def test_a_child_that_dies_mid_batch_is_replaced(
    well: Engine, now: Seconds, tmp_path: Path
) -> None:
    with pytest.raises(Failed):
        await well.score([KIND, "die", KIND])
    now.time += 1
    assert await insult_in(well, UNKIND) == 0.97
    assert len(started(tmp_path)) == 2


async def test_a_child_that_hangs_is_killed(well: Engine, now: Seconds, tmp_path: Path) -> None:
    async with asyncio.timeout(20):
        with pytest.raises(Failed):
            await well.score(["hang"])
    assert not is_alive(started(tmp_path)[0])
    now.time += 1
    assert await insult_in(well, UNKIND) == 0.97


@pytest.mark.parametrize(
    "nonsense",
    [
        "say []",
        "say null",
        "say not json",
        "say [1.0]",
        "say [{}]",
        'say [{"colour": 0.5}]',
        'say [{"insult": 2.0}]',
        'say [{"insult": -0.1}]',
        'say [{"insult": NaN}]',
        'say [{"insult": true}]',
        'say [{"insult": "high"}]',
        'say [{"insult": 0.5}, {"insult": 0.5}]',
        "say " + "[" * 50_000,
        "say-much",
    ],
)
async def test_an_answer_that_is_nonsense_is_no_answer(
    well: Engine, nonsense: str, now: Seconds, tmp_path: Path
) -> None:
    with pytest.raises(Failed):
        await well.score([nonsense])
    assert not is_alive(started(tmp_path)[0]), "nobody knows what it would say next"
    now.time += 1
    assert await insult_in(well, UNKIND) == 0.97


async def test_a_cancelled_question_never_answers_the_next_one(
    well: Engine, tmp_path: Path
) -> None:
    await well.score([KIND])
    asked = asyncio.create_task(well.score(["hang"]))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not is_alive(started(tmp_path)[0])
    assert await insult_in(well, UNKIND) == 0.97


async def test_it_rests_longer_and_longer_and_then_comes_back(tmp_path: Path, now: Seconds) -> None:
    ill = engine(tmp_path, "dying", now)
    for failures, rest in enumerate([1, 2, 4, 8], start=1):
        with pytest.raises(Away):
            await ill.score([KIND])
        now.time += rest - 0.1
        with pytest.raises(Away):
            await ill.score([KIND])
        assert len(started(tmp_path)) == failures, "while it rests no child is started"
        now.time += 0.1
    for _ in range(12):
        now.time += LAST_REST_SECONDS
        with pytest.raises(Away):
            await ill.score([KIND])
    assert len(started(tmp_path)) == 16, "it never rests longer than LAST_REST_SECONDS"


@pytest.mark.parametrize("greeting", ["babbling", "hanging"])
async def test_a_child_that_never_gets_ready_is_killed(greeting: str, tmp_path: Path) -> None:
    async with asyncio.timeout(20):
        with pytest.raises(Away):
            await engine(tmp_path, greeting).score([KIND])
    assert not any(is_alive(pid) for pid in started(tmp_path))


async def test_a_command_that_does_not_exist_is_away(tmp_path: Path) -> None:
    with pytest.raises(Away):
        await Engine(tmp_path, command=("/no/such/program",)).score([KIND])


async def test_refused_weights_are_not_tried_again(tmp_path: Path, now: Seconds) -> None:
    refusing = engine(tmp_path, "refusing", now)
    for _ in range(3):
        assert await refusing.score([KIND]) is None
        now.time += 1_000
    assert refusing.refused == "A tensor is missing."
    assert len(started(tmp_path)) == 1


async def test_the_queue_is_short(well: Engine) -> None:
    asked = [asyncio.create_task(well.score(["hang"])) for _ in range(QUEUE_LIMIT)]
    await asyncio.sleep(0)
    with pytest.raises(Away):
        await well.score([KIND])
    for one in asked:
        one.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


async def test_a_batch_is_small(well: Engine) -> None:
    with pytest.raises(ValueError, match="too many"):
        await well.score([KIND] * (MOST_AT_ONCE + 1))


async def test_closing_ends_a_busy_child(tmp_path: Path) -> None:
    busy = engine(tmp_path)
    await busy.score([KIND])
    asked = asyncio.create_task(busy.score(["hang"]))
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await busy.aclose()
        with pytest.raises(Failed):
            await asked
    assert not is_alive(started(tmp_path)[0])


async def test_the_child_is_told_no_secret(
    well: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_SMTP_URL", "smtp://user:password@host")
    await well.score([KIND])
    known = json.loads((tmp_path / "environment").read_text())
    assert not [name for name in known if name.startswith("HANDRAIL_")]
    assert "HF_HUB_OFFLINE" in known


def test_a_trial_gives_the_labels(tmp_path: Path) -> None:
    assert prove(tmp_path, command=command()) == ("toxicity", "insult")


@pytest.mark.parametrize(
    ("greeting", "why"),
    [("refusing", "A tensor is missing"), ("dying", "without a word"), ("babbling", "without")],
)
def test_a_trial_that_fails_says_why(tmp_path: Path, greeting: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        prove(tmp_path, command=command(greeting))
