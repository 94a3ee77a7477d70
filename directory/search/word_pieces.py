"""How the model of meaning parts words: into the longest pieces that it knows (WordPiece).

"befriending" is "be", "##fr", "##ien", "##ding". The library for it holds 12 MB in each process;
all pieces in one sorted array are less than one.

Sources: Wu and others, 2016 (arXiv 1609.08144), section 4.1; the rules of BERT's uncased models,
https://github.com/google-research/bert/blob/master/tokenization.py
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

START, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
WITHIN_A_WORD = "##"
# A longer word is not taken apart.
LONGEST = 100
# Chinese and Japanese signs are words by themselves.
IDEOGRAPHS = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPieces:
    """The pieces that a model knows, from a file with one on each line."""

    def __init__(self, path: Path) -> None:
        pieces = np.array(path.read_bytes().split(b"\n")[:-1])
        self._numbers = np.argsort(pieces).astype(np.int32)
        self._pieces = pieces[self._numbers]
        self._start, self._end, self._unknown = (
            int(self._numbers[self._pieces.searchsorted(name.encode())])
            for name in (START, END, UNKNOWN)
        )

    def numbers(self, text: str, *, most: int) -> list[int]:
        """What the model reads for `text`: the numbers of its pieces between those that stand for
        start and end, `most` in all."""
        found = (number for word in _words(text) for number in self._parts(word))
        return [self._start, *islice(found, most - 2), self._end]

    def _parts(self, word: str) -> list[int]:
        found: list[int] = []
        at = 0
        while at < len(word):
            length, number = self._longest(word[at:], WITHIN_A_WORD if at else "")
            if not length or len(word) > LONGEST:
                return [self._unknown]
            found.append(number)
            at += length
        return found

    def _longest(self, letters: str, before: str) -> tuple[int, int]:
        """How many of `letters` are the longest piece that they begin with, and its number."""
        width = self._pieces.itemsize
        most = min(len(letters), width - len(before))
        wanted = np.array([(before + letters[:end]).encode()[:width] for end in range(1, most + 1)])
        places = self._pieces.searchsorted(wanted).clip(max=len(self._pieces) - 1)
        known = np.flatnonzero(self._pieces[places] == wanted)
        if not len(known):
            return 0, self._unknown
        return int(known[-1]) + 1, int(self._numbers[places[known[-1]]])


def _words(text: str) -> Iterator[str]:
    """The words of `text` without capitals and accents; signs are words of their own."""
    word = ""
    for letter in unicodedata.normalize("NFD", text):
        category = unicodedata.category(letter)
        if category == "Mn" or letter == "\ufffd":
            continue
        if category.startswith("C") and letter not in "\t\n\r":
            continue
        if letter.isspace():
            yield from [word] if word else []
            word = ""
        elif _stands_alone(letter, category):
            yield from [word, letter] if word else [letter]
            word = ""
        else:
            word += letter.lower()
    if word:
        yield word


def _stands_alone(letter: str, category: str) -> bool:
    if category.startswith("P") or letter in string.punctuation:
        return True
    return any(first <= ord(letter) <= last for first, last in IDEOGRAPHS)
