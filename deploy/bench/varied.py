"""Services with everything that a service can say, in every mixture, as the Open Referral feed
meets them. Each is made from its number alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from deploy.bench import corpus
from directory.entries.catalogue import Entry
from directory.entries.documents import Location, Service
from directory.oruk.mapping import Around
from directory.vocabulary.terms import Day, Frequency, Kind, Status, SupportArea, WhoFor

MADE = UUID("5d8f9a70-6a1f-4a58-9d0e-6b2f8a3c1e77")
NAMES = (
    "Choir",
    "Côr y “Bobl” & co",
    "Men’s shed \\ back room",
    "漢字 <club>",
    "Ünder-5s: sing",
)
TEXTS = ("", "Some *Markdown*.\n\n- a\n- b", "> told by them\n\n<b>raw</b> & “quoted” \u2028 line")
TIMES = ("9:30", "14:00", "23:59", "0:00")
PRICES = (None, 0, 2.5, 3.33, 1000)
Thing = TypeVar("Thing")


def services(count: int, among: Sequence[Entry]) -> Iterator[tuple[Entry, Around]]:
    """So many services that may be passed on, each with what it names of `among`."""
    for number in range(count):
        yield _service(random.Random(f"{corpus.SEED}-varied-{number}"), number, among)


def _service(chance: random.Random, number: int, among: Sequence[Entry]) -> tuple[Entry, Around]:
    def maybe(value: Thing) -> Thing | None:
        return value if chance.random() < 0.5 else None

    def one_of(kind: Kind) -> Entry:
        return chance.choice([one for one in among if one.kind is kind])

    approaches = [one_of(Kind.APPROACH) for _turn in range(chance.randint(1, 3))]
    organization, place = maybe(one_of(Kind.ORGANIZATION)), maybe(one_of(Kind.PLACE))
    point = Location(
        lat=round(chance.uniform(50, 58), chance.randint(0, 7)),
        lon=round(chance.uniform(-5, 1), chance.randint(0, 7)),
        label=maybe("The hall"),
    )
    where = maybe(point)
    fields: dict[str, Any] = {
        "name": f"{chance.choice(NAMES)} {number}",
        "summary": "People meet each week.",
        "approach": list(dict.fromkeys(one.slug for one in approaches)),
        "organization": organization.slug if organization else None,
        "place": place.slug if place else None,
        "location": where,
        "service_area": chance.sample(["Here", "There"], chance.randint(not (place or where), 2)),
        "schedule": [
            {
                "day": chance.choice(list(Day)),
                "start": maybe(chance.choice(TIMES)),
                "end": None,
                "frequency": chance.choice(list(Frequency)),
                "note": maybe("not in August"),
            }
            for _turn in range(chance.randint(0, 3))
        ],
        "cost_option": [
            {"option": "Anyone", "amount": chance.choice(PRICES)}
            for _turn in range(chance.randint(0, 2))
        ],
        "contact": maybe(
            {
                "name": maybe("Ada"),
                "phone": maybe("0113 496 0000"),
                "email": maybe("ada@groups.example"),
            }
        ),
        "url": maybe("https://groups.example/a?b=c&d=%C3%A9"),
        "accessibility": maybe("Step-free"),
        "languages": chance.sample(["English", "Welsh", "BSL"], chance.randint(0, 3)),
        "status": chance.choice(list(Status)),
        "last_known": maybe(2019),
        "assured_date": maybe(date(2026, 1, 1) + timedelta(days=chance.randrange(300))),
        "support_area": chance.sample(list(SupportArea), chance.randint(0, 2)),
        "who_for": chance.sample(list(WhoFor), chance.randint(0, 2)),
        "sources": [{"title": "Made for measuring", "year": 2020}],
        "body": chance.choice(TEXTS),
        "open_referral": True,
    }
    made = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number, microseconds=number)
    entry = Entry(
        uuid5(MADE, str(number)), Kind.SERVICE, f"varied-{number}", Service(**fields), "", 1,
        made, made,
    )  # fmt: skip
    return entry, Around(organization, place, tuple(approaches))
