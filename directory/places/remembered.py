"""What was made from an atlas, kept until the atlas is another: nothing is made twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from directory.places.atlas import Atlas

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values by key, each good for one atlas; of more than `most` the one unused longest goes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Atlas, T]] = OrderedDict()
        self._lock = Lock()

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._kept.clear()

    def get(self, key: Hashable, atlas: Atlas, make: Callable[[], T]) -> T:
        """The value of `key`; made now if there is none that was made from this atlas."""
        with self._lock:
            found = self._kept.get(key)
            if found and found[0] is atlas:
                self._kept.move_to_end(key)
                return found[1]
        value = make()
        with self._lock:
            self._kept[key] = (atlas, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value
