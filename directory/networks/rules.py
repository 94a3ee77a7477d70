"""What a network wants in its slice, in rules: those of the search, and who runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Session

from directory.entries import catalogue, links
from directory.entries.links import Relation
from directory.search.index import SearchIndex
from directory.search.query import Query
from directory.vocabulary.terms import Kind

LISTS = (
    "kind", "approach", "support_area", "who_for", "place", "organization", "evidence", "fresh",
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """Values of one rule widen what is caught, rules narrow it. Without any, nothing is caught.

    Attributes:
        near, within: a place as typed, and miles around it.
        organization: slugs; the organisations themselves, and what they run.
    """

    kind: tuple[str, ...] = ()
    approach: tuple[str, ...] = ()
    support_area: tuple[str, ...] = ()
    who_for: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    organization: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    near: str = ""
    within: int | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Rules as they are kept in the database."""
        lists: dict[str, Any] = {name: tuple(kept.get(name, ())) for name in LISTS}
        return cls(near=kept.get("near", ""), within=kept.get("within"), **lists)

    def kept(self) -> dict[str, Any]:
        """The rules as plain values; what is empty is left out."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value
        }

    @property
    def are_empty(self) -> bool:
        return not self.kept()

    @property
    def query(self) -> Query:
        """The rules that the search knows, as a question."""
        asked = {name: getattr(self, name) for name in LISTS if name != "organization"}
        return Query(near=self.near, within=self.within if self.near else None, **asked)


def caught(session: Session, index: SearchIndex, rules: Rules) -> frozenset[UUID]:
    """The entries that the rules catch today.

    Raises:
        NotReady: the search has nothing to read yet.
    """
    if rules.are_empty:
        return frozenset()
    found = index.caught(rules.query)
    if rules.organization:
        found &= _of(session, rules.organization)
    return found


def _of(session: Session, organizations: tuple[str, ...]) -> frozenset[UUID]:
    """Organisations, what they run and what they help others to start."""
    slugs = list(links.slugs_now(session, Kind.ORGANIZATION, organizations).values())
    ids: set[UUID] = set()
    for one in catalogue.by_slugs(session, Kind.ORGANIZATION, slugs):
        ids.add(one.id)
        for relation in (Relation.RUN_BY, Relation.HELPED_BY):
            ids |= set(links.naming(session, relation, Kind.ORGANIZATION, one.slug))
    return frozenset(ids)
