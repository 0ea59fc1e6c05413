"""The screener always answers, in time, whatever happens to its model."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from itertools import count

import pytest

from forum.screening import screener as screener_module
from forum.screening.model import Model, ModelThread, Scores, WindowScore
from forum.screening.rulebook import load_rules
from forum.screening.screener import FAILING_SECONDS, Context, Screener
from forum.screening.verdict import Harm, Need, Surface
from forum.screening.windows import Span
from tests.screening.fakes import FailingModel, FixedModel, HangingModel, ModelInAProcess

CHAT = Context(Surface.CHAT)


class Tally:
    """Keeps what a screener tells of each text."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, set[str], dict[str, str]]] = []

    def screened(
        self, surface: str, level: str, seconds: Mapping[str, float], missed: Mapping[str, str]
    ) -> None:
        assert all(took >= 0 for took in seconds.values())
        self.told.append((surface, level, set(seconds), dict(missed)))


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
    assert verdict.score == 0.8
    assert verdict.screener_version.endswith("; fixed 1")


async def test_a_model_that_hears_nothing_does_not_silence_a_crisis() -> None:
    async with screening_with(FixedModel(WindowScore())) as screener:
        verdict = await screener.screen("I have written my goodbye letters", CHAT)
    assert verdict.need is Need.CONCERN
    assert verdict.level == "elevated"
    assert not verdict.unscreened


async def test_what_two_rules_hear_as_a_crisis_stays_one() -> None:
    async with screening_with(FixedModel(WindowScore())) as screener:
        verdict = await screener.screen(CRISIS, CHAT)
    assert verdict.need is Need.CRISIS


async def test_less_than_a_crisis_is_evidence_that_the_model_weighs() -> None:
    model = FixedModel(WindowScore())
    async with screening_with(model) as screener:
        verdict = await screener.screen("I think about suicide a lot", CHAT)
    assert model.told[0] >= Need.CONCERN
    assert verdict.need is Need.NONE
    assert verdict.reasons  # a moderator who looks still sees what was heard


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
        def score(self, text: str, spans: object, surface: Surface, by_rules: Need) -> Scores:
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


async def test_a_watcher_hears_how_each_text_fared_and_no_word_of_it() -> None:
    tally = Tally()
    async with screening_with(FixedModel(WindowScore())) as screener:
        screener.watched_by(tally)
        await screener.screen(CRISIS, CHAT)
        await screener.screen("morning all", Context(Surface.BOARD))
    layers = {"rules", "model", "total"}
    assert tally.told == [("chat", "imminent", layers, {}), ("board", "none", layers, {})]


async def missed_by(screener: Screener, text: str = CRISIS) -> tuple[dict[str, str], bool]:
    """What a screener tells of a text it cannot hear with both layers, and if it is failing."""
    tally = Tally()
    screener.watched_by(tally)
    assert (await screener.screen(text, CHAT)).unscreened
    return tally.told[0][3], screener.is_failing


async def test_a_late_answer_is_told_as_late(hanging: HangingModel) -> None:
    async with screening_with(hanging, deadline_seconds=0.02) as screener:
        assert await missed_by(screener) == ({"model": "late"}, True)


def test_a_model_stuck_with_an_earlier_text_takes_no_more_and_says_so(
    hanging: HangingModel,
) -> None:
    time = [0.0]
    thread = ModelThread(hanging, stall_seconds=2, now=lambda: time[0])
    thread.ask("heard for ever", (), Surface.CHAT, Need.NONE)
    assert hanging.started.wait(10)
    time[0] = 3.0
    assert thread.ask("next", (), Surface.CHAT, Need.NONE) == "hung"
    thread.close()


async def test_a_fault_of_the_model_is_told_as_raised() -> None:
    async with screening_with(FailingModel(RuntimeError("broken"))) as screener:
        assert await missed_by(screener) == ({"model": "raised"}, True)


