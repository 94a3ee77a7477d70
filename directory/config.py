"""Every setting: its name, default, unit and meaning. Bad values are told at start.

Settings come from environment variables of the same name in capitals. `docs/operating.md` lists
them for operators; a test fails when one is missing there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app

ROOT = Path(__file__).resolve().parent.parent


class BadSetting(ValueError):
    """One or more settings cannot be used; the message lists all of them."""


def _setting(default: Any, meaning: str) -> Any:
    """A field that an environment variable of the same name sets."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Config:
    """How this copy of Kith runs. Build it once with `Config.from_env()`; tests make their own."""

    public_url: str = _setting(
        "http://127.0.0.1:8000",
        "Address that people use, without a slash at the end. Builds every absolute link.",
    )
    trusted_hosts: tuple[str, ...] = _setting(
        (), "Further host names to answer to, comma-separated. Others get 400."
    )
    trusted_proxies: int = _setting(
        0, "How many proxies in front may set X-Forwarded-For. 0: believe none."
    )
    site_name: str = _setting("Kith", "Name of the directory, as shown on its pages.")
    operator_name: str = _setting("", "Who runs this copy. Pages say only what is set.")
    contact_email: str = _setting("", "Shared mailbox that readers may write to.")
    contact_phone: str = _setting("", "Phone number that readers may ring.")
    data_controller: str = _setting("", "Who answers for personal data under UK law.")
    smtp_url: str = _setting(
        "",
        "Mail server: smtp://user:password@host:587 or smtps://host:465. "
        "Empty: mails lie in instance/mail/.",
    )
    mail_from: str = _setting("", "Sender of mails. Empty: CONTACT_EMAIL, else kith@ the host.")
    instance_dir: Path = _setting(ROOT / "instance", "Folder of all state: database, index, mail.")
    content_dir: Path = _setting(ROOT / "content", "Folder of Markdown documents to take in.")
    content_write: Path | None = _setting(
        None, "Where published documents are mirrored. Empty: instance/content. off: nowhere."
    )
    database_url: str = _setting(
        "", "SQLAlchemy address. Empty: sqlite in the instance folder. Or postgresql://…"
    )
    search_index: str = _setting(
        "whoosh",
        "Where the search index lies. whoosh: in the instance folder, for one machine. "
        "postgresql: in the database, for several.",
    )
    redis_url: str = _setting("", "redis://… for rate limits when several web processes run.")
    web_concurrency: int = _setting(1, "Web processes. More than one needs REDIS_URL.")
    limit_reading: str = _setting("120 per minute", "Pages one address may read.")
    limit_searching: str = _setting("60 per minute", "Searches one address may make.")
    limit_writing: str = _setting("10 per minute", "Forms one address may send.")
    limit_with_key: str = _setting("1200 per minute", "Requests a program with a key may make.")
    map_tiles: str = _setting(
        "",
        "Pictures of streets under maps: https://…/{z}/{x}/{y}.png. Readers' browsers ask that "
        "server. Empty: our own outline, and nobody is asked.",
    )
    map_credit: str = _setting("", "Whose pictures those are, as they ask to be named.")
    keep_senders_days: int = _setting(
        365,
        "Days after a decision for which it is known who sent a suggestion, and what was written "
        "about it. A story on the site keeps what takes it back.",
    )
    keep_declined_days: int = _setting(730, "Days for which declined suggestions are kept.")
    keep_reports_days: int = _setting(
        365, "Days for which the words of reports are kept once they are dealt with."
    )
    keep_wishes_days: int = _setting(1095, "Days for which wishes are kept.")
    offline: bool = _setting(
        True, "Whether browsers may keep saved entries for reading without a connection. no: never."
    )
    meaning: bool = _setting(
        True, "Whether search also finds what is close in meaning, with a model of some 90 MB."
    )
    port: int = _setting(8000, "Port that `make run` serves on.")
    bind: str = _setting(
        "127.0.0.1", "Network address that `make run` serves on. 0.0.0.0: all of this machine's."
    )
    access_log: str = _setting(
        "", "File for a line per request, without addresses or queries. -: the terminal."
    )

    # Set by tests and tools only; no environment variable.
    secret_key: str = ""
    testing: bool = False
    reachable: frozenset[str] = frozenset()  # "host:port" that fetching may ask, though not public
    mirror_enabled: bool = True

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Config:
        """Settings from the environment.

        Raises:
            BadSetting: names every setting that cannot be used and what to write instead.
        """
        env = os.environ if env is None else env
        values: dict[str, Any] = {}
        problems: list[str] = []
        for one in fields(cls):
            raw = env.get(one.name.upper(), "").strip()
            if "meaning" not in one.metadata or not raw:
                continue
            try:
                values[one.name] = _READERS.get(one.name, str)(raw)
            except ValueError as error:
                problems.append(f"{one.name.upper()}={raw}: {error}")
        if values.get("content_write") == Path("off"):
            values.update(content_write=None, mirror_enabled=False)
        if "public_url" not in values and "port" in values:
            values["public_url"] = f"http://127.0.0.1:{values['port']}"
        if values.get("web_concurrency", 1) > 1 and not values.get("redis_url"):
            problems.append("WEB_CONCURRENCY: more than 1 web process needs REDIS_URL, for limits")
        in_database = values.get("search_index") == "postgresql"
        if in_database and not values.get("database_url", "").startswith("postgresql"):
            problems.append("SEARCH_INDEX: postgresql needs a DATABASE_URL of PostgreSQL")
        if values.get("map_tiles") and not values.get("map_credit"):
            problems.append("MAP_TILES needs MAP_CREDIT: name whose pictures they are")
        if problems:
            raise BadSetting("These settings cannot be used:\n  " + "\n  ".join(problems))
        return cls(**values)

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.instance_dir / 'kith.sqlite3'}"

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def mirror_dir(self) -> Path | None:
        """Folder of the Markdown mirror, or None when it is off."""
        if not self.mirror_enabled:
            return None
        return self.content_write or self.instance_dir / "content"

    @property
    def index_dir(self) -> Path:
        return self.instance_dir / "index"

    @property
    def meaning_path(self) -> Path:
        return self.instance_dir / "meaning.npz"

    @property
    def geo_path(self) -> Path:
        return self.instance_dir / "geo.sqlite"

    @property
    def mail_dir(self) -> Path:
        return self.instance_dir / "mail"

    @property
    def host(self) -> str:
        """Host name (with port, where it has one) of the public address."""
        return urlsplit(self.public_url).netloc

    @property
    def tiles_origin(self) -> str:
        """Who serves the pictures of streets, as a policy for browsers names it; "" for nobody."""
        parts = urlsplit(self.map_tiles)
        return f"{parts.scheme}://{parts.netloc}" if self.map_tiles else ""

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def sender(self) -> str:
        """Address that mails come from."""
        name = urlsplit(self.public_url).hostname or "localhost"
        return self.mail_from or self.contact_email or f"kith@{name}"


