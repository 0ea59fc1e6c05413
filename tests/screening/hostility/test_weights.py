"""Weights come in whole or not at all, and a file that changes is noticed."""

import json
from pathlib import Path

import pytest

from forum.screening.hostility import weights
from forum.screening.hostility.second_opinion import SecondOpinion
from forum.screening.hostility.weights import CHECKPOINT, Record, State, Unfit

LABELS = ("toxicity", "insult")


@pytest.fixture(autouse=True)
def extra_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "MODULES", ("json",))


@pytest.fixture
def brought(tmp_path: Path) -> tuple[Path, Path]:
    """What an operator has: a checkpoint, and a folder with more than is needed."""
    checkpoint, folder = tmp_path / "toxic.ckpt", tmp_path / "bert"
    checkpoint.write_bytes(b"weights")
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "vocab.txt").write_text("hello\n")
    (folder / "run_me.py").write_text("raise SystemExit")
    return checkpoint, folder


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def bring_in(brought: tuple[Path, Path], data_dir: Path) -> Record:
    return weights.bring_in(*brought, data_dir, lambda _folder: LABELS)


def test_the_states_follow_each_other(
    brought: tuple[Path, Path], data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert weights.state(data_dir) is State.NO_WEIGHTS
    assert "handrail screening detoxify import" in weights.ADVICE[State.NO_WEIGHTS]
    record = bring_in(brought, data_dir)
    assert weights.state(data_dir) is State.READY
    assert weights.ready_record(data_dir) == record
    assert record.labels == LABELS
    monkeypatch.setattr(weights, "MODULES", ("json", "no_such_module"))
    assert weights.state(data_dir) is State.NO_EXTRA
    assert weights.ready_record(data_dir) is None
    assert SecondOpinion.imported(data_dir) is None


def test_only_what_is_known_is_copied(brought: tuple[Path, Path], data_dir: Path) -> None:
    record = bring_in(brought, data_dir)
    assert set(record.files) == {CHECKPOINT, "config.json", "vocab.txt"}
    assert sorted(path.name for path in data_dir.iterdir()) == ["detoxify"], "nothing left over"


@pytest.mark.parametrize("name", [CHECKPOINT, "config.json", "vocab.txt"])
def test_a_file_that_was_changed_is_noticed(
    brought: tuple[Path, Path], data_dir: Path, name: str
) -> None:
    bring_in(brought, data_dir)
    with (weights.home(data_dir) / name).open("ab") as file:
        file.write(b" ")
    assert weights.state(data_dir) is State.CHANGED


def test_a_file_that_was_added_or_taken_is_noticed(
    brought: tuple[Path, Path], data_dir: Path
) -> None:
    bring_in(brought, data_dir)
    added = weights.home(data_dir) / "tokenizer.json"
    added.write_text("{}")
    assert weights.state(data_dir) is State.CHANGED
    added.unlink()
    assert weights.state(data_dir) is State.READY
    (weights.home(data_dir) / CHECKPOINT).unlink()
    assert weights.state(data_dir) is State.CHANGED


def test_weights_that_fail_leave_the_earlier_ones(
    brought: tuple[Path, Path], data_dir: Path
) -> None:
    def refuse(_folder: Path) -> tuple[str, ...]:
        raise Unfit("A tensor is missing.")

    with pytest.raises(Unfit):
        weights.bring_in(*brought, data_dir, refuse)
    assert weights.state(data_dir) is State.NO_WEIGHTS
    earlier = bring_in(brought, data_dir)
    brought[0].write_bytes(b"other weights")
    with pytest.raises(Unfit):
        weights.bring_in(*brought, data_dir, refuse)
    assert weights.ready_record(data_dir) == earlier
    assert bring_in(brought, data_dir).version != earlier.version
    assert weights.state(data_dir) is State.READY


def test_the_record_is_of_the_copy_as_it_was_proved(
    brought: tuple[Path, Path], data_dir: Path
) -> None:
    def fit(folder: Path) -> tuple[str, ...]:
        (folder / "config.json").write_text('{"num_labels": 2}')
        return LABELS

    weights.bring_in(*brought, data_dir, fit)
    assert weights.state(data_dir) is State.READY
    assert (brought[1] / "config.json").read_text() == "{}", "the operator's own file is theirs"


def test_what_is_not_there_is_named(tmp_path: Path, data_dir: Path) -> None:
    with pytest.raises(Unfit, match=r"no file .*toxic\.ckpt"):
        bring_in((tmp_path / "toxic.ckpt", tmp_path), data_dir)
    (tmp_path / "toxic.ckpt").write_bytes(b"")
    with pytest.raises(Unfit, match=r"has no config\.json"):
        bring_in((tmp_path / "toxic.ckpt", tmp_path), data_dir)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 3, "labels": []}', "\ufffd"])
def test_a_broken_record_is_no_record(
    brought: tuple[Path, Path], data_dir: Path, text: str
) -> None:
    bring_in(brought, data_dir)
    (weights.home(data_dir) / weights.RECORD).write_text(text)
    assert weights.state(data_dir) is State.NO_WEIGHTS


def test_a_record_names_only_files_beside_it(brought: tuple[Path, Path], data_dir: Path) -> None:
    bring_in(brought, data_dir)
    path = weights.home(data_dir) / weights.RECORD
    stored = json.loads(path.read_text())
    stored["files"]["../../toxic.ckpt"] = weights.sha256(brought[0])
    path.write_text(json.dumps(stored))
    assert weights.state(data_dir) is State.CHANGED
