"""A real, tiny model through detoxify's own loading code; needs the extra: make test-detoxify."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forum.screening.hostility import engine, weights
from forum.screening.hostility.engine import CHILD, Engine
from forum.screening.hostility.weights import CHECKPOINT, State, Unfit

torch = pytest.importorskip("torch")
tiny = pytest.importorskip("tests.screening.hostility.tiny")
checkpoint = pytest.importorskip("forum.screening.hostility.checkpoint")

ROOT = Path(__file__).parents[3]
TEXTS = ["hello", "you idiot", "a longer line of words than the first one was"]
A_TENSOR = "bert.encoder.layer.1.output.dense.weight"

# The libraries' own notes about their next releases are no fault of ours.
pytestmark = pytest.mark.filterwarnings("default")


def prove(folder: Path) -> tuple[str, ...]:
    """As the child does, without the time that it takes to start."""
    checkpoint.fit_config(folder)
    labels: tuple[str, ...] = checkpoint.prove(folder)
    return labels


def bring_in(content: object, folder: Path) -> weights.Record:
    return weights.bring_in(*tiny.save(content, folder), folder / "data", prove)


def command(installation: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "forum", "screening", "detoxify", *arguments],
        cwd=ROOT,
        env=os.environ | {"HANDRAIL_DATA_DIR": str(installation / "data")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


async def test_from_the_import_to_scores(tmp_path: Path) -> None:
    before = command(tmp_path, "status")
    assert before.returncode == 1
    assert "weights missing" in before.stdout
    made, companions = tiny.save(tiny.stored(), tmp_path)
    imported = command(tmp_path, "import", str(made), str(companions))
    assert imported.returncode == 0, imported.stderr
    assert "identity_attack" in imported.stdout
    ready = command(tmp_path, "status")
    assert (ready.returncode, ready.stdout) == (0, "detoxify: ready\n")

    home = weights.home(tmp_path / "data")
    asked = Engine(home, load_seconds=100, answer_seconds=60)
    scores = await asked.score(TEXTS)
    assert scores is not None
    assert await asked.score(TEXTS[:1]) == [pytest.approx(scores[0], abs=1e-5)]
    strange = ["", "\ud800", "\x00", "🙂" * 3_000, "\u0301" * 5_000, "x" * 100_000]
    assert len(await asked.score(strange) or []) == len(strange)
    await asked.aclose()
    assert set(scores[0]) >= {"toxicity", "severe_toxicity", "identity_attack", "insult"}
    assert len({one["insult"] for one in scores}) == len(TEXTS), "each text has its own"


def test_the_scores_are_detoxifys_own(tmp_path: Path) -> None:
    """What our adapter loads says exactly what the checkpoint's own numbers say."""
    content = tiny.stored()
    bring_in(content, tmp_path)
    ear = checkpoint.load(weights.home(tmp_path / "data"))
    model = tiny.BertForSequenceClassification(
        tiny.BertConfig(**tiny.SHAPE, num_labels=len(tiny.LABELS))
    ).eval()
    model.load_state_dict(content["state_dict"])
    with torch.no_grad():
        plain = torch.sigmoid(model(**ear._detoxify.tokenizer(TEXTS[1], return_tensors="pt"))[0])
    heard = ear.scores(TEXTS)[1]
    assert list(heard.values()) == pytest.approx(plain[0].tolist(), abs=1e-5)


