"""`python -m deploy.bench`: pages and search; with `--size 100000` search alone, so large."""

from __future__ import annotations

import argparse
from pathlib import Path

from deploy.bench import (
    conformity,
    data,
    diffs,
    drafts,
    moderation,
    pages,
    places,
    postgres,
    search,
    shelf,
    widget,
)
from deploy.trouble import told_plainly

DEFAULT_SIZE = 1_000
FEED_SIZE = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure Kith on this machine.")
    parser.add_argument("--size", type=int, help="measure search alone, with so many services")
    parser.add_argument("--keep", type=Path, help="keep the indexes in this folder, or use them")
    arguments = parser.parse_args()
    with told_plainly():
        if arguments.size is None:
            pages.measure_all()
            shelf.measure()
            places.measure()
            diffs.measure()
            drafts.measure()
            moderation.measure()
            widget.measure()
            conformity.measure(FEED_SIZE)
        data.measure(arguments.size or FEED_SIZE)
        search.measure(arguments.size or DEFAULT_SIZE, arguments.keep)
        postgres.measure(arguments.size or DEFAULT_SIZE)


if __name__ == "__main__":
    main()
