"""A document as its page shows it, drawn by the page's own template, to stand in another page."""

from __future__ import annotations

import re

from flask import render_template
from jinja2_fragments.flask import render_block

from directory.db import db
from directory.entries import linked_data, profiles
from directory.entries.catalogue import Entry
from directory.entries.views import TEMPLATES, absolute, today
from directory.submissions import stories

_FIRST_HEADING = re.compile(r"<(/?)h1\b")


def shown_as_published(entry: Entry, *, photo_base: str) -> str:
    """HTML of the main part of the entry's page. The page around it keeps its only h1.

    What acts on a published entry (saving it, listening, its history) is left out; and that the
    teller of a story agreed, unless their consent is recorded.

    Args:
        photo_base: where whoever looks may see its pictures, which are not public yet.
    """
    template = TEMPLATES.get(entry.kind)
    if template is None:  # places and guides: their pages hold much that is not in the document
        page = render_template("submissions/_plain_page.html", entry=entry)
    else:
        profile = profiles.of(db.session(), entry, today())
        page = render_block(
            template,
            "main",
            entry=entry,
            document=entry.document,
            profile=profile,
            linked_data=linked_data.describe(profile, absolute),
            previewed=True,
            is_agreed=stories.is_agreed(db.session(), entry.id),
            photo_base=photo_base,
        )
    return _FIRST_HEADING.sub(r"<\1h2", page)
