"""What admins look after: reasons to choose from, the log as a whole, and who moderates."""

from __future__ import annotations

import csv
from io import StringIO

from flask import abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts import passkeys, people
from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName, User
from directory.db import db
from directory.moderation import audit, reasons, team
from directory.moderation.models import Reason
from directory.moderation.reasons import ReasonUnfinished
from directory.moderation.views_desk import bp, moderators_only, now, page
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


@bp.get("/team")
@admins_only
def show_team() -> Response:
    """Who moderates, and an invitation."""
    return _team_page()


@bp.post("/team")
@admins_only
@limiter.limit(limit_writing)
def invite() -> Response:
    """Make a moderator and mail them; or the page with what is wrong."""
    email, name = request.form.get("email", ""), request.form.get("name", "")
    try:
        team.invite(db.session(), email, name, admin=me(), at=now())
    except people.NotAnAddress as problem:
        return _team_page(email=email, name=name, problem=problem.message, status=422)
    db.session.commit()
    return redirect(url_for(".show_team", done="invited"), code=303)


@bp.post("/team/<int:user_id>")
@admins_only
@limiter.limit(limit_writing)
def change_team(user_id: int) -> Response:
    """Make an admin or a moderator again, or sign out everywhere."""
    user, action = db.get_or_404(User, user_id), request.form.get("action", "")
    try:
        match action:
            case "admin":
                team.make_admin(db.session(), user, admin=me(), at=now())
            case "sign-out":
                team.end_sessions(db.session(), user)
                audit.record(db.session(), me(), "signed out everywhere", user.name, at=now())
            case "moderator":
                team.make_moderator(db.session(), user, admin=me(), at=now())
            case _:
                abort(400)
    except team.LastAdmin as problem:
        return _team_page(refused=problem.message, status=problem.status)
    db.session.commit()
    if not me().has_role(RoleName.ADMIN):  # they stepped back, and may not see the team any more
        return redirect(url_for("accounts.mine", done="yes"), code=303)
    return redirect(url_for(".show_team", done=action), code=303)


@bp.get("/team/<int:user_id>/second-factor")
@admins_only
def show_lost_second(user_id: int) -> Response:
    """What it means that somebody's second factor goes, and a button."""
    return page("moderation/lost_second.html", person=db.get_or_404(User, user_id))


@bp.post("/team/<int:user_id>/second-factor")
@admins_only
@limiter.limit(limit_writing)
def forget_second(user_id: int) -> Response:
    """They have lost it: they sign in by mail and set it up anew."""
    team.forget_second(db.session(), db.get_or_404(User, user_id), admin=me(), at=now())
    db.session.commit()
    return redirect(url_for(".show_team", done="lost-second"), code=303)


@bp.get("/team/<int:user_id>/end")
@moderators_only
def show_leaving(user_id: int) -> Response:
    """What it means that somebody moderates no more, and a button; for admins and for oneself."""
    return _leaving_page(_may_let_go(user_id))


@bp.post("/team/<int:user_id>/end")
@moderators_only
@limiter.limit(limit_writing)
def let_go(user_id: int) -> Response:
    """They moderate no more; whoever leaves is signed out by that."""
    user = _may_let_go(user_id)
    is_me = user.id == me().id
    try:
        team.let_go(db.session(), user, by=me(), at=now())
    except team.LastAdmin as problem:
        return _leaving_page(user, problem=problem.message, status=problem.status)
    db.session.commit()
    if is_me:
        return redirect(url_for("accounts.sign_in", done="left"), code=303)
    return redirect(url_for(".show_team", done="let-go"), code=303)


def _may_let_go(user_id: int) -> User:
    if user_id != me().id and not me().has_role(RoleName.ADMIN):
        abort(403)
    user = db.get_or_404(User, user_id)
    return user if user.has_role(RoleName.MODERATOR) else abort(404)


def _leaving_page(user: User, *, problem: str = "", status: int = 200) -> Response:
    return page(
        "moderation/leaving.html",
        status=status,
        person=user,
        is_me=user.id == me().id,
        problem=problem,
    )


def _team_page(
    *, email: str = "", name: str = "", problem: str = "", refused: str = "", status: int = 200
) -> Response:
    return page(
        "moderation/team.html",
        status=status,
        people=people.moderators(db.session()),
        with_passkeys=passkeys.holders(db.session()),
        email=email,
        name=name,
        problem=problem,
        refused=refused,
        done=request.args.get("done", ""),
    )


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
