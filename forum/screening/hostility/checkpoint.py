"""detoxify's model from a checkpoint that nobody trusts: the one module that loads torch.

Only `child.py` imports it. Opening runs no code of the file, and a checkpoint whose tensors are
not exactly the model's is refused: transformers fills what is missing with random numbers and
only warns.
"""

import json
import math
import pickle
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from detoxify.detoxify import Detoxify, get_model_and_tokenizer

from forum.screening.hostility.labels import HARASSING
from forum.screening.hostility.weights import CHECKPOINT, CONFIG, Unfit

# The families that detoxify has published; a checkpoint names its class, and may name no other.
MODELS = frozenset(
    f"{family}ForSequenceClassification" for family in ("Bert", "Roberta", "XLMRoberta", "Albert")
)
TOKENIZERS = frozenset(
    f"{family}Tokenizer{kind}"
    for family in ("Bert", "Roberta", "XLMRoberta", "Albert")
    for kind in ("", "Fast")
)
# Left in checkpoints by earlier releases of transformers and never read by today's model.
LEFT_OVER = re.compile(r"(.*\.position_ids|(roberta|xlm_roberta)\.pooler\.dense\.(weight|bias))")
# As detoxify itself renames what its first model calls otherwise.
STANDARD = {
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "identity_hate": "identity_attack",
}
MOST_TOKENS = 512  # what each of the families was trained to read
LEAST_OF_VOCABULARY = 0.9  # some models have a few rows more than words
SPECIAL_POSITIONS = 2  # of the RoBERTa family's table of positions, which begins at padding
TRIAL = ["How was your day?", "word " * 2_000]  # the second is longer than any model reads

torch.set_num_threads(1)


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says about itself. tensors: name → tensor. labels: in the model's order."""

    model_name: str
    tokenizer_name: str
    num_classes: int
    labels: tuple[str, ...]
    tensors: Mapping[str, torch.Tensor]


