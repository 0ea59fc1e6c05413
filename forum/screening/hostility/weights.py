"""The engine's weights in the data folder: brought in, recorded, looked after. Knows no torch."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from forum.errors import ForumError

HOME = "detoxify"  # in the data folder
CHECKPOINT = "checkpoint.ckpt"
CONFIG = "config.json"
RECORD = "record.json"
MODULES = ("torch", "transformers", "detoxify")
# What a folder of a tokenizer may hold; anything else in it is left where it is.
COMPANIONS = (
    CONFIG,
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
)
INSTALL = "pip install torch==2.13.0 && pip install 'handrail[detoxify]'"
IMPORT = "handrail screening detoxify import CHECKPOINT FOLDER"


class Unfit(ForumError):
    """These weights must not be used; the advice says why."""

    title = "These weights cannot be used"


class State(StrEnum):
    """How it stands with the engine."""

    NO_EXTRA = "extra missing"
    NO_WEIGHTS = "weights missing"
    CHANGED = "hash differs"
    READY = "ready"


ADVICE: Mapping[State, str] = {
    State.NO_EXTRA: f"It is optional. To add it run: {INSTALL}",
    State.NO_WEIGHTS: f"Run: {IMPORT}",
    State.CHANGED: f"A file is not the one that was imported, so none is used. Run: {IMPORT}",
    State.READY: "",
}


@dataclass(frozen=True)
class Record:
    """What was imported. files: name → SHA-256 in hexadecimal. labels: what the model scores."""

    files: Mapping[str, str]
    labels: tuple[str, ...]

    @property
    def version(self) -> str:
        """The name under which verdicts remember these weights."""
        return f"detoxify {self.files[CHECKPOINT][:8]}"

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The record of a folder of weights; None where nothing whole was imported."""
        try:
            stored = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            record = cls(dict(stored["files"]), tuple(stored["labels"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return record if CHECKPOINT in record.files else None

    def write(self, folder: Path) -> None:
        """Keep it beside the weights."""
        kept = {"files": dict(self.files), "labels": list(self.labels)}
        (folder / RECORD).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def home(data_dir: Path) -> Path:
    """Where imported weights live."""
    return data_dir / HOME


def is_installed() -> bool:
    """Whether the extra is here; nothing of it is loaded."""
    return all(find_spec(name) for name in MODULES)


def ready_record(data_dir: Path) -> Record | None:
    """The record of the weights, where extra and weights are here; the child checks the files."""
    return Record.read(home(data_dir)) if is_installed() else None


def state(data_dir: Path) -> State:
    """How it stands with the engine; reads every file, about a second for 440 MB."""
    if not is_installed():
        return State.NO_EXTRA
    record = Record.read(home(data_dir))
    if record is None:
        return State.NO_WEIGHTS
    return State.READY if is_unchanged(home(data_dir), record) else State.CHANGED


def is_unchanged(folder: Path, record: Record) -> bool:
    """Whether every file is the one that was imported, and none was added."""
    try:
        present = {path.name for path in folder.iterdir()} - {RECORD}
        return present == set(record.files) and all(
            sha256(folder / name) == known for name, known in record.files.items()
        )
    except OSError:
        return False


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bring_in(
    checkpoint: Path, companions: Path, data_dir: Path, prove: Callable[[Path], tuple[str, ...]]
) -> Record:
    """Copy weights into the data folder, once the copy has proved itself.

    companions: the folder with config.json and the tokenizer's files. prove: loads the copy as the
    server's child will and gives its labels; may write the copy's config.json anew.
    Earlier weights stay until then. Raises Unfit and OSError, with nothing changed.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=data_dir, prefix=f"{HOME}-new-") as scratch:
        fresh, old = Path(scratch) / "fresh", Path(scratch) / "old"
        fresh.mkdir()
        _copy(checkpoint, companions, fresh)
        labels = prove(fresh)
        files = {path.name: sha256(path) for path in sorted(fresh.iterdir())}
        record = Record(files, labels)
        record.write(fresh)
        if home(data_dir).exists():
            home(data_dir).rename(old)
        fresh.rename(home(data_dir))
    return record


def _copy(checkpoint: Path, companions: Path, fresh: Path) -> None:
    if not checkpoint.is_file():
        raise Unfit(f"There is no file {checkpoint}.")
    if not (companions / CONFIG).is_file():
        raise Unfit(f"The folder {companions} has no {CONFIG}.")
    shutil.copyfile(checkpoint, fresh / CHECKPOINT)
    for name in COMPANIONS:
        if (companions / name).is_file():
            shutil.copyfile(companions / name, fresh / name)
