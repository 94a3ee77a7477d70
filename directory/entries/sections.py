"""The parts of an entry's rendered body, so that a page can set other things between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from directory.entries.rendering import plain

# Rendering leaves h2 without attributes (rendering.py), so this finds every one.
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A heading and the safe HTML below it. What stands before the first heading has none."""

    heading: str
    html: str

    @property
    def anchor(self) -> str:
        """Its id on the page: "start-one-here"."""
        return re.sub(r"[^a-z0-9]+", "-", self.heading.lower()).strip("-")


def sections(html: str) -> tuple[Section, ...]:
    """The sections of a rendered body, in order."""
    before, *rest = _HEADING.split(html)
    found = [Section("", before.strip())] if before.strip() else []
    found += [
        Section(plain(heading), below.strip())
        for heading, below in zip(rest[::2], rest[1::2], strict=True)
    ]
    return tuple(found)


def around(
    found: Sequence[Section], heading: str
) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """The sections up to and with `heading`, and those after it; all and none if it is missing."""
    for index, section in enumerate(found, 1):
        if section.heading == heading:
            return tuple(found[:index]), tuple(found[index:])
    return tuple(found), ()
