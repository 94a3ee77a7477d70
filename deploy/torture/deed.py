"""What is done while somebody pulls the plug: publishing, joining entries, lists, mail.

A deed is begun, and is over at some time. Killed in between it must have happened wholly or not at
all; `look` says which, or what is wrong. `finish` then does what a person would do: look, and press
again where nothing happened.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.client import HTTPException
from random import Random
from typing import Any, ClassVar

from deploy.torture.person import Answer
from deploy.torture.site import Site
from directory.entries.documents import Service

WEB, WORKER = "web", "worker"


class Breach(Exception):
    """Something is lost, half done or done twice; the message says what."""


def insist(true: bool, what: str) -> None:
    """
    Raises:
        Breach: it is not so.
    """
    if not true:
        raise Breach(what)


class Deed(ABC):
    """One piece of work. `victims`: the processes that are killed in the middle of it."""

    name: ClassVar[str]
    victims: ClassVar[tuple[str, ...]]
    lasts_like: ClassVar[str] = ""  # a deed that takes about as long, and comes before

    def __init__(self, site: Site, chance: Random) -> None:
        self.site, self.chance = site, chance
        self._press: _Press | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make what it needs."""

    @abstractmethod
    def begin(self) -> None:
        """Start the work, and come back when it is under way."""

    @abstractmethod
    def is_over(self) -> bool:
        """Nothing of it is left to do."""

    @abstractmethod
    def look(self) -> str:
        """How far it came, in words.

        Raises:
            Breach: it happened in part.
        """

    @abstractmethod
    def finish(self) -> None:
        """Bring it to its end.

        Raises:
            Breach: it cannot be, or has happened twice.
        """

    def press(self, path: str, values: Mapping[str, str], *, file: str = "") -> None:
        """Send a form from the moderator's browser, and come back when all of it has gone."""
        self._press = _Press(self.site, path, values, file)
        self._press.sent.wait()

    @property
    def is_answered(self) -> bool:
        """The moderator has seen what became of it."""
        return self._press is not None and self._press.answer is not None

    def settle(self) -> None:
        """No request is under way any more."""
        if self._press is not None:
            self._press.thread.join()

    def press_again(self) -> Answer:
        """Send the same form once more, as browsers offer after a broken connection."""
        assert self._press is not None
        return self.site.person.send(self._press.path, self._press.values, file=self._press.file)


class _Press:
    """A form on its way. `answer` is None until the site has answered, and if it never does."""

    def __init__(self, site: Site, path: str, values: Mapping[str, str], file: str) -> None:
        self.path, self.values, self.file = path, values, file
        self.sent = threading.Event()
        self.answer: Answer | None = None
        self._person = site.person
        self.thread = threading.Thread(target=self._send, daemon=True)
        self.thread.start()

    def _send(self) -> None:
        try:
            self.answer = self._person.send(
                self.path, self.values, file=self.file, sent=self.sent.set
            )
        except (OSError, HTTPException):
            self.sent.set()  # whoever should answer was killed


class Decided(Deed):
    """A moderator presses a button: what the web does, or what the worker does about it."""

    def is_over(self) -> bool:
        return self.is_answered

    def _let_worker_rest(self) -> None:
        """Who is killed at its work begins from nothing."""
        if self.victims == (WORKER,):
            self.site.settle()


def a_service(chance: Random) -> Service:
    """A service with a name that no other has."""
    words = [_a_word(chance) for _word in range(3)]
    fields: dict[str, Any] = {
        "name": f"{' '.join(words)} {chance.getrandbits(24):x}",
        "summary": f"{_a_word(chance)} and {_a_word(chance)} sing on Mondays.",
        "approach": ["community-choirs"],
        "service_area": ["Leeds"],
        "sources": [{"title": "Made to be tried", "year": 2020}],
        "last_known": 2020,
    }
    return Service(**fields)


def _a_word(chance: Random) -> str:
    letters = [chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _two in range(3)]
    return "".join(letters).capitalize()
