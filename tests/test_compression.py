"""Readers' pages travel small; pages of one person travel as they are."""

from __future__ import annotations

import gzip

import brotli
import pytest

from tests.house_rules import HOST

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


def fetch(app, path="/approaches/", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, base_url=HOST, headers=names)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_readers_page_is_compressed_and_says_the_same(app, encoding):
    plain = fetch(app)
    small = fetch(app, Accept_Encoding=encoding)

    assert small.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in small.headers["Vary"]
    assert UNPACK[encoding](small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)


def test_a_browser_that_takes_nothing_gets_plain_text_and_caches_know(app):
    answer = fetch(app)

    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_brotli_is_preferred_where_both_are_taken(app):
    assert fetch(app, Accept_Encoding="gzip, deflate, br").headers["Content-Encoding"] == "br"


def test_a_compressed_page_can_be_asked_for_again_by_its_tag(app):
    first = fetch(app, Accept_Encoding="br")

    again = fetch(app, Accept_Encoding="br", If_None_Match=first.headers["ETag"])

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize("path", ["/submit/approach", "/accounts/sign-in"])
def test_a_page_with_a_form_of_ones_own_is_not_compressed(app, path):
    assert "Content-Encoding" not in fetch(app, path, Accept_Encoding="br").headers


def test_who_has_a_session_gets_plain_pages(app):
    client = app.test_client()
    client.get("/submit/approach", base_url=HOST)  # sets the cookie

    answer = client.get("/approaches/", base_url=HOST, headers={"Accept-Encoding": "br"})

    assert "Content-Encoding" not in answer.headers
