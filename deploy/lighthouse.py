"""Look at the main pages as Lighthouse does, on a slow phone: `make lighthouse`.

Lighthouse is 180 MB of Node packages that nothing else needs, so it has a folder of its own,
filled only here. Where there is no Node, Chromium or registry, a line says what was left out.

Must hold: all of accessibility and best practices, and what does not hang on the clock: bytes,
requests, what moves. The score of speed counts what else the machine does, so `.ci/run` only tells
it (`--lenient`); asked for by hand, it must hold too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import a_site, stamps
from deploy.packages import ROOT
from deploy.progress import say, step
from deploy.screenshots import QUIET, chromium
from deploy.trouble import Trouble, told_plainly

FOLDER = ROOT / ".ci" / "lighthouse"
REPORTS = ROOT / "test-results" / "lighthouse"
LOCKS = [FOLDER / "package.json", FOLDER / "package-lock.json"]
CLI = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = {
    "home": "/",
    "results": "/search?q=lonely&near=Leeds",
    "entry": "/approaches/homeshare",
    "place": "/places/leeds",
    "booklet": "/saved/booklet?e=approaches/homeshare&e=approaches/community-choirs",
}
CATEGORIES = ("performance", "accessibility", "best-practices")
FULL = 100
FAST = 90
# What else the machine does moves the score of a page's speed, so a poor one gets more looks.
LOOKS = 3
MOST_FAILURES = 1  # of a page; Lighthouse itself says then that it should look again
MOST_BYTES = 110_000  # with headers; the budget of 100 kB for what is in them has its own test
MOST_REQUESTS = 20
MOST_SHIFT = 0.02
PATIENCE_SECONDS = 120
NODE_LEAST = 20


class LeftOut(Exception):
    """This machine cannot run Lighthouse; the message says why."""


@dataclass(frozen=True)
class Look:
    """What one look at a page found. Scores go from 0 to 100; the shift has no unit."""

    performance: int
    accessibility: int
    best_practices: int
    bytes: int
    requests: int
    shift: float

    def __str__(self) -> str:
        return (
            f"performance {self.performance}, accessibility {self.accessibility}, "
            f"best practices {self.best_practices}; {self.bytes / 1000:.0f} kB in "
            f"{self.requests} requests, moves {self.shift:.3f}"
        )


def main(arguments: list[str]) -> None:
    is_lenient = "--lenient" in arguments
    with told_plainly():
        try:
            node, browser = _tools()
            _fetch()
        except LeftOut as why:
            say(f"Lighthouse was left out: {why}")
            return
        REPORTS.mkdir(parents=True, exist_ok=True)
        poor = []
        with a_site.running() as url:
            for name, path in PAGES.items():
                try:
                    found = _best_look(
                        node, browser, url + path, name, looks=1 if is_lenient else LOOKS
                    )
                except Trouble as trouble:
                    if not is_lenient:
                        raise
                    say(f"  {name:<10}not looked at, nor what comes after: {trouble}")
                    break
                say(f"  {name:<10}{found}")
                poor += [f"{name}: {what}" for what in short_of(found, is_lenient=is_lenient)]
        say(f"Reports: {REPORTS.relative_to(ROOT)}/")
        if poor:
            raise Trouble(f"Not good enough: {'; '.join(poor)}. The reports say what to mend.")


def short_of(found: Look, *, is_lenient: bool) -> list[str]:
    """What of a page is not good enough; leniently, without what hangs on the machine's clock."""
    wanted = {
        f"accessibility {found.accessibility}": found.accessibility == FULL,
        f"best practices {found.best_practices}": found.best_practices == FULL,
        f"performance {found.performance}": is_lenient or found.performance >= FAST,
        f"{found.bytes} bytes": found.bytes <= MOST_BYTES,
        f"{found.requests} requests": found.requests <= MOST_REQUESTS,
        f"a layout shift of {found.shift:.3f}": found.shift < MOST_SHIFT,
    }
    return [what for what, holds in wanted.items() if not holds]


def _tools() -> tuple[str, str]:
    """Node and Chromium."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise LeftOut("this machine has no Node.")
    told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    if not (number := re.match(r"v(\d+)", told)) or int(number[1]) < NODE_LEAST:
        raise LeftOut(f"it needs Node {NODE_LEAST} or later, and this is {told.strip()}.")
    try:
        return node, chromium()
    except Trouble as trouble:
        raise LeftOut(str(trouble)) from None


def _fetch() -> None:
    stamp, wanted = FOLDER / "node_modules" / ".kith", stamps.digest(LOCKS)
    if stamps.is_current(stamp, wanted):
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    try:
        with step("Lighthouse"):
            done = subprocess.run(
                command, cwd=FOLDER, capture_output=True, text=True, timeout=PATIENCE_SECONDS
            )
    except subprocess.TimeoutExpired:
        raise LeftOut("it could not be fetched (the registry does not answer).") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["npm failed"]
        raise LeftOut(f"it could not be fetched ({lines[-1]}).")
    stamps.set_stamp(stamp, wanted)


def _best_look(node: str, browser: str, url: str, name: str, *, looks: int) -> Look:
    """The fastest of some looks at a page; the first that is fast enough ends them."""
    found: list[Look] = []
    failures = 0
    while len(found) < looks and not (found and found[-1].performance >= FAST):
        try:
            found.append(_read(_look_at(node, browser, url, REPORTS / name)))
        except Trouble:
            failures += 1  # a browser may starve once while much else runs
            if failures > MOST_FAILURES:
                raise
    return max(found, key=lambda one: one.performance)


def _read(report: dict[str, Any]) -> Look:
    """What counts of a report of Lighthouse."""
    scores = {one: round(100 * (report["categories"][one]["score"] or 0)) for one in CATEGORIES}
    audits = report["audits"]
    return Look(
        performance=scores["performance"],
        accessibility=scores["accessibility"],
        best_practices=scores["best-practices"],
        bytes=round(audits["total-byte-weight"]["numericValue"]),
        requests=len(audits["network-requests"]["details"]["items"]),
        shift=audits["cumulative-layout-shift"]["numericValue"],
    )


def _look_at(node: str, browser: str, url: str, report: Path) -> dict[str, Any]:
    """One look with a phone's screen, processor and line, as Lighthouse has them by default."""
    flags = " ".join(["--headless=new", *QUIET])
    command = [
        node, str(CLI), url, "--quiet", "--output=json", "--output=html",
        f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={flags}",
    ]  # fmt: skip
    env = os.environ | {"CHROME_PATH": browser}
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Trouble(f"Lighthouse looked at {url} for {PATIENCE_SECONDS} s.") from None
    if done.returncode:
        raise Trouble(f"Lighthouse could not look at {url}:\n{done.stderr.strip()[-800:]}")
    told: dict[str, Any] = json.loads(report.with_suffix(".report.json").read_text())
    return told


if __name__ == "__main__":
    main(sys.argv[1:])
