"""The body of an approach as boxes, one to each heading, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from directory.entries.documents import APPROACH_HEADINGS

# A heading of the same rank inside a box would end it.
_MAIN_HEADING = re.compile(r"^##? ", re.MULTILINE)


def split(body: str) -> tuple[dict[str, str], str]:
    """The text under each heading of an approach, and what stands under none of them."""
    texts: dict[str, list[str]] = {}
    rest: list[str] = []
    into = rest
    for line in body.split("\n"):
        heading = line.removeprefix("## ").strip()
        if line.startswith("## ") and heading in APPROACH_HEADINGS and heading not in texts:
            into = texts[heading] = []
        elif line.startswith("## "):
            into = rest
            rest.append(line)
        else:
            into.append(line)
    return {heading: _tidy(lines) for heading, lines in texts.items()}, _tidy(rest)


def join(texts: Mapping[str, str], rest: str) -> str:
    """The body with the headings in their order; a heading without text is left out.

    `rest` that has no heading of its own stands first, as an opening.
    """
    parts = [
        f"## {heading}\n\n{_MAIN_HEADING.sub('### ', texts[heading].strip())}"
        for heading in APPROACH_HEADINGS
        if texts.get(heading, "").strip()
    ]
    first = _MAIN_HEADING.search(rest)
    cut = first.start() if first else len(rest)
    return "\n\n".join(part for part in [rest[:cut].strip(), *parts, rest[cut:].strip()] if part)


def _tidy(lines: list[str]) -> str:
    return "\n".join(lines).strip()
