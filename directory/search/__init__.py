"""Search: the question, the answer and the index. The only code that knows Whoosh.

    query.py          what is asked, and its address
    understanding.py  what is meant: everyday words, places, phrases, spelling, crisis
    ranking.py        which entries match, and how well
    answer.py         which of them are shown, in which order
    nearness.py       the same as seen from a place
    facets.py         what a click on each filter would give
    hits.py           what a card shows of each
    results.py        the answer
    marks.py          results on a map; mapping.py: the sums behind it
    index.py          the index as everyone else sees it
    snapshot_index.py that index as far as it answers; the rest is up to where it lies
    backends.py       where it lies: SEARCH_INDEX
    whoosh_index.py   in files, on Whoosh
    postgres_index.py in PostgreSQL (postgres_tables.py); what it holds: postgres_snapshot.py;
                      how words are packed: postgres_runs.py; written: postgres_rows.py
    writing.py        entries into the index, behind the change log
    segments.py       segments of Whoosh's, written fast: analysis.py, pool.py, term_files.py,
                      columns.py; by two processes: segment_writing.py, second_writer.py
    reading.py        the index as arrays, one snapshot a generation (parts.py, caching.py,
                      packed.py)
    segment_reading.py such parts from Whoosh's files; term_reader.py: words in them
    closeness.py      approaches by what they mean; sentences.py: the model behind it, with
                      word_pieces.py
    generation.py     a snapshot with all that is worked out of it
    joins.py          what services and approaches take over from each other
    groups.py         the thesaurus with what moderators added
    nothing_found.py  searches that found nothing, counted

Other parts ask `search.current().find(Query(…))`; the worker calls `search.follow`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.orm import Session

from directory import config
from directory.clock import day_of
from directory.db import db
from directory.db import reading as only_reading
from directory.entries import links
from directory.places import gazetteer
from directory.search import backends, closeness, groups, sentences
from directory.search.following import follow, rebuild
from directory.search.index import NotReady, SearchIndex
from directory.search.snapshot_index import SnapshotIndex
from directory.vocabulary.terms import Kind
from directory.vocabulary.thesaurus import Group

__all__ = [
    "NotReady",
    "SearchIndex",
    "attach",
    "current",
    "follow",
    "has_to_place",
    "look_again",
    "rebuild",
    "warm",
]


def attach(app: Flask) -> None:
    """Bring the search pages, the commands and an index to `app`."""
    from directory.search import commands, views, views_map, views_moderation

    settings: config.Config = app.extensions["kith.config"]
    thesaurus = app.extensions["kith.thesaurus"] = groups.InUse(_added_groups)
    index = app.extensions["kith.search"] = backends.index_of(
        settings,
        engine=lambda: db.engine,
        gazetteer=lambda: gazetteer.at(settings.geo_path),
        thesaurus=thesaurus,
        today=lambda: day_of(datetime.now(UTC)),
    )
    index.slugs_now = _slugs_now
    if settings.meaning:
        index.closeness = closeness.Closeness(settings.meaning_path)
    app.register_blueprint(views.bp)
    app.register_blueprint(views_map.bp)
    app.jinja_env.globals["map_deepest"] = views_map.deepest_zoom
    app.register_blueprint(views_moderation.bp)
    commands.attach(app)


def current() -> SnapshotIndex:
    """The search index of the running app."""
    index: SnapshotIndex = current_app.extensions["kith.search"]
    return index


def _added_groups() -> tuple[Group, ...]:
    with only_reading(), Session(db.engine) as session:
        return groups.as_groups(session)


def _slugs_now(kind: Kind, slugs: Sequence[str]) -> Mapping[str, str]:
    with only_reading(), Session(db.engine) as session:
        return links.slugs_now(session, kind, slugs)


def look_again() -> None:
    """Words were added to the thesaurus, or taken out."""
    thesaurus: groups.InUse = current_app.extensions["kith.thesaurus"]
    thesaurus.look_again()


def has_to_place(session: Session, path: Path) -> bool:
    """Whether approaches are to be placed by what they mean: the model is installed, and the file
    at `path` is behind the change log."""
    return sentences.is_installed() and closeness.is_behind(session, path)


def warm(app: Flask) -> None:
    """Open the index now, so that the first visitor does not wait for it."""
    with app.app_context():
        current().warm()
