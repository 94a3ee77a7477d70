"""The way out: only to the public internet, and never for long."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from directory import fetching
from directory.fetching import NotAllowed, NotReached
from tests.elsewhere import Somewhere


def test_it_reads_what_is_there_and_follows_a_redirect(somewhere: Somewhere):
    somewhere.answers["/old"] = (302, {"Location": "/new?x=1"}, b"")

    answer = fetching.fetch(f"{somewhere.url}/old", reachable=somewhere.reachable)

    assert (answer.status, answer.body, answer.url) == (200, b"hello", f"{somewhere.url}/new?x=1")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0.0.0.0/",
        "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://192.0.0.1/", "http://224.0.0.1/", "http://2130706433/", "http://0x7f.1/",
        "http://example.org:8080/", "https://example.org:80/", "ftp://example.org/",
        "file:///etc/passwd", "http://u:p@example.org/", "http://", "http://a:99999/",
        "http://exa mple.org/", "http://example.org/\r\nX: y", "gopher://127.0.0.1:70/",
    ],
)  # fmt: skip
def test_nothing_inside_is_ever_asked(url: str, monkeypatch: pytest.MonkeyPatch):
    def connect(*_about: Any, **_more: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(NotAllowed):
        fetching.fetch(url)


def test_a_redirect_inwards_is_not_followed(somewhere: Somewhere):
    somewhere.answers["/"] = (302, {"Location": "http://127.0.0.1:22/"}, b"")

    with pytest.raises(NotAllowed):
        fetching.fetch(f"{somewhere.url}/", reachable=somewhere.reachable)


def test_a_name_is_looked_up_once_and_that_address_is_asked(
    somewhere: Somewhere, monkeypatch: pytest.MonkeyPatch
):
    """A name that answers otherwise the second time (DNS rebinding) gains nothing."""
    looked_up = []

    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, port, *about, **more: look_up(host, port)
        if host == "elsewhere.example" else real(host, port, *about, **more),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        fetching.fetch("http://elsewhere.example/")
    port = somewhere.server_port

    fetching.fetch(
        f"http://elsewhere.example:{port}/", reachable=frozenset({f"elsewhere.example:{port}"})
    )

    assert looked_up == ["elsewhere.example"] * 2
    assert somewhere.asked == [("/", f"elsewhere.example:{port}", b"")]


def test_it_ends_when_there_is_too_much_or_too_often(somewhere: Somewhere):
    somewhere.answers["/long"] = (200, {}, b"x" * 5000)
    somewhere.answers["/round"] = (301, {"Location": "/round"}, b"")
    with pytest.raises(NotReached):
        fetching.fetch(f"{somewhere.url}/long", bytes_max=4999, reachable=somewhere.reachable)
    with pytest.raises(NotReached):
        fetching.fetch(f"{somewhere.url}/round", reachable=somewhere.reachable)

    assert [path for path, _host, _body in somewhere.asked].count("/round") == 4


def test_who_does_not_answer_in_time_is_left():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(NotReached):
            fetching.fetch(
                f"http://127.0.0.1:{port}/",
                seconds=0.3,
                reachable=frozenset({f"127.0.0.1:{port}"}),
            )


def test_a_proxy_of_the_environment_is_not_asked(
    somewhere: Somewhere, monkeypatch: pytest.MonkeyPatch
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert fetching.fetch(somewhere.url, reachable=somewhere.reachable).status == 200
