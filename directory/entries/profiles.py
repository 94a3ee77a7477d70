"""What the page of an entry shows besides its document: the entries that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from directory.entries import connections
from directory.entries.catalogue import Entry
from directory.entries.connections import Some
from directory.entries.documents import Approach, Organization, Service, Story
from directory.entries.sections import Section, around, sections
from directory.vocabulary.terms import Kind, Status, SupportArea

SERVICES_SHOWN = 6
STORIES_SHOWN = 3


@dataclass(frozen=True)
class ServiceLine:
    """A service in a list, with the place where it happens if that has an entry."""

    entry: Entry
    place: Entry | None

    @property
    def document(self) -> Service:
        return cast(Service, self.entry.document)

    @property
    def where(self) -> str:
        """The name of its place, building or area."""
        if self.place:
            return self.place.document.name
        if self.document.location and self.document.location.label:
            return self.document.location.label
        return ", ".join(self.document.service_area)


@dataclass(frozen=True)
class ServiceLines:
    """The first services of a longer list, and how long it is."""

    lines: tuple[ServiceLine, ...]
    total: int


@dataclass(frozen=True)
class ApproachProfile:
    """An approach with where it happens, who helps, what is close to it."""

    entry: Entry
    document: Approach
    opening: tuple[Section, ...]
    middle: tuple[Section, ...]
    start: Section | None
    services: ServiceLines
    support_body: Entry | None
    related: tuple[Entry, ...]
    stories: Some


@dataclass(frozen=True)
class ServiceProfile:
    """A service with its approaches, who runs it and where."""

    entry: Entry
    document: Service
    approaches: tuple[Entry, ...]
    organization: Entry | None
    place: Entry | None
    stories: Some

    @property
    def support_area(self) -> tuple[SupportArea, ...]:
        """Its own parts of life, else those of its approaches."""
        if self.document.support_area:
            return tuple(self.document.support_area)
        areas = (
            area for one in self.approaches for area in cast(Approach, one.document).support_area
        )
        return tuple(dict.fromkeys(areas))

    @property
    def has_ended(self) -> bool:
        return self.document.status is Status.ENDED


@dataclass(frozen=True)
class OrganizationProfile:
    """An organization with what it runs and what it helps others to start."""

    entry: Entry
    document: Organization
    services: ServiceLines
    approaches: tuple[Entry, ...]


@dataclass(frozen=True)
class StoryProfile:
    """A story and the entry that it is about."""

    entry: Entry
    document: Story
    about: Entry | None


def approach(session: Session, entry: Entry) -> ApproachProfile:
    document = cast(Approach, entry.document)
    opening, rest = around(sections(entry.html), "How it works")
    start = next((one for one in rest if one.heading == "Start one here"), None)
    return ApproachProfile(
        entry=entry,
        document=document,
        opening=opening,
        middle=tuple(one for one in rest if one is not start),
        start=start,
        services=lines(session, connections.services_of(session, entry.slug, limit=SERVICES_SHOWN)),
        support_body=_one(session, Kind.ORGANIZATION, document.support_body),
        related=tuple(connections.referenced(session, Kind.APPROACH, document.related)),
        stories=connections.stories_about(session, entry.kind, entry.slug, limit=STORIES_SHOWN),
    )


def service(session: Session, entry: Entry) -> ServiceProfile:
    document = cast(Service, entry.document)
    return ServiceProfile(
        entry=entry,
        document=document,
        approaches=tuple(connections.referenced(session, Kind.APPROACH, document.approach)),
        organization=_one(session, Kind.ORGANIZATION, document.organization),
        place=_one(session, Kind.PLACE, document.place),
        stories=connections.stories_about(session, entry.kind, entry.slug, limit=STORIES_SHOWN),
    )


def organization(session: Session, entry: Entry) -> OrganizationProfile:
    return OrganizationProfile(
        entry=entry,
        document=cast(Organization, entry.document),
        services=lines(session, connections.services_run_by(session, entry.slug)),
        approaches=connections.approaches_helped_by(session, entry.slug).entries,
    )


def story(session: Session, entry: Entry) -> StoryProfile:
    document = cast(Story, entry.document)
    folder, _, slug = document.about.partition("/")
    return StoryProfile(entry, document, _one(session, Kind.of_folder(folder), slug))


def lines(session: Session, services: Some) -> ServiceLines:
    """The services with their places, the places read at once."""
    wanted = [cast(Service, one.document).place for one in services.entries]
    slugs = list(dict.fromkeys(slug for slug in wanted if slug))
    found = connections.by_former_names(session, Kind.PLACE, slugs)
    return ServiceLines(
        tuple(
            ServiceLine(one, found.get(slug) if slug else None)
            for one, slug in zip(services.entries, wanted, strict=True)
        ),
        services.total,
    )


def _one(session: Session, kind: Kind, slug: str | None) -> Entry | None:
    return next(iter(connections.referenced(session, kind, [slug])), None) if slug else None
