"""Look at the main pages as Lighthouse does, on a slow phone: `make lighthouse`.

Lighthouse is 180 MB of Node packages that nothing else needs, so it has a folder of its own,
filled only here. Where there is no Node, Chromium or registry, a line says what was left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
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
LEAST = 90
# What else the machine does moves the score of a page's speed, so a poor one gets a second look.
LOOKS = 2
PATIENCE_SECONDS = 120
NODE_LEAST = 20


class LeftOut(Exception):
    """This machine cannot run Lighthouse; the message says why."""


def main() -> None:
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
                scores = _scores(node, browser, url + path, name)
                say(f"  {name:<10}" + ", ".join(f"{one} {scores[one]}" for one in CATEGORIES))
                poor += [
                    f"{name}: {one} {scores[one]}" for one in CATEGORIES if scores[one] < LEAST
                ]
        say(f"Reports: {REPORTS.relative_to(ROOT)}/")
        if poor:
            raise Trouble(f"Below {LEAST}: {'; '.join(poor)}. The reports say what to mend.")


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
    with step("Lighthouse"):
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["npm failed"]
        raise LeftOut(f"it could not be fetched ({lines[-1]}).")
    stamps.set_stamp(stamp, wanted)


def _scores(node: str, browser: str, url: str, name: str) -> dict[str, int]:
    """The scores of a page, from 0 to 100; of a second look the better ones."""
    best = dict.fromkeys(CATEGORIES, 0)
    for _look in range(LOOKS):
        report = _look_at(node, browser, url, REPORTS / name)
        for one in CATEGORIES:
            best[one] = max(best[one], round(100 * (report["categories"][one]["score"] or 0)))
        if min(best.values()) >= LEAST:
            break
    return best


def _look_at(node: str, browser: str, url: str, report: Path) -> dict[str, Any]:
    """One look with a phone's screen, processor and line, as Lighthouse has them by default."""
    flags = " ".join(["--headless=new", *QUIET])
    done = subprocess.run(
        [
            node, str(CLI), url, "--quiet", "--output=json", "--output=html",
            f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={flags}",
        ],
        env=os.environ | {"CHROME_PATH": browser},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise Trouble(f"Lighthouse could not look at {url}:\n{done.stderr.strip()[-800:]}")
    told: dict[str, Any] = json.loads(report.with_suffix(".report.json").read_text())
    return told


if __name__ == "__main__":
    main()
