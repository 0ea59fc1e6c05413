"""The corpus can be read, its parts share no writer, and the statistics are what they say."""

import csv
import gzip
import random
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from forum.screening.heads import HEADS
from forum.screening.training.corpus import CorpusError, Message, load, read_line, unmarked
from forum.screening.training.cuts import Budget, Sample, choose, joined
from forum.screening.training.disguises import WAYS, disguised, slipped
from forum.screening.training.figures import auroc, kappa, share
from forum.screening.training.lesson import labelled_by, pieces
from forum.screening.training.splits import POSTS, Talk, by_writer, posts
from forum.screening.training.targets import targets, weights
from forum.screening.verdict import Harm, Need, Surface

CORPUS = load()
ENGLISH = [message for message in CORPUS if message.language == "en"]
OBVIOUS = re.compile(
    r"\b(kill\w*|suicid\w*|die|died|dies|dying|dead|death|end (it|my life|things)|hang\w*|hung"
    r"|overdos\w*|od'?d?|cut|cuts|cutting|self.?harm\w*|hurt(ing)? myself|pills?|tablets?|jump\w*"
    r"|goodbye|bye|kms|unalive)\b",
    re.IGNORECASE,
)


def test_a_line_is_read_with_its_flags_and_spans() -> None:
    line = r"0 c sourcing sourcing | anyone got [[some of them blues]]\nty"
    assert read_line(line, "w01") == Message(
        text="anyone got some of them blues\nty",
        need=Need.NONE,
        surface=Surface.CHAT,
        kind="sourcing",
        writer="w01",
        conducts=frozenset({"sourcing"}),
        spans=((11, 29),),
    )
    assert read_line("4 b urge h3 | [[do it]]", "w01").harm is Harm.ENCOURAGEMENT


