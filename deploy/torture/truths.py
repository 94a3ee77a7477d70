"""What must be true of a site whenever it is quiet, whatever was killed before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from deploy.torture.deciding import JOINED
from deploy.torture.site import Site
from directory import search
from directory.entries import catalogue, publishing
from directory.entries.models import ChangeRow, EntryRow, EntryState, Revision
from directory.entries.text import dump
from directory.imports.models import Import, ImportRow, Stage
from directory.mail.models import MailState, OutboxMail
from directory.moderation.models import AuditLine, Decision, Outcome, Upkeep
from directory.oruk.models import ServiceRow
from directory.search.query import Query
from directory.submissions.models import Submission
from directory.submissions.states import State
from directory.vocabulary.terms import Kind

_mirrored: dict[str, str] = {}  # what a file must hold, by the digest of its revision


def breaches(site: Site, *, killed: int) -> list[str]:
    """What is wrong with `site`, in words; nothing where all is well.

    Args:
        killed: how often the worker was killed so far. A mail may have come once more each time.
    """
    with site.looking() as session:
        found = [
            f"{truth.__name__.strip('_').replace('_', ' ')}: {wrong}"
            for truth in _TRUTHS
            for wrong in truth(session)
        ]
        found += [f"mirror: {wrong}" for wrong in _mirror(session, site.instance / "content")]
        found += [f"index: {wrong}" for wrong in _index(session, site)]
        found += [f"mail: {wrong}" for wrong in _mail(session, site.instance / "mail", killed)]
    return found


def _change_log(session: Session) -> Iterator[str]:
    """Numbers without gaps, and a line for each revision."""
    numbers = list(session.scalars(select(ChangeRow.n).order_by(ChangeRow.n)))
    if numbers != list(range(1, catalogue.head(session) + 1)):
        yield f"{len(numbers)} lines up to {catalogue.head(session)}"
    published = _counts(session, ChangeRow.entry_id, ChangeRow.action == "published")
    revisions = _counts(session, Revision.entry_id)
    heads = dict(session.execute(select(EntryRow.id, EntryRow.head_number)).all())
    last = dict(
        session.execute(
            select(Revision.entry_id, func.max(Revision.number)).group_by(Revision.entry_id)
        ).all()
    )
    for entry_id in heads:
        facts = (heads[entry_id], last.get(entry_id), revisions[entry_id], published[entry_id])
        if len(set(facts)) > 1:
            yield f"{entry_id}: head, last revision, revisions, lines: {facts}"


def _decisions(session: Session) -> Iterator[str]:
    """Each decision has its revision, its line in the audit log, and a submission that says so."""
    published = _counts(session, Decision.submission_id, Decision.outcome == Outcome.PUBLISHED)
    states = dict(session.execute(select(Submission.id, Submission.state)).all())
    for number, state in states.items():
        if published[number] != (state == State.PUBLISHED):
            yield f"submission {number} is {state}, with {published[number]} decisions"
    made = Counter(
        (entry_id, revision)
        for entry_id, revision in session.execute(
            select(Submission.entry_id, Decision.revision).join(
                Submission, Submission.id == Decision.submission_id
            )
        )
    )
    kept: Counter[tuple[UUID, int | None]] = Counter(
        (entry_id, number)
        for entry_id, number in session.execute(
            select(Revision.entry_id, Revision.number).where(Revision.origin == "submission")
        )
    )
    if made != kept:
        yield f"decisions without a revision: {made - kept}; the other way: {kept - made}"
    decided: Counter[object] = Counter(
        f"/services/{slug}"
        for (slug,) in session.execute(
            select(EntryRow.slug)
            .join(Submission, Submission.entry_id == EntryRow.id)
            .join(Decision, Decision.submission_id == Submission.id)
        )
    )
    told = _counts(session, AuditLine.url, AuditLine.did == "published")
    if decided != told:
        yield f"decisions not in the audit log: {decided - told}; the other way: {told - decided}"


def _joined_entries(session: Session) -> Iterator[str]:
    """Each has one line in both logs, and leads to a live entry."""
    joined = list(session.scalars(select(EntryRow).where(EntryRow.state == EntryState.MERGED)))
    told = _counts(session, AuditLine.url, AuditLine.did == JOINED)
    logged = _counts(session, ChangeRow.entry_id, ChangeRow.action == EntryState.MERGED)
    for row in joined:
        url = catalogue.url_of(row.kind, row.slug)
        target = session.get(EntryRow, row.merged_into) if row.merged_into else None
        if (told[url], logged[row.id]) != (1, 1) or not target or target.state != EntryState.LIVE:
            yield f"{url}: {told[url]} and {logged[row.id]} lines, into {row.merged_into}"
    if sum(told.values()) != len(joined) or sum(logged.values()) != len(joined):
        yield f"{len(joined)} entries, {sum(told.values())} and {sum(logged.values())} lines"


def _lists(session: Session) -> Iterator[str]:
    """Taken in wholly or not at all, each row once."""
    made = _counts(session, Submission.why, Submission.why.startswith("From the list"))
    for one in session.scalars(select(Import)):
        rows = session.scalars(select(ImportRow).where(ImportRow.import_id == one.id)).all()
        taken = [row for row in rows if row.submission_id is not None]
        if one.stage != Stage.DONE and taken:
            yield f"{one.name} is {one.stage}, with {len(taken)} rows taken in"
        for row in rows:
            wanted = row.submission_id is not None
            number = made.pop(f"From the list “{one.name}”, row {row.number}.", 0)
            if number != wanted:
                yield f"{one.name}, row {row.number}: {number} submissions"
    if made:
        yield f"submissions of no row: {made}"


def _feed_of_services(session: Session) -> Iterator[str]:
    """Holds no service twice or too many, and what is due a check is what is live."""
    live = set(session.scalars(select(EntryRow.id).where(EntryRow.state == EntryState.LIVE)))
    shown = set(session.scalars(select(ServiceRow.id)))
    if shown - live:
        yield f"{len(shown - live)} services that are not live"
    kept = set(session.scalars(select(Upkeep.entry_id)))
    if kept != live:
        yield f"upkeep of {len(kept - live)} too many, and without {len(live - kept)}"


def _database(session: Session) -> Iterator[str]:
    """What the database itself says about its files and references."""
    if session.get_bind().dialect.name != "sqlite":
        return
    said = session.scalar(text("PRAGMA quick_check"))
    if said != "ok":
        yield str(said)
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield f"a row of {row[0]} names one of {row[2]} that is not there"


_TRUTHS: tuple[Callable[[Session], Iterator[str]], ...] = (
    _change_log,
    _decisions,
    _joined_entries,
    _lists,
    _feed_of_services,
    _database,
)


def _mirror(session: Session, folder: Path) -> Iterator[str]:
    """Every published document and nothing else, word for word."""
    wanted = {}
    for row, revision in session.execute(
        select(EntryRow, Revision)
        .join(Revision, Revision.entry_id == EntryRow.id)
        .where(Revision.number == EntryRow.head_number, EntryRow.state == EntryState.LIVE)
    ):
        if revision.digest not in _mirrored:
            _mirrored[revision.digest] = dump(publishing.document_of(revision))
        wanted[f"{Kind(row.kind).folder}/{row.slug}.md"] = _mirrored[revision.digest]
    there = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and "photos" not in path.parts
    }
    for name in sorted(there.keys() - wanted.keys()):
        yield f"{name} should not be there"
    for name in sorted(wanted.keys() - there.keys()):
        yield f"{name} is missing"
    for name in wanted.keys() & there.keys():
        if there[name].read_text(encoding="utf-8") != wanted[name]:
            yield f"{name} says something else"


def _index(session: Session, site: Site) -> Iterator[str]:
    """Finds what is published, and nothing else."""
    live = set(
        session.scalars(
            select(EntryRow.id).where(EntryRow.state == EntryState.LIVE, EntryRow.kind != Kind.PAGE)
        )
    )
    try:
        found = site.index().caught(Query())
    except search.NotReady:
        yield "there is none"
        return
    if found != live:
        yield f"finds {len(found - live)} too many, and {len(live - found)} not at all"


def _mail(session: Session, folder: Path, killed: int) -> Iterator[str]:
    """Each mail that was sent is there, whole; at most one more for each kill."""
    copies: Counter[int] = Counter()
    empty: Counter[int] = Counter()
    for path in folder.glob("*.txt"):
        number = int(path.name.split("-")[1])
        copies[number] += 1
        empty[number] += path.stat().st_size == 0
    extra = 0
    for number, letter, state in session.execute(
        select(OutboxMail.id, OutboxMail.letter, OutboxMail.state)
    ):
        if state == MailState.SENT:
            extra += copies[number] - 1
            if copies[number] - empty[number] < 1:
                yield f"mail {number} ({letter}) was sent, they say, and is not there"
        elif state == MailState.DROPPED and copies[number]:
            yield f"mail {number} ({letter}) was dropped, they say, and went"
        elif state == MailState.FAILED:
            yield f"mail {number} ({letter}) failed"
    if extra > killed:
        yield f"{extra} mails came once more than they should, after {killed} kills"


def _counts(
    session: Session, column: InstrumentedAttribute[Any], *where: ColumnElement[bool]
) -> Counter[Any]:
    """How many rows there are of each value."""
    rows = session.execute(select(column, func.count()).where(*where).group_by(column))
    return Counter(dict(rows.all()))
