"""A shelf in front of Flask: a page that is the same for everybody is made once, until anything
changes.

It is a cache as HTTP knows it (RFC 9111), and keeps only what any other cache might: whole answers
to GET that say `public`, set no cookie and were asked for without one. Beyond that it asks before
each use whether the database or the search index has changed since (`Stamp`), so that what is
published is seen at once. Behind Flask's own extensions even a 304 costs more than a small page.

A page in `KEPT_FOR_EACH` is kept besides for who sends the very cookies that it was made for, for a
moment, and never past a write: ending a sign-in or taking a role away is one.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from sqlalchemy import Engine, text
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header, parse_cache_control_header, unquote_etag
from werkzeug.wsgi import ClosingIterator

from directory.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGES_MOST = 500
BYTES_MOST = 256 * 1024  # of one page as it is sent
SHELF_BYTES = 24 * 1024 * 1024  # of all of them, in each process
ADDRESS_MOST = 1000  # letters; longer ones are seldom asked for twice
KEPT_FOR_EACH = frozenset({"/moderation/"})
FOR_EACH_SECONDS = 20  # what such a page says of the time may be so old
LOOK_AGAIN_SECONDS = 0.2  # at a PostgreSQL server: a question to it costs as much as a page

EACH_COUNTS = "kith.each_counts"
SAME_FOR_A_MOMENT = "kith.same_for_a_moment"
# Programs read these, and are told with each answer how often they may still ask.
_TOLD_LIMITS = ("/api/", "/oruk/")
# What is said to one reader, or of one moment.
_PERSONAL = frozenset(
    "ratelimit ratelimit-policy x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset"
    " retry-after date age".split()
)
# What a 304 repeats (RFC 9110, 15.4.5), and what protects whoever reads it.
_NOT_IN_304 = frozenset({"content-length", "content-type", "content-encoding"})


def each_counts() -> None:
    """Say in a view that each of its answers has an effect, such as a number that goes up."""
    request.environ[EACH_COUNTS] = True


def same_for_a_moment() -> None:
    """Say in a view at `KEPT_FOR_EACH` that its answer hangs on nothing but who asks for what, and
    on what the database holds."""
    request.environ[SAME_FOR_A_MOMENT] = True


def attach(app: Flask) -> Stamp:
    """Put the shelf before all that `app` does. Gives what asks whether anything changed."""
    with app.app_context():
        stamp = Stamp(db.engine, app.extensions["kith.search"].stamp)
    app.wsgi_app = Shelf(app.wsgi_app, stamp)  # type: ignore[method-assign]
    return stamp


class Stamp:
    """Something that differs as soon as a page may differ: any write to the database, or a new
    search index. None where that cannot be told."""

    def __init__(self, engine: Engine, index: Callable[[], Hashable]) -> None:
        self._engine, self._index = engine, index
        self._lock = threading.Lock()
        self._sqlite: sqlite3.Connection | None = None
        self._written: Hashable = None
        self._looked = 0.0

    def __call__(self, at_once: bool = False) -> Hashable:
        """The stamp.

        Args:
            at_once: for somebody who has just written, and is to see it.
        """
        try:
            written = self._of_sqlite() if self._is_sqlite else self._of_server(at_once)
        except Exception:  # whatever is wrong with the database is told by the page itself
            return None
        return None if written is None else (written, self._index())

    def close(self) -> None:
        """Let go of the database."""
        if self._sqlite is not None:
            self._sqlite.close()
            self._sqlite = None

    @property
    def _is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    def _of_sqlite(self) -> Hashable:
        """`data_version` differs after each commit by another connection, and this one writes
        nothing (https://www.sqlite.org/pragma.html#pragma_data_version)."""
        with self._lock:
            if self._sqlite is None:
                path = self._engine.url.database
                assert path, "a database in memory has no second connection"
                self._sqlite = sqlite3.connect(path, check_same_thread=False, timeout=1)
            found: tuple[int] = self._sqlite.execute("PRAGMA data_version").fetchone()
            return found[0]

    def _of_server(self, at_once: bool) -> Hashable:
        """Which writes PostgreSQL shows to who asks now, asked for a few times a second at most,
        or `at_once`.

        Its log would not do: a commit stands there a moment before others can see what it wrote.
        """
        with self._lock:
            now = time.monotonic()
            if at_once or self._written is None or now - self._looked > LOOK_AGAIN_SECONDS:
                with self._engine.connect() as connection:
                    self._written = connection.scalar(
                        text("SELECT CAST(pg_current_snapshot() AS text)")
                    )
                self._looked = now
            return self._written


@dataclass(frozen=True)
class Page:
    """An answer as it is sent."""

    stamp: Hashable
    made: float  # time.monotonic()
    lives: int  # seconds
    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes

    def is_fresh(self, stamp: Hashable) -> bool:
        return stamp == self.stamp and time.monotonic() - self.made < self.lives

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        headers = [*self.headers, ("Age", str(int(time.monotonic() - self.made)))]
        if self.etag and _has(environ, self.etag):
            start_response(
                "304 NOT MODIFIED", [one for one in headers if one[0].lower() not in _NOT_IN_304]
            )
            return [b""]
        start_response("200 OK", headers)
        return [self.body]


class Shelf:
    """The WSGI application `app` behind a shelf of pages."""

    def __init__(self, app: WSGIApplication, stamp: Callable[[bool], Hashable]) -> None:
        self._app, self._stamp = app, stamp
        self._lock = threading.Lock()
        self._differs: dict[str, tuple[str, ...]] = {}
        self._pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self._bytes = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address = _address(environ)
        stamp = self._stamp(_is_ones_own(environ)) if address else None
        if address is None or stamp is None:
            return self._app(environ, start_response)
        if "no-cache" not in environ.get("HTTP_CACHE_CONTROL", ""):  # a reader presses "reload"
            page = self._pages.get(self._key(address, environ))
            if page is not None and page.is_fresh(stamp):
                return page.answer(environ, start_response)
        return self._make(address, stamp, environ, start_response)

    def _key(self, address: str, environ: WSGIEnvironment) -> tuple[str, ...]:
        return (address, *(_asked(environ, name) for name in self._differs.get(address, ())))

    def _make(
        self,
        address: str,
        stamp: Hashable,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Let the application answer, and put it on the shelf if all may have it."""
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def begin(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            said[:] = [(status, headers)]
            return (
                start_response(status, headers, error) if error else start_response(status, headers)
            )

        parts = self._app(environ, begin)
        if not said or environ.get(EACH_COUNTS):
            return parts
        status, headers = said[0]
        lives = _lives(environ, status, Headers(headers))
        if not lives:
            return parts
        body = b"".join(parts)
        closing = getattr(parts, "close", None)
        kept = Headers((name, value) for name, value in headers if name.lower() not in _PERSONAL)
        page = Page(
            stamp, time.monotonic(), lives, tuple(kept), unquote_etag(kept.get("ETag"))[0] or "",
            body,
        )  # fmt: skip
        self._put(address, _vary(kept), environ, page)
        return ClosingIterator([body], [closing] if closing else None)

    def _put(
        self, address: str, differs: tuple[str, ...], environ: WSGIEnvironment, page: Page
    ) -> None:
        with self._lock:
            self._differs[address] = differs
            key = self._key(address, environ)
            if before := self._pages.pop(key, None):
                self._bytes -= len(before.body)
            self._pages[key] = page
            self._bytes += len(page.body)
            while len(self._pages) > PAGES_MOST or self._bytes > SHELF_BYTES:
                (gone, *_rest), oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.body)
                if not any(one[0] == gone for one in self._pages):
                    self._differs.pop(gone, None)


def _address(environ: WSGIEnvironment) -> str | None:
    """What is asked for, if whoever asks so may get the same: no key, the whole of it; and no
    cookie, or with each other cookie another address."""
    path = environ.get("PATH_INFO", "")
    cookies = str(environ.get("HTTP_COOKIE", ""))
    if (
        environ.get("REQUEST_METHOD") != "GET"
        or (cookies and path not in KEPT_FOR_EACH)
        or "HTTP_AUTHORIZATION" in environ
        or "HTTP_RANGE" in environ
        or path.startswith(_TOLD_LIMITS)
    ):
        return None
    names = ("wsgi.url_scheme", "HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
    found = " ".join(
        [*(str(environ.get(name, "")) for name in names), path, environ.get("QUERY_STRING", "")]
    )
    if len(found) > ADDRESS_MOST:
        return None
    # What signs somebody in does not lie about in memory.
    return f"{found} {hashlib.sha256(cookies.encode()).hexdigest()}" if cookies else found


def _asked(environ: WSGIEnvironment, header: str) -> str:
    """What the reader says in a header that the page differs by."""
    value = str(environ.get("HTTP_" + header.upper().replace("-", "_"), ""))
    if header == "accept-encoding":  # browsers list many; a page is sent in one of these
        return str(parse_accept_header(value).best_match(("br", "gzip")))
    return value


def _vary(headers: Headers) -> tuple[str, ...]:
    """Names of the request headers that the page differs by. Who sends a cookie is not here."""
    said = (one.strip().lower() for line in headers.getlist("Vary") for one in line.split(","))
    return tuple(sorted({one for one in said if one and one != "cookie"}))


def _is_ones_own(environ: WSGIEnvironment) -> bool:
    """Whether the answer may hang on who asks."""
    return bool(environ.get("HTTP_COOKIE"))


def _lives(environ: WSGIEnvironment, status: str, headers: Headers) -> int:
    """For how many seconds the answer may be kept: for all, or for who sends the same cookies.
    0 if not at all."""
    length = headers.get("Content-Length", type=int)
    if (
        not status.startswith("200 ")
        or "Set-Cookie" in headers
        or headers.get("Vary") == "*"
        or length is None
        or length > BYTES_MOST
    ):
        return 0
    if _is_ones_own(environ):
        return FOR_EACH_SECONDS if environ.get(SAME_FOR_A_MOMENT) else 0
    control = parse_cache_control_header(headers.get("Cache-Control"))
    if control.get("public", False) is False:
        return 0
    return int(control.get("s-maxage", control.get("max-age")) or 0)


def _has(environ: WSGIEnvironment, etag: str) -> bool:
    """Whether the reader has that version already."""
    said = environ.get("HTTP_IF_NONE_MATCH", "")
    return any(
        unquote_etag(one.strip())[0] in {etag, "*"} for one in str(said).split(",") if one.strip()
    )
