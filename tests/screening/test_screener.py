"""The screener always answers, in time, whatever happens to its model."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count

import pytest

from forum.screening import screener as screener_module
from forum.screening.model import Model, Scores, WindowScore
from forum.screening.rulebook import load_rules
from forum.screening.screener import Context, Screener
from forum.screening.verdict import Harm, Need, Surface
from tests.screening.fakes import FailingModel, FixedModel, HangingModel, ModelInAProcess

CHAT = Context(Surface.CHAT)
CRISIS = "I'm going to kill myself tonight"
RULES = load_rules()


@asynccontextmanager
async def screening_with(
    model: Model | None, deadline_seconds: float = 5
) -> AsyncIterator[Screener]:
    screener = Screener(RULES, model, deadline_seconds=deadline_seconds)
    try:
        async with asyncio.timeout(20):
            yield screener
    finally:
        await screener.aclose()


@pytest.fixture
def hanging() -> Iterator[HangingModel]:
    model = HangingModel()
    yield model
    model.release.set()


async def test_without_a_model_the_rules_are_a_whole_verdict() -> None:
    async with screening_with(None) as screener:
        verdict = await screener.screen(CRISIS, CHAT)
    assert verdict.need is Need.CRISIS
    assert verdict.level == "imminent"
    assert not verdict.unscreened
    assert verdict.screener_version == RULES.version


async def test_the_packaged_rules_make_a_screener() -> None:
    screener = Screener.default()
    assert (await screener.screen("good morning all", CHAT)).need is Need.NONE
    await screener.aclose()


async def test_a_model_that_hears_more_raises_the_verdict_and_says_where() -> None:
    model = FixedModel(WindowScore(need=Need.URGENT, harm=Harm.UNSAFE_DETAIL, rank=0.8))
    async with screening_with(model) as screener:
        verdict = await screener.screen("the bins went out today", CHAT)
    assert verdict.need is Need.URGENT
    assert verdict.harm is Harm.UNSAFE_DETAIL
    assert [(r.rule, r.span, r.axis) for r in verdict.reasons] == [
        ("model", (0, 23), "need"),
        ("model", (0, 23), "harm"),
    ]
    assert verdict.harm_spans == ((0, 23),)
    assert 0.7 <= verdict.score < 0.9
    assert verdict.screener_version.endswith("; fixed 1")


async def test_a_model_that_hears_nothing_silences_no_rule() -> None:
    async with screening_with(FixedModel(WindowScore())) as screener:
        verdict = await screener.screen(CRISIS, CHAT)
    assert verdict.need is Need.CRISIS
    assert not verdict.unscreened


async def test_a_model_is_called_in_one_thread_that_is_not_the_loop() -> None:
    model = FixedModel(WindowScore())
    async with screening_with(model) as screener:
        await asyncio.gather(*(screener.screen(f"line {n}", CHAT) for n in range(10)))
    assert len(model.threads) == 1
    assert threading.get_ident() not in model.threads


async def test_a_hanging_model_leaves_the_rules_in_charge(hanging: HangingModel) -> None:
    async with screening_with(hanging, deadline_seconds=0.02) as screener:
        verdict = await screener.screen(CRISIS, CHAT)
        assert not hanging.release.is_set()
    assert verdict.need is Need.CRISIS
    assert verdict.unscreened


async def test_while_a_model_hangs_the_next_texts_do_not_wait_for_it(
    hanging: HangingModel,
) -> None:
    now = count()  # each look at the clock is a second later: the call is over its time at once
    screener = Screener(RULES, hanging, deadline_seconds=0.5, now=lambda: float(next(now)))
    async with asyncio.timeout(20):
        await screener.screen("first", CHAT)
        await asyncio.to_thread(hanging.started.wait, 10)
        verdict = await screener.screen(CRISIS, CHAT)
    await screener.aclose()
    assert verdict.unscreened


async def test_more_texts_than_the_queue_holds_are_unscreened_at_once(
    hanging: HangingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with screening_with(hanging, deadline_seconds=0.2) as screener:
        verdicts = await asyncio.gather(*(screener.screen(CRISIS, CHAT) for _ in range(200)))
    assert all(v.unscreened and v.need is Need.CRISIS for v in verdicts)


@pytest.mark.parametrize("fault", [RuntimeError("broken"), MemoryError(), SystemExit(1)])
async def test_a_model_that_raises_leaves_the_rules_in_charge_and_is_asked_again(
    fault: BaseException,
) -> None:
    model = FailingModel(fault)
    async with screening_with(model) as screener:
        for _ in range(2):
            verdict = await screener.screen(CRISIS, CHAT)
            assert verdict.unscreened
            assert verdict.need is Need.CRISIS


async def test_a_model_whose_process_is_killed_leaves_the_rules_in_charge() -> None:
    model = ModelInAProcess()
    async with screening_with(model, deadline_seconds=15) as screener:
        assert not (await screener.screen("hello there", CHAT)).unscreened
        model.kill()
        verdict = await screener.screen(CRISIS, CHAT)
    assert verdict.unscreened
    assert verdict.need is Need.CRISIS


async def test_a_model_that_answers_another_question_is_not_believed() -> None:
    class Short(FixedModel):
        def score(self, windows: object, surface: Surface) -> Scores:
            return Scores(())

    async with screening_with(Short(WindowScore())) as screener:
        assert (await screener.screen(CRISIS, CHAT)).unscreened


async def test_a_closed_screener_still_answers_by_its_rules() -> None:
    screener = Screener(RULES, FixedModel(WindowScore()))
    await screener.aclose()
    verdict = await screener.screen(CRISIS, CHAT)
    assert verdict.unscreened
    assert verdict.need is Need.CRISIS


async def test_a_fault_in_the_rules_is_no_verdict_and_no_exception(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with screening_with(None) as screener:
        monkeypatch.setattr(screener._listener, "verdict", _broken)
        verdict = await screener.screen(CRISIS, CHAT)
    assert verdict.unscreened


def _broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError


async def test_long_texts_are_read_away_from_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = []

    async with screening_with(None) as screener:
        listen = screener._listener.verdict

        def watched(*args: object, **kwargs: object) -> object:
            threads.append(threading.get_ident())
            return listen(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(screener._listener, "verdict", watched)
        await screener.screen("short", CHAT)
        await screener.screen("long " * screener_module.INLINE_CHARS, CHAT)
    assert threads[0] == threading.get_ident() != threads[1]


async def test_rules_over_the_deadline_say_what_they_heard_so_far() -> None:
    now = count()
    screener = Screener(RULES, deadline_seconds=2, now=lambda: float(next(now)))
    long = CRISIS + ". " + "We walked along the river and fed the ducks. " * 300
    verdict = await screener.screen(long, CHAT)
    assert verdict.need is Need.CRISIS
    assert verdict.unscreened


async def test_a_thought_that_goes_on_in_the_next_line_is_heard() -> None:
    async with screening_with(None) as screener:
        alone = await screener.screen("kill myself tonight", CHAT)
        context = Context(Surface.CHAT, author_recent=("hi", "im going to"))
        joined = await screener.screen("kill myself tonight", context)
    assert joined.need is Need.CRISIS
    assert all(0 <= r.span[0] < r.span[1] <= len("kill myself tonight") for r in joined.reasons)
    assert alone.need <= joined.need


async def test_a_finished_last_line_is_not_read_again() -> None:
    async with screening_with(None) as screener:
        context = Context(Surface.CHAT, author_recent=(CRISIS + ".",))
        assert (await screener.screen("thanks for listening", context)).need is Need.NONE
