"""What readers report about entries, and answering them."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import catalogue
from directory.entries.models import EntryRow
from directory.moderation import audit, claims
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
from directory.submissions import reports
from directory.submissions.models import Concern, Report


@bp.get("/reports/<int:report_id>")
@moderators_only
def report(report_id: int) -> Response:
    """What a reader said about an entry, and a box for the answer."""
    kept = db.get_or_404(Report, report_id)
    if kept.closed_at is None:
        claim(claims.report(report_id))
    return _report_page(kept)


@bp.post("/reports/<int:report_id>/decision")
@moderators_only
@limiter.limit(limit_writing)
def close_report(report_id: int) -> Response:
    """Say that it is dealt with; the reader gets the answer if they left an address."""
    kept = db.get_or_404(Report, report_id)
    entry = db.session.get_one(EntryRow, kept.entry_id)
    answer = request.form.get("answer", "")
    told = bool(answer.strip() and kept.email)  # closing it forgets the address
    at = now()
    try:
        claims.take(db.session(), claims.report(report_id), me(), at=at)
        if request.form.get("grant") and kept.concern == Concern.MINE and kept.closed_at is None:
            owning.grant(db.session(), entry, kept.email, moderator=me(), at=at)
        reports.close(
            db.session(),
            kept,
            moderator=me().name,
            answer=answer,
            entry_name=entry.name,
            entry_url=catalogue.url_of(entry.kind, entry.slug),
            at=at,
        )
        url = catalogue.url_of(entry.kind, entry.slug)
        audit.record(
            db.session(), me(), "closed a report", entry.name, url=url, why=answer.strip(), at=at
        )
        claims.release(db.session(), claims.report(report_id), me())
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        kept = db.get_or_404(Report, report_id)
        return _report_page(
            kept, answer=answer, problem=words_of(problem), status=status_of(problem)
        )
    return redirect(url_for(".index", said="report-told" if told else "report-closed"), code=303)


def _report_page(
    kept: Report, *, answer: str = "", problem: str = "", status: int = 200
) -> Response:
    entry = db.session.get_one(EntryRow, kept.entry_id)
    return page(
        "moderation/report.html",
        status=status,
        report=kept,
        entry_name=entry.name,
        entry_url=catalogue.url_of(entry.kind, entry.slug),
        entry_kind=entry.kind,
        entry_slug=entry.slug,
        owners=len(owning.of_entry(db.session(), entry.id)) if kept.concern == Concern.MINE else 0,
        held=claims.holder(db.session(), claims.report(kept.id), at=now()),
        answer=answer,
        problem=problem,
    )
