"""What readers report about entries, and answering them."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import catalogue
from directory.entries.models import EntryRow
from directory.moderation import claims, closing
from directory.moderation.views_desk import (
    CLASHES,
    bp,
    claim,
    moderators_only,
    now,
    page,
    status_of,
    words_of,
)
from directory.owners import owning
from directory.security import limit_writing, limiter
from directory.submissions.models import Concern, Report


@bp.get("/reports/<int:report_id>")
@moderators_only
def report(report_id: int) -> Response:
    """What a reader said about an entry, and a box for the answer."""
    kept = db.get_or_404(Report, report_id)
    if kept.closed_at is None:
        claim(claims.report(report_id))
    # Of what was undone the answer stands there again.
    return _report_page(kept, answer=kept.answer if kept.closed_at is None else "")


@bp.post("/reports/<int:report_id>/decision")
@moderators_only
@limiter.limit(limit_writing)
def close_report(report_id: int) -> Response:
    """Say that it is dealt with; the reader gets the answer if they left an address."""
    kept = db.get_or_404(Report, report_id)
    answer = request.form.get("answer", "")
    try:
        closing.close(
            db.session(),
            kept,
            moderator=me(),
            answer=answer,
            grants=bool(request.form.get("grant")),
            silent=bool(request.form.get("silent")),
            at=now(),
        )
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        kept = db.get_or_404(Report, report_id)
        return _report_page(
            kept, answer=answer, problem=words_of(problem), status=status_of(problem)
        )
    return redirect(url_for(".index", closed=f"{kept.id}.{kept.version}"), code=303)


@bp.post("/reports/<int:report_id>/reversal")
@moderators_only
@limiter.limit(limit_writing)
def undo_closing(report_id: int) -> Response:
    """Open a report again as it was; or its page, and why that cannot be done any more."""
    kept = db.get_or_404(Report, report_id)
    raw = request.form.get("version", "")
    version = int(raw) if raw.isdecimal() and len(raw) < 10 else 0
    try:
        closing.undo(db.session(), kept, version=version, moderator=me(), at=now())
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        kept = db.get_or_404(Report, report_id)
        return _report_page(kept, not_undone=words_of(problem), status=status_of(problem))
    return redirect(url_for(".report", report_id=report_id, undone="yes"), code=303)


def _report_page(
    kept: Report,
    *,
    answer: str = "",
    problem: str = "",
    not_undone: str = "",
    status: int = 200,
) -> Response:
    entry = db.session.get_one(EntryRow, kept.entry_id)
    is_open, at = kept.closed_at is None, now()
    return page(
        "moderation/report.html",
        status=status,
        report=kept,
        entry_name=entry.name,
        entry_url=catalogue.url_of(entry.kind, entry.slug),
        entry_kind=entry.kind,
        entry_slug=entry.slug,
        owners=len(owning.of_entry(db.session(), entry.id)) if kept.concern == Concern.MINE else 0,
        held=claims.holder(db.session(), claims.report(kept.id), at=at),
        answer=answer,
        silent=bool(request.form.get("silent")),
        undone="undone" in request.args and is_open,
        closed=closing.closed(db.session(), kept, at=at),
        not_undone=not_undone,
        problem=problem,
    )
