"""What holds on every answer: headers, trusted hosts, limits, and CSRF in forms."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from directory.config import Config
from directory.config import current as current_config

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

R = TypeVar("R", bound=BaseResponse)
View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()


def without_csrf(view: View) -> View:
    """For views that no session could be misused for, or that check it so that nothing is lost."""
    exempt: View = csrf.exempt(view)
    return exempt


def limit_reading() -> str:
    return current_config().limit_with_key if _key() else current_config().limit_reading


def limit_searching() -> str:
    return current_config().limit_with_key if _key() else current_config().limit_searching


def limit_writing() -> str:
    return current_config().limit_writing


def reader() -> str:
    """Whom a request counts for: a program's key where it sent one, else its address."""
    return _key() or get_remote_address()


def _key() -> str | None:
    """The key that came with the request, as directory/api/views_keys.py knows it."""
    if "Authorization" not in request.headers:
        return None
    key: str | None = current_app.extensions["kith.reader"]()
    return key


limiter = Limiter(
    key_func=reader,
    default_limits=[limit_reading],
    headers_enabled=True,
    retry_after="delta-seconds",
)


def attach(app: Flask, config: Config) -> None:
    """Protect every address of `app`."""
    app.config.update(
        SECRET_KEY=config.secret_key or secret(config.instance_dir),
        SESSION_COOKIE_SECURE=config.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=10 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        # Private pages tell no referrer (`keep_private`), so none can be asked for over https.
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_SWALLOW_ERRORS=True,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    hosts = {config.host, *config.trusted_hosts}

    @app.before_request
    def refuse_other_hosts() -> None:
        if request.host not in hosts and not is_probe():
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        return harden(response, https=config.is_https, tiles=config.tiles_origin)


def is_probe() -> bool:
    """Load balancers ask for health by address, not by name."""
    return request.path in {"/healthz", "/readyz"}


def harden(response: Response, *, https: bool, tiles: str = "") -> Response:
    """Add the headers that every page carries, unless a view chose its own.

    Args:
        tiles: the one other origin that pictures may come from, if the operator set one for maps.
    """
    pictures = f"{CSP['img-src']} {tiles}".rstrip()
    headers = {
        "Content-Security-Policy": csp_with(img_src=pictures),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response


def csp_with(**changes: str) -> str:
    """The usual policy with some directives replaced; `frame_src` means `frame-src`."""
    policy = CSP | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def keep_private(response: R) -> R:
    """Mark a page whose address holds a token: not stored, not indexed, not told to others."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def secret(instance_dir: Path) -> str:
    """The secret that signs sessions, made on first use and readable by its owner only."""
    instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = instance_dir / "secret_key"
    if not path.exists():
        # Written beside and linked whole: of two processes that start at once, one makes it, and
        # the other never reads half of it.
        fresh = instance_dir / f".secret_key.{secrets.token_hex(8)}"
        with open(fresh, "x", opener=_owner_only, encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def _owner_only(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)
