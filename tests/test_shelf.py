"""The shelf in front of Flask: what is the same for all is made once, until anything changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, make_response, request
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from directory import search, shelf
from directory.entries.catalogue import Entry
from directory.shelf import Shelf
from tests.builders import a_place, an_approach
from tests.house_rules import HOST

Publish = Callable[..., list[Entry]]
Ask = Callable[..., TestResponse]


@pytest.fixture
def made(app: Flask) -> Iterator[list[str]]:
    """Paths of the pages that Flask made, with the shelf before it."""
    paths: list[str] = []

    @app.before_request
    def note() -> None:
        paths.append(request.full_path.rstrip("?"))

    @app.get("/page/<name>")
    def page(name: str) -> Any:
        response = make_response(f"{name} {uuid4()}")
        response.headers["Cache-Control"] = {
            "private": "private, no-cache", "none": "no-store", "never": "public, max-age=0",
        }.get(name, "public, max-age=60")  # fmt: skip
        if name == "cookie":
            response.set_cookie("a", "b")
        if name == "counts":
            shelf.each_counts()
        if name == "varies":
            response.headers["Vary"] = "Origin, Cookie"
        if name == "large":
            response.set_data("x" * (shelf.BYTES_MOST + 1))
        if name == "gone":
            response.status_code = 410
        return response

    stamp = shelf.attach(app)
    yield paths
    stamp.close()


@pytest.fixture
def ask(app: Flask, made: list[str]) -> Ask:
    """A reader without cookies."""
    client = Client(app, use_cookies=False)

    def get(path: str, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(path, base_url=HOST, headers=sent)

    return get


def test_a_page_is_made_once_and_told_to_who_has_it(
    publish: Publish, ask: Ask, made: list[str]
) -> None:
    publish(an_approach())

    first = ask("/approaches/community-choirs")
    second = ask("/approaches/community-choirs")
    third = ask("/approaches/community-choirs", If_None_Match=first.headers["ETag"])
    other = ask("/approaches/community-choirs", If_None_Match='"another"')

    assert made == ["/approaches/community-choirs"]
    assert second.data == first.data == other.data
    assert (third.status_code, third.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Content-Security-Policy", "Vary"):
        assert second.headers[name] == third.headers[name] == first.headers[name]
    assert int(second.headers["Age"]) >= 0
    assert "Content-Length" not in third.headers
    assert not [name for name, _value in second.headers if "ratelimit" in name.lower()]


def test_what_is_published_is_seen_at_once(
    app: Flask, session: Session, publish: Publish, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "LOOK_AGAIN_SECONDS", 0)
    assert ask("/approaches/community-choirs").status_code == 404
    before = ask("/search?q=choir").text
    publish(an_approach(), a_place())
    assert "Community choirs" in ask("/approaches/community-choirs").text

    with app.app_context():
        search.rebuild(session, search.current())
        session.rollback()

    assert "Community choirs" not in before
    assert "Community choirs" in ask("/search?q=choir").text


@pytest.mark.parametrize("name", ["private", "none", "never", "cookie", "counts", "large", "gone"])
def test_what_is_not_for_all_is_made_each_time(name: str, ask: Ask, made: list[str]) -> None:
    first, second = ask(f"/page/{name}"), ask(f"/page/{name}")

    assert len(made) == 2
    assert name == "large" or first.data != second.data


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "session=x"}, {"Cookie": "anything=x"}, {"Authorization": "Bearer x"},
        {"Range": "bytes=0-3"}, {"Cache_Control": "no-cache"},
    ],
)  # fmt: skip
def test_who_asks_for_their_own_gets_their_own(
    headers: dict[str, str], ask: Ask, made: list[str]
) -> None:
    first = ask("/page/any")
    own = ask("/page/any", **headers)

    assert own.data != first.data
    assert len(made) == 2


def test_programs_are_told_each_time_how_often_they_may_ask(ask: Ask, made: list[str]) -> None:
    assert all("RateLimit" in ask("/api/v1/entries").headers for _time in range(2))
    assert len(made) == 2


def test_a_page_that_differs_by_a_header_is_kept_for_each(ask: Ask, made: list[str]) -> None:
    ours, theirs = ask("/page/varies", Origin="https://a.example"), ask("/page/varies")

    assert ours.data != theirs.data
    assert ask("/page/varies", Origin="https://a.example").data == ours.data
    assert ask("/page/varies", Origin="https://b.example").data not in {ours.data, theirs.data}
    assert len(made) == 3


def test_each_gets_the_page_as_their_browser_takes_it(
    publish: Publish, ask: Ask, made: list[str]
) -> None:
    publish(an_approach())
    path = "/approaches/community-choirs"

    kinds = {
        ask(path, Accept_Encoding=said).headers.get("Content-Encoding")
        for said in ("gzip, deflate, br, zstd", "br", "gzip", "identity", "br;q=0, gzip")
    }

    assert kinds == {"br", "gzip", None}
    assert len(made) == 3


def test_htmx_gets_parts_and_readers_get_pages(publish: Publish, ask: Ask) -> None:
    publish(an_approach())

    whole, part = ask("/search?q=choir"), ask("/search?q=choir", HX_Request_Type="partial")

    assert "<html" in whole.text
    assert "<html" not in part.text
    assert ask("/search?q=choir").text == whole.text


def test_results_lie_on_the_shelf_and_browsers_ask_each_time(
    publish: Publish, ask: Ask, made: list[str]
) -> None:
    publish(an_approach())

    first, second = ask("/search?q=choir"), ask("/search?q=choir")
    again = ask("/search?q=choir", If_None_Match=first.headers["ETag"])

    assert second.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert (again.status_code, second.data) == (304, first.data)
    assert made == ["/search?q=choir"]


def test_another_host_gets_nothing_from_the_shelf(app: Flask, ask: Ask) -> None:
    ask("/page/any")

    stranger = Client(app, use_cookies=False).get("/page/any", base_url="http://evil.example")

    assert stranger.status_code == 400


def test_a_search_in_vain_counts_each_time(publish: Publish, ask: Ask, made: list[str]) -> None:
    publish(an_approach())

    for _time in range(3):
        ask("/search?q=wibbly+wobbly")

    assert len(made) == 3


def test_the_shelf_never_holds_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "PAGES_MOST", 3)
    monkeypatch.setattr(shelf, "SHELF_BYTES", 250)
    asked: list[str] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        body = b"x" * 100
        start_response("200 OK", [("Cache-Control", "public, max-age=60"),
                                  ("Content-Length", "100"), ("Vary", "Origin")])  # fmt: skip
        return [body]

    client = Client(Shelf(app, lambda _at_once: 1))
    for path in ("/1", "/2", "/3", "/3", "/2", "/1", "/1"):
        assert client.get(path).data == b"x" * 100

    assert asked == ["/1", "/2", "/3", "/1"]


def test_where_nobody_can_tell_whether_anything_changed_nothing_is_kept(app: Flask) -> None:
    calls: list[str] = []

    def page(environ: Any, start_response: Any) -> list[bytes]:
        calls.append("made")
        start_response("200 OK", [("Cache-Control", "public, max-age=60"),
                                  ("Content-Length", "1")])  # fmt: skip
        return [b"x"]

    client = Client(Shelf(page, lambda _at_once: None))
    client.get("/")
    client.get("/")

    assert calls == ["made", "made"]


def test_pages_grow_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [1000.0]
    monkeypatch.setattr(shelf.time, "monotonic", lambda: at[0])
    calls: list[str] = []

    def page(environ: Any, start_response: Any) -> list[bytes]:
        calls.append("made")
        start_response("200 OK", [("Cache-Control", "public, max-age=60"),
                                  ("Content-Length", "1")])  # fmt: skip
        return [b"x"]

    client = Client(Shelf(page, lambda _at_once: 1))
    client.get("/")
    at[0] += 59
    assert client.get("/").headers["Age"] == "59"
    at[0] += 2
    client.get("/")

    assert calls == ["made", "made"]
