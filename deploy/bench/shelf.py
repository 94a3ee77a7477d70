"""What a page costs that lies on the shelf, beside the smallest page that Flask can make."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.test import create_environ

from deploy.bench import clocks
from deploy.bench.an_app import URL, an_app
from deploy.packages import ROOT
from deploy.progress import say
from directory import search, shelf
from directory.db import db
from directory.entries import files, sync

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ROUNDS = 300
PAGES = (
    "/",
    "/search?q=lonely",
    "/approaches/community-choirs",
    "/places/leeds",
    "/embed/v1/search.json?q=choir",
)


def measure() -> None:
    """Print a line about each page: from the shelf, and told that the reader has it already."""
    with an_app() as app:
        read, _problems = files.read_folder(ROOT / "content")
        sync.sync(db.session(), read, [], at=datetime.now(UTC))
        db.session.commit()
        search.rebuild(db.session(), search.current())
        db.session.remove()
        shelf.attach(app)
        say(f"{'pages on the shelf, against a Flask hello':<44}{'CPU':>9}{'ratio':>9}{'a 304':>9}")
        for path in PAGES:
            _measure(app.wsgi_app, path)


def _measure(site: WSGIApplication, path: str) -> None:
    tag = _ask(site, path)("")  # made, and on the shelf from now on
    ways = {
        "hello": _ask(_hello().wsgi_app, "/"),
        "page": _ask(site, path),
        "304": _ask(site, path, tag),
    }
    spent = clocks.interleaved(ways, [""] * ROUNDS)
    hello = spent["hello"]
    say(
        f"  {path:<42}{spent['page']:>6.3f} ms{spent['page'] / hello:>8.2f}x"
        f"{spent['304'] / hello:>8.2f}x"
    )


def _hello() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def _ask(app: WSGIApplication, path: str, tag: str = "") -> Callable[[str], str]:
    """Asks as a browser would; gives the tag of the answer."""
    headers = {"Accept-Encoding": "gzip, deflate, br"} | ({"If-None-Match": tag} if tag else {})
    prepared = create_environ(path, URL, headers=headers)

    def ask(_number: str) -> str:
        said: dict[str, str] = {}

        def start(status: str, fields: list[tuple[str, str]], error: object = None) -> object:
            said.update(fields)
            return None

        answer = app(dict(prepared), start)  # type: ignore[arg-type]
        for _part in answer:
            pass
        close = getattr(answer, "close", None)
        if close:
            close()
        return said.get("ETag", "")

    return ask
