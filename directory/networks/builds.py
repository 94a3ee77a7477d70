"""Builds of the widget: each that was ever offered, at an address that never says anything else.

`static/embed/widget.js` is the newest, and what `/embed/v1/widget.js` gives. A copy of every one
that was offered lies in `static/embed/builds/` under its own hash: a site that pinned one keeps it,
and its browser checks that it is whole. `make widget` adds the newest; none is ever taken away.
"""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, sha384
from pathlib import Path

from directory.config import ROOT

WIDGET = ROOT / "static" / "embed" / "widget.js"
KEPT = ROOT / "static" / "embed" / "builds"
_DIGEST = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Build:
    """One build. `integrity`: what browsers hold it against (SRI)."""

    digest: str
    integrity: str

    @property
    def path(self) -> str:
        """Its address on this site."""
        return f"/embed/v1/widget-{self.digest}.js"


def of(script: bytes) -> Build:
    """What `script` is called, and what it is held against."""
    return Build(
        digest=sha256(script).hexdigest()[:12],
        integrity=f"sha384-{b64encode(sha384(script).digest()).decode()}",
    )


def newest() -> Build:
    """The build that is offered today."""
    return _newest(WIDGET.stat().st_mtime_ns)


def read(digest: str) -> bytes | None:
    """The script of a build; None if there never was one."""
    path = kept(digest)
    return path.read_bytes() if path and path.is_file() else None


def kept(digest: str) -> Path | None:
    """Where a build lies, if that can be the hash of one."""
    return KEPT / f"widget-{digest}.js" if _DIGEST.fullmatch(digest) else None


@lru_cache(maxsize=1)
def _newest(changed_at: int) -> Build:
    return of(WIDGET.read_bytes())


def main() -> None:
    """Keep the newest build for as long as this directory stands."""
    script = WIDGET.read_bytes()
    path = kept(of(script).digest)
    assert path is not None
    path.write_bytes(script)
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
