"""A moderator with a browser: pages, forms and a cookie, over real http."""

from __future__ import annotations

import http.client
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT_SECONDS = 60
LIST = "file"  # the box of a form that takes a file


class NoSuchForm(Exception):
    """The page has no form that goes there."""


@dataclass(frozen=True)
class Answer:
    """What the site answered. `location`: where it leads; "" if nowhere."""

    status: int
    location: str
    text: str

    def form(self, action: str) -> dict[str, str]:
        """The hidden values of the form that goes to `action`.

        Raises:
            NoSuchForm
        """
        forms = _Forms()
        forms.feed(self.text)
        if action not in forms.found:
            raise NoSuchForm(f"{action}, only {sorted(forms.found)}")
        return forms.found[action]


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies = SimpleCookie()

    def open(self, path: str) -> Answer:
        """The page at `path`."""
        return self._ask("GET", path)

    def send(
        self,
        path: str,
        values: Mapping[str, str],
        *,
        file: str = "",
        sent: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send a form.

        Args:
            file: the words of a list to send with it, as `LIST`.
            sent: called when the whole request has gone and no answer was read yet.

        Raises:
            OSError, HTTPException: whoever should answer is gone.
        """
        if file:
            mark = uuid.uuid4().hex
            body = _parts(mark, values, file)
            kind = f"multipart/form-data; boundary={mark}"
        else:
            body, kind = urlencode(values).encode(), "application/x-www-form-urlencoded"
        return self._ask("POST", path, body=body, headers={"Content-Type": kind}, sent=sent)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        sent: Callable[[], None] = lambda: None,
    ) -> Answer:
        told = dict(headers or {})
        if self._cookies:
            told["Cookie"] = "; ".join(f"{k}={v.value}" for k, v in self._cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body=body, headers=told)
            sent()
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            for cookie in response.headers.get_all("Set-Cookie") or []:
                self._cookies.load(cookie)
            return Answer(response.status, response.headers.get("Location", ""), text)
        finally:
            connection.close()


def _parts(mark: str, values: Mapping[str, str], file: str) -> bytes:
    """`values` and a file as a browser sends them together."""
    said = [(f'name="{name}"', value) for name, value in values.items()]
    said.append((f'name="{LIST}"; filename="{file.partition(",")[0]}.csv"', file))
    lines = [
        f"--{mark}\r\nContent-Disposition: form-data; {what}\r\n\r\n{value}\r\n"
        for what, value in said
    ]
    return ("".join(lines) + f"--{mark}--\r\n").encode()


class _Forms(HTMLParser):
    """Hidden values by the address that a form goes to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = self.found.setdefault(said.get("action", ""), {})
        elif tag == "input" and said.get("type") == "hidden" and self._open is not None:
            self._open.setdefault(said.get("name", ""), said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
