"""Many proposals at once, such as the rows of a list: all of them wait from one moment on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from directory.submissions.models import Submission, What
from directory.submissions.states import State
from directory.vocabulary.terms import Kind


@dataclass(frozen=True)
class Proposed:
    """One document of many. `base_revision`: of the entry that changes; None: a new one."""

    kind: Kind
    name: str
    entry_id: UUID
    text: str
    why: str
    base_revision: int | None = None
    asides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sender:
    """Who brings them. Nobody gets a mail for each of a thousand, so there is no address.

    `network_id`: whose editors answer what moderators ask; None: nobody does.
    """

    name: str
    role: str
    licence_version: str
    agreed_at: datetime
    network_id: UUID | None = None


def hand_over(
    session: Session, many: Iterable[Proposed], sender: Sender, *, at: datetime
) -> list[Submission]:
    """A waiting submission for each, in their order. The caller commits all of them or none."""
    made = [
        Submission(
            what=What.NEW if one.base_revision is None else What.CHANGE,
            state=State.WAITING,
            kind=one.kind,
            name=one.name,
            entry_id=one.entry_id,
            base_revision=one.base_revision,
            text=one.text,
            asides=dict(one.asides),
            why=one.why,
            author_name=sender.name,
            author_role=sender.role,
            network_id=sender.network_id,
            licence_version=sender.licence_version,
            agreed_at=sender.agreed_at,
            created_at=at,
            changed_at=at,
            waiting_since=at,
        )
        for one in many
    ]
    session.add_all(made)
    session.flush()
    return made
