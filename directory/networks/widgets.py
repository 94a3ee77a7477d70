"""Saved widgets of networks, and how often each was used: per day, without anything about who."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.db import rows_changed
from directory.errors import DirectoryError
from directory.networks.code import Choice
from directory.networks.models import Network, SavedWidget, State, WidgetDay

NAME_MAX = 80


class NoSuchWidget(DirectoryError):
    """There is no saved widget of that name."""

    status = 404


class Use(StrEnum):
    """What is counted: the widget appeared, somebody searched, somebody opened a result."""

    LOADS = "loads"
    SEARCHES = "searches"
    CLICKS = "clicks"


def save(
    session: Session, network: Network, *, name: str, choice: Choice, at: datetime
) -> SavedWidget:
    """Keep a new widget of `network`, which shows its slice."""
    widget = SavedWidget(
        key=secrets.token_hex(8),
        network_id=network.id,
        name=name,
        choice=_of(network, choice),
        created_at=at,
        changed_at=at,
    )
    session.add(widget)
    return widget


def change(
    widget: SavedWidget, network: Network, *, name: str, choice: Choice, at: datetime
) -> None:
    """From now on it shows this, wherever it stands."""
    widget.name = name
    widget.choice = _of(network, choice)
    widget.changed_at = at


def of_network(session: Session, network: Network) -> list[SavedWidget]:
    """The saved widgets of `network`, by name."""
    return list(
        session.scalars(
            select(SavedWidget)
            .where(SavedWidget.network_id == network.id)
            .order_by(func.lower(SavedWidget.name), SavedWidget.key)
        )
    )


def find(session: Session, key: str) -> tuple[SavedWidget, Network]:
    """A saved widget and its network.

    Raises:
        NoSuchWidget: there is none, or its network is not open.
    """
    row = session.execute(
        select(SavedWidget, Network)
        .join(Network, Network.id == SavedWidget.network_id)
        .where(SavedWidget.key == key, Network.state == State.OPEN)
    ).first()
    if row is None:
        raise NoSuchWidget
    return row[0], row[1]


def choice_of(widget: SavedWidget) -> Choice:
    """What it shows."""
    return Choice(**widget.choice)


def count(session: Session, key: str, use: Use, *, day: date) -> None:
    """Add one. In the database, so that two at the same moment count as two."""
    column = getattr(WidgetDay, use)
    adding = (
        update(WidgetDay)
        .where(WidgetDay.key == key, WidgetDay.day == day)
        .values({column: column + 1})
        .execution_options(synchronize_session=False)
    )
    if rows_changed(session, adding):
        return
    try:
        with session.begin_nested():
            session.add(WidgetDay(key=key, day=day, **{use: 1}))
    except IntegrityError:  # somebody else was the first of the day
        session.execute(adding)


def days(session: Session, network: Network, *, since: date) -> list[tuple[SavedWidget, WidgetDay]]:
    """The numbers of every widget of `network`, the newest day first."""
    rows = session.execute(
        select(SavedWidget, WidgetDay)
        .join(WidgetDay, WidgetDay.key == SavedWidget.key)
        .where(SavedWidget.network_id == network.id, WidgetDay.day >= since)
        .order_by(WidgetDay.day.desc(), func.lower(SavedWidget.name))
    )
    return [(widget, numbers) for widget, numbers in rows]


def table(rows: Iterable[tuple[SavedWidget, WidgetDay]]) -> Iterator[str]:
    """The numbers as CSV, a line at a time."""
    yield _line(["day", "widget", "name", *Use])
    for widget, day in rows:
        # A spreadsheet would run a name that begins like a formula.
        name = f"'{widget.name}" if widget.name[:1] in "=+-@" else widget.name
        yield _line([day.day, widget.key, name, day.loads, day.searches, day.clicks])


def _of(network: Network, choice: Choice) -> dict[str, str]:
    return choice.kept() | {"network": network.slug or ""}


def _line(cells: Iterable[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