def current() -> Config:
    """The settings of the running app."""
    config: Config = current_app.extensions["kith.config"]
    return config


def attach(app: Flask, config: Config) -> None:
    """Make `config` the settings of `app`."""
    app.extensions["kith.config"] = config


def _whole_number(raw: str) -> int:
    if not raw.isdigit():
        raise ValueError("write a whole number, such as 1")
    return int(raw)


def _days(raw: str) -> int:
    days = _whole_number(raw)
    if days < 30:
        raise ValueError("write at least 30 days: people need time to ask")
    return days


def _yes_or_no(raw: str) -> bool:
    if raw.lower() not in {"yes", "no"}:
        raise ValueError("write yes or no")
    return raw.lower() == "yes"


def _address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("write a web address, such as https://kith.example")
    return raw.rstrip("/")


def _smtp(raw: str) -> str:
    if urlsplit(raw).scheme not in {"smtp", "smtps"} or not urlsplit(raw).hostname:
        raise ValueError("write smtp://user:password@host:587 or smtps://host:465")
    return raw


def _tiles(raw: str) -> str:
    parts = urlsplit(raw)
    is_whole = all(part in raw for part in ("{z}", "{x}", "{y}")) and "{" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not parts.netloc or not is_whole:
        raise ValueError("write https://tiles.example/{z}/{x}/{y}.png")
    if any(mark.isspace() or mark in ";,'\"" for mark in raw):
        raise ValueError("write it without spaces, commas, semicolons and quotes")
    return raw


def _index(raw: str) -> str:
    if raw not in {"whoosh", "postgresql"}:
        raise ValueError("write whoosh or postgresql")
    return raw


def _names(raw: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in raw.split(",") if name.strip())


_READERS: dict[str, Callable[[str], Any]] = {
    "public_url": _address,
    "trusted_hosts": _names,
    "trusted_proxies": _whole_number,
    "smtp_url": _smtp,
    "instance_dir": lambda raw: Path(raw).resolve(),
    "content_dir": lambda raw: Path(raw).resolve(),
    "content_write": lambda raw: Path(raw) if raw == "off" else Path(raw).resolve(),
    "search_index": _index,
    "web_concurrency": _whole_number,
    "keep_senders_days": _days,
    "keep_declined_days": _days,
    "keep_reports_days": _days,
    "keep_wishes_days": _days,
    "port": _whole_number,
    "map_tiles": _tiles,
    "offline": _yes_or_no,
    "meaning": _yes_or_no,
}
