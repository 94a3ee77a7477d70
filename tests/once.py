"""A plugin: what is the same for each app of a run is made once.

Each test has an app and a database of its own. What an app is made of (three hundred addresses,
templates, statements in SQL, static files) takes longer to make than most tests take, and does not
differ between them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from whitenoise.base import WhiteNoise
from whitenoise.responders import StaticFile

from directory import assets, create_app
from directory.assets import Assets
from directory.config import Config
from directory.db import db

STATEMENTS = 10_000  # of all the code under test; an app on its own keeps 500
GARBAGE = 20_000  # new objects until Python looks for rings of them; else it is 700

MakeApp = Callable[[Config], Flask]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: who looks for garbage need not walk through it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 10, 10)


@pytest.fixture(scope="session")
def make_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeApp]:
    """`create_app`, with what the apps before it made."""
    compressed = tmp_path_factory.mktemp("assets")
    templates = _Templates()
    engines: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}

    def make(config: Config) -> Flask:
        config.instance_dir.mkdir(parents=True, exist_ok=True)
        (config.instance_dir / "assets").symlink_to(compressed)
        app = create_app(config)
        app.jinja_env.bytecode_cache = templates
        with app.app_context():
            _share_statements(db.engine, engines)
        return app

    with pytest.MonkeyPatch.context() as patch:
        _keep_rules(patch)
        _keep_files(patch)
        yield make


class _Templates(BytecodeCache):
    """Compiled templates, in memory: read from disk they would cost as much as a small page."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.code


def _share_statements(engine: Engine, kept: dict[str, tuple[Dialect, LRUCache[Any, Any]]]) -> None:
    """A statement is compiled for one dialect, as an object: give each engine the first one's."""
    name = engine.dialect.name
    if name not in kept:
        engine.connect().close()  # only then a dialect knows what its server can do
        kept[name] = engine.dialect, LRUCache(STATEMENTS)
    engine.dialect, engine._compiled_cache = kept[name]


def _keep_rules(patch: pytest.MonkeyPatch) -> None:
    compile_rule: Callable[[Rule, bool], Any] = Rule._compile_builder
    kept: dict[tuple[object, ...], Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_rule(rule, append_unknown)
        return kept[key]

    patch.setattr(Rule, "_compile_builder", compile_once)


def _keep_files(patch: pytest.MonkeyPatch) -> None:
    find_file: Callable[[WhiteNoise, str, str], StaticFile] = WhiteNoise.get_static_file
    kept: dict[tuple[str, str], StaticFile] = {}

    def find_once(server: WhiteNoise, path: str, url: str, stat_cache: None = None) -> StaticFile:
        key = (path, url)
        if key not in kept:
            kept[key] = find_file(server, path, url)
        return kept[key]

    ours = Assets()
    patch.setattr(WhiteNoise, "get_static_file", find_once)
    patch.setattr(assets, "Assets", lambda: ours)
