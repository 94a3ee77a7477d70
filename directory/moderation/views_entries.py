"""What moderators can do with an entry: take it offline, go back, join two, a new address."""

from __future__ import annotations

from uuid import UUID

from flask import abort, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import catalogue, names
from directory.entries.models import EntryRow
from directory.entries.views import today
from directory.mail.models import OutboxMail
from directory.moderation import stewarding
from directory.moderation.views_desk import (
    CLASHES,
    bp,
    moderators_only,
    now,
    page,
    status_of,
    words_of,
)
from directory.owners import granting, owning
from directory.security import limit_writing, limiter
from directory.vocabulary.terms import Kind


@bp.get("/entries/<kind>/<slug>")
@moderators_only
def entry(kind: str, slug: str) -> Response:
    """One entry, published or not: its versions, and what can be done with it."""
    row = db.session.scalar(select(EntryRow).where(EntryRow.kind == kind, EntryRow.slug == slug))
    return entry_page(row or abort(404))


@bp.post("/entries/<uuid:entry_id>/<any('easy-read', end, restoration, merger, address):what>")
@moderators_only
@limiter.limit(limit_writing)
def change_entry(entry_id: UUID, what: str) -> Response:
    """Do it, and show the entry as it is then; or what stands in the way."""
    row = db.get_or_404(EntryRow, entry_id)
    typed = request.form.get("words", "")
    raw = request.form.get("head", "")
    head = int(raw) if raw.isdecimal() else 0
    session, moderator, at = db.session(), me(), now()
    try:
        match what:
            case "end":
                stewarding.unpublish(
                    session, row, reason=typed, head=head, moderator=moderator, at=at
                )
                owning.tell_offline(session, row, at=at)
            case "restoration":
                number = int(typed) if typed.isdecimal() else 0
                stewarding.restore(session, row, number, head=head, moderator=moderator, at=at)
            case "merger":
                into = stewarding.named(session, row, typed)
                stewarding.join(session, row, into, head=head, moderator=moderator, at=at)
                owning.go_along(session, row, into, at=at)
            case "easy-read":
                on = request.form.get("day", "")
                stewarding.check_easy_read(
                    session, row, group=typed, on=on, head=head, moderator=moderator, at=at
                )
            case _:
                stewarding.move(session, row, typed, head=head, moderator=moderator, at=at)
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        row = db.get_or_404(EntryRow, entry_id)
        return entry_page(
            row, what=what, typed=typed, problem=words_of(problem), status=status_of(problem)
        )
    return redirect(url_for(".entry", kind=row.kind, slug=row.slug, done=what), code=303)


def _has_easy_read(row: EntryRow) -> bool:
    entry = catalogue.by_id(db.session(), row.id)
    return entry is not None and bool(getattr(entry.document, "easy_read", ()))


def _split_from(row: EntryRow) -> EntryRow | None:
    """What it was just split from."""
    slug = request.args.get("of", "")
    return (
        db.session.scalar(select(EntryRow).where(EntryRow.kind == row.kind, EntryRow.slug == slug))
        if slug
        else None
    )


def entry_page(
    row: EntryRow, *, what: str = "", typed: str = "", problem: str = "", status: int = 200
) -> Response:
    """The page of one entry; after a problem with what was typed."""
    grant = grant_from(row, request.args.get("grant", ""))
    into = db.session.get(EntryRow, row.merged_into) if row.merged_into else None
    return page(
        "moderation/entry.html",
        status=status,
        row=row,
        url=catalogue.url_of(row.kind, row.slug),
        into=into,
        versions=catalogue.history(db.session(), row.id),
        joined=catalogue.joined_to(db.session(), row.id),
        namesakes=[
            (catalogue.url_of(one.kind, one.slug), one.name)
            for one in stewarding.namesakes(db.session(), row)
        ],
        suggestions=names.suggestions(db.session(), Kind(row.kind)),
        owners=owning.of_entry(db.session(), row.id),
        what=what,
        typed=typed,
        problem=problem,
        has_easy_read=_has_easy_read(row),
        day=request.form.get("day") or today().isoformat(),
        done=request.args.get("done", ""),
        grant=grant if grant and granting.can_undo_grant(grant, at=now()) else None,
        half=_split_from(row),
    )


def grant_from(row: EntryRow, number: str) -> OutboxMail | None:
    """The mail with that number, if it makes somebody an owner of that entry."""
    if not number.isdecimal() or len(number) >= 10:
        return None
    mail = db.session.get(OutboxMail, int(number))
    return mail if mail is not None and granting.grants(mail, row) else None
