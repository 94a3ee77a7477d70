"""As many entries as wanted, like ours: what content/ holds, and services made from its words.

A made service follows one or two approaches (a few have most services, as in life), meets in a
named hall in a council's area, and speaks in sentences of its approach, with words of people and of
the thesaurus in them. The same size gives the same entries on every machine.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from deploy.packages import ROOT
from directory.entries.catalogue import Entry
from directory.entries.documents import Approach, Location, Service
from directory.entries.text import parse
from directory.search import words
from directory.vocabulary import thesaurus

SEED = 20261122
MADE = UUID("4f0c8a52-7a0e-4d0b-a4b5-3f2e7f0b1c9d")
WHEN = datetime(2026, 11, 1, tzinfo=UTC)
CONTENT = ROOT / "content"
COUNCILS = CONTENT / "vocabulary" / "councils.csv"

HALLS = "Hall|Church|Library|Centre|Rooms|School|Institute|Chapel|Pavilion|Club|Garden|Works".split(
    "|"
)
STREETS = "Street|Road|Lane|Avenue|Close|Hill|Grove|Terrace|Square|Green".split("|")
DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday".split("|")
FRAMES = (
    "{what} for people in and around {town}.",
    "We meet each {day} in {hall}: {what}, tea and time to talk.",
    "{what}, run by neighbours in {town}. Newcomers are welcome.",
    "For anyone in {town} who thinks of {what}.",
    "Started by {person} of {street} and now open to all: {what}.",
)
SENTENCES_PER_SERVICE = (3, 8)
# Syllables of made names: a directory's words never end, most of them are names.
ONSETS = "b br c ch d dr f g gr h j k l m n p pr r s st t th tr w".split()
VOWELS = "a e i o u ea oo ai".split()
CODAS = "ck ll m n nd r rd s ss st t th x ley ton by ham worth field son".split()


def entries(services: int) -> Iterator[Entry]:
    """What content/ holds, then so many made services."""
    own = list(_own())
    yield from own
    maker = _Maker([entry for entry in own if isinstance(entry.document, Approach)])
    for number in range(services):
        yield maker.service(number)


def one_more(number: int) -> Entry:
    """A service that is in no corpus of fewer than `number` services."""
    return _Maker([e for e in _own() if isinstance(e.document, Approach)]).service(number)


def _own() -> Iterator[Entry]:
    for path in sorted(CONTENT.glob("*/*.md")):
        document = parse(path.read_text(encoding="utf-8"), path=str(path))
        entry_id = document.id or uuid5(MADE, f"{path.parent.name}/{path.stem}")
        yield _entry(entry_id, path.stem, document)


def _entry(entry_id: UUID, slug: str, document: object) -> Entry:
    kind = document.kind  # type: ignore[attr-defined]
    return Entry(entry_id, kind, slug, document, "", 1, WHEN, WHEN)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Council:
    name: str
    lat: float
    lon: float


@cache
def councils() -> tuple[_Council, ...]:
    with COUNCILS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return tuple(_Council(row["name"], float(row["lat"]), float(row["lon"])) for row in rows)


class _Maker:
    """Makes services, each from its number alone."""

    def __init__(self, approaches: Sequence[Entry]) -> None:
        self._approaches = sorted(approaches, key=lambda entry: uuid5(MADE, entry.slug))
        self._sentences = {one.slug: _sentences(one) for one in self._approaches}
        self._phrases = [word for group in thesaurus.groups() for word in group.words]

    def service(self, number: int) -> Entry:
        chance = random.Random(f"{SEED}-{number}")
        approach = self._approaches[_zipf(chance, len(self._approaches))]
        other = self._approaches[_zipf(chance, len(self._approaches))]
        council = councils()[_zipf(chance, len(councils()))]
        town = _name(chance) if chance.random() < 0.7 else council.name
        hall = f"{_name(chance)} {chance.choice(HALLS)}"
        document = approach.document
        assert isinstance(document, Approach)
        said = {
            "what": chance.choice(document.everyday_words or [document.name]),
            "town": town,
            "hall": hall,
            "day": chance.choice(DAYS),
            "person": _name(chance),
            "street": f"{_name(chance)} {chance.choice(STREETS)}",
        }
        lines = chance.choices(
            self._sentences[approach.slug], k=chance.randint(*SENTENCES_PER_SERVICE)
        )
        lines.append(f"People come for {' and '.join(chance.sample(self._phrases, 3))}.")
        lines.append(f"Ask for {_name(chance)} at {said['street']}.")
        fields: dict[str, Any] = {
            "name": f"{chance.choice([town, hall, _name(chance)])} {document.name}"[:90],
            "summary": chance.choice(FRAMES).format(**said)[:300],
            "body": "\n\n".join(lines),
            "approach": list(dict.fromkeys([approach.slug, other.slug]))[: 1 + (number % 3 == 0)],
            "location": Location(
                lat=min(max(council.lat + chance.gauss(0, 0.08), 49.2), 61.2),
                lon=min(max(council.lon + chance.gauss(0, 0.12), -8.9), 2.4),
                label=f"{hall}, {town}"[:60],
            ),
            "service_area": [council.name],
            "everyday_words": [said["what"]],
            "sources": [{"title": "Made for measuring", "year": 2020}],
            "last_known": 2016 + number % 11,
        }
        return _entry(uuid5(MADE, str(number)), f"made-{number}", Service(**fields))


def _sentences(entry: Entry) -> list[str]:
    text = words.plain(f"{entry.document.summary}\n\n{entry.document.body}")
    return [one.strip() for one in re.split(r"(?<=[.!?])\s+", text) if 3 < len(one.split()) < 40]


def _zipf(chance: random.Random, size: int) -> int:
    """0 to size - 1; the first come often, the last rarely."""
    return min(int(size ** chance.random()) - 1, size - 1)


def _name(chance: random.Random) -> str:
    """A name of two or three made syllables; some are common and most are rare."""
    number = _zipf(chance, 60_000)
    seeded = random.Random(f"name-{number}")
    start = "".join(
        seeded.choice(ONSETS) + seeded.choice(VOWELS) for _ in range(seeded.randint(1, 2))
    )
    return (start + seeded.choice(CODAS)).capitalize()
