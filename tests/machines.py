"""A client like another site's program, which holds the rules of open data on every answer.

Rules: any site may read it, without credentials; nothing reads or sets a cookie; shared caches need
not part it by reader; errors are problem details.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.house_rules import HOST

A_HOST = "https://www.dale-valley.example"


class Machine:
    """Asks as a script on another site would."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.client.set_cookie("session", "anything", domain="kith.test")

    def get(self, path: str, *, status: int = 200, **headers: str) -> Any:
        """What the JSON at `path` says."""
        return json.loads(self.ask(path, status=status, **headers).get_data(as_text=True))

    def ask(self, path: str, *, status: int = 200, **headers: str) -> TestResponse:
        """The answer at `path`, after the rules were checked."""
        sent = {"Origin": A_HOST} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        response = self.client.get(path, base_url=HOST, headers=sent)
        assert response.status_code == status, (
            f"{path} answered {response.status_code}, not {status}: {response.text[:2000]}"
        )
        self._hold_rules(path, response)
        return response

    def _hold_rules(self, path: str, response: TestResponse) -> None:
        headers = response.headers
        assert headers["Access-Control-Allow-Origin"] == "*", f"{path}: closed to other sites"
        assert "Access-Control-Allow-Credentials" not in headers, f"{path}: takes credentials"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin", f"{path}: kept at home"
        assert "Set-Cookie" not in headers, f"{path} sets a cookie"
        assert "Cookie" not in headers.get("Vary", ""), f"{path} differs by reader"
        if response.status_code >= 400:
            assert response.mimetype == "application/problem+json", f"{path}: {response.mimetype}"
            problem = json.loads(response.text)
            assert problem["status"] == response.status_code
            assert problem["title"]


@pytest.fixture
def machine(app: Flask) -> Machine:
    """A program on another site."""
    return Machine(app)
