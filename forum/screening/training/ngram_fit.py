"""Fits the n-gram heads: logistic regression on hashed features, then rounded to bytes."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from forum.screening.ngrams import BUCKETS, NgramHeads, buckets
from forum.screening.training.targets import Table

EPOCHS = 8
BATCH = 64
RATE = 0.02
DECAY = 2e-6  # of the weights that a batch touched; small: most buckets are seen once
_BYTE = 127.0


def fit(texts: Sequence[str], targets: Table, weights: Table, seed: int) -> NgramHeads:
    """The heads that answer `targets` (texts × heads, 0.0–1.0) best, each counted by `weights`."""
    torch.manual_seed(seed)
    found = [torch.from_numpy(buckets(text)) for text in texts]
    bag = torch.nn.EmbeddingBag(BUCKETS, targets.shape[1], mode="sum", sparse=True)
    torch.nn.init.zeros_(bag.weight)
    bias = torch.nn.Parameter(torch.zeros(targets.shape[1]))
    sparse = torch.optim.SparseAdam([bag.weight], lr=RATE)
    dense = torch.optim.Adam([bias], lr=RATE)
    aim, counts = torch.from_numpy(targets), torch.from_numpy(weights)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(texts)).split(BATCH):
            batch = [found[row] for row in rows]
            sizes = torch.tensor([len(one) for one in batch])
            starts = torch.cat([torch.zeros(1, dtype=torch.long), sizes.cumsum(0)[:-1]])
            touched = torch.cat(batch)
            logits = bag(touched, starts) / sizes.clamp(min=1).sqrt().unsqueeze(1) + bias
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, aim[rows], weight=counts[rows]
            )
            decay = DECAY * bag(touched, starts).square().sum()
            sparse.zero_grad()
            dense.zero_grad()
            (loss + decay).backward()
            sparse.step()
            dense.step()
    return _in_bytes(bag.weight.detach().numpy(), bias.detach().numpy())


def _in_bytes(weights: NDArray[np.float32], bias: NDArray[np.float32]) -> NgramHeads:
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / _BYTE
    return NgramHeads(
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
    )