@pytest.mark.parametrize("line", ["hello", "5 c low | x", "1 d low | x", "1 c low h9 | x"])
def test_a_line_that_cannot_be_read_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "w01.txt").write_text(f"# Ann\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"w01\.txt, line 2"):
        load(tmp_path)


def test_marks_leave_the_text_and_their_places() -> None:
    assert unmarked("a [[b]] c [[dd]]") == ("a b c dd", ((2, 3), (6, 8)))


def test_lines_in_doubt_are_marked(tmp_path: Path) -> None:
    (tmp_path / "w01.txt").write_text("1 c low | a\n2 c numb | b\n", encoding="utf-8")
    (tmp_path / "doubtful.txt").write_text("w01 2\n", encoding="utf-8")
    assert [message.doubtful for message in load(tmp_path)] == [False, True]


def test_the_corpus_is_as_broad_as_promised() -> None:
    assert len({message.writer for message in CORPUS}) >= 54
    assert len(CORPUS) >= 17_000
    calls = [m for m in ENGLISH if m.need >= Need.CONCERN]
    calm = [m for m in ENGLISH if m.need is Need.NONE]
    assert np.mean([bool(OBVIOUS.search(m.text)) for m in calls]) <= 1 / 3
    assert np.mean([bool(OBVIOUS.search(m.text)) for m in calm]) >= 0.65
    long = [m for m in ENGLISH if m.surface is Surface.BOARD and len(m.text.split()) >= 80]
    assert len(long) >= 1_000
    assert 0.4 <= np.mean([m.need < Need.CONCERN for m in long]) <= 0.6
    spoken = Counter(message.language for message in CORPUS)
    assert all(
        spoken[code] >= 150 for code in ("es", "fr", "de", "pt", "it", "nl", "pl", "hi", "ar")
    )


def test_nothing_is_written_twice_by_one_writer() -> None:
    assert not [pair for pair, n in Counter((m.writer, m.text) for m in CORPUS).items() if n > 1]


def test_no_writer_is_learnt_from_and_reported_on() -> None:
    parts = by_writer(ENGLISH)
    writers = [{m.writer for m in part} for part in (parts.learn, parts.develop, parts.report)]
    assert not writers[0] & writers[1]
    assert not writers[0] & writers[2]
    assert not writers[1] & writers[2]
    assert all(len(some) >= 3 for some in writers)


def test_levels_count_all_below_them() -> None:
    row = targets([Message("x", Need.URGENT, Surface.CHAT, "plan", "w01")])[0]
    assert dict(zip(HEADS, row.tolist(), strict=True))["need3"] == 1.0
    assert row[:4].tolist() == [1.0, 1.0, 1.0, 0.0]


def test_a_public_post_leaves_open_how_soon_somebody_is_needed() -> None:
    post = Message("x", Need.CONCERN, Surface.BOARD, "public", "board")
    ours = Message("x", Need.CONCERN, Surface.BOARD, "hopeless", "w01")
    weak, full = weights([post, ours], frozenset({"board"}), 0.5).tolist()
    assert weak[:4] == [0.5, 0.5, 0.0, 0.0]
    assert not any(weak[4:])
    assert set(full) == {1.0}


def test_public_sets_are_parted_by_their_authors(tmp_path: Path) -> None:
    with gzip.open(tmp_path / f"{POSTS}.csv.gz", "wt", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "label", "level", "group"])
        for number in range(200):
            level = "elevated" if number % 2 else "none"
            table.writerow([f"post {number}, donâ€™t look", "x", level, str(number // 4)])
    parts = [posts(tmp_path, use, 1_000) for use in ("learn", "develop", "report")]
    texts = [{message.text for message in part} for part in parts]
    assert sum(map(len, texts)) == len(set.union(*texts)) == 200
    authors = [{int(text.split()[1][:-1]) // 4 for text in some} for some in texts]
    assert sum(map(len, authors)) == 50
    assert all(text.endswith("don’t look") for text in texts[0])
    assert {message.need for message in parts[0]} == {Need.NONE, Need.CONCERN}


def test_lessons_are_joined_and_labels_borrowed() -> None:
    talk = Talk(
        [Message(f"chat {n}", Need.NONE, Surface.CHAT, "public", "chat") for n in range(3)], [], []
    )
    told = labelled_by(lambda texts: np.zeros((len(texts), len(HEADS)), np.float32), talk.chat)
    assert np.all(told.targets == 0.5)
    both = told + told
    assert (len(both.texts), both.targets.shape, both.weights.shape) == (
        6,
        (6, len(HEADS)),
        (6, len(HEADS)),
    )


def test_every_sentence_of_a_calm_post_is_calm() -> None:
    calm = "We went to the market and had soup. The dog slept. I fixed the gate at last. " * 6
    posts = [
        Message(calm, need, Surface.BOARD, "sad-and-fine", "w01")
        for need in (Need.NONE, Need.CONCERN)
    ]
    found = pieces(posts, random.Random(1))
    assert len(found) == 3
    assert all(one.text in calm and len(one.text) < 100 for one in found)
    assert not pieces(
        [Message("short", Need.NONE, Surface.CHAT, "banter", "w01")], random.Random(1)
    )


def test_slips_keep_the_words() -> None:
    chance = random.Random(3)
    made = [slipped("nobody came to the meeting today", chance) for _ in range(400)]
    assert "nobody came to the meeting today" in made
    assert any(one.startswith("nobody came to the meeting today ") for one in made)
    assert all(made)


def test_auroc_is_the_chance_of_a_right_order() -> None:
    assert auroc([0.1, 0.4, 0.35, 0.8], [False, False, True, True]) == 0.75
    assert auroc([1, 1, 1, 1], [False, True, False, True]) == 0.5
    assert np.isnan(auroc([1, 2], [True, True]))


def test_a_share_knows_how_sure_it_is() -> None:
    sure, unsure = share([True, False] * 500), share([True, False])
    assert sure.value == unsure.value == 0.5
    assert unsure.low < sure.low < 0.5 < sure.high < unsure.high
    assert share([]).of == 0


def test_kappa_is_one_for_the_same_and_near_none_by_chance() -> None:
    chance = np.random.default_rng(1)
    first = chance.integers(0, 5, 4_000).tolist()
    assert kappa(first, first) == pytest.approx(1.0)
    assert abs(kappa(first, chance.integers(0, 5, 4_000).tolist())) < 0.05


def test_the_better_ear_counts_more_and_none_is_heard_backwards() -> None:
    chance = np.random.default_rng(2)
    truth = (chance.random((3_000, len(HEADS))) < 0.4).astype(np.float32)
    good = ((truth - 0.5) * 4 + chance.normal(0, 1, truth.shape)).astype(np.float32)
    bad = ((0.5 - truth) + chance.normal(0, 3, truth.shape)).astype(np.float32)
    factors, _ = joined([good, bad], truth)
    assert (factors[0] > factors[1]).all()
    assert (factors >= 0).all()


def test_cuts_keep_the_budget() -> None:
    chance = np.random.default_rng(3)

    def sample(count: int, calls: float) -> Sample:
        aims = np.zeros((count, len(HEADS)), dtype=np.float32)
        aims[: int(count * calls), :4] = 1
        logits = (aims * 3 + chance.normal(0, 1.5, aims.shape)).astype(np.float32)
        return Sample(logits, aims)

    own, chat = sample(2_000, 0.4), sample(5_000, 0.0)
    budget = Budget(chat=0.01, negatives=0.05)
    alert = HEADS.index("need2")
    cut = choose({Surface.CHAT: own}, {"chat": chat}, budget)[Surface.CHAT][alert]
    assert np.mean(chat.logits[:, alert] >= cut) <= 0.01
    calm = own.part(own.targets[:, alert] == 0)
    assert np.mean(calm.logits[:, alert] >= cut) <= 0.05


@pytest.mark.parametrize("way", WAYS)
def test_a_disguise_changes_words_and_keeps_their_number_of_texts(way: str) -> None:
    said = "nobody would notice if something happened to me tonight honestly"
    assert disguised(said, way, random.Random(4)) != said
