"""What of an entry goes into the index, and under which names.

Every entry is indexed from its own document alone. What a service takes over from the approach
that it follows (its words, its people, its part of life) is joined when a snapshot is opened, so
that a change of one approach rewrites one document and not its thousand services.

Text fields hold counts of terms for ranking. `text` holds all of them once more, with positions,
for phrases, for how rare a word is, and for what is left out by -word. `spell` holds the words
unstemmed, for spelling and for words half typed.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from whoosh import columns, fields, formats

from directory.entries.catalogue import Entry
from directory.entries.documents import Approach, Organization, Place, Service, Story
from directory.places.gazetteer import Gazetteer
from directory.places.names import key as name_key
from directory.search import analysis, where, words
from directory.search.analysis import Analyser
from directory.vocabulary import facets

# Raise it when what is written changes: an older index is then rebuilt.
VERSION = 9

# How much a word counts where it stands.
BOOSTS = {
    "name": 3.0,
    "everyday": 8.0,
    "strapline": 2.0,
    "summary": 1.25,
    "pairs": 3.0,
    "tags": 1.5,
    "easy": 1.0,
    "body": 1.0,
    "where": 1.0,
}
TEXT_FIELDS = tuple(BOOSTS)
# How much a text is held back for being long (BM25's b): names and lists of words little.
LONG = {
    "name": 0.6,
    "everyday": 0.2,
    "strapline": 0.6,
    "summary": 0.5,
    "pairs": 0.2,
    "tags": 0.5,
    "body": 0.9,
}
LONG_ELSE = 0.75
KEY_FIELDS = (
    "kind", "support_area", "moment", "who_for", "builds_on", "evidence", "place", "approach",
    "council", "status", "related",
)  # fmt: skip
# The hidden document that holds how far the index has followed the change log.
LOG_KIND = "_log"

NO_DATE = 0
# Names are put in order by so many bytes of them.
SORT_BYTES = 40


# What Whoosh wants of a field: a term, how often, its weight, and what is kept with it.
Posting = tuple[bytes, int, float, bytes]


# Lists of terms in order, each as often as it is said: a list for each line of text.
Lines = Sequence[Sequence[str]]


class Ready(fields.FieldType):  # type: ignore[misc]
    """A field that is given its terms ready.

    Attributes:
        gap: how far apart lines stand, so that no phrase runs from one into the next; None where
            places are not kept.
        is_set: whether it counts only whether a document has a term, not how often.
    """

    gap: int | None = None
    is_set = False

    def lines(self, value: Any) -> Lines:
        """The terms of a value."""
        found: Lines = value
        return found

    def index(self, value: Any, **kwargs: Any) -> Iterator[Posting]:
        """The same for Whoosh's own writer."""
        at: dict[str, list[int]] = {}
        start = 0
        for line in self.lines(value):
            for place, term in enumerate(line, start=start):
                at.setdefault(term, []).append(place)
            start += len(line) + (self.gap or 0)
        for term, places in at.items():
            count = 1 if self.is_set else len(places)
            spots = self.format.encode(places) if self.gap is not None else b""
            yield term.encode(), count, float(count), spots


