"""`/moderation/person/`: admins give a person what we hold about them, or erase it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts import people, views_signed_out
from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName
from directory.accounts.people import NotAnAddress
from directory.db import db
from directory.errors import DirectoryError
from directory.moderation import audit
from directory.moderation.views_desk import page
from directory.personal import persons
from directory.security import keep_private, limit_writing, limiter

bp = Blueprint("personal", __name__, url_prefix="/moderation/person")
views_signed_out.keep_words(bp)
admins_only = roles_required(RoleName.ADMIN)


@bp.after_request
def keep_to_admins(response: Response) -> Response:
    """Nothing here is for caches, search engines or other sites."""
    return keep_private(response)


@bp.get("/")
@admins_only
def index() -> Response:
    """A box for the address of somebody who asks what we hold about them."""
    return _page(done="done" in request.args)


@bp.post("/")
@admins_only
@limiter.limit(limit_writing)
def look() -> Response:
    """How much we hold under that address. It is sent, not part of a web address."""
    return _answer()


@bp.post("/export")
@admins_only
@limiter.limit(limit_writing)
def export() -> Response:
    """All of it, as a zip file to send to the person."""
    try:
        email = people.tidy(request.form.get("email", ""))
    except NotAnAddress as problem:
        return _answer(problem=problem.message, status=problem.status)
    answer = make_response(persons.export(db.session(), email, secret=_secret(), at=_now()))
    audit.record(db.session(), me(), "gave a person their data", "one person", at=_now())
    db.session.commit()
    answer.mimetype = "application/zip"
    answer.headers["Content-Disposition"] = "attachment; filename=your-data.zip"
    return answer


@bp.post("/erasure")
@admins_only
@limiter.limit(limit_writing)
def erase() -> Response:
    """Erase it, if the address is typed twice the same; then what is still published."""
    why = request.form.get("why", "").strip()
    try:
        email = people.tidy(request.form.get("email", ""))
        if request.form.get("again", "").strip().lower() != email:
            raise persons.NotTheSame
        left = persons.erase(db.session(), email, secret=_secret(), at=_now())
        audit.record(
            db.session(),
            me(),
            "erased a person's data",
            "one person",
            why=why,
            at=_now(),
        )
        db.session.commit()
    except DirectoryError as problem:
        db.session.rollback()
        return _answer(problem=problem.message, status=problem.status, erasing=True)
    if left.published or left.elsewhere:
        return _page(left=left)
    return redirect(url_for(".index", done="yes"), code=303)


def _answer(*, problem: str = "", status: int = 200, erasing: bool = False) -> Response:
    """What we hold under the address that was typed, or what is wrong with it."""
    typed = request.form.get("email", "")
    try:
        email = people.tidy(typed)
    except NotAnAddress as wrong:
        return _page(email=typed, problem=wrong.message, status=wrong.status)
    found = persons.held(db.session(), email, secret=_secret())
    counts = {name: len(rows) for name, rows in found.items()}
    return _page(
        email=email, counts=counts, problem=problem, status=status, erasing=erasing, asked=True
    )


def _page(
    *,
    email: str = "",
    counts: dict[str, int] | None = None,
    problem: str = "",
    status: int = 200,
    erasing: bool = False,
    asked: bool = False,
    done: bool = False,
    left: persons.Erased | None = None,
) -> Response:
    return page(
        "moderation/person.html",
        status=status,
        email=email,
        counts=counts or {},
        problem=problem,
        erasing=erasing,
        asked=asked,
        why=request.form.get("why", ""),
        done=done,
        left=left,
    )


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _now() -> datetime:
    return datetime.now(UTC)
