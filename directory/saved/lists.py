"""A saved list: the entries that someone picked, as they stand in an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol, Self
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session

from directory.entries import connections
from directory.entries.catalogue import Entry
from directory.entries.documents import is_slug
from directory.vocabulary.terms import Kind

NAME_MAX = 60  # letters
ENTRIES_MAX = 60
# Pages of the site's own are no entries that somebody would keep.
KINDS = tuple(kind for kind in Kind if kind is not Kind.PAGE)


class Arguments(Protocol):
    """What Flask's `request.args` is: names with one or several values."""

    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True, order=True)
class Reference:
    """An entry by its address on any copy of Kith: "approaches/homeshare"."""

    kind: Kind
    slug: str

    @classmethod
    def read(cls, text: str) -> Reference | None:
        """The entry that `text` names, or None if it cannot name one."""
        folder, _, slug = text.strip().strip("/").partition("/")
        kind = next((kind for kind in KINDS if kind.folder == folder), None)
        return cls(kind, slug) if kind and is_slug(slug) else None

    def __str__(self) -> str:
        return f"{self.kind.folder}/{self.slug}"


@dataclass(frozen=True)
class SavedList:
    """Entries in the order in which they were picked; each stands once."""

    references: tuple[Reference, ...] = ()
    name: str = ""

    @classmethod
    def from_args(cls, args: Arguments) -> Self:
        """The list that an address carries. What names no entry is left out, and so is what is
        beyond the limits."""
        read = (Reference.read(text) for text in args.getlist("e")[: 2 * ENTRIES_MAX])
        return cls(_once(one for one in read if one), _name(args.getlist("name")))

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of its address."""
        named = [("name", self.name)] if self.name else []
        return named + [("e", str(one)) for one in self.references]

    def to_string(self) -> str:
        """The query string that carries this list. Slashes stay: people read these addresses."""
        return urlencode(self.pairs(), safe="/", quote_via=quote)

    def with_(self, reference: Reference) -> Self:
        return replace(self, references=_once((*self.references, reference)))

    def without(self, reference: Reference) -> Self:
        return replace(self, references=tuple(r for r in self.references if r != reference))


def entries_of(session: Session, saved: SavedList) -> dict[Reference, Entry]:
    """The live entries of a list, in its order; what was renamed is found by its former name."""
    by_kind: dict[Kind, list[str]] = {}
    for one in saved.references:
        by_kind.setdefault(one.kind, []).append(one.slug)
    found = {
        Reference(kind, slug): entry
        for kind, slugs in by_kind.items()
        for slug, entry in connections.by_former_names(session, kind, slugs).items()
    }
    return {one: found[one] for one in saved.references if one in found}


def _once(references: Iterable[Reference]) -> tuple[Reference, ...]:
    return tuple(dict.fromkeys(references))[:ENTRIES_MAX]


def _name(values: list[str]) -> str:
    """A short line of words. What could pass for an address or markup is taken out: anybody can
    write a link, and its words then stand on our page."""
    raw = values[0][: 4 * NAME_MAX] if values else ""
    kept = "".join(mark if mark.isalnum() or mark in " '’,.!?&()-–" else " " for mark in raw)
    words = [word for word in kept.split() if "." not in word.strip(".")]
    return " ".join(words)[:NAME_MAX].strip()
