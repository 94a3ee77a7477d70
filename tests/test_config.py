"""Settings: told at start when they cannot be used, and all of them documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from directory.config import ROOT, BadSetting, Config


def test_without_any_setting_it_serves_this_machine():
    config = Config.from_env({})

    assert config.public_url == "http://127.0.0.1:8000"
    assert config.database.startswith("sqlite:///")
    assert config.mirror_dir == ROOT / "instance" / "content"


def test_another_port_is_in_the_public_address():
    assert Config.from_env({"PORT": "8123"}).public_url == "http://127.0.0.1:8123"
    given = Config.from_env({"PORT": "8123", "PUBLIC_URL": "https://kith.example/"})
    assert given.public_url == "https://kith.example"


def test_all_bad_settings_are_told_at_once_with_their_remedy():
    with pytest.raises(BadSetting) as caught:
        Config.from_env(
            {"PORT": "eight", "PUBLIC_URL": "kith.example", "SMTP_URL": "mail.example",
             "WEB_CONCURRENCY": "4"}
        )  # fmt: skip

    message = str(caught.value)
    assert "PORT=eight: write a whole number" in message
    assert "PUBLIC_URL=kith.example: write a web address" in message
    assert "SMTP_URL=mail.example: write smtp://" in message
    assert "WEB_CONCURRENCY: more than 1 web process needs REDIS_URL" in message


def test_the_mirror_can_be_put_elsewhere_or_turned_off():
    assert Config.from_env({"CONTENT_WRITE": "content"}).mirror_dir == Path("content").resolve()
    assert Config.from_env({"CONTENT_WRITE": "off"}).mirror_dir is None


def test_every_setting_is_in_the_operators_guide():
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")

    missing = [
        one.name.upper()
        for one in fields(Config)
        if "meaning" in one.metadata and f"`{one.name.upper()}`" not in guide
    ]
    assert missing == []
