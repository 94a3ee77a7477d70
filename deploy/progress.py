"""One line a step on the terminal: its name, how far it is, and how long it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str], None]
WIDTH = 36


@contextmanager
def step(name: str) -> Iterator[Report]:
    """Show `name`, then what is reported while it runs (on a terminal only), then the seconds."""
    started = time.monotonic()
    is_terminal = sys.stdout.isatty()

    def report(how_far: str) -> None:
        if is_terminal:
            print(f"\r  {name:<{WIDTH}}{how_far:<24}", end="", flush=True)

    report("…")
    yield report
    seconds = time.monotonic() - started
    start, width = ("\r", 24) if is_terminal else ("", 0)
    print(f"{start}  {name:<{WIDTH}}{f'{seconds:.0f} s':<{width}}", flush=True)


def say(line: str) -> None:
    print(line, flush=True)
