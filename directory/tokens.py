"""Secrets in mailed links: made at random, shown once, kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def mint() -> str:
    """A new secret, safe in an address."""
    return secrets.token_urlsafe(_BYTES)


def hashed(token: str) -> str:
    """What the database keeps of `token`: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()
