"""What the widget costs the page that holds it, in Chromium: main-thread time, and what it moves.

The same page is loaded with and without the widget, in turn; the difference is the widget's.
"""

from __future__ import annotations

import shutil
from typing import Any

from deploy import a_site
from deploy.progress import say
from directory.networks import code
from directory.networks.code import Choice

ROUNDS = 7
HOST = "http://host.example/"
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"]
SHIFTS = """new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => sum += one.value))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""


def measure() -> None:
    """Print what a box costs on a plain page; nothing where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        say("the widget in a page: left out, there is no Chromium here")
        return
    with a_site.running() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        try:
            measure_at(url, browser)
        finally:
            browser.close()


def measure_at(url: str, browser: Any) -> None:
    """Print what the widget of the site at `url` costs a page in `browser`."""
    choice = Choice()
    rule = f"<style>{code.reserve(choice)}</style>"
    line = code.script(choice, public_url=url, words="Search")
    tasks: dict[bool, list[float]] = {True: [], False: []}
    shifts = []
    for _round in range(ROUNDS):
        for with_widget in (False, True):
            body = f"{rule}<p>Before.</p>{line if with_widget else ''}<p>After.</p>"
            spent, moved = _load(browser, body)
            tasks[with_widget].append(spent)
            if with_widget:
                shifts.append(moved)
    added = min(tasks[True]) - min(tasks[False])
    say(f"{'the widget in a page':<44}{'':>9}")
    say(f"  {'main thread, until the box stands':<42}{added:>6.1f} ms")
    say(f"  {'layout shift, the most of ' + str(ROUNDS):<42}{max(shifts):>6.3f}")


def _load(browser: Any, body: str) -> tuple[float, float]:
    """CPU milliseconds of the main thread, and the layout shift, of one page."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    html = f'<!doctype html><html lang="en"><title>Host</title><body>{body}</body></html>'
    page.route(HOST, lambda route: route.fulfill(body=html, content_type="text/html"))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(HOST, wait_until="networkidle")
    moved = float(page.evaluate(SHIFTS))
    said = session.send("Performance.getMetrics")["metrics"]
    metrics = {one["name"]: one["value"] for one in said}
    page.close()
    return metrics["TaskDuration"] * 1000, moved
