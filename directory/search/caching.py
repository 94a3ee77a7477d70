"""What was read lately, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from numpy.typing import NDArray

# What is kept of words that were asked for: 6 bytes for each entry that has one. Among 100,000
# entries 200 different questions with all that is looked for besides take 24 MB.
CACHED_BYTES = 25_000_000


class Cache:
    """The things used last, up to a number of bytes; safe for threads."""

    def __init__(self, most: int = CACHED_BYTES) -> None:
        self._most = most
        self._held = 0
        self._things: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: Any) -> bool:
        with self._lock:
            return key in self._things

    def get(self, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key][0]
        made = make()
        self.put(key, made, size(made))
        return made

    def put(self, key: Any, thing: Any, size: int) -> None:
        """Keep `thing`, as if it had been made when it was asked for."""
        with self._lock:
            if key not in self._things:
                self._things[key] = (thing, size)
                self._held += size
            while self._held > self._most and len(self._things) > 1:
                _, (_, freed) = self._things.popitem(last=False)
                self._held -= freed


def size_of(arrays: Iterable[NDArray[Any]]) -> int:
    """Bytes that `arrays` take together."""
    return 200 + sum(array.nbytes for array in arrays)
