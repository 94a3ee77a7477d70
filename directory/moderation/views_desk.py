"""The moderators' desk: what waits, who looks after what, what was decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from directory import shelf
from directory.accounts import views_signed_out
from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName
from directory.config import current
from directory.db import db, will_write
from directory.entries import names
from directory.entries.views import page_number
from directory.errors import ChangedMeanwhile, DirectoryError
from directory.mail import outbox
from directory.mail.models import OutboxMail
from directory.moderation import audit, charges, claims, closing, deciding, many, queue, reasons
from directory.moderation.choices import Choice
from directory.moderation.claims import Held, TakenByAnother
from directory.moderation.closing import Closed
from directory.moderation.many import Ticked
from directory.moderation.models import Decision
from directory.moderation.queue import ToDo
from directory.moderation.showing import shown
from directory.moderation.sorts import Sort
from directory.security import keep_private, limit_writing, limiter
from directory.submissions.models import Report
from directory.submissions.states import AlreadyDecided
from directory.vocabulary.terms import Kind, SupportArea

bp = Blueprint("moderation", __name__, url_prefix="/moderation")
views_signed_out.keep_words(bp)
# What may go wrong when several people work at once; the page comes back with what was typed.
CLASHES = (DirectoryError, StaleDataError, IntegrityError)
moderators_only = roles_required(RoleName.MODERATOR)

# Opening one of these pages takes the claim on what it shows.
CLAIMING = {"moderation.submission", "moderation.edit", "moderation.report"}


@bp.before_request
def begin_to_claim() -> None:
    """A page that takes a claim writes, though it is only opened."""
    if request.endpoint in CLAIMING:
        db.session.rollback()  # who it is was looked up in a transaction that only reads
        will_write()


@bp.after_request
def keep_to_moderators(response: Response) -> Response:
    """Nothing here is for caches, search engines or other sites."""
    return keep_private(response)


@bp.get("/")
@moderators_only
def index() -> Response:
    """What waits, the most urgent first; all of it, one sort of it, or what I look after."""
    return _list_page(_sort())


@bp.post("/decisions")
@moderators_only
@limiter.limit(limit_writing)
def decide_many() -> Response:
    """The same decision about all that are ticked; or the list again, and why none was decided."""
    chosen = request.form.get("outcome", "")
    sort = Sort.SPAM if request.form.get("sort") == Sort.SPAM else Sort.SUGGESTION
    try:
        decided = many.decide(
            db.session(),
            _ticked(),
            Choice(chosen) if chosen in set(Choice) else Choice.EDIT,
            moderator=me(),
            note=request.form.get("note", ""),
            reasons=reasons.chosen(db.session(), request.form.getlist("reasons")),
            at=now(),
        )
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        return _list_page(sort, problem=words_of(problem), status=status_of(problem))
    return redirect(url_for(".index", sort=sort, decided=len(decided)), code=303)


def _list_page(sort: Sort | None, *, problem: str = "", status: int = 200) -> Response:
    """The list; after a problem with what was ticked and typed."""
    mine = request.args.get("mine") == "yes"
    number = page_number()
    everybodys = charges.everybodys(db.session())
    my_charges = [one for one in everybodys if one.user_id == me().id]
    of = my_charges if mine else None
    counted = queue.to_do(db.session(), at=now(), of=of)
    lines = queue.lines(
        db.session(),
        at=now(),
        sort=sort,
        of=of,
        counted=counted,
        everybodys=everybodys,
        page=number,
    )
    total = counted.counts[sort] if sort else counted.all
    pages = max(1, -(-total // queue.PER_PAGE))
    if number > pages:
        abort(404)
    can_tick = sort in (Sort.SUGGESTION, Sort.SPAM)
    ticked = {one.number for one in _ticked()}
    done = request.args.get("done", "")
    decision = db.session.get(Decision, int(done)) if done.isdecimal() and len(done) < 10 else None
    following = None
    if decision is not None:
        decided = decision.submission
        following = queue.neighbours(db.session(), decided, reader=me(), at=now()).following
    closed = _just_closed()
    if decision is None and closed is None:  # they can be undone for some seconds
        shelf.same_for_a_moment()
    return page(
        "moderation/index.html",
        status=status,
        todo=None if mine else counted,
        lines=shown(
            lines,
            me=me().id,
            can_tick=can_tick,
            ticked=ticked,
            back=f"list:{sort or ''}:{'yes' if mine else ''}",
        ),
        sort=sort,
        can_tick=can_tick,
        mine=mine,
        counted=counted,
        total=total,
        page_number=number,
        pages=pages,
        first=(number - 1) * queue.PER_PAGE + 1,
        has_charges=bool(my_charges),
        decision=decision,
        can_undo=decision is not None and deciding.can_undo(decision, at=now()),
        following=following,
        closed=closed,
        said=request.args.get("said", ""),
        decided=request.args.get("decided", type=int),
        problem=problem,
        typed=request.form,
        chosen_reasons=request.form.getlist("reasons"),
        reasons=reasons.offered(db.session()) if can_tick else [],
        mail_lies_in="" if current().smtp_url else "instance/mail/",
    )


@bp.get("/asked")
@moderators_only
def asked() -> Response:
    """Whose authors were asked for changes and have not answered."""
    return page("moderation/asked.html", submissions=queue.asked(db.session()))


@bp.get("/keys")
@moderators_only
def keys() -> Response:
    """Which keys do what."""
    return page("moderation/keys.html")


@bp.get("/charges")
@moderators_only
def show_charges() -> Response:
    """Who looks after which places and subjects, and a form for mine."""
    mine = charges.of(db.session(), me())
    places = names.names_of(db.session(), Kind.PLACE, [one.place for one in mine if one.place])
    return _charges_page("\n".join(places.values()), [one.area for one in mine if one.area])


@bp.post("/charges")
@moderators_only
@limiter.limit(limit_writing)
def choose_charges() -> Response:
    """Remember what I look after; or the form again with the places that we do not know."""
    typed = request.form.get("places", "")
    wanted = {
        line.strip(): names.slug_of(db.session(), Kind.PLACE, line)
        for line in typed.splitlines()
        if line.strip()
    }
    areas = [one for one in request.form.getlist("area") if one in set(SupportArea)]
    unknown = [name for name, slug in wanted.items() if slug is None]
    if unknown:
        return _charges_page(typed, areas, unknown=unknown)
    charges.choose(
        db.session(), me(), places=[slug for slug in wanted.values() if slug], areas=areas
    )
    db.session.commit()
    return redirect(url_for(".show_charges", saved="yes"), code=303)


@bp.post("/<any(submissions, reports):sort>/<int:number>/claim")
@moderators_only
def keep_claim(sort: str, number: int) -> Response:
    """Still at it: the claim holds for another 20 minutes. 409 if somebody else has it now."""
    claims.take(db.session(), f"{sort}/{number}", me(), at=now())
    db.session.commit()
    return make_response("", 204)


@bp.post("/<any(submissions, reports):sort>/<int:number>/claim/end")
@moderators_only
def put_back(sort: str, number: int) -> Response:
    """Put it back for others, then on to the list."""
    claims.release(db.session(), f"{sort}/{number}", me())
    db.session.commit()
    return redirect(url_for(".index"), code=303)


@bp.post("/decisions/<int:decision_id>/reversal")
@moderators_only
@limiter.limit(limit_writing)
def undo(decision_id: int) -> Response:
    """Take a decision back: the submission waits again, and the entry is as it was."""
    decision = db.get_or_404(Decision, decision_id)
    deciding.undo(db.session(), decision, moderator=me(), at=now())
    db.session.commit()
    return redirect(
        url_for(".submission", submission_id=decision.submission_id, undone="yes"), code=303
    )


@bp.get("/decisions")
@moderators_only
def decisions() -> Response:
    """Who did what, when and why; newest first."""
    number = page_number()
    lines, total = audit.lines(db.session(), page=number)
    if not lines and number > 1:
        abort(404)
    pages = max(1, -(-total // audit.PER_PAGE))
    return page("moderation/decisions.html", lines=lines, total=total, page=number, pages=pages)


@bp.post("/mails/<int:mail_id>/decision")
@moderators_only
@limiter.limit(limit_writing)
def decide_mail(mail_id: int) -> Response:
    """Try a failed mail again, or give it up."""
    mail = db.get_or_404(OutboxMail, mail_id)
    if request.form.get("action") == "again":
        outbox.try_again(mail, at=now())
    else:
        outbox.give_up(mail, at=now())
    audit.record(db.session(), me(), "handled a failed mail", mail.letter, at=now())
    db.session.commit()
    said = "mail-again" if request.form.get("action") == "again" else "mail-dropped"
    return back_to_list(said=said)


def back_to_list(*, said: str) -> Response:
    """The list that a button was pressed on, as it was filtered.

    Args:
        said: what the list says was done.
    """
    _list, sort, mine = [*request.form.get("back", "").split(":"), "", ""][:3]
    shown_sort = sort if sort in set(Sort) else None
    shown_mine = "yes" if mine == "yes" else None
    return redirect(url_for(".index", sort=shown_sort, mine=shown_mine, said=said), code=303)


def page(template: str, *, status: int = 200, todo: ToDo | None = None, **context: Any) -> Response:
    """A page for moderators: all of them show how much waits. `todo`: if that was counted."""
    todo = todo or queue.to_do(db.session(), at=now())
    whole = render_template(template, todo=todo, moderator=me(), **context)
    return make_response(whole, status)


def claim(subject: str) -> Held:
    """Who has it, which is me if nobody else had it."""
    try:
        held = claims.take(db.session(), subject, me(), at=now())
    except TakenByAnother as taken:
        held = taken.held
    db.session.commit()
    return held


def words_of(problem: Exception) -> str:
    """What to tell the moderator. Two entries of one name at one moment clash in the database."""
    if isinstance(problem, StaleDataError):
        return AlreadyDecided().message
    if isinstance(problem, DirectoryError) and not isinstance(problem, ChangedMeanwhile):
        return problem.message
    return deciding.ChangedWhileReading().message


def status_of(problem: Exception) -> int:
    return problem.status if isinstance(problem, DirectoryError) else 409


def now() -> datetime:
    return datetime.now(UTC)


def _ticked() -> list[Ticked]:
    """What is ticked on the list, as "number.version"."""
    found = [one.partition(".") for one in request.form.getlist("ticked")]
    return [
        Ticked(int(number), int(version))
        for number, _dot, version in found
        if number.isdecimal() and version.isdecimal()
    ]


def _just_closed() -> Closed | None:
    """The report that "number.version" in the address tells of, unless it was undone."""
    number, _dot, version = request.args.get("closed", "").partition(".")
    if not number.isdecimal() or len(number) >= 10:
        return None
    report = db.session.get(Report, int(number))
    if report is None or str(report.version) != version:
        return None
    return closing.closed(db.session(), report, at=now())


def _sort() -> Sort | None:
    wanted = request.args.get("sort", "")
    if wanted and wanted not in set(Sort):
        abort(404)
    return Sort(wanted) if wanted else None


def _charges_page(typed: str, areas: list[str], *, unknown: list[str] | None = None) -> Response:
    everybodys = charges.everybodys(db.session())
    slugs = [one.place for one in everybodys if one.place]
    return page(
        "moderation/charges.html",
        status=422 if unknown else 200,
        typed=typed,
        areas=areas,
        unknown=unknown or [],
        saved="saved" in request.args,
        everybodys=everybodys,
        place_names=names.names_of(db.session(), Kind.PLACE, slugs),
        suggestions=names.suggestions(db.session(), Kind.PLACE),
    )
