"""The worker that shows saved entries offline: what it may touch, and how it is switched off."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from directory import create_app
from directory.config import BadSetting, Config
from tests.house_rules import HOST, Browser

PRIVATE = (
    "/moderation",
    "/accounts",
    "/submit",
    "/submissions",
    "/networks",
    "/api",
    "/saved/",
    "/search",
)


def pages_of(worker: str) -> re.Pattern[str]:
    """The pages that the worker answers for."""
    found = re.search(r"const PAGES = /(.+)/;", worker)
    assert found
    return re.compile(found[1].replace(r"\/", "/"))


def test_browsers_ask_for_the_worker_at_every_visit(browser: Browser):
    worker = browser.open("/offline-worker.js")

    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"


def test_the_worker_answers_for_no_private_page(app: Flask, browser: Browser):
    pages = pages_of(browser.open("/offline-worker.js").html)
    addresses = [
        re.sub(r"<[^>]+>", "something", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PRIVATE)
    ]

    assert len(addresses) > 20
    assert [address for address in addresses if pages.search(address)] == []


@pytest.mark.parametrize(
    "path", ["/approaches/homeshare", "/approaches/homeshare/easy-read", "/saved", "/help-now"]
)
def test_the_worker_answers_for_what_readers_keep(path: str, browser: Browser):
    assert pages_of(browser.open("/offline-worker.js").html).search(path)


@pytest.mark.parametrize(
    "path",
    ["/", "/stories/mine", "/approaches/", "/approaches/homeshare/history", "/approaches/x.md"],
)
def test_the_worker_leaves_the_rest_alone(path: str, browser: Browser):
    assert not pages_of(browser.open("/offline-worker.js").html).search(path)


def test_switched_off_it_takes_everything_away(config: Config):
    app = create_app(replace(config, offline=False))
    client = app.test_client()

    worker = client.get("/offline-worker.js", base_url=HOST).text

    assert "unregister()" in worker
    assert "caches.delete" in worker
    assert "fetch" not in worker
    assert "js/offline." not in client.get("/help-now", base_url=HOST).text


def test_the_setting_is_yes_or_no():
    assert Config.from_env({"OFFLINE": "no"}).offline is False
    with pytest.raises(BadSetting, match="OFFLINE=perhaps: write yes or no"):
        Config.from_env({"OFFLINE": "perhaps"})
