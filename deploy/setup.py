"""Make this copy of Kith ready to start: `python3 -m deploy.setup [--development]`.

Needs Python and its standard library only. What is done already is not done again: a second call
takes a fraction of a second.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy import front_end, packages
from deploy.packages import ROOT
from deploy.progress import say, step
from deploy.trouble import NO_SPACE, Trouble, told_plainly

MEGABYTE = 1_000_000
SPACE_FOR_ALL = 700 * MEGABYTE
SETTINGS_OF_A_SITE = {"INSTANCE_DIR", "DATABASE_URL", "CONTENT_DIR", "REDIS_URL"}


def main() -> None:
    parser = argparse.ArgumentParser(description="Make this copy of Kith ready to start.")
    parser.add_argument("--development", action="store_true", help="and to be tested")
    parser.add_argument("--meaning", action="store_true", help="and to search by meaning")
    arguments = parser.parse_args()
    with told_plainly(), one_at_a_time():
        set_up(development=arguments.development, meaning=arguments.meaning)


def set_up(*, development: bool, meaning: bool = False) -> None:
    """Python packages, then front-end files; without the latter the site is plainer but works."""
    lock = packages.DEVELOPMENT if development else packages.RUNTIME
    if not packages.is_installed(lock):
        say("Getting ready. The first time this takes a minute or two.")
        if shutil.disk_usage(ROOT).free < SPACE_FOR_ALL:
            raise Trouble(NO_SPACE)
    packages.set_up(development=development)
    if meaning or development:
        packages.install_meaning()
    try:
        front_end.set_up(development=development)
    except Trouble as trouble:
        if development and os.environ.get("CI"):
            raise
        say(
            f"  {trouble}\n  Kith goes on without them: plainer pages, no live search. "
            "Run this again later."
        )
    if development:
        make_places()


def make_places() -> None:
    """The tables of places and postcodes, which tests copy: they fetch nothing themselves."""
    if (ROOT / "instance" / "geo.sqlite").exists():
        return
    with step("Places and postcodes"):
        done = subprocess.run(
            [packages.PYTHON, "-m", "flask", "geo", "build"],
            cwd=ROOT,
            env={name: os.environ[name] for name in os.environ if name not in SETTINGS_OF_A_SITE},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode:
        say(f"  {done.stdout.strip().splitlines()[-1]}")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for another set-up of the same folder to end."""
    with open(Path(__file__)) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this folder is under way; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
