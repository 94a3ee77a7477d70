"""An index without web or database, for tests of how things are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from directory.entries.catalogue import Change, Entry
from directory.entries.documents import Document
from directory.entries.slugs import slugify
from directory.places import gazetteer
from directory.search.query import Query
from directory.search.results import Results
from directory.search.whoosh_index import WhooshIndex
from directory.search.wordings import Thesaurus
from directory.vocabulary.thesaurus import Group
from tests.builders import an_id
from tests.places import a_gazetteer

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

A_THESAURUS = [
    Group(words=("lonely", "loneliness", "isolated"), also=("befriending", "company")),
    Group(words=("older people", "pensioner", "elderly")),
    Group(words=("on my own", "alone")),
    Group(words=("spare room", "lodger")),
]


def an_entry(document: Document, *, slug: str = "", revision: int = 1) -> Entry:
    """An entry of `document`, at the slug of its name."""
    slug = slug or slugify(document.name)
    return Entry(
        id=document.id or an_id(f"{document.kind}/{slug}"),
        kind=document.kind,
        slug=slug,
        document=document,
        html="",
        revision=revision,
        created_at=NOW,
        updated_at=NOW,
    )


def a_change(n: int, entry: Entry, *, gone: bool = False) -> Change:
    """Line `n` of the change log: `entry` was published, or is gone."""
    action = "withdrawn" if gone else "published"
    return Change(n, entry.id, action, NOW, None if gone else entry)


def an_empty_index(folder: Path, *, groups: Sequence[Group] = A_THESAURUS) -> WhooshIndex:
    """An index that nothing was written to."""
    places = folder / "geo.sqlite"
    if not places.exists():
        a_gazetteer(places)
    thesaurus = Thesaurus(groups)
    return WhooshIndex(
        folder / "index",
        gazetteer=lambda: gazetteer.at(places),
        thesaurus=lambda: thesaurus,
        today=lambda: TODAY,
    )


def an_index(
    folder: Path, *documents: Document | Entry, groups: Sequence[Group] = A_THESAURUS
) -> WhooshIndex:
    """An index of `documents`."""
    index = an_empty_index(folder, groups=groups)
    entries = [one if isinstance(one, Entry) else an_entry(one) for one in documents]
    index.rebuild(entries, n=len(entries))
    return index


def find(index: WhooshIndex, q: str = "", **asked: Any) -> Results:
    return index.find(Query(q=q, **asked))


def names(results: Results) -> list[str]:
    """The names of the hits, in order."""
    return [hit.name for hit in results.hits]
