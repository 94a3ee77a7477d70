"""What admins look after: the reasons that moderators choose from, and the log as a whole."""

from __future__ import annotations

import csv
from io import StringIO

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName
from directory.db import db
from directory.moderation import audit, reasons
from directory.moderation.models import Reason
from directory.moderation.reasons import ReasonUnfinished
from directory.moderation.views_desk import bp, now, page
from directory.security import limit_writing, limiter

admins_only = roles_required(RoleName.ADMIN)


@bp.get("/reasons")
@admins_only
def show_reasons() -> Response:
    """The reasons to choose from, each in boxes, and boxes for a new one."""
    return _reasons_page()


@bp.post("/reasons")
@admins_only
@limiter.limit(limit_writing)
def write_reason() -> Response:
    """Keep a new reason, other words for one, or retire one."""
    number = request.form.get("reason", "")
    title, words = request.form.get("title", ""), request.form.get("words", "")
    kept = db.session.get(Reason, int(number)) if number.isdecimal() else None
    try:
        if kept is None:
            reasons.add(db.session(), title, words, admin=me(), at=now())
        elif request.form.get("action") == "retire":
            reasons.retire(db.session(), kept, admin=me(), at=now())
        else:
            reasons.replace(db.session(), kept, title, words, admin=me(), at=now())
    except ReasonUnfinished as problem:
        return _reasons_page(
            number=number, title=title, words=words, problem=problem.message, status=422
        )
    db.session.commit()
    return redirect(url_for(".show_reasons", saved="yes"), code=303)


@bp.get("/decisions.csv")
@admins_only
def whole_log() -> Response:
    """The whole log, to keep or to count elsewhere."""
    sheet = StringIO()
    writer = csv.writer(sheet)
    writer.writerow(audit.HEADINGS)
    writer.writerows(audit.whole(db.session()))
    answer = make_response(sheet.getvalue())
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = "attachment; filename=decisions.csv"
    return answer


def _reasons_page(
    *, number: str = "", title: str = "", words: str = "", problem: str = "", status: int = 200
) -> Response:
    return page(
        "moderation/reasons.html",
        status=status,
        reasons=reasons.offered(db.session()),
        number=number,
        title=title,
        words=words,
        problem=problem,
        saved="saved" in request.args,
    )
