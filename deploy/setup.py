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
    arguments = parser.parse_args()
    with told_plainly(), one_at_a_time():
        set_up(development=arguments.development)


def set_up(*, development: bool) -> None:
    """Python packages, then what a site works without, but not as well: the model with which
    search finds what is close in meaning (unless MEANING=no), and front-end files."""
    lock = packages.DEVELOPMENT if development else packages.RUNTIME
    if not packages.is_installed(lock):
        say("Getting ready. The first time this takes a minute or two.")
        if shutil.disk_usage(ROOT).free < SPACE_FOR_ALL:
            raise Trouble(NO_SPACE)
    packages.set_up(development=development)
    must_have_all = development and bool(os.environ.get("CI"))
    if os.environ.get("MEANING", "").lower() != "no":
        with going_on_without("it: search goes by words alone", unless=must_have_all):
            packages.install_meaning()
    with going_on_without("them: plainer pages, no live search", unless=must_have_all):
        front_end.set_up(development=development)
    if development:
        make_places()


@contextmanager
def going_on_without(what: str, *, unless: bool) -> Iterator[None]:
    """Say what is missing where it cannot be had now, and go on."""
    try:
        yield
    except Trouble as trouble:
        if unless:
            raise
        say(f"  {trouble}\n  Kith goes on without {what}. Run this again later.")


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
