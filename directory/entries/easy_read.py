"""Who checked the Easy Read of a document. What was checked is exactly the sentences of that day.

The check stands in the front matter with a hash of them, so that whatever way the sentences change
(a form, a file, an older version), it is no longer claimed, and publishing takes it out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from directory.entries.documents import Approach, Document, EasyReadCheck, EasyReadLine, Page

DIGITS = 12


def check_of(document: Document) -> EasyReadCheck | None:
    """Who checked the Easy Read of `document` as it is now; None if nobody did."""
    if not isinstance(document, Approach | Page) or document.easy_read_check is None:
        return None
    check = document.easy_read_check
    return check if check.sentences == digest(document.easy_read) else None


def checked(document: Document, *, group: str, on: date) -> Document:
    """`document` with the word that `group` checked its Easy Read."""
    assert isinstance(document, Approach | Page)
    check = EasyReadCheck(group=group, day=on, sentences=digest(document.easy_read))
    return document.model_copy(update={"easy_read_check": check})


def without_old_check(document: Document) -> Document:
    """`document` without a check of other sentences than it has."""
    if getattr(document, "easy_read_check", None) is None or check_of(document):
        return document
    return document.model_copy(update={"easy_read_check": None})


def digest(lines: Sequence[EasyReadLine]) -> str:
    """Tells these sentences and pictures from all others."""
    said = json.dumps([[one.text, one.picture, one.alt] for one in lines], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:DIGITS]
