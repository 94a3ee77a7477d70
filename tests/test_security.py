"""What holds on every answer: headers, hosts, limits, cookies, CSRF, secrets."""

from __future__ import annotations

import re
import stat
from dataclasses import replace

import pytest

from directory import create_app
from directory.security import secret
from tests.house_rules import HOST, Browser

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", ["/", "/approaches/", "/no-such-page", "/healthz", "/submit/"])
def test_every_answer_carries_the_headers(app, path):
    headers = app.test_client().get(path, base_url=HOST).headers

    assert set(headers["Content-Security-Policy"].split("; ")) >= POLICY
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_an_https_site_asks_for_https_and_its_cookies_do_too(config):
    app = create_app(replace(config, public_url="https://kith.test"))

    headers = app.test_client().get("/", base_url="https://kith.test").headers

    assert "max-age" in headers["Strict-Transport-Security"]
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True


def test_over_https_a_form_needs_its_token_and_no_referrer(config):
    """Private pages tell nobody where a request comes from, so their own forms tell it neither."""
    app = create_app(replace(config, public_url="https://kith.test", trusted_proxies=1))
    client = app.test_client()
    over_https = {"base_url": HOST, "headers": {"X-Forwarded-Proto": "https"}}
    page = client.get("/accounts/sign-in", **over_https).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    form = {"email": "sam@example.org"}

    assert client.post("/accounts/sign-in", data=form, **over_https).status_code == 400
    form["csrf_token"] = token
    assert client.post("/accounts/sign-in", data=form, **over_https).status_code == 303


def test_a_request_for_another_host_is_refused_but_probes_are_not(app):
    client = app.test_client()

    assert client.get("/", base_url="http://evil.example").status_code == 400
    assert client.get("/healthz", base_url="http://10.0.0.1").status_code == 200


def test_a_second_host_may_be_trusted(config):
    app = create_app(replace(config, trusted_hosts=("www.kith.test",)))

    assert app.test_client().get("/", base_url="http://www.kith.test").status_code == 200


def test_a_forwarded_address_is_believed_only_from_trusted_proxies(config):
    seen = []
    for hops in (0, 1):
        app = create_app(replace(config, trusted_proxies=hops, limit_reading="2 per minute"))
        answers = [
            app.test_client()
            .get("/approaches/", base_url=HOST, headers={"X-Forwarded-For": f"203.0.113.{number}"})
            .status_code
            for number in range(4)
        ]
        seen.append(answers)

    assert seen == [[200, 200, 429, 429], [200, 200, 200, 200]]


def test_too_many_requests_get_a_page_that_says_when_to_come_back(config):
    app = create_app(replace(config, limit_reading="1 per minute"))
    browser = Browser(app)
    browser.open("/approaches/")

    page = browser.open("/approaches/", status=429)

    assert 0 < int(page.headers["Retry-After"]) <= 60
    assert "minute" in page.text or "second" in page.text


def test_readers_get_no_cookie(browser):
    for path in ("/", "/approaches/", "/places/", "/stories/", "/help-now"):
        browser.open(path)  # the house rules fail on a cookie

    assert browser.client.get_cookie("session", domain="kith.test") is None


def test_a_form_sent_without_its_token_does_nothing_and_keeps_the_words(app):
    app.config["WTF_CSRF_ENABLED"] = True

    answer = app.test_client().post("/submit/approach", base_url=HOST, data={"name": "Kite club"})

    assert answer.status_code == 422
    assert b"Please send it once more" in answer.data
    assert b"Kite club" in answer.data


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    folder = tmp_path / "instance"

    first = secret(folder)

    assert len(first) > 40
    assert secret(folder) == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600


def test_a_body_that_is_too_large_gets_a_page(app):
    answer = app.test_client().post(
        "/submit/approach", base_url=HOST, data={"name": "x" * 12_000_000}
    )

    assert answer.status_code == 413
    assert b"too large" in answer.data
