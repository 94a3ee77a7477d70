"""What the page of an entry shows besides its document: the entries that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy.orm import Session

from directory.entries import connections, photos
from directory.entries.cards import Card, cards, service_cards, where_of
from directory.entries.catalogue import Entry
from directory.entries.connections import Some
from directory.entries.documents import Approach, Organization, Service, Story
from directory.entries.sections import Section, around, sections
from directory.vocabulary.terms import Kind, Moment, WhoFor

SERVICES_SHOWN = 6
STORIES_SHOWN = 3


@dataclass(frozen=True)
class CardList:
    """The first cards of a longer list, and how long it is."""

    cards: tuple[Card, ...]
    total: int


@dataclass(frozen=True)
class ApproachProfile:
    """An approach with where it happens, who helps, what is close to it."""

    entry: Entry
    document: Approach
    card: Card
    opening: tuple[Section, ...]
    middle: tuple[Section, ...]
    start: Section | None
    services: CardList
    support_body: Entry | None
    related: tuple[Card, ...]
    stories: CardList
    photos: tuple[photos.Shown, ...]


@dataclass(frozen=True)
class ServiceProfile:
    """A service with its approaches, who runs it and where."""

    entry: Entry
    document: Service
    card: Card
    approaches: tuple[Card, ...]
    organization: Entry | None
    place: Entry | None
    where: str
    who_for: tuple[WhoFor, ...]
    in_crisis: bool
    stories: CardList
    photos: tuple[photos.Shown, ...]


@dataclass(frozen=True)
class OrganizationProfile:
    """An organization with what it runs and what it helps others to start."""

    entry: Entry
    document: Organization
    card: Card
    services: CardList
    approaches: tuple[Card, ...]


@dataclass(frozen=True)
class StoryProfile:
    """A story and the entry that it is about."""

    entry: Entry
    document: Story
    card: Card
    about: Card | None
    photos: tuple[photos.Shown, ...]


Profile = ApproachProfile | ServiceProfile | OrganizationProfile | StoryProfile


def of(session: Session, entry: Entry, today: date) -> Profile:
    """What the page of an approach, service, organization or story shows.

    Raises:
        ValueError: another kind; it has a page of its own.
    """
    match entry.kind:
        case Kind.APPROACH:
            return approach(session, entry, today)
        case Kind.SERVICE:
            return service(session, entry, today)
        case Kind.ORGANIZATION:
            return organization(session, entry, today)
        case Kind.STORY:
            return story(session, entry, today)
        case _:
            raise ValueError(f"a {entry.kind} has a page of its own")


def approach(session: Session, entry: Entry, today: date) -> ApproachProfile:
    document = cast(Approach, entry.document)
    opening, rest = around(sections(entry.html), "How it works")
    start = next((one for one in rest if one.heading == "Start one here"), None)
    services = connections.services_of(session, entry.slug, limit=SERVICES_SHOWN)
    related = connections.referenced(session, Kind.APPROACH, document.related)
    return ApproachProfile(
        entry=entry,
        document=document,
        card=_card(session, entry, today),
        opening=opening,
        middle=tuple(one for one in rest if one is not start),
        start=start,
        services=CardList(service_cards(session, services.entries, today), services.total),
        support_body=_one(session, Kind.ORGANIZATION, document.support_body),
        related=cards(session, [one for one in related if one.id != entry.id], today),
        stories=_stories(session, entry, today),
        photos=photos.shown(session, document),
    )


def service(session: Session, entry: Entry, today: date) -> ServiceProfile:
    document = cast(Service, entry.document)
    place = _one(session, Kind.PLACE, document.place)
    approaches = connections.referenced(session, Kind.APPROACH, document.approach)
    models = [cast(Approach, one.document) for one in approaches]
    return ServiceProfile(
        entry=entry,
        document=document,
        card=_card(session, entry, today),
        approaches=cards(session, approaches, today),
        organization=_one(session, Kind.ORGANIZATION, document.organization),
        place=place,
        where=where_of(document, place),
        who_for=tuple(
            dict.fromkeys(document.who_for or (one for each in models for one in each.who_for))
        ),
        in_crisis=any(each.moment is Moment.CRISIS for each in models),
        stories=_stories(session, entry, today),
        photos=photos.shown(session, document),
    )


def organization(session: Session, entry: Entry, today: date) -> OrganizationProfile:
    services = connections.services_run_by(session, entry.slug)
    helped = connections.approaches_helped_by(session, entry.slug)
    return OrganizationProfile(
        entry=entry,
        document=cast(Organization, entry.document),
        card=_card(session, entry, today),
        services=CardList(service_cards(session, services.entries, today), services.total),
        approaches=cards(session, helped.entries, today),
    )


def story(session: Session, entry: Entry, today: date) -> StoryProfile:
    document = cast(Story, entry.document)
    folder, _, slug = document.about.partition("/")
    about = _one(session, Kind.of_folder(folder), slug)
    return StoryProfile(
        entry=entry,
        document=document,
        card=_card(session, entry, today),
        about=_card(session, about, today) if about else None,
        photos=photos.shown(session, document),
    )


def _card(session: Session, entry: Entry, today: date) -> Card:
    return cards(session, [entry], today)[0]


def _stories(session: Session, entry: Entry, today: date) -> CardList:
    found: Some = connections.stories_about(session, entry.kind, entry.slug, limit=STORIES_SHOWN)
    return CardList(cards(session, found.entries, today), found.total)


def _one(session: Session, kind: Kind, slug: str | None) -> Entry | None:
    return next(iter(connections.referenced(session, kind, [slug])), None) if slug else None
