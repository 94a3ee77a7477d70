"""The main pages on this machine: time to answer, and weight on first visit.

Through the real server, over loopback, one request after the other: what one reader feels, not how
many readers fit. Times move with whatever else the machine does; weights do not.
"""

from __future__ import annotations

import gzip
import http.client
import re
import statistics
import time
from urllib.parse import urljoin, urlsplit

from deploy import a_site
from deploy.progress import say
from deploy.trouble import Trouble

ROUNDS = 50
PAGES = (
    "/",
    "/search?q=lonely",
    "/search?q=choir&near=LS7",
    "/approaches/",
    "/approaches/community-choirs",
    "/places/leeds",
    "/suggest?q=cho",
    "/api/v1/search?q=choir",
)
# What a browser fetches with a page: style sheets, scripts, preloaded fonts, pictures.
FETCHED = re.compile(
    r'<(?:link[^>]+rel="(?:stylesheet|preload|icon)"[^>]*href|(?:script|img)[^>]+src)="([^"]+)"'
)


def measure_all() -> None:
    """Print a line about each of the pages."""
    with a_site.running() as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        say(f"{'page':<34}{'median':>9}{'95 %':>9}{'page':>9}{'first visit':>13}")
        for path in PAGES:
            try:
                measure(connection, path)
            except Trouble as trouble:
                say(f"{path:<34}{trouble}")
        connection.close()


def measure(connection: http.client.HTTPConnection, path: str) -> None:
    """Print one line about `path`.

    Raises:
        Trouble: it does not answer 200.
    """
    fetch(connection, path)  # what is made once is made now
    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        body, weight = fetch(connection, path)
        times.append((time.perf_counter() - started) * 1000)
    parts = {urljoin(path, found) for found in FETCHED.findall(body.decode(errors="replace"))}
    total = weight + sum(fetch(connection, part)[1] for part in parts)
    median, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    kilobytes = (f"{weight / 1000:>6.1f} kB", f"{total / 1000:>10.1f} kB")
    say(f"{path:<34}{median:>6.1f} ms{late:>6.1f} ms{''.join(kilobytes)}")


def fetch(connection: http.client.HTTPConnection, path: str) -> tuple[bytes, int]:
    """The body at `path`, and how many bytes of it went over the wire."""
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    sent = response.read()
    if response.status != 200:
        raise Trouble(f"answers {response.status}")
    packed = response.getheader("Content-Encoding") == "gzip"
    return (gzip.decompress(sent) if packed else sent), len(sent)
