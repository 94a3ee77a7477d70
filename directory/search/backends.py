"""Which index a site has: files on its one machine, or tables in the database of several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine

from directory.config import Config
from directory.places.gazetteer import Gazetteer
from directory.search.postgres_index import PostgresIndex
from directory.search.snapshot_index import SnapshotIndex
from directory.search.whoosh_index import WhooshIndex
from directory.search.wordings import Thesaurus


def index_of(
    settings: Config,
    *,
    engine: Callable[[], Engine],
    gazetteer: Callable[[], Gazetteer | None],
    thesaurus: Callable[[], Thesaurus],
    today: Callable[[], date],
) -> SnapshotIndex:
    """The index that SEARCH_INDEX asks for."""
    if settings.search_index == "postgresql":
        return PostgresIndex(engine, gazetteer=gazetteer, thesaurus=thesaurus, today=today)
    return WhooshIndex(settings.index_dir, gazetteer=gazetteer, thesaurus=thesaurus, today=today)
