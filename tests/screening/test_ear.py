"""The trained ear that ships: it answers for any text, in full and in light screening."""

import json
from pathlib import Path

import numpy as np
import pytest

from forum.screening.ear import Ear, Mode, window_score
from forum.screening.encoder import MOST_TOKENS, Encoder
from forum.screening.heads import HEADS
from forum.screening.hearing import Listener
from forum.screening.rulebook import load_rules
from forum.screening.stored import DamagedWeights
from forum.screening.stream import hear
from forum.screening.verdict import CONDUCT_FLAGGED_FROM, CONDUCTS, Harm, Need, Surface
from forum.screening.windows import windows
from tests.screening.strange import STRANGE

BOOK = load_rules()
LISTENER = Listener(BOOK)
WEIGHTS = Path("forum/screening/weights")


@pytest.fixture(scope="module", params=list(Mode))
def ear(request: pytest.FixtureRequest) -> Ear:
    return Ear.load(BOOK.reader, request.param)


@pytest.fixture(scope="module")
def full() -> Ear:
    return Ear.load(BOOK.reader, Mode.FULL)


def need_of(ear: Ear, text: str, surface: Surface = Surface.CHAT) -> Need:
    return hear(text, surface, LISTENER, ear).need


def test_the_weights_fit_the_promised_room() -> None:
    size = sum((WEIGHTS / name).stat().st_size for name in ("encoder.onnx", "tokenizer.json"))
    assert size <= 40_000_000


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_any_text_is_answered(ear: Ear, name: str) -> None:
    text = STRANGE[name]
    spans = windows(text)
    answer = ear.score(text, spans, Surface.BOARD, Need.NONE)
    assert len(answer.windows) == len(spans)
    for window in answer.windows:
        assert set(window.conduct) == set(CONDUCTS)
        assert all(0.0 <= score <= 1.0 for score in window.conduct.values())
        assert 0.0 <= window.rank <= 1.0


def test_words_that_no_rule_knows_are_heard(full: Ear) -> None:
    said = "sorted the insurance, gave next door my spare key for the dog. feel calm now. tonight"
    assert LISTENER.verdict(said, Surface.CHAT).need < Need.CONCERN
    assert need_of(full, said) >= Need.CONCERN


@pytest.mark.parametrize("end", ["", " (line 1995)", " 3/3", "\n\nEdit: spelling", " 🙏", " #12"])
def test_what_stands_after_a_crisis_takes_nothing_from_it(full: Ear, end: str) -> None:
    said = "Everything is prepared. Tonight I am going to end my life. Goodbye, all of you."
    assert need_of(full, said + end) is Need.CRISIS


def test_ordinary_talk_stays_quiet(full: Ear) -> None:
    for said in ("morning all, kettle's on", "my phone died lol", "this boss fight is killing me"):
        assert need_of(full, said) < Need.CONCERN


def test_one_sentence_in_a_long_post_counts(full: Ear) -> None:
    calm = "We went to the market and had soup. The dog slept. I fixed the gate at last. " * 6
    post = calm + "I have written the letters and tonight I am going to end my life. " + calm
    answer = full.score(post, windows(post), Surface.BOARD, Need.NONE)
    loudest = max(range(len(answer.windows)), key=lambda place: answer.windows[place].rank)
    start, end = windows(post)[loudest]
    assert "letters" in post[start:end]


def test_a_head_speaks_from_its_cut() -> None:
    cuts = np.zeros(len(HEADS), dtype=np.float32)
    quiet = window_score(np.full(len(HEADS), -0.01, dtype=np.float32), cuts)
    assert (quiet.need, quiet.harm) == (Need.NONE, Harm.SAFE)
    assert all(score < CONDUCT_FLAGGED_FROM for score in quiet.conduct.values())
    loud = window_score(np.zeros(len(HEADS), dtype=np.float32), cuts)
    assert (loud.need, loud.harm) == (Need.CRISIS, Harm.ENCOURAGEMENT)
    assert all(score >= CONDUCT_FLAGGED_FROM for score in loud.conduct.values())


def test_the_encoder_reads_no_further_than_it_can(full: Ear) -> None:
    encoder = Encoder.load(WEIGHTS)
    long = "words " * (MOST_TOKENS * 4)
    assert np.allclose(encoder.logits([long]), encoder.logits([long + " and more"]), atol=1e-5)


def test_texts_are_answered_alike_alone_and_together() -> None:
    encoder = Encoder.load(WEIGHTS)
    texts = ["hello", "i cannot go on like this any more and nobody knows", "ok"]
    together = encoder.logits(texts)
    alone = np.concatenate([encoder.logits([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-4


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DamagedWeights, match=r"encoder\.onnx: it is missing"):
        Encoder.load(tmp_path)


def test_cuts_of_another_making_are_refused(tmp_path: Path) -> None:
    for name in ("ngrams.npz", "encoder.onnx", "tokenizer.json"):
        (tmp_path / name).symlink_to((WEIGHTS / name).resolve())
    cuts = json.loads((WEIGHTS / "cuts.json").read_text())
    del cuts["full"]["constant"]["need2"]
    (tmp_path / "cuts.json").write_text(json.dumps(cuts))
    with pytest.raises(DamagedWeights, match=r"cuts\.json.*need2"):
        Ear.load(BOOK.reader, Mode.FULL, tmp_path)
