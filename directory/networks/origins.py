"""The sites on which a network's slice may be shown."""

from __future__ import annotations

from urllib.parse import urlsplit

from directory.errors import DirectoryError

SITES_MAX = 50
_USUAL_PORTS = {"http": 80, "https": 443}


class NotASite(DirectoryError):
    """Write each site as its address begins: https://www.example.org"""

    status = 422


def read(typed: str) -> list[str]:
    """The sites in `typed`, one a line, as browsers name them: without a path.

    Raises:
        NotASite: a line is no address of a site, or there are too many.
    """
    found = [_origin(line.strip()) for line in typed.splitlines() if line.strip()]
    if len(found) > SITES_MAX:
        raise NotASite
    return list(dict.fromkeys(found))


def _origin(line: str) -> str:
    parts = urlsplit(line if "://" in line else f"https://{line}")
    try:
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise NotASite from error
    is_name = bool(host) and all(mark.isalnum() or mark in "-." for mark in host)
    if parts.scheme not in _USUAL_PORTS or not is_name or parts.username:
        raise NotASite
    said = "" if port in {None, _USUAL_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{said}"
