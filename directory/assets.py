"""Static files at addresses that never change what they say, so that browsers may keep them.

`static/css/**` becomes one stylesheet when the app starts: there is no build. Every file's address
holds a hash of what is in it; WhiteNoise serves them, compressed, with a year to keep.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask, abort, redirect
from flask.typing import ResponseReturnValue
from whitenoise import WhiteNoise

from directory.config import ROOT, Config

STATIC = ROOT / "static"
STYLESHEET = "kith.css"
# What only a few pages need lies here and is linked by those, as "apart/booklet.css".
APART = "apart/"
PREFIX = "/assets/"
YEAR_IN_SECONDS = 31_536_000
# The layers' order comes first, paper and other modes last; the rest may come in any order.
_FIRST = ("layers.css", "tokens.css", "fonts.css", "base.css")
_LAST = ("utilities.css", "modes.css")
_COMPRESSED = {".css", ".js", ".json"}
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_URL = re.compile(r'url\("(?!data:|#)([^"]+)"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FINGERPRINTED = re.compile(r"^(.+)\.[0-9a-f]{12}(\.[a-z0-9]+)$")


class MissingAsset(LookupError):
    """A page or stylesheet names a static file that is not there."""


class Assets:
    """The static files of this copy, by name: "kith.css", "js/rainbow.js", "vendor/htmx.min.js"."""

    def __init__(self, static: Path = STATIC) -> None:
        self.static = static
        self._paths: dict[str, Path] = {}
        self._addresses: dict[str, str] = {}
        self.stylesheet = b""
        self._apart: dict[str, bytes] = {}
        self.read()

    def read(self) -> None:
        """Take stock of the files as they are now."""
        self._paths = {
            path.relative_to(self.static).as_posix(): path
            for path in sorted(self.static.rglob("*"))
            if path.is_file() and _is_served(path.relative_to(self.static))
        }
        self._addresses = {
            name: PREFIX + fingerprinted(name, path.read_bytes())
            for name, path in self._paths.items()
        }
        self.stylesheet = self._join_stylesheets()
        self._addresses[STYLESHEET] = PREFIX + fingerprinted(STYLESHEET, self.stylesheet)
        self._apart = {
            f"{APART}{path.name}": self._stylesheet(path).encode()
            for path in sorted((self.static / "css" / APART).glob("*.css"))
        }
        for name, body in self._apart.items():
            self._addresses[name] = PREFIX + fingerprinted(name, body)

    def has(self, name: str) -> bool:
        """Whether the file is there. What set-up fetches may be missing; pages work without."""
        return name in self._addresses

    def address(self, name: str) -> str:
        """Where browsers find the file.

        Raises:
            MissingAsset: there is no such file under static/.
        """
        try:
            return self._addresses[name]
        except KeyError:
            raise MissingAsset(f"static/{name} is not there. Fetch it with: make setup") from None

    def bodies(self) -> Iterable[tuple[str, bytes | Path]]:
        """Each address with what it serves: a file on disk, or the stylesheet we joined."""
        for name, path in self._paths.items():
            yield self._addresses[name], path
        yield self._addresses[STYLESHEET], self.stylesheet
        for name, body in self._apart.items():
            yield self._addresses[name], body

    def newest_change(self) -> float:
        """When a static file last changed, in seconds since 1970; for `make dev`."""
        return max((path.stat().st_mtime for path in self.static.rglob("*")), default=0.0)

    def _join_stylesheets(self) -> bytes:
        folder = self.static / "css"
        found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.css")}
        middle = sorted(
            name for name in found if name not in (*_FIRST, *_LAST) and not name.startswith(APART)
        )
        order = [name for name in (*_FIRST, *middle, *_LAST) if name in found]
        return "\n".join(self._stylesheet(found[name]) for name in order).encode()

    def _stylesheet(self, path: Path) -> str:
        """One file without comments, its addresses made whole, fonts that are missing left out."""
        text = _COMMENT.sub("", path.read_text(encoding="utf-8"))

        def name_of(url: str) -> str:
            return Path(os.path.normpath(path.parent / url)).relative_to(self.static).as_posix()

        text = _FONT_FACE.sub(
            lambda face: (
                face[0] if all(self.has(name_of(url)) for url in _URL.findall(face[0])) else ""
            ),
            text,
        )
        text = _URL.sub(lambda found: f'url("{self.address(name_of(found[1]))}")', text)
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def attach(app: Flask, config: Config) -> None:
    """Serve the static files of `app` and let its templates ask for their addresses."""
    assets = Assets()
    server = WhiteNoise(
        app.wsgi_app,
        max_age=YEAR_IN_SECONDS,
        immutable_file_test=lambda path, url: True,
        add_headers_function=_add_headers,
    )
    folder = config.instance_dir / "assets"
    _serve(server, assets, folder)
    app.wsgi_app = server  # type: ignore[method-assign]
    app.jinja_env.globals["assets"] = assets

    @app.get(f"{PREFIX}<path:name>")
    def earlier_asset(name: str) -> ResponseReturnValue:
        """A page of an earlier version asks for its own files: send it to those of today."""
        parts = _FINGERPRINTED.fullmatch(name)
        today = "".join(parts.groups()) if parts else name
        if not assets.has(today):
            abort(404)
        response = redirect(assets.address(today), code=302)
        response.headers["Cache-Control"] = "no-store"
        return response

    if app.debug:
        seen = assets.newest_change()

        @app.before_request
        def notice_changes() -> None:
            nonlocal seen
            if (newest := assets.newest_change()) != seen:
                seen = newest
                assets.read()
                _serve(server, assets, folder)


def _is_served(path: Path) -> bool:
    """Our own style sheets are joined into one; dot files are nobody's business."""
    return path.parts[0] != "css" and not any(part.startswith(".") for part in path.parts)


def fingerprinted(name: str, body: bytes) -> str:
    """`name` with twelve letters of the body's hash before its ending."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{sha256(body).hexdigest()[:12]}{dot}{ending}"


def _serve(server: WhiteNoise, assets: Assets, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for address, body in assets.bodies():
        if Path(address).suffix in _COMPRESSED:
            path = _write_compressed(folder, address.removeprefix(PREFIX), body)
        else:
            assert isinstance(body, Path)
            path = body
        server.add_file_to_dictionary(address, str(path))


def _write_compressed(folder: Path, name: str, body: bytes | Path) -> Path:
    """Put the file and its two compressed forms beside each other, where WhiteNoise looks."""
    path = folder / name.replace("/", "_")
    endings = ("", ".gz", ".br")
    if all(path.with_name(path.name + ending).exists() for ending in endings):
        return path  # compressing takes seconds; the name says that it is the same
    raw = body.read_bytes() if isinstance(body, Path) else body
    for ending, content in zip(endings, (raw, *_compressed(raw)), strict=True):
        target = path.with_name(path.name + ending)
        if not target.exists():
            # Several web processes start at once: each writes its own file, the last one wins.
            fresh = target.with_name(f"{target.name}.{os.getpid()}")
            fresh.write_bytes(content)
            fresh.replace(target)
    return path


@lru_cache(maxsize=64)
def _compressed(raw: bytes) -> tuple[bytes, bytes]:
    return gzip.compress(raw, 9, mtime=0), brotli.compress(raw)


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # the widget draws on our fonts
