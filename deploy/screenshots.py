"""Take the pictures of the README anew: `make screenshots`. Needs Chromium."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from deploy import a_site
from deploy.packages import ROOT
from deploy.progress import say
from deploy.trouble import Trouble, told_plainly

FOLDER = ROOT / "docs" / "screenshots"
QUIET = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it. Sizes are CSS pixels."""

    name: str
    path: str
    width: int = 1280
    height: int = 900
    dark: bool = False


PICTURES = (
    Picture("home", "/"),
    Picture("home-phone", "/", width=360, height=740),
    Picture("results", "/search?q=lonely&near=Leeds"),
    Picture("approach", "/approaches/community-choirs"),
    Picture("easy-read", "/approaches/community-choirs/easy-read"),
    Picture("place", "/places/leeds"),
    Picture("submit", "/submit/"),
    Picture("home-dark", "/", dark=True),
)


def main() -> None:
    with told_plainly():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with a_site.running() as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
            for picture in PICTURES:
                take(browser, url, picture)
            browser.close()


def chromium() -> str:
    """Path of the Chromium of this machine.

    Raises:
        Trouble: there is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise Trouble("There is no Chromium here. Debian, Ubuntu: apt install chromium")


def take(browser: Browser, url: str, picture: Picture) -> None:
    """Write one picture to docs/screenshots/; tell of a page that is not there."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    answer = page.goto(url + picture.path, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise Trouble(f"{picture.path} answers {answer.status if answer else 'nothing'}.")
    page.reload(wait_until="networkidle")  # the first view may stand in its fallback letters
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(path=file)
    page.close()
    say(f"  {file.relative_to(ROOT)} ({file.stat().st_size // 1000} kB)")


if __name__ == "__main__":
    main()
