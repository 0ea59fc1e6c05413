"""The encoder: a small transformer with thirteen heads, run by onnxruntime on one thread."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from forum.screening.heads import HEADS, Logits
from forum.screening.stored import reading

MOST_TOKENS = 256  # of one text; what a longer one goes on to say stands in its next chunk
ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"


class Encoder:
    """Loaded once; `logits` may be called from any one thread at a time."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From encoder.onnx and tokenizer.json. Raises DamagedWeights naming the bad one."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one message at a time; the other cores serve pages
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # gives memory back after a long post
        with reading(folder / ENCODER_FILE):
            session = onnxruntime.InferenceSession(
                str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
            )
        with reading(folder / TOKENIZER_FILE):
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        tokenizer.enable_truncation(MOST_TOKENS)
        tokenizer.no_padding()
        return cls(session, tokenizer)

    def logits(self, texts: Sequence[str]) -> Logits:
        """Log-odds of each head for each text, in their order."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        answer = np.zeros((len(texts), len(HEADS)), dtype=np.float32)
        # One at a time: eight-bit numbers round by what else is in a batch, and a text's answer
        # must not hang on its neighbours.
        for row, tokens in enumerate(ids):
            given = np.array([tokens], dtype=np.int64)
            (found,) = self._session.run(None, {"ids": given, "mask": np.ones_like(given)})
            answer[row] = found[0]
        return answer
