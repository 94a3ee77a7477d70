"""Splitting an entry in two: which part goes where."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import names
from directory.entries.models import EntryRow, EntryState
from directory.entries.publishing import document_of, head_revision
from directory.moderation import splitting
from directory.moderation.views_desk import (
    CLASHES,
    bp,
    moderators_only,
    now,
    page,
    status_of,
    words_of,
)
from directory.security import limit_writing, limiter


@bp.get("/entries/<kind>/<slug>/split")
@moderators_only
def split_entry(kind: str, slug: str) -> Response:
    """The parts of an entry, each with a choice: it stays, goes, or both have it."""
    return _split_page(_live(kind, slug))


@bp.post("/entries/<kind>/<slug>/split")
@moderators_only
@limiter.limit(limit_writing)
def split(kind: str, slug: str) -> Response:
    """Make two of it, and show the new one; or what stands in the way."""
    raw = request.form.get("head", "")
    try:
        made = splitting.split(
            db.session(),
            _live(kind, slug),
            request.form.get("name", ""),
            {name.removeprefix("part-"): value for name, value in request.form.items()},
            head=int(raw) if raw.isdecimal() else 0,
            moderator=me(),
            at=now(),
        )
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        return _split_page(
            _live(kind, slug),
            problem=words_of(problem),
            field="name" if isinstance(problem, splitting.CannotSplit) else "parts",
            status=status_of(problem),
        )
    return redirect(
        url_for(".entry", kind=made.kind, slug=made.slug, done="split", of=slug), code=303
    )


def _live(kind: str, slug: str) -> EntryRow:
    row = db.session.scalar(
        select(EntryRow).where(
            EntryRow.kind == kind, EntryRow.slug == slug, EntryRow.state == EntryState.LIVE
        )
    )
    return row or abort(404)


def _split_page(
    row: EntryRow, *, problem: str = "", field: str = "", status: int = 200
) -> Response:
    revision = head_revision(db.session(), row)
    assert revision is not None
    document = document_of(revision)
    return page(
        "moderation/split.html",
        status=status,
        row=row,
        parts=splitting.parts(document, names.named_in(db.session(), document)),
        typed=request.form,
        problem=problem,
        field_of_problem=field,
    )
