"""A tiny model of random numbers, 2 layers of 32, saved the way detoxify's own files are."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertForSequenceClassification

LABELS = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{x}" for x in LETTERS)]
SHAPE = {
    "vocab_size": len(VOCABULARY),
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 66,
}


def stored(num_classes: int = len(LABELS)) -> dict[str, Any]:
    """What torch.load gives of such a file."""
    torch.manual_seed(7)
    model = BertForSequenceClassification(BertConfig(**SHAPE, num_labels=num_classes))
    for value in model.parameters():  # a model as it is made is too even: every text scores alike
        torch.nn.init.normal_(value, std=0.3)
    shape = {
        "model_type": "bert-base-uncased",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        "num_classes": num_classes,
    }
    config = {"arch": {"args": shape}, "dataset": {"args": {"classes": list(LABELS)}}}
    return {"config": config, "state_dict": model.state_dict()}


def save(content: object, folder: Path) -> tuple[Path, Path]:
    """The file, and beside it a folder with config.json and vocabulary as the base model has."""
    checkpoint, companions = folder / "toxic.ckpt", folder / "bert"
    torch.save(content, checkpoint)
    companions.mkdir(exist_ok=True)
    (companions / "config.json").write_text(json.dumps({"model_type": "bert", **SHAPE}))
    (companions / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    return checkpoint, companions
