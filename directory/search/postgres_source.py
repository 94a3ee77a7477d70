"""Asking PostgreSQL for what one build of the index holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from directory.search.postgres_tables import named
from directory.search.reading import Damaged


class Source:
    """Asks one build."""

    def __init__(self, engine: Engine, build: int) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.build = build

    def ask(self, statement: str, **values: Any) -> Sequence[Any]:
        """All rows that `statement` gives; `postings`, `cards`… in it are the tables of this build.

        Raises:
            Damaged: PostgreSQL does not answer, or the build is gone.
        """
        try:
            with self._engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                # Lists come as they lie; as text they would be written out and read again.
                with driver.cursor(binary=True) as cursor:
                    cursor.execute(named(statement, self.build), values)
                    found: Sequence[Any] = cursor.fetchall()
                    return found
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise Damaged(repr(error)) from error