class Bomb:
    """Whoever unpickles it makes a file; an attacker would do worse."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("place", ["beside", "config", "state_dict", "whole"])
def test_code_in_a_pickle_never_runs(tmp_path: Path, place: str) -> None:
    trace = tmp_path / "it_ran"
    content = tiny.stored()
    if place == "whole":
        content = Bomb(trace)
    elif place == "beside":
        content["more"] = Bomb(trace)
    else:
        content[place]["more"] = Bomb(trace)
    with pytest.raises(Unfit, match="more than weights"):
        bring_in(content, tmp_path)
    assert not trace.exists()
    assert weights.state(tmp_path / "data") is State.NO_WEIGHTS
    torch.load(tmp_path / "toxic.ckpt", weights_only=False)
    assert trace.exists(), "the attack is real: plain loading runs it"


def test_a_bare_pickle_never_runs(tmp_path: Path) -> None:
    trace = tmp_path / "it_ran"
    made, companions = tiny.save(tiny.stored(), tmp_path)
    made.write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(Unfit):
        weights.bring_in(made, companions, tmp_path / "data", prove)
    assert not trace.exists()


@pytest.mark.parametrize("name", [A_TENSOR, "classifier.bias", "bert.pooler.dense.weight"])
def test_a_missing_tensor_is_refused(tmp_path: Path, name: str) -> None:
    content = tiny.stored()
    del content["state_dict"][name]
    with pytest.raises(Unfit, match="1 tensors are missing"):
        bring_in(content, tmp_path)


def test_a_tensor_too_many_is_refused(tmp_path: Path) -> None:
    content = tiny.stored()
    content["state_dict"]["bert.encoder.layer.2.output.dense.weight"] = torch.zeros(32, 64)
    with pytest.raises(Unfit, match="1 too many"):
        bring_in(content, tmp_path)


def test_what_older_releases_left_behind_is_no_fault(tmp_path: Path) -> None:
    content = tiny.stored()
    content["state_dict"]["bert.embeddings.position_ids"] = torch.arange(66)
    assert "insult" in bring_in(content, tmp_path).labels


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda tensor: tensor.t(), "should be"),
        (lambda tensor: tensor[:, :1], "should be"),
        (lambda tensor: tensor.reshape(-1), "should be"),
        (lambda tensor: tensor.fill_(float("nan")), "numbers that are none"),
        (lambda tensor: tensor.index_fill_(0, torch.tensor([3]), float("inf")), "that are none"),
        (lambda tensor: tensor.to(torch.int64), "right kind"),
        (lambda tensor: tensor.to_sparse(), "right kind|more than weights"),
        (lambda _tensor: "a word", "right kind"),
    ],
)
def test_a_spoiled_tensor_is_refused(tmp_path: Path, spoil: Callable[[Any], Any], why: str) -> None:
    content = tiny.stored()
    content["state_dict"][A_TENSOR] = spoil(content["state_dict"][A_TENSOR])
    with pytest.raises(Unfit, match=why):
        bring_in(content, tmp_path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"model_name": "GPT2ForSequenceClassification"}, "family"),
        ({"model_name": "pipeline"}, "family"),
        ({"tokenizer_name": "AutoTokenizer"}, "family"),
        ({"model_name": "RobertaForSequenceClassification"}, r"missing|describes"),
        ({"num_classes": 3}, "labels"),
        ({"num_classes": "many"}, "which model"),
    ],
)
def test_another_model_than_it_says_is_refused(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    content = tiny.stored()
    content["config"]["arch"]["args"] |= change
    with pytest.raises(Unfit, match=why):
        bring_in(content, tmp_path)


@pytest.mark.parametrize(
    "labels",
    [[], ["toxic", "toxic"], ["cat", "dog"], ["toxic", "obscene"], [f"n{n}" for n in range(7)]],
)
def test_labels_that_do_not_fit_are_refused(tmp_path: Path, labels: list[str]) -> None:
    content = tiny.stored()
    content["config"]["dataset"]["args"]["classes"] = labels
    with pytest.raises(Unfit, match=r"labels|none of"):
        bring_in(content, tmp_path)


def test_outputs_without_a_name_are_left_out(tmp_path: Path) -> None:
    """The unbiased model has sixteen outputs and names the first seven."""
    bring_in(tiny.stored(num_classes=16), tmp_path)
    (scores,) = checkpoint.load(weights.home(tmp_path / "data")).scores(["hello"])
    assert len(scores) == len(tiny.LABELS)


@pytest.mark.parametrize("content", [{}, [], "text", {"config": {}, "state_dict": {}}, None])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(Unfit, match="which model"):
        bring_in(content, tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02}.", os.urandom(4_000)])
def test_bytes_that_are_no_checkpoint_are_refused(tmp_path: Path, content: bytes) -> None:
    made, companions = tiny.save(tiny.stored(), tmp_path)
    made.write_bytes(content)
    with pytest.raises(Unfit):
        weights.bring_in(made, companions, tmp_path / "data", prove)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.json", "not json"),
        ("config.json", "[]"),
        ("config.json", json.dumps({**tiny.SHAPE, "num_hidden_layers": 3})),
        ("config.json", json.dumps({**tiny.SHAPE, "hidden_size": "wide"})),
        ("config.json", json.dumps({**tiny.SHAPE, "num_attention_heads": 5})),
        ("vocab.txt", "\n".join([*tiny.VOCABULARY, *(f"word{n}" for n in range(99)), "hello"])),
        ("tokenizer.json", "not json"),
    ],
)
def test_a_folder_of_another_model_is_refused(tmp_path: Path, name: str, text: str) -> None:
    made, companions = tiny.save(tiny.stored(), tmp_path)
    (companions / name).write_text(text)
    with pytest.raises(Unfit):
        weights.bring_in(made, companions, tmp_path / "data", prove)


def test_a_folder_without_a_vocabulary_is_refused(tmp_path: Path) -> None:
    made, companions = tiny.save(tiny.stored(), tmp_path)
    (companions / "vocab.txt").unlink()
    with pytest.raises(Unfit, match="knows 5 words"):
        weights.bring_in(made, companions, tmp_path / "data", prove)


def test_the_command_says_why_it_refuses(tmp_path: Path) -> None:
    content = tiny.stored()
    del content["state_dict"][A_TENSOR]
    made, companions = tiny.save(content, tmp_path)
    refused = command(tmp_path, "import", str(made), str(companions))
    assert refused.returncode == 1
    assert "tensors are missing" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_a_file_that_was_changed_is_never_loaded(tmp_path: Path) -> None:
    bring_in(tiny.stored(), tmp_path)
    home = weights.home(tmp_path / "data")
    other = tiny.stored()
    other["state_dict"]["classifier.bias"] += 1
    torch.save(other, home / CHECKPOINT)
    assert weights.state(tmp_path / "data") is State.CHANGED
    changed = Engine(home, load_seconds=100)
    assert await changed.score(["hello"]) is None
    assert changed.refused is not None
    assert "imported" in changed.refused


def test_the_child_ends_when_the_server_is_gone(tmp_path: Path) -> None:
    bring_in(tiny.stored(), tmp_path)
    with subprocess.Popen(
        [*CHILD, str(weights.home(tmp_path / "data"))],
        cwd=ROOT,
        env=engine.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert b"labels" in child.stdout.readline()
        child.stdin.write(json.dumps(["words"] * 200_000).encode() + b"\n")  # takes minutes
        child.stdin.close()
        assert child.wait(30) == 0


def test_a_server_with_weights_never_loads_them_itself(tmp_path: Path) -> None:
    bring_in(tiny.stored(), tmp_path)
    look = (
        "import sys; from forum.app import create_app; from forum.settings import load_settings; "
        "app = create_app(load_settings()); assert app.state.services.second_opinion; "
        f"sys.exit(any(m in sys.modules for m in {weights.MODULES}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", look],
        cwd=ROOT,
        env=os.environ | {"HANDRAIL_DATA_DIR": str(tmp_path / "data")},
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0
