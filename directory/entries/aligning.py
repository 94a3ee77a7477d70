"""Which pieces of two texts are the same, in an order that both have. Fast on long texts.

What stands exactly once in both holds the two together; between those the same is looked for again,
and what is left is short enough for difflib. Long stretches that have nothing to hold on to count
as replaced. difflib alone takes seconds for two versions of 5,000 words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

Tag = Literal["same", "changed"]
Run = tuple[Tag, int, int, int, int]

SMALL = 300  # product of two lengths that difflib may compare
FEW_ANCHORS = 40  # one in so many pieces is chance, not the same text
LARGEST = 10_000  # the same where nothing stands once


def runs(before: Sequence[str], after: Sequence[str]) -> list[Run]:
    """Both texts as runs that are the same and runs that changed, in turn: tag, i1, i2, j1, j2."""
    found: list[Run] = []
    i = j = 0
    for i1, j1, size in (*_joined(_blocks(before, after)), (len(before), len(after), 0)):
        if i < i1 or j < j1:
            found.append(("changed", i, i1, j, j1))
        if size:
            found.append(("same", i1, i1 + size, j1, j1 + size))
        i, j = i1 + size, j1 + size
    return found


def _joined(blocks: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Blocks that touch as one."""
    last: tuple[int, int, int] | None = None
    for i, j, size in blocks:
        if last and (last[0] + last[2], last[1] + last[2]) == (i, j):
            last = (last[0], last[1], last[2] + size)
            continue
        if last:
            yield last
        last = (i, j, size)
    if last:
        yield last


def _blocks(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where the same pieces stand in both, in order."""
    todo = [(0, len(a), 0, len(b))]
    while todo:
        i1, i2, j1, j2 = todo.pop()
        start_i, start_j = i1, j1
        while i1 < i2 and j1 < j2 and a[i1] == b[j1]:
            i1, j1 = i1 + 1, j1 + 1
        if i1 > start_i:
            yield start_i, start_j, i1 - start_i
        tail = 0
        while i1 < i2 and j1 < j2 and a[i2 - 1] == b[j2 - 1]:
            i2, j2, tail = i2 - 1, j2 - 1, tail + 1
        if tail:  # comes after what lies between
            todo.append((i2, i2 + tail, j2, j2 + tail))
        size = (i2 - i1) * (j2 - j1)
        if size < 2:
            continue  # nothing on one side, or two that differ
        anchors = _anchors(a, b, i1, i2, j1, j2) if size > SMALL else []
        if len(anchors) * FEW_ANCHORS > i2 - i1:
            ends = [(i1, j1), *anchors, (i2, j2)]
            todo += [(i, next_i, j, next_j) for (i, j), (next_i, next_j) in pairwise(ends)][::-1]
        elif size <= LARGEST:
            matcher = SequenceMatcher(None, a[i1:i2], b[j1:j2], autojunk=False)
            for i, j, length in matcher.get_matching_blocks():
                if length:
                    yield i1 + i, j1 + j, length


def _anchors(
    a: Sequence[str], b: Sequence[str], i1: int, i2: int, j1: int, j2: int
) -> list[tuple[int, int]]:
    """Pieces that stand once in each, as many as keep the order of both."""
    here, there = _once(a, i1, i2), _once(b, j1, j2)
    pairs = [(i, there[piece]) for piece, i in here.items() if piece in there]
    tops: list[int] = []  # the smallest end of a rising chain of each length
    ends: list[int] = []
    before = [-1] * len(pairs)
    for number, (_i, j) in enumerate(pairs):
        place = bisect_left(tops, j)
        before[number] = ends[place - 1] if place else -1
        tops[place : place + 1] = [j]
        ends[place : place + 1] = [number]
    chain = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _once(pieces: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Where each piece stands that stands once between `start` and `end`, in order."""
    found: dict[str, int] = {}
    again: set[str] = set()
    for index in range(start, end):
        piece = pieces[index]
        if piece in found:
            again.add(piece)
        else:
            found[piece] = index
    return {piece: index for piece, index in found.items() if piece not in again}
