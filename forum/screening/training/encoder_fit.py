"""Fine-tunes a small transformer with all heads, and writes it as an int8 ONNX file."""

import copy
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel

from forum.screening.heads import HEADS, Logits
from forum.screening.training.targets import Table

# Few shapes, not many: the matrix library makes a program for each one it meets.
WIDTHS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 320)
_TOGETHER = 16  # texts that are read at once where nothing is learnt

Listens = Callable[[Sequence[str]], Logits]


@dataclass(frozen=True)
class Recipe:
    """How to fine-tune. rate: of the transformer; its new heads learn `heads_faster` times that.

    batch_tokens: padded tokens in one step. most_tokens: of one text.
    """

    epochs: int = 4
    rate: float = 2e-4
    heads_faster: float = 20.0
    batch_tokens: int = 1_280
    most_tokens: int = 320
    warm_up: float = 0.06
    decay: float = 0.01
    dropout: float = 0.1
    seed: int = 20261123


class Ear(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A transformer, the mean of its last layer over a text's tokens, one linear layer of heads."""

    def __init__(self, base: Path, dropout: float) -> None:
        super().__init__()
        # No dropout inside: it takes a third of the time here, and the heads have their own.
        self.body = AutoModel.from_pretrained(
            base,
            attn_implementation="eager",
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=0.0,
        )
        # What words mean is known already; left alone, rare ones keep what they were worth.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        width = self.body.config.hidden_size
        self.dropout = torch.nn.Dropout(dropout)
        self.heads = torch.nn.Linear(width, len(HEADS))
        torch.nn.init.normal_(self.heads.weight, std=0.02)
        torch.nn.init.zeros_(self.heads.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """ids, mask: texts × tokens. The log-odds, texts × heads."""
        layer = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        share = mask.unsqueeze(-1).to(layer.dtype)
        mean = (layer * share).sum(1) / share.sum(1).clamp(min=1.0)
        return self.heads(self.dropout(mean))


def fit(
    base: Path,
    texts: Sequence[str],
    targets: Table,
    weights: Table,
    recipe: Recipe,
    *,
    disguise: Callable[[str, random.Random], str] = lambda text, _: text,
    judge: Callable[[Listens], float] | None = None,
    tell: Callable[[str], None] = print,
) -> Ear:
    """Fine-tune every layer above the words.

    disguise: what may be done to a text before each reading of it. judge: how well an ear hears
    others than it learns from; the ear of the best epoch is given back, the last one without it.
    """
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)  # noqa: S311 (a training that can be repeated)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.enable_truncation(recipe.most_tokens)
    tokenizer.no_padding()
    ear = Ear(base, recipe.dropout)
    learning = [each for each in ear.body.parameters() if each.requires_grad]
    body = {"params": learning, "lr": recipe.rate}
    heads = {"params": list(ear.heads.parameters()), "lr": recipe.rate * recipe.heads_faster}
    optimiser = torch.optim.AdamW([body, heads], weight_decay=recipe.decay)
    lengths = [len(e.ids) for e in tokenizer.encode_batch(list(texts))]
    steps = recipe.epochs * sum(1 for _ in _batches(lengths, recipe, random.Random(0)))  # noqa: S311
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, _slope(steps, recipe.warm_up))
    aim, counts = torch.from_numpy(targets), torch.from_numpy(weights)
    best, kept = -math.inf, ear.state_dict()
    for epoch in range(recipe.epochs):
        ear.train()
        total, seen = 0.0, 0
        for rows in _batches(lengths, recipe, chance):
            ids, mask = padded(tokenizer, [disguise(texts[row], chance) for row in rows])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                answer = ear(ids, mask)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                answer.float(), aim[rows], weight=counts[rows]
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(ear.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, seen = total + loss.item() * len(rows), seen + len(rows)
        ear.eval()
        found = judge(partial(logits, ear, tokenizer)) if judge else float(epoch)
        tell(f"epoch {epoch + 1} of {recipe.epochs}: loss {total / seen:.4f}, judged {found:.4f}")
        if found > best:
            best, kept = found, copy.deepcopy(ear.state_dict())
    ear.load_state_dict(kept)
    return ear


def logits(ear: Ear, tokenizer: Tokenizer, texts: Sequence[str]) -> Logits:
    """Log-odds of each head for each text, in their order, before any rounding."""
    rows = np.zeros((len(texts), len(HEADS)), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), _TOGETHER):
            some = order[start : start + _TOGETHER]
            rows[some] = ear(*padded(tokenizer, [texts[row] for row in some])).float().numpy()
    return rows


def padded(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token numbers and mask, texts × the width that holds the longest one."""
    found = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    ids = np.zeros((len(found), _width(max(map(len, found)))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, one in enumerate(found):
        ids[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def export(ear: Ear, path: Path) -> None:
    """Write the ear as int8 ONNX with inputs `ids` and `mask` and the output `logits`."""
    plain = path.with_suffix(".fp32.onnx")
    example = torch.ones((2, 8), dtype=torch.long)
    dynamic = {0: "text", 1: "token"}
    torch.onnx.export(
        ear,
        (example, example),
        str(plain),
        input_names=["ids", "mask"],
        output_names=["logits"],
        dynamic_axes={"ids": dynamic, "mask": dynamic, "logits": {0: "text"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True)
    plain.unlink()


def _batches(lengths: Sequence[int], recipe: Recipe, chance: random.Random) -> Iterator[list[int]]:
    """Rows that fit one of WIDTHS together, in an order drawn anew for every epoch."""
    by_width: dict[int, list[int]] = {width: [] for width in WIDTHS}
    for row, length in enumerate(lengths):
        by_width[_width(length)].append(row)
    batches = []
    for width, rows in by_width.items():
        chance.shuffle(rows)
        size = max(1, recipe.batch_tokens // width)
        batches += [rows[start : start + size] for start in range(0, len(rows), size)]
    chance.shuffle(batches)
    yield from batches


def _width(length: int) -> int:
    return next(width for width in WIDTHS if length <= width)


def _slope(steps: int, warm_up: float) -> Callable[[int], float]:
    """Up for a short while, then down to nothing along a cosine."""
    start = max(1, math.ceil(steps * warm_up))

    def rate(step: int) -> float:
        if step < start:
            return (step + 1) / start
        return 0.5 * (1.0 + math.cos(math.pi * (step - start) / max(1, steps - start)))

    return rate
