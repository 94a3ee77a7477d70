"""Memory that is free, given back to the system.

An answer among 100,000 entries makes and frees arrays of megabytes. The C library keeps them for
the next, in pieces: a worker's memory grew by a tenth with what nothing was in any more.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from itertools import count

# Giving back takes a few milliseconds, so it is done once in so many answers.
EVERY = 32


def _trimmer() -> Callable[[int], int] | None:
    """glibc's way to do it; other libraries give back by themselves, or not at all."""
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return None
    return trim


_trim = _trimmer()
_answers = count(1)


def after_an_answer() -> None:
    """Give back what is free, once in a while."""
    if _trim and next(_answers) % EVERY == 0:
        _trim(0)
