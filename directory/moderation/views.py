"""Pages for moderators: what waits, reading it, deciding, and what was decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from directory import htmx
from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName
from directory.config import current
from directory.db import db, will_write
from directory.entries import catalogue
from directory.entries.cards import cards
from directory.entries.models import EntryRow
from directory.entries.views import page_number, today
from directory.errors import ChangedMeanwhile, DirectoryError
from directory.mail import outbox
from directory.mail.models import OutboxMail
from directory.moderation import audit, claims, deciding, digest, queue, reading
from directory.moderation.checks import checks
from directory.moderation.claims import Held, TakenByAnother
from directory.moderation.deciding import Case, Seen
from directory.moderation.forms import OUTCOMES, Choice, DecisionForm
from directory.moderation.models import Decision, Often
from directory.security import csrf, keep_private, limit_writing, limiter
from directory.submissions import controls, names, preview, reports
from directory.submissions.forms import ProposalForm, form_for
from directory.submissions.models import Report, Submission
from directory.submissions.shown import shown_as_published
from directory.submissions.states import Act, AlreadyDecided, State, possible
from directory.vocabulary.terms import Kind

bp = Blueprint("moderation", __name__, url_prefix="/moderation")
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


@bp.errorhandler(CSRFError)
def keep_words(error: CSRFError) -> Response:
    """The session has ended: show what was typed, so that it can be copied."""
    typed = request.form.get("note") or request.form.get("answer") or ""
    return make_response(render_template("moderation/signed_out.html", typed=typed), 400)


@bp.get("/")
@moderators_only
def index() -> Response:
    """What waits, the most urgent first."""
    done = request.args.get("done", type=int)
    decision = db.session.get(Decision, done) if done else None
    return _page(
        "moderation/index.html",
        decision=decision,
        can_undo=decision is not None and deciding.can_undo(decision, at=_now()),
        mail_lies_in=_mail_lies_in(),
    )


@bp.get("/submissions/<int:submission_id>")
@moderators_only
def submission(submission_id: int) -> Response:
    """One submission: who and why, what would change, what the checks say, and the decision.

    Opening it takes it for 20 minutes, if nobody else has it.
    """
    case = _case(submission_id)
    if possible(State(case.submission.state), Act.PUBLISH):
        _claim(claims.submission(submission_id))
    return _submission_page(case)


@bp.post("/<any(submissions, reports):sort>/<int:number>/claim")
@moderators_only
def keep_claim(sort: str, number: int) -> Response:
    """Still at it: the claim holds for another 20 minutes. 409 if somebody else has it now."""
    claims.take(db.session(), f"{sort}/{number}", me(), at=_now())
    db.session.commit()
    return make_response("", 204)


@bp.post("/<any(submissions, reports):sort>/<int:number>/claim/end")
@moderators_only
def put_back(sort: str, number: int) -> Response:
    """Put it back for others, then on to the list."""
    claims.release(db.session(), f"{sort}/{number}", me())
    db.session.commit()
    return redirect(url_for(".index"), code=303)


@bp.post("/submissions/<int:submission_id>/decision")
@moderators_only
@limiter.limit(limit_writing)
def decide(submission_id: int) -> Response:
    """Publish, ask for changes or decline, then on to the queue; if that fails, the page again."""
    form = DecisionForm()
    case = _case(submission_id)
    if form.outcome.data == Choice.EDIT:
        return _edit_page(case, _edit_form(case), form)
    try:
        decision = _decide(case, form)
        db.session.commit()
    except CLASHES as problem:
        return _submission_page_again(submission_id, form, problem)
    return redirect(url_for(".index", done=decision.id), code=303)


@bp.get("/submissions/<int:submission_id>/words")
@moderators_only
def edit(submission_id: int) -> Response:
    """The text in boxes, for a moderator to correct before it is published."""
    case = _case(submission_id)
    if _claim(claims.submission(submission_id)).user_id != me().id:
        return redirect(url_for(".submission", submission_id=submission_id), code=303)
    return _edit_page(case, _edit_form(case), _decision_form(case))


@bp.post("/submissions/<int:submission_id>/words")
@moderators_only
@limiter.limit("60 per minute")
def publish_edited(submission_id: int) -> Response:
    """Publish the moderator's wording; or show it first, or what is wrong with it."""
    case = _case(submission_id)
    _claim(claims.submission(submission_id))
    form, decision_form = form_for(case.proposed.kind)(), DecisionForm()
    form.without_sender()
    if "add" in request.form or "remove" in request.form:
        form.change_rows(request.form)
        return _edit_page(case, form, decision_form)
    if request.form.get("preview") == "card":
        return _edit_page(case, form, decision_form)
    sound = form.validate()
    document, _asides = form.read(case.merged.document, _find)
    if "preview" in request.form:
        return _edit_page(case, form, decision_form, previewed=document)
    if not sound or document is None:
        return _edit_page(case, form, decision_form, status=422)
    try:
        decision = deciding.publish(
            db.session(),
            case,
            moderator=me(),
            note=decision_form.note.data or "",
            assured=decision_form.assured.data,
            edited=document,
            seen=_seen(decision_form),
            at=_now(),
        )
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        form.form_errors = [_words(problem)]
        return _edit_page(_case(submission_id), form, decision_form, status=_status(problem))
    return redirect(url_for(".index", done=decision.id), code=303)


