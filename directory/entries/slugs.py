"""From a name to the slug that its address ends in."""

from __future__ import annotations

import re
import unicodedata

from directory.entries.documents import RESERVED_SLUGS, SLUG_MAX


def slugify(name: str) -> str:
    """ASCII `[a-z0-9-]`, at most 60 letters, cut at a word: "Café Kindness" is "cafe-kindness"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "").replace("&", " and ")
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > SLUG_MAX:
        slug = slug[: SLUG_MAX + 1].rpartition("-")[0] or slug[:SLUG_MAX]
    if not slug or slug in RESERVED_SLUGS:
        slug = f"{slug}-entry".strip("-")
    return slug
