"""Asking addresses that other people named: the one way out, so that nobody can point us inwards.

A name is looked up once, and the connection goes to the very address that was looked at: a second
look-up could answer otherwise. Only addresses of the public internet are asked, only on the usual
ports, each redirect is looked at anew, and size and time are bounded. Nothing of the environment
counts, such as a proxy. Never call it inside a transaction.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

PORTS = {"http": 80, "https": 443}
REDIRECTS_MAX = 3
BYTES_MAX = 2_000_000
SECONDS_MAX = 10.0
READ_AT_ONCE = 65_536
USER_AGENT = "Kith (+%s)"

# What Python 3.11 calls global and is not: ways to write inner addresses as outer ones.
_INWARDS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "192.0.0.0/24"))
_MOVED = {301, 302, 303, 307, 308}


class NotAllowed(Exception):
    """The address is none that we ask, and never will be."""


class NotReached(Exception):
    """Nobody answered well, in time or in size. It may be better later."""


class TooLarge(NotReached):
    """Somebody answers, with more than was asked for."""


@dataclass(frozen=True)
class Answer:
    """What came back. `url`: where the redirects ended; `headers`: by their names in small."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    who: str = "",
    redirects: int = REDIRECTS_MAX,
    bytes_max: int = BYTES_MAX,
    seconds: float = SECONDS_MAX,
    reachable: frozenset[str] = frozenset(),
) -> Answer:
    """The answer at `url`, whatever its status.

    Args:
        who: our own address, which the other side may look at.
        redirects: how many to follow; 0 gives the redirect itself.
        reachable: "host:port" that may be asked although they are not public: for tests.

    Raises:
        NotAllowed: the address, or one that it redirects to, is none that we ask.
        NotReached: no answer, or none within the time and size.
    """
    end = time.monotonic() + seconds
    sent = {"User-Agent": USER_AGENT % who, "Accept-Encoding": "identity", **(headers or {})}
    for _turn in range(redirects + 1):
        answer = _ask(url, method, body, sent, end, bytes_max, reachable)
        goes_to = answer.headers.get("location")
        if answer.status not in _MOVED or not goes_to or not redirects:
            return answer
        if method != "GET":
            raise NotReached(f"it redirects to {goes_to[:100]}; name that address instead")
        url = urljoin(url, goes_to)
    raise NotReached("it redirects too often")


def check(url: str, *, reachable: frozenset[str] = frozenset()) -> None:
    """Look whether `url` may be asked, without asking.

    Raises:
        NotAllowed: it may not.
        NotReached: its name is not known.
    """
    _where(url, reachable)


def _ask(
    url: str,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    end: float,
    bytes_max: int,
    reachable: frozenset[str],
) -> Answer:
    address, port, host = _where(url, reachable)
    parts = urlsplit(url)
    timeout = urllib3.Timeout(total=max(end - time.monotonic(), 0.1))
    pool: HTTPConnectionPool
    if parts.scheme == "https":
        pool = HTTPSConnectionPool(
            address,
            port,
            timeout=timeout,
            ssl_context=ssl.create_default_context(),
            server_hostname=host,
            assert_hostname=host,
        )
    else:
        pool = HTTPConnectionPool(address, port, timeout=timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with pool:
            response = pool.urlopen(
                method,
                target,
                body=body,
                headers={**headers, "Host": parts.netloc},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                assert_same_host=False,
            )
            try:
                said = _read(response, end, bytes_max)
            finally:
                response.close()
    except (HTTPError, OSError) as error:
        raise NotReached(type(error).__name__) from error
    found = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, url, found, said)


def _read(response: BaseHTTPResponse, end: float, bytes_max: int) -> bytes:
    """The body, if it comes within the time and size."""
    found = bytearray()
    while chunk := response.read1(READ_AT_ONCE):
        found += chunk
        if len(found) > bytes_max:
            raise TooLarge(f"it is larger than {bytes_max} bytes")
        if time.monotonic() > end:
            raise NotReached("it takes too long")
    return bytes(found)


def _where(url: str, reachable: frozenset[str]) -> tuple[str, int, str]:
    """Address, port and name to connect to."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise NotAllowed("it is no web address") from error
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host or parts.username or parts.password:
        raise NotAllowed("it is no plain web address")
    if not url.isascii() or any(mark.isspace() for mark in url):
        raise NotAllowed("it is not written as web addresses are")
    is_ours = f"{host}:{port}" in reachable
    if port != PORTS[parts.scheme] and not is_ours:
        raise NotAllowed(f"port {port} is not one that we ask")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached("its name is not known") from error
    addresses = [str(one[4][0]) for one in found]
    if not is_ours and not all(_is_public(one) for one in addresses):
        raise NotAllowed("it is not on the public internet")
    return addresses[0], port, host


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    inwards = any(address.version == net.version and address in net for net in _INWARDS)
    return address.is_global and not address.is_multicast and not inwards