@bp.post("/decisions/<int:decision_id>/reversal")
@moderators_only
@limiter.limit(limit_writing)
def undo(decision_id: int) -> Response:
    """Take a decision back: the submission waits again, and the entry is as it was."""
    decision = db.get_or_404(Decision, decision_id)
    deciding.undo(db.session(), decision, moderator=me(), at=_now())
    db.session.commit()
    return redirect(url_for(".submission", submission_id=decision.submission_id), code=303)


@bp.get("/decisions")
@moderators_only
def decisions() -> Response:
    """Who did what, when and why; newest first."""
    page = page_number()
    lines, total = audit.lines(db.session(), page=page)
    if not lines and page > 1:
        abort(404)
    pages = max(1, -(-total // audit.PER_PAGE))
    return _page("moderation/decisions.html", lines=lines, total=total, page=page, pages=pages)


@bp.get("/reports/<int:report_id>")
@moderators_only
def report(report_id: int) -> Response:
    """What a reader said about an entry, and a box for the answer."""
    kept = db.get_or_404(Report, report_id)
    if kept.closed_at is None:
        _claim(claims.report(report_id))
    return _report_page(kept)


@bp.post("/reports/<int:report_id>/decision")
@moderators_only
@limiter.limit(limit_writing)
def close_report(report_id: int) -> Response:
    """Say that it is dealt with; the reader gets the answer if they left an address."""
    kept = db.get_or_404(Report, report_id)
    entry = db.session.get_one(EntryRow, kept.entry_id)
    answer = request.form.get("answer", "")
    at = _now()
    try:
        claims.take(db.session(), claims.report(report_id), me(), at=at)
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
        return _report_page(kept, answer=answer, problem=_words(problem), status=_status(problem))
    return redirect(url_for(".index"), code=303)


@bp.get("/due")
@moderators_only
def due() -> Response:
    """Entries that nobody has checked for long, or ever: the first of them."""
    entries = queue.overdue(db.session(), today=today())
    return _page("moderation/due.html", cards=cards(db.session(), entries, today()))


@bp.post("/due/<kind>/<slug>/check")
@moderators_only
@limiter.limit("60 per minute")
def assure(kind: str, slug: str) -> Response:
    """It was looked into and is still true: it counts as checked today."""
    if kind not in set(Kind):
        abort(404)
    entry = catalogue.find(db.session(), Kind(kind), slug)
    if entry is None:
        abort(404)
    deciding.assure(db.session(), entry, moderator=me(), at=_now())
    db.session.commit()
    return redirect(url_for(".due"), code=303)


@bp.post("/mails/<int:mail_id>/decision")
@moderators_only
@limiter.limit(limit_writing)
def decide_mail(mail_id: int) -> Response:
    """Try a failed mail again, or give it up."""
    mail = db.get_or_404(OutboxMail, mail_id)
    if request.form.get("action") == "again":
        outbox.try_again(mail, at=_now())
    else:
        outbox.give_up(mail, at=_now())
    audit.record(db.session(), me(), "handled a failed mail", mail.letter, at=_now())
    db.session.commit()
    return redirect(url_for(".index"), code=303)


@bp.get("/digest")
@moderators_only
def show_digest() -> Response:
    """How often mails about new work come."""
    often = digest.often_of(db.session(), me())
    return _page("moderation/digest.html", often=often, saved="saved" in request.args)


@bp.post("/digest")
@moderators_only
@limiter.limit(limit_writing)
def choose_digest() -> Response:
    """Remember the choice."""
    wanted = request.form.get("often", "")
    if wanted not in set(Often):
        abort(400)
    digest.choose(db.session(), me(), Often(wanted), at=_now())
    db.session.commit()
    return redirect(url_for(".show_digest", saved="yes"), code=303)


@bp.get("/digest/stop/<token>")
def show_stop(token: str) -> Response:
    """A page with one button that stops the digest; no need to sign in."""
    user = digest.whose(db.session(), token, at=_now())
    return make_response(
        render_template("moderation/stop.html", token=token, user=user, done=False)
    )


@bp.post("/digest/stop/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit(limit_writing)
def stop(token: str) -> Response:
    """No more digests.

    Mail programs press it without our page (RFC 8058): the token is the proof, not a CSRF token.
    """
    user = digest.stop(db.session(), token, at=_now())
    db.session.commit()
    return make_response(render_template("moderation/stop.html", token=token, user=user, done=True))


def _decide(case: Case, form: DecisionForm) -> Decision:
    session, seen, note, at = db.session(), _seen(form), form.note.data or "", _now()
    match form.outcome.data:
        case Choice.PUBLISH:
            return deciding.publish(
                session,
                case,
                moderator=me(),
                note=note,
                assured=form.assured.data,
                seen=seen,
                with_organization=form.with_organization.data,
                at=at,
            )
        case Choice.ASK:
            return deciding.ask_for_changes(
                session, case, moderator=me(), note=note, seen=seen, at=at
            )
        case Choice.DECLINE:
            return deciding.decline(session, case, moderator=me(), reason=note, seen=seen, at=at)
        case _:
            raise deciding.NothingChosen


def _submission_page_again(submission_id: int, form: DecisionForm, problem: Exception) -> Response:
    """The page with what is true now, and the note and choice as they were."""
    db.session.rollback()
    return _submission_page(
        _case(submission_id), form=form, problem=_words(problem), status=_status(problem)
    )


def _submission_page(
    case: Case, *, form: DecisionForm | None = None, problem: str = "", status: int = 200
) -> Response:
    kept = form or _decision_form(case)
    if form:  # decide next time about what is on this page
        kept.version.data, kept.head.data = str(case.submission.version), str(case.head)
    state = State(case.submission.state)
    place, total, following = queue.neighbours(db.session(), case.submission)
    document = case.merged.document
    entry = preview.as_entry(document, live=case.live, at=_now())
    decision = deciding.last_decision(db.session(), case.submission)
    return _page(
        "moderation/submission.html",
        status=status,
        case=case,
        submission=case.submission,
        state=state,
        card=cards(db.session(), [entry], today())[0],
        changes=reading.would_change(case.live.document, document) if case.live else None,
        told=reading.all_told(document),
        published=shown_as_published(entry),
        checks=checks(db.session(), case) if state.is_open else [],
        form=kept,
        outcomes=OUTCOMES if case.submission.author_email else OUTCOMES[:2] + OUTCOMES[3:],
        problem=problem,
        can_decide=possible(state, Act.PUBLISH),
        held=claims.holder(db.session(), claims.submission(case.submission.id), at=_now()),
        decision=decision,
        can_undo=decision is not None and deciding.can_undo(decision, at=_now()),
        place=place,
        waiting=total,
        following=following,
    )


def _claim(subject: str) -> Held:
    """Who has it, which is me if nobody else had it."""
    try:
        held = claims.take(db.session(), subject, me(), at=_now())
    except TakenByAnother as taken:
        held = taken.held
    db.session.commit()
    return held


def _edit_form(case: Case) -> ProposalForm:
    form = form_for(case.proposed.kind).opened(case.merged.document, _names)
    form.draft_id.data = str(case.submission.entry_id)
    form.without_sender()
    return form


def _edit_page(
    case: Case,
    form: ProposalForm,
    decision_form: DecisionForm,
    *,
    previewed: Any = None,
    status: int = 200,
) -> Response:
    entry = preview.as_entry(previewed, live=case.live, at=_now()) if previewed else None
    return htmx.render(
        "moderation/edit.html",
        fragment="card" if request.form.get("preview") == "card" else "preview",
        status=status,
        case=case,
        submission=case.submission,
        form=form,
        decision_form=decision_form,
        kind=form.kind,
        suggestions=_suggestions(form.kind),
        asked_for_preview="preview" in request.form,
        published=shown_as_published(entry) if entry else None,
        todo=queue.to_do(db.session(), today=today()),
        moderator=me(),
    )


def _report_page(
    kept: Report, *, answer: str = "", problem: str = "", status: int = 200
) -> Response:
    entry = db.session.get_one(EntryRow, kept.entry_id)
    return _page(
        "moderation/report.html",
        status=status,
        report=kept,
        entry_name=entry.name,
        entry_url=catalogue.url_of(entry.kind, entry.slug),
        entry_kind=entry.kind,
        entry_slug=entry.slug,
        held=claims.holder(db.session(), claims.report(kept.id), at=_now()),
        answer=answer,
        problem=problem,
    )


def _page(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page for moderators: all of them show what waits."""
    todo = queue.to_do(db.session(), today=today())
    page = render_template(template, todo=todo, moderator=me(), **context)
    return make_response(page, status)


def _case(submission_id: int) -> Case:
    kept = db.get_or_404(Submission, submission_id)
    if kept.state in {State.UNCONFIRMED, State.WITHDRAWN}:
        abort(404)  # nobody has asked moderators to read it
    return deciding.case_of(db.session(), kept)


def _decision_form(case: Case) -> DecisionForm:
    return DecisionForm(
        formdata=None,
        outcome=Choice.PUBLISH,
        version=str(case.submission.version),
        head=str(case.head),
    )


def _seen(form: DecisionForm) -> Seen:
    def number(raw: str | None) -> int | None:
        return int(raw) if raw and raw.isdecimal() else None

    return Seen(number(form.version.data), number(form.head.data))


def _words(problem: Exception) -> str:
    """What to tell the moderator. Two entries of one name at one moment clash in the database."""
    if isinstance(problem, StaleDataError):
        return AlreadyDecided().message
    if isinstance(problem, DirectoryError) and not isinstance(problem, ChangedMeanwhile):
        return problem.message
    return deciding.ChangedWhileReading().message


def _status(problem: Exception) -> int:
    return problem.status if isinstance(problem, DirectoryError) else 409


def _mail_lies_in() -> str:
    """Where mails lie readable; "" where a mail server is set."""
    return "" if current().smtp_url else "instance/mail/"


def _suggestions(kind: Kind) -> dict[Kind, list[str]]:
    kinds = {wanted for (one, _name), wanted in controls.REFERENCES.items() if one is kind}
    return {wanted: names.suggestions(db.session(), wanted) for wanted in kinds}


def _find(kind: Kind, typed: str) -> str | None:
    return names.slug_of(db.session(), kind, typed)


def _names(kind: Kind, slugs: list[str]) -> Any:
    return names.names_of(db.session(), kind, slugs)


def _now() -> datetime:
    return datetime.now(UTC)
