"""Reading the feed: filters, pages, and all of it as a stream. What is said is JSON already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import cos, radians
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.errors import DirectoryError
from directory.oruk.models import OrganizationRow, ServiceRow, ServiceTermRow
from directory.places.distance import miles
from directory.places.gazetteer import Spot

PER_PAGE = 50
PER_PAGE_MAX = 100
STREAMED_AT_ONCE = 500
WORDS_MAX = 12
METRES_PER_MILE = 1609.344
MILES_PER_DEGREE = 69.0


class NotInTheFeed(DirectoryError):
    """Nothing in this feed has that id."""

    status = 404


@dataclass(frozen=True)
class Texts:
    """A service as the feed says it: its texts, under the names of the columns of its row."""

    brief: str
    whole: str
    at_location: str | None


@dataclass(frozen=True)
class Wanted:
    """What a question to the feed asks for; None and "" ask for everything.

    Attributes:
        near: only what lies within `metres` of it, or, without them, what covers its council.
        among: only services whose ids this query finds.
        instead: what to say of some services in place of their rows; None leaves one out.
    """

    words: str = ""
    term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: datetime | None = None
    near: Spot | None = None
    metres: float | None = None
    among: Select[UUID] | None = None
    instead: Mapping[UUID, Texts | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some of the things asked for, each as JSON."""

    total: int
    number: int
    per_page: int
    contents: Sequence[str]

    @property
    def pages(self) -> int:
        return -(-self.total // self.per_page)

    def to_json(self) -> str:
        """The page as the standard says it."""
        head = (
            f'{{"total_items":{self.total},"total_pages":{self.pages},'
            f'"page_number":{self.number},"size":{len(self.contents)},'
            f'"first_page":{_bool(self.number == 1)},'
            f'"last_page":{_bool(self.number >= self.pages)},'
            f'"empty":{_bool(not self.contents)},"contents":['
        )
        return head + ",".join(self.contents) + "]}"


def services(session: Session, wanted: Wanted, number: int, per_page: int, *, whole: bool) -> Page:
    """A page of services, in short or whole."""
    return _page(session, wanted, _text(whole=whole), _conditions(wanted), number, per_page)


def service(session: Session, service_id: UUID) -> str:
    """One service, whole.

    Raises:
        NotInTheFeed: it is not there, or may not be passed on.
    """
    return _one(session, ServiceRow.whole, ServiceRow.id == service_id)


def all_services(session: Session, wanted: Wanted, *, whole: bool) -> Iterator[str]:
    """Every service, one after the other; some hundred at a time are held in memory."""
    return _stream(session, wanted, _text(whole=whole), _conditions(wanted))


def minimal(session: Session, wanted: Wanted) -> Page:
    """Id and date of change of every service, on one page."""
    rows = session.execute(
        select(ServiceRow.id, ServiceRow.modified_at)
        .where(*_conditions(wanted))
        .order_by(ServiceRow.id)
    )
    contents = []
    for service_id, at in rows:
        moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        # The standard's text says modified_date, its schema last_modified.
        contents.append(
            f'{{"id":"{service_id}","modified_date":"{moment}","last_modified":"{moment}"}}'
        )
    return Page(len(contents), 1, max(len(contents), 1), contents)


def at_locations(session: Session, wanted: Wanted, number: int, per_page: int) -> Page:
    """A page of services at their points on the map."""
    placed = _placed(session, wanted)
    return _page(session, wanted, ServiceRow.at_location, placed, number, per_page)


def all_at_locations(session: Session, wanted: Wanted) -> Iterator[str]:
    return _stream(session, wanted, ServiceRow.at_location, _placed(session, wanted))


def at_location(session: Session, at_location_id: UUID) -> str:
    """One service at its point on the map.

    Raises:
        NotInTheFeed: there is none of that id.
    """
    return _one(session, ServiceRow.at_location, ServiceRow.at_location_id == at_location_id)


def organizations(
    session: Session, wanted: Wanted, number: int, per_page: int, *, with_services: bool
) -> Page:
    """A page of organizations that run a service of the feed.

    Args:
        wanted: `words` are those of organizations; the rest is asked of their services.
    """
    query = _organizations(wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.execute(
        query.order_by(OrganizationRow.id).offset((number - 1) * per_page).limit(per_page)
    )
    said = _with_services(session, wanted, rows.all(), with_services=with_services)
    return Page(total, number, per_page, said)


def all_organizations(session: Session, wanted: Wanted, *, with_services: bool) -> Iterator[str]:
    """Every such organization, one after the other; some hundred at a time are held in memory."""
    last: UUID | None = None
    while True:
        query = _organizations(wanted).order_by(OrganizationRow.id).limit(STREAMED_AT_ONCE)
        rows = session.execute(
            query if last is None else query.where(OrganizationRow.id > last)
        ).all()
        said = _with_services(session, wanted, rows, with_services=with_services)
        session.rollback()
        if not rows:
            return
        last = rows[-1][0]
        yield from said


def organization(session: Session, organization_id: UUID, *, with_services: bool) -> str:
    """One organization that runs a service of the feed.

    Raises:
        NotInTheFeed: there is none of that id.
    """
    query = _organizations(Wanted()).where(OrganizationRow.id == organization_id)
    rows = session.execute(query).all()
    if not rows:
        raise NotInTheFeed
    return _with_services(session, Wanted(), rows, with_services=with_services)[0]


def _organizations(wanted: Wanted) -> Select[UUID, str]:
    services = _conditions(replace(wanted, words=""))
    runs = (
        select(ServiceRow.id)
        .where(ServiceRow.organization_id == OrganizationRow.id, *services)
        .exists()
    )
    said = _saying(OrganizationRow.words, wanted.words)
    return select(OrganizationRow.id, OrganizationRow.data).where(runs, *said)


def _with_services(
    session: Session, wanted: Wanted, rows: Sequence[tuple[UUID, str]], *, with_services: bool
) -> list[str]:
    if not with_services:
        return [data for _id, data in rows]
    run: dict[UUID, list[str]] = {one: [] for one, _data in rows}
    services = session.execute(
        select(ServiceRow.organization_id, ServiceRow.id, ServiceRow.whole)
        .where(ServiceRow.organization_id.in_(run), *_conditions(replace(wanted, words="")))
        .order_by(ServiceRow.id)
    )
    for organization_id, service_id, whole in services:
        run[organization_id] += _said(wanted, ServiceRow.whole, [(service_id, whole)])
    return [f'{data[:-1]},"services":[{",".join(run[one])}]}}' for one, data in rows]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = _saying(ServiceRow.words, wanted.words)
    terms = select(ServiceTermRow.service_id)
    if wanted.term_id:
        found.append(ServiceRow.id.in_(terms.where(ServiceTermRow.term_id == wanted.term_id)))
    if wanted.taxonomy_id:
        of_taxonomy = terms.where(ServiceTermRow.taxonomy_id == wanted.taxonomy_id)
        found.append(ServiceRow.id.in_(of_taxonomy))
    if wanted.organization_id:
        found.append(ServiceRow.organization_id == wanted.organization_id)
    if wanted.modified_after:
        found.append(ServiceRow.modified_at >= wanted.modified_after)
    if wanted.among is not None:
        found.append(ServiceRow.id.in_(wanted.among))
    if left_out := [one for one, said in wanted.instead.items() if said is None]:
        found.append(ServiceRow.id.not_in(left_out))
    return found


def _placed(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Conditions for services that are somewhere, near the place asked for if there is one."""
    found = [*_conditions(wanted), ServiceRow.at_location.is_not(None)]
    if wanted.near is None:
        return found
    if wanted.metres is None:
        return [*found, ServiceRow.council == wanted.near.council]
    far = wanted.metres / METRES_PER_MILE
    lat, lon = wanted.near.lat, wanted.near.lon
    high = far / MILES_PER_DEGREE
    wide = high / max(cos(radians(lat)), 0.1)
    box = select(ServiceRow.id, ServiceRow.lat, ServiceRow.lon).where(
        ServiceRow.lat.between(lat - high, lat + high),
        ServiceRow.lon.between(lon - wide, lon + wide),
    )
    near = [
        service_id
        for service_id, its_lat, its_lon in session.execute(box)
        if its_lat is not None and its_lon is not None and miles(lat, lon, its_lat, its_lon) <= far
    ]
    return [*found, ServiceRow.id.in_(near)]


def _saying(column: InstrumentedAttribute[str], words: str) -> list[ColumnElement[bool]]:
    """All of `words` are in the column, in whatever order."""
    said = words.casefold().split()[:WORDS_MAX]
    return [column.contains(word, autoescape=True) for word in said]


def _text(*, whole: bool) -> InstrumentedAttribute[str]:
    return ServiceRow.whole if whole else ServiceRow.brief


Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def _page(
    session: Session,
    wanted: Wanted,
    text: Text,
    conditions: Iterable[ColumnElement[bool]],
    number: int,
    per_page: int,
) -> Page:
    conditions = list(conditions)
    total = session.scalar(select(func.count(ServiceRow.id)).where(*conditions)) or 0
    rows = session.execute(
        select(ServiceRow.id, text)
        .where(*conditions)
        .order_by(ServiceRow.id)
        .offset((number - 1) * per_page)
        .limit(per_page)
    )
    return Page(total, number, per_page, list(_said(wanted, text, rows.all())))


def _said(wanted: Wanted, text: Text, rows: Iterable[tuple[UUID, str | None]]) -> Iterator[str]:
    """The texts of `rows`, or what is to be said in their place."""
    for service_id, said in rows:
        other = wanted.instead.get(service_id)
        shown = getattr(other, text.key) if other else said
        if shown is not None:
            yield shown


def _stream(
    session: Session, wanted: Wanted, text: Text, conditions: Iterable[ColumnElement[bool]]
) -> Iterator[str]:
    conditions = list(conditions)
    last: UUID | None = None
    while True:
        query = select(ServiceRow.id, text).where(*conditions).order_by(ServiceRow.id)
        if last is not None:
            query = query.where(ServiceRow.id > last)
        rows = session.execute(query.limit(STREAMED_AT_ONCE)).all()
        session.rollback()  # no transaction stays open while a slow reader takes what we have
        if not rows:
            return
        last = rows[-1][0]
        yield from _said(wanted, text, rows)


def _one(session: Session, text: Text, condition: ColumnElement[bool]) -> str:
    found = session.scalar(select(text).where(condition))
    if found is None:
        raise NotInTheFeed
    return found


def _bool(value: bool) -> str:
    return "true" if value else "false"
