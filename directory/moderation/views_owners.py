"""Owners of entries, as moderators see them: granting, trusting, taking back, their small edits."""

from __future__ import annotations

from uuid import UUID

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import names
from directory.entries.comparison import FieldChange, differences
from directory.entries.models import EntryRow, Revision
from directory.entries.publishing import document_of
from directory.errors import DirectoryError
from directory.moderation.views_desk import bp, moderators_only, now, page
from directory.moderation.views_entries import entry_page, grant_from
from directory.owners import granting, owning, trust
from directory.owners.models import OwnerEdit, Ownership
from directory.security import limit_writing, limiter


@bp.post("/entries/<uuid:entry_id>/owners")
@moderators_only
@limiter.limit(limit_writing)
def grant_owner(entry_id: UUID) -> Response:
    """Mail somebody the link that makes the entry theirs; or what is wrong with the address."""
    row = db.get_or_404(EntryRow, entry_id)
    email = request.form.get("email", "")
    try:
        grant = granting.grant(db.session(), row, email, moderator=me(), at=now())
        db.session.commit()
    except DirectoryError as problem:
        db.session.rollback()
        row = db.get_or_404(EntryRow, entry_id)
        return entry_page(
            row, what="owner", typed=email, problem=problem.message, status=problem.status
        )
    return redirect(
        url_for(".entry", kind=row.kind, slug=row.slug, done="grant", grant=grant.id), code=303
    )


@bp.post("/entries/<uuid:entry_id>/owners/reversal")
@moderators_only
@limiter.limit(limit_writing)
def undo_grant(entry_id: UUID) -> Response:
    """Do not mail them after all; or the page of the entry, and why it is too late."""
    row = db.get_or_404(EntryRow, entry_id)
    grant = grant_from(row, request.form.get("grant", "")) or abort(404)
    try:
        granting.undo_grant(db.session(), grant, moderator=me(), at=now())
        db.session.commit()
    except DirectoryError as problem:
        db.session.rollback()
        row = db.get_or_404(EntryRow, entry_id)
        return entry_page(row, what="grant", problem=problem.message, status=problem.status)
    return redirect(url_for(".entry", kind=row.kind, slug=row.slug, done="no-grant"), code=303)


@bp.post("/owners/<int:number>")
@moderators_only
@limiter.limit(limit_writing)
def change_owner(number: int) -> Response:
    """Let small edits go live at once, or no more; or take the entry back."""
    ownership = db.get_or_404(Ownership, number)
    row = ownership.entry
    match request.form.get("action", ""):
        case "trust" | "distrust" as action:
            owning.trust(
                db.session(), ownership, trusted=action == "trust", moderator=me(), at=now()
            )
        case "take":
            owning.take_back(db.session(), ownership, moderator=me(), at=now())
        case _:
            abort(400)
    db.session.commit()
    return redirect(url_for(".entry", kind=row.kind, slug=row.slug, done="owner"), code=303)


@bp.get("/edits")
@moderators_only
def edits() -> Response:
    """Small edits of trusted owners that went live, to be looked at; the oldest first."""
    return _edits_page()


@bp.post("/edits/<int:number>")
@moderators_only
@limiter.limit(limit_writing)
def look_at_edit(number: int) -> Response:
    """It stays, or it is undone and waits for a decision."""
    edit = db.get_or_404(OwnerEdit, number)
    action = request.form.get("action", "")
    act = {"fine": trust.approve, "undo": trust.undo}.get(action) or abort(400)
    try:
        act(db.session(), edit, moderator=me(), at=now())
        db.session.commit()
    except DirectoryError as problem:
        db.session.rollback()
        return _edits_page(problem=problem.message, status=problem.status)
    return redirect(url_for(".edits", done=action), code=303)


def _edits_page(*, problem: str = "", status: int = 200) -> Response:
    found = trust.to_look_at(db.session())
    shown = []
    for edit in found:
        before, after = _words(edit, edit.previous_revision), _words(edit, edit.revision)
        changes: tuple[FieldChange, ...] = ()
        if before and after:
            old, new = document_of(before), document_of(after)
            changes = differences(old, new, names.named_in(db.session(), old, new))
        shown.append((edit, changes))
    return page(
        "moderation/edits.html",
        status=status,
        edits=shown,
        problem=problem,
        done=request.args.get("done", ""),
    )


def _words(edit: OwnerEdit, number: int) -> Revision | None:
    """A revision that is about the edit; None once its words were erased."""
    return (
        db.session.query(Revision)
        .filter_by(entry_id=edit.entry_id, number=number, erased_at=None)
        .one_or_none()
    )