async def test_a_closed_model_is_told_as_closed() -> None:
    screener = Screener(RULES, FixedModel(WindowScore()))
    await screener.aclose()
    assert await missed_by(screener) == ({"model": "closed"}, True)


async def test_a_fault_in_the_rules_is_not_taken_for_the_models(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with screening_with(FixedModel(WindowScore())) as screener:
        monkeypatch.setattr(screener._listener, "verdict", _broken)
        assert await missed_by(screener) == ({"rules": "raised"}, False)


def test_a_full_queue_takes_no_more_and_says_so(hanging: HangingModel) -> None:
    thread = ModelThread(hanging, stall_seconds=30, now=lambda: 0.0, queue_limit=2)
    thread.ask("heard", (), Surface.CHAT, Need.NONE)
    assert hanging.started.wait(10)
    for text in ("waits", "waits too"):
        assert isinstance(thread.ask(text, (), Surface.CHAT, Need.NONE), Future)
    assert thread.waiting_count == 2
    assert thread.ask("one too many", (), Surface.CHAT, Need.NONE) == "full"
    thread.close()


async def test_a_failing_model_is_said_to_fail_until_it_answers_or_minutes_have_passed() -> None:
    time = [0.0]
    model = FailingModel(RuntimeError("broken"))
    screener = Screener(RULES, model, now=lambda: time[0])
    assert not screener.is_failing
    async with asyncio.timeout(20):
        await screener.screen("first", CHAT)
        assert screener.is_failing
        time[0] += FAILING_SECONDS
        assert not screener.is_failing, "nobody wrote since; it may be well"
        await screener.screen("second", CHAT)
        assert screener.is_failing
        model.score = FixedModel(WindowScore()).score  # type: ignore[method-assign]
        await screener.screen("third", CHAT)
        assert not screener.is_failing
    await screener.aclose()


class Lanterns(FixedModel):
    """Is worried by windows in which both words stand."""

    def score(self, text: str, spans: Sequence[Span], surface: Surface, by_rules: Need) -> Scores:
        self.heard.append([text[start:end] for start, end in spans])
        return Scores(
            tuple(
                WindowScore(need=Need.CRISIS if "lanterns" in one and "out" in one else Need.NONE)
                for one in self.heard[-1]
            )
        )


async def test_a_model_hears_a_thought_that_goes_on_alone_and_joined() -> None:
    model = Lanterns(WindowScore())
    async with screening_with(model) as screener:
        context = Context(Surface.CHAT, author_recent=("lanterns! today i can",))
        verdict = await screener.screen("go out", context)
    assert model.heard == [["go out", "lanterns! today i can go out"]]
    assert verdict.need is Need.CRISIS
    assert [reason.span for reason in verdict.reasons] == [(0, len("go out"))]


@pytest.mark.parametrize(
    "context",
    [
        Context(Surface.CHAT, author_recent=("lanterns are done.",)),
        Context(Surface.CHAT, author_recent=("going to", "a finished line")),
        Context(Surface.BOARD, author_recent=("lanterns! today i can",)),
        Context(Surface.CHAT, replying_to="lanterns! today i can"),
    ],
)
async def test_a_model_hears_no_more_than_the_text_where_nothing_goes_on(context: Context) -> None:
    model = Lanterns(WindowScore())
    async with screening_with(model) as screener:
        verdict = await screener.screen("go out", context)
    assert model.heard == [["go out"]]
    assert verdict.need is Need.NONE


async def test_all_that_points_into_a_long_thought_points_into_the_new_words() -> None:
    model = FixedModel(WindowScore(need=Need.URGENT, harm=Harm.UNSAFE_DETAIL))
    text = "stand here. " * 40
    async with screening_with(model) as screener:
        verdict = await screener.screen(text, Context(Surface.CHAT, ("a. " * 90 + "i want to",)))
    spans = [*(reason.span for reason in verdict.reasons), *verdict.harm_spans]
    assert spans
    assert all(0 <= start < end <= len(text) for start, end in spans)
