"""Our lists as the standard's taxonomies: approaches, parts of life, and whom things are for.

An approach is a model that anyone can copy, not a service: nobody attends it. So it is a term, and
a service has the terms of the approaches that it follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from directory.entries.catalogue import Entry
from directory.vocabulary import facets

# Never change it: every id below is made from it.
NAMESPACE = UUID("3d6f7f0e-6d5c-5d5b-8f0a-2f4b5c1f9a6e")


@dataclass(frozen=True)
class Taxonomy:
    """A list of terms. `facet`: the filter of the search that it is; "" for approaches."""

    key: str
    name: str
    description: str
    facet: str

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, self.key)


APPROACHES = Taxonomy(
    "approaches",
    "Asset-based approaches",
    "What people do together so that life goes better: models that any place can copy.",
    "",
)
SUPPORT_AREAS = Taxonomy(
    "support-areas",
    "Parts of life",
    "The part of life that something helps with.",
    "support_area",
)
WHO_FOR = Taxonomy("who-for", "Who it is for", "The people whom something is for.", "who_for")
ALL = (APPROACHES, SUPPORT_AREAS, WHO_FOR)


@dataclass(frozen=True)
class Term:
    """One term, and where people read about it on this site."""

    id: UUID
    taxonomy: Taxonomy
    name: str
    description: str
    path: str

    def said(self, public_url: str) -> dict[str, Any]:
        """The term as the standard says it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "term": self.name,
            "description": self.description,
            "taxonomy": self.taxonomy.name,
            "taxonomy_id": str(self.taxonomy.id),
            "term_uri": public_url + self.path,
        }


def of_approach(entry: Entry) -> Term:
    """An approach as a term; its id is that of the entry."""
    document = entry.document
    return Term(entry.id, APPROACHES, document.name, document.summary, entry.url)


def of_facet(taxonomy: Taxonomy, key: str) -> Term:
    """One choice of a filter as a term."""
    term = facets.term(taxonomy.facet, key)
    return Term(
        id=uuid5(taxonomy.id, key),
        taxonomy=taxonomy,
        name=term.label,
        description=term.explanation,
        path=f"/search?{taxonomy.facet}={key}",
    )


def terms(approaches: Iterable[Entry]) -> Iterator[Term]:
    """Every term of every taxonomy, in its order."""
    for entry in approaches:
        yield of_approach(entry)
    for taxonomy in (SUPPORT_AREAS, WHO_FOR):
        for key in facets.facets()[taxonomy.facet]:
            yield of_facet(taxonomy, key)


def said(taxonomy: Taxonomy, public_url: str) -> dict[str, Any]:
    """A taxonomy as the standard says it, without its terms."""
    return {
        "id": str(taxonomy.id),
        "name": taxonomy.name,
        "description": taxonomy.description,
        "uri": f"{public_url}/oruk/v3/taxonomies/{taxonomy.id}",
        "version": "1",
    }