class Counts(Ready):
    """A text field that keeps how often each term occurs."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None, scorable=True)


class Places(formats.Positions):  # type: ignore[misc]
    """Positions as plain 32-bit numbers: nothing to unpickle, and numpy reads them as they are."""

    def encode(self, poslist: Sequence[int]) -> bytes:
        return struct.pack(f"<{len(poslist)}I", *poslist)

    def decode_positions(self, valuestring: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(valuestring) // 4}I", valuestring))

    def decode_frequency(self, valuestring: bytes) -> int:
        return len(valuestring) // 4

    def decode_position_boosts(self, valuestring: bytes) -> list[tuple[int, float]]:
        return [(position, 1.0) for position in self.decode_positions(valuestring)]


class Sequences(Ready):
    """A text field that keeps where each term occurs."""

    gap = 50

    def __init__(self) -> None:
        super().__init__(Places(), None, scorable=True)


class Spelt(Ready):
    """Words as people write them: which documents have them, in any order."""

    is_set = True

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None, scorable=False)


class Keys(Ready):
    """Values of a filter, such as `home`."""

    is_set = True

    def __init__(self, *, unique: bool = False) -> None:
        super().__init__(formats.Existence(), None, scorable=False, unique=unique)

    def lines(self, value: Sequence[str]) -> Lines:
        return (value,) if value else ()


NUMBERS: dict[str, tuple[str, float]] = {
    # name: (numpy type, what stands where there is none)
    "lat": ("f", float("nan")),
    "lon": ("f", float("nan")),
    "checked": ("i", NO_DATE),
    "known": ("i", 0),
    "changed": ("i", 0),  # minutes since 1970
    # Which organisation it is, or offers it: too many for a filter, so a number of its slug.
    "organization": ("q", 0),
}


# As long as they are put in order by, so that their file can be read as it lies.
NAMES = columns.FixedBytesColumn(SORT_BYTES)


def sort_name(name: str) -> bytes:
    """What `name` is put in order by: folded, and exactly SORT_BYTES long."""
    return name_key(name).encode()[:SORT_BYTES].ljust(SORT_BYTES, b"\0")


def whoosh_schema() -> fields.Schema:
    schema = fields.Schema(id=Keys(unique=True), slug=Keys(), text=Sequences(), spell=Spelt())
    for name in TEXT_FIELDS:
        schema.add(name, Counts())
    for name in KEY_FIELDS:
        schema.add(name, Keys())
    for name, (typecode, default) in NUMBERS.items():
        schema.add(name, fields.COLUMN(columns.NumericColumn(typecode, default=default)))
    schema.add("sort_name", fields.COLUMN(NAMES))
    schema.add("card", fields.STORED)
    return schema


def log_document(n: int) -> dict[str, Any]:
    """The hidden document that says: everything up to change `n` is in here."""
    columns_ = {name: default for name, (_typecode, default) in NUMBERS.items()}
    card_ = {"n": n, "version": VERSION}
    return {
        "id": [LOG_KIND],
        "kind": [LOG_KIND],
        "card": card_,
        "sort_name": sort_name(""),
        **columns_,
    }


def index_document(entry: Entry, gazetteer: Gazetteer | None = None) -> dict[str, Any]:
    """The fields of one entry, of texts all terms in order; `gazetteer` helps to say where a
    service is."""
    document = by_line(entry, gazetteer)
    flat = {name: list(chain.from_iterable(document[name])) for name in TEXT_FIELDS}
    return document | flat | {"spell": sorted(set(chain.from_iterable(document["spell"])))}


def by_line(
    entry: Entry, gazetteer: Gazetteer | None = None, analyse: Analyser = analysis.analyse
) -> dict[str, Any]:
    """The fields of one entry for Whoosh, its texts line by line.

    Args:
        gazetteer: helps to say where a service is.
        analyse: takes lines of text apart.
    """
    document, given = entry.document, vars(entry.document)
    said = {
        name: [line for text in texts if (line := analyse(text)).terms]
        for name, texts in _texts(entry).items()
    }
    every = [line for lines in said.values() for line in lines]
    close = [line for name in ("name", "everyday", "strapline", "summary") for line in said[name]]
    whereabouts = where.find(document, gazetteer)
    checked = document.assured_date
    return {
        "id": [str(entry.id)],
        "slug": [entry.slug],
        "text": [line.terms for line in every],
        "spell": [line.spelt for line in every],
        "pairs": [line.pairs for line in close],
        **{name: [line.strong for line in lines] for name, lines in said.items()},
        **_keys(entry),
        "council": whereabouts.councils,
        "lat": whereabouts.lat,
        "lon": whereabouts.lon,
        "checked": checked.toordinal() if checked else NO_DATE,
        "known": given.get("last_known") or 0,
        "changed": int(entry.updated_at.timestamp()) // 60,
        "organization": _organization(entry),
        "sort_name": sort_name(document.name),
        "card": card(entry),
    }


def _texts(entry: Entry) -> dict[str, list[str]]:
    """The lines of text of an entry, by the field that they count in."""
    document, given = entry.document, vars(entry.document)
    found: dict[str, list[str]] = {
        "name": [document.name],
        "everyday": list(given.get("everyday_words", ())),
        "strapline": [given.get("strapline") or ""],
        "summary": [document.summary],
        "tags": [],
        "easy": [],
        "body": _paragraphs(document.body),
        "where": [],
    }
    for facet in ("support_area", "who_for", "builds_on"):
        found["tags"] += [facets.label(facet, key) for key in given.get(facet, ())]
    match document:
        case Approach():
            found["tags"].append(facets.label("moment", document.moment))
            found["easy"] = [line.text for line in document.easy_read]
            found["body"] += [item.claim for item in document.evidence]
            found["body"] += [document.cost.text] if document.cost else []
        case Service():
            found["where"] = [*document.service_area]
            found["where"] += [_words_of(document.place)] if document.place else []
            found["where"] += [_words_of(document.organization)] if document.organization else []
            if document.location and document.location.label:
                found["where"].append(document.location.label)
            found["body"] += [document.accessibility or "", *document.languages]
            found["body"] += [option.option for option in document.cost_option]
        case Place():
            found["where"] = [document.type, document.region or "", document.nation]
    return found


def _paragraphs(markdown: str) -> list[str]:
    return [line for line in words.plain(markdown).splitlines() if line.strip()]


def _words_of(slug: str) -> str:
    return slug.replace("-", " ")


def _keys(entry: Entry) -> dict[str, list[str]]:
    document, given = entry.document, vars(entry.document)
    found = {
        "kind": [str(entry.kind)],
        "support_area": [str(key) for key in given.get("support_area", ())],
        "who_for": [str(key) for key in given.get("who_for", ())],
        "builds_on": [str(key) for key in given.get("builds_on", ())],
        "moment": [str(moment)] if (moment := given.get("moment")) else [],
        "evidence": [str(item.strength) for item in given.get("evidence", ())],
        "place": [],
        "approach": [],
        "status": [],
        "related": [str(slug) for slug in given.get("related", ())],
    }
    match document:
        case Service():
            found["status"] = [str(document.status)]
            found["approach"] = list(document.approach)
            found["place"] = [document.place] if document.place else []
        case Place():
            found["place"] = [entry.slug]
        case Story():
            folder, _, slug = document.about.partition("/")
            found["approach"] = [slug] if folder == "approaches" else []
        case Approach():
            found["approach"] = [entry.slug]
    return found


def _organization(entry: Entry) -> int:
    match entry.document:
        case Organization():
            slug = entry.slug
        case Service(organization=str(named)):
            slug = named
        case _:
            return 0
    digest = hashlib.blake2b(slug.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def card(entry: Entry) -> dict[str, Any]:
    """What a result shows without asking the database; plain values, as small as can be."""
    document, given = entry.document, vars(entry.document)
    found: dict[str, Any] = {
        "id": str(entry.id),
        "kind": str(entry.kind),
        "slug": entry.slug,
        "name": document.name,
        "strapline": document.tagline,
        "updated": entry.updated_at.date().isoformat(),
    }
    for name in ("support_area", "who_for", "moment", "status", "last_known", "place", "about"):
        if value := given.get(name):
            found[name] = [str(one) for one in value] if isinstance(value, list) else value
    if document.assured_date:
        found["assured_date"] = document.assured_date.isoformat()
    match document:
        case Service():
            found["approach"] = list(document.approach)
            found["organization"] = document.organization
            found["area"] = document.service_area[:3]
            if document.location and document.location.label:
                found["label"] = document.location.label
        case Place():
            found["gss_code"] = document.gss_code
        case Organization():
            found["url"] = document.url
        case Approach():
            found["proposal"] = document.proposal
            found["everyday"] = document.everyday_words
            found["easy"] = document.easy_read[0].text if document.easy_read else ""
    return {key: str(value) if _is_enum(value) else value for key, value in found.items() if value}


def _is_enum(value: object) -> bool:
    return isinstance(value, str) and type(value) is not str


def as_date(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal > NO_DATE else None
