"""What somebody may have meant who asked for an entry that is not there."""

from __future__ import annotations

from difflib import get_close_matches

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry, by_slugs
from directory.entries.models import EntryRow, EntryState
from directory.vocabulary.terms import Kind

SHOWN = 4
LOOKED_AT = 400


def similar(session: Session, kind: Kind, slug: str) -> list[Entry]:
    """Live entries of that kind at an address much like this one, most alike first."""
    words = [word for word in slug.lower().split("-") if len(word) > 2][:4]
    # Stems, so that "community-choir" finds "community-choirs"; autoescape: % and _ are letters.
    alike = [EntryRow.slug.contains(word[:5], autoescape=True) for word in words]
    alike.append(EntryRow.slug.startswith(slug.lower()[:2], autoescape=True))
    slugs = session.scalars(
        select(EntryRow.slug)
        .where(EntryRow.kind == kind, EntryRow.state == EntryState.LIVE, or_(*alike))
        .order_by(EntryRow.slug)
        .limit(LOOKED_AT)
    ).all()
    return by_slugs(session, kind, get_close_matches(slug.lower(), slugs, n=SHOWN, cutoff=0.4))
