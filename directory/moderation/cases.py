"""A submission with all that a decision about it needs: what is live, what would be published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.models import Revision
from directory.entries.publishing import document_of as document_of_revision
from directory.moderation.merging import Merged, merge
from directory.submissions.models import Submission
from directory.submissions.proposing import document_of


@dataclass(frozen=True)
class Seen:
    """What the moderator had on the page when they decided. None: do not compare."""

    version: int | None = None
    head: int | None = None


ANYTHING = Seen()


@dataclass(frozen=True)
class Case:
    """A submission with all that a decision needs: what is live, and what would be published."""

    submission: Submission
    proposed: Document
    base: Document | None
    live: Entry | None
    merged: Merged

    @property
    def head(self) -> int:
        """The number of the live revision; 0 where there is none."""
        return self.live.revision if self.live else 0

    @property
    def named_organization(self) -> str:
        """The organisation that its author named and that had no entry; "" where there is none."""
        return str(self.submission.asides.get("organization", ""))

    @property
    def live_moved(self) -> bool:
        """The entry changed since the author opened the form."""
        return self.live is not None and self.submission.base_revision not in (None, self.head)


def case_of(session: Session, submission: Submission, *, keep_live: Collection[str] = ()) -> Case:
    """The submission beside what is live now and what its author started from.

    Args:
        keep_live: parts that both changed, in which a moderator lets stand what is live.
    """
    proposed = document_of(submission)
    live = catalogue.by_id(session, submission.entry_id)
    base = revision_of(session, submission.entry_id, submission.base_revision)
    base_document = document_of_revision(base) if base and not base.erased_at else None
    merged = merge(base_document, proposed, live.document if live else None, keep_live=keep_live)
    return Case(submission, proposed, base_document, live, merged)


def revision_of(session: Session, entry_id: UUID, number: int | None) -> Revision | None:
    """The revision of an entry with that number, if it has one."""
    if number is None:
        return None
    return session.scalar(
        select(Revision).where(Revision.entry_id == entry_id, Revision.number == number)
    )
