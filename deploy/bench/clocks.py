"""CPU time of several ways to do the same, asked in turn.

What a machine can do moves by a third while others use it. So the ways take turns, question by
question, each time in another order; what counts is how many times as much one takes as another.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Way = Callable[[str], object]


def interleaved(
    ways: Mapping[str, Way], questions: Sequence[str], *, rounds: int = 1
) -> dict[str, float]:
    """CPU milliseconds a question of each way, the mean over all questions and rounds."""
    names = list(ways)
    spent = dict.fromkeys(names, 0)
    for round_ in range(rounds):
        for number, question in enumerate(questions):
            turn = (round_ + number) % len(names)
            for name in names[turn:] + names[:turn]:
                started = time.process_time_ns()
                ways[name](question)
                spent[name] += time.process_time_ns() - started
    return {name: spent[name] / 1e6 / len(questions) / rounds for name in names}


@dataclass(frozen=True)
class Spent:
    """What a piece of work took: CPU seconds of this process and its children, and wall seconds."""

    cpu: float
    wall: float


def spent_on(work: Callable[[], object]) -> Spent:
    cpu, wall = _cpu(), time.perf_counter()
    work()
    return Spent(_cpu() - cpu, time.perf_counter() - wall)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def private_megabytes() -> float | None:
    """Memory that this process shares with nobody; None where the system does not tell."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def size_of(folder: Path) -> float:
    """Megabytes on disk."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