class Ear:
    """A loaded model."""

    def __init__(self, model: Any, tokenizer: Any, labels: tuple[str, ...]) -> None:
        """model, tokenizer: of transformers, whose own types depend on the release."""
        self.labels = labels
        # Its __init__ reads the checkpoint with code execution allowed; predict() is what we want.
        self._detoxify = Detoxify.__new__(Detoxify)
        self._detoxify.model, self._detoxify.tokenizer = model, tokenizer
        self._detoxify.class_names, self._detoxify.device = list(labels), "cpu"

    def scores(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """For each text, each label's score of 0.0–1.0. Any string is answered."""
        readable = [text.encode("utf-8", "replace").decode() for text in texts]
        if not readable:
            return []  # predict() fails
        columns = self._detoxify.predict(readable)
        if len(readable) == 1:
            return [dict(columns)]  # bare numbers instead of lists
        return [{name: columns[name][row] for name in columns} for row in range(len(texts))]


def fit_config(folder: Path) -> None:
    """Write the number of labels into a copied config.json: the base model's own says two."""
    found = _open(folder / CHECKPOINT)
    path = folder / CONFIG
    try:
        config = dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise Unfit(f"{CONFIG} cannot be read.") from None
    for name in ("num_labels", "_num_labels", "label2id", "problem_type"):
        config.pop(name, None)
    config["id2label"] = {str(n): _label(found, n) for n in range(found.num_classes)}
    config["label2id"] = {label: int(n) for n, label in config["id2label"].items()}
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def load(folder: Path) -> Ear:
    """The model of a folder with checkpoint, config.json and tokenizer. Raises Unfit."""
    found = _open(folder / CHECKPOINT)
    _check_tensors(found, folder)
    try:
        model, tokenizer = get_model_and_tokenizer(
            str(folder),
            found.model_name,
            found.tokenizer_name,
            found.num_classes,
            dict(found.tensors),
            huggingface_config_path=str(folder),
        )
    except Exception as fault:  # whatever transformers makes of strange files
        raise Unfit(f"Model or tokenizer cannot be made: {type(fault).__name__}.") from fault
    _check_taken_over(found, model)
    _check_vocabulary(len(tokenizer), model.config.vocab_size)
    most = min(MOST_TOKENS, model.config.max_position_embeddings - SPECIAL_POSITIONS)
    tokenizer.model_max_length = min(tokenizer.model_max_length, most)
    return Ear(model, tokenizer, found.labels)


def prove(folder: Path) -> tuple[str, ...]:
    """Load the folder and score two texts; its labels. Raises Unfit when the answer is no use."""
    ear = load(folder)
    try:
        first, again = ear.scores(TRIAL), ear.scores(TRIAL)
    except Exception as fault:  # a tokenizer of another model asks for words that are not there
        raise Unfit(f"A trial failed: {type(fault).__name__}.") from fault
    values = [value for row in first for value in row.values()]
    if not all(math.isfinite(value) and 0 <= value <= 1 for value in values) or first != again:
        raise Unfit("A trial gave no scores.")
    return ear.labels


def _open(path: Path) -> Checkpoint:
    try:
        # weights_only: a checkpoint is a pickle, and a pickle may run anything. Proven by
        # tests/screening/hostility/test_checkpoint.py::test_code_in_a_pickle_never_runs.
        stored = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as fault:
        raise Unfit("The file holds more than weights, or is no checkpoint.") from fault
    try:
        shape, labels = stored["config"]["arch"]["args"], stored["config"]["dataset"]["args"]
        found = Checkpoint(
            str(shape["model_name"]),
            str(shape["tokenizer_name"]),
            int(shape["num_classes"]),
            tuple(STANDARD.get(name, str(name)) for name in labels["classes"]),
            dict(stored["state_dict"]),
        )
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise Unfit("The checkpoint does not say which model it is of.") from fault
    _check_names(found)
    return found


def _check_names(found: Checkpoint) -> None:
    if found.model_name not in MODELS or found.tokenizer_name not in TOKENIZERS:
        raise Unfit("It is not of a family that detoxify has published.")
    if not 0 < len(found.labels) <= found.num_classes or len(set(found.labels)) < len(found.labels):
        raise Unfit("Its labels do not fit its outputs.")
    if HARASSING.isdisjoint(found.labels):
        raise Unfit(f"It scores none of {', '.join(sorted(HARASSING))}.")


def _check_tensors(found: Checkpoint, folder: Path) -> None:
    """Every tensor of the model, of the right shape and finite, and none besides."""
    expected = _expected(found, folder)
    extra = [n for n in found.tensors if n not in expected and not LEFT_OVER.fullmatch(str(n))]
    missing = [name for name in expected if name not in found.tensors]
    if missing or extra:
        first = (missing or extra)[0]
        raise Unfit(f"{len(missing)} tensors are missing, {len(extra)} too many, such as {first}.")
    for name, shape in expected.items():
        tensor = found.tensors[name]
        if not _is_plain(tensor):
            raise Unfit(f"{name} holds no numbers of the right kind.")
        if tensor.shape != shape:
            raise Unfit(f"{name} is {list(tensor.shape)} and should be {list(shape)}.")
        if not bool(torch.isfinite(tensor).all()):
            raise Unfit(f"{name} holds numbers that are none.")


def _expected(found: Checkpoint, folder: Path) -> dict[str, torch.Size]:
    """Name → shape of each tensor of the model that config.json describes, nothing allocated."""
    model_class = getattr(transformers, found.model_name)
    try:
        config = model_class.config_class.from_pretrained(str(folder), local_files_only=True)
        with torch.device("meta"):
            skeleton = model_class(config)
    except Exception as fault:  # whatever transformers makes of a strange config.json
        raise Unfit(f"{CONFIG} describes no such model: {type(fault).__name__}.") from fault
    return {
        name: tensor.shape
        for name, tensor in skeleton.state_dict().items()
        if not LEFT_OVER.fullmatch(name)
    }


def _check_taken_over(found: Checkpoint, model: Any) -> None:
    """The last word: what the model holds now is what the checkpoint held."""
    for name, value in model.named_parameters():
        known = found.tensors.get(name)
        if known is None or not torch.equal(value.detach().float(), known.float()):
            raise Unfit(f"{name} did not reach the model.")


def _check_vocabulary(known: int, wanted: int) -> None:
    """Without its file transformers makes a tokenizer that knows no words, and says nothing."""
    if not LEAST_OF_VOCABULARY * wanted <= known <= wanted:
        raise Unfit(f"The tokenizer knows {known} words, the model {wanted}.")


def _label(found: Checkpoint, number: int) -> str:
    return found.labels[number] if number < len(found.labels) else f"unused_{number}"


def _is_plain(tensor: object) -> bool:
    return (
        isinstance(tensor, torch.Tensor)
        and tensor.is_floating_point()
        and tensor.layout == torch.strided
    )
