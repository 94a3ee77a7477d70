"""Proposing: the first page, the forms, and the private page of a submission."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response

from directory import htmx
from directory.accounts import people
from directory.db import db
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.errors import DirectoryError
from directory.security import csrf, keep_private, limit_writing, limiter
from directory.submissions import (
    controls,
    licence,
    links,
    names,
    preview,
    proposing,
    reports,
    wording,
)
from directory.submissions.forms import AddressForm, ProposalForm, ReportForm, form_for
from directory.submissions.models import Concern, Purpose, Submission, What
from directory.submissions.proposing import Author, Proposal
from directory.submissions.shown import shown_as_published
from directory.submissions.states import Act, State, possible
from directory.vocabulary.terms import Kind

bp = Blueprint("submissions", __name__)

# Views with @csrf.exempt let their form check the token, so that a page which was open for too long
# comes back with everything that was typed.

NEW_KINDS = "approach,service"
CHANGEABLE = wording.SECTIONS.keys()


@bp.get("/submit/")
def start() -> Response:
    """What do you want to tell us?"""
    return make_response(render_template("submissions/start.html"))


@bp.get(f"/submit/<any({NEW_KINDS}):word>")
def new(word: str) -> Response:
    """The form for a new approach or service; `approach` and `place` in the address fill it in."""
    kind = Kind(word)
    form = form_for(kind).showing(None, _names, draft_id=str(uuid4()), **_prefilled(kind))
    return _form_page(form)


@bp.post(f"/submit/<any({NEW_KINDS}):word>")
@csrf.exempt  # type: ignore[untyped-decorator]
def propose(word: str) -> Response:
    """Keep the proposal and show its private page; or the form again with what is wrong."""
    return _take(form_for(Kind(word))(), None)


@bp.get("/submit/change/<kind>/<slug>")
def change(kind: str, slug: str) -> Response:
    """The form with what the entry says now. A story is its teller's: others can only report it."""
    entry = _entry(kind, slug)
    if entry.kind not in CHANGEABLE:
        return redirect(url_for(".report", kind=kind, slug=slug), code=303)
    form = form_for(entry.kind).showing(
        entry.document, _names, base_revision=str(entry.revision), draft_id=str(entry.id)
    )
    return _form_page(form, entry)


@bp.post("/submit/change/<kind>/<slug>")
@csrf.exempt  # type: ignore[untyped-decorator]
def propose_change(kind: str, slug: str) -> Response:
    """Keep the proposed change and show its private page; or the form again."""
    entry = _entry(kind, slug)
    if entry.kind not in CHANGEABLE:
        abort(404)
    return _take(form_for(entry.kind)(), entry)


@bp.get("/submit/report/<kind>/<slug>")
def report(kind: str, slug: str) -> Response:
    """A short form: what is not right with this entry?"""
    entry = _entry(kind, slug)
    chosen = request.args.get("concern", "")
    return _report_page(ReportForm(concern=chosen), entry)


@bp.post("/submit/report/<kind>/<slug>")
@csrf.exempt  # type: ignore[untyped-decorator]
def send_report(kind: str, slug: str) -> Response:
    """Thanks, and where to get help now if it was a worry; or the form again."""
    entry = _entry(kind, slug)
    form = ReportForm()
    if not form.validate():
        return _report_page(form, entry, status=422)
    try:
        with limiter.limit(limit_writing):
            pass
    except RateLimitExceeded:
        return _report_page(form, entry, status=429)
    concern = Concern(form.concern.data)
    reports.report(
        db.session(),
        entry,
        concern=concern,
        words=form.words.data,
        email=people.tidy(form.email.data) if form.email.data.strip() else "",
        at=_now(),
    )
    db.session.commit()
    worrying = "yes" if concern is Concern.WORRYING else None
    return redirect(url_for(".reported", worrying=worrying), code=303)


@bp.get("/submit/reported")
def reported() -> Response:
    """Thank you."""
    worrying = request.args.get("worrying") == "yes"
    return make_response(render_template("submissions/reported.html", worrying=worrying))


@bp.get("/submissions/confirm/<token>")
def show_confirmation(token: str) -> Response:
    """A page with one button. Opening it confirms nothing: mail scanners open every link."""
    submission = links.to_confirm(db.session(), token, at=_now())
    page = render_template("submissions/confirm.html", submission=submission, token=token)
    return keep_private(make_response(page))


@bp.post("/submissions/confirm/<token>")
@limiter.limit(limit_writing)
def confirm(token: str) -> Response:
    """The address is theirs: the submission waits for a moderator. On to its private page."""
    submission = proposing.confirm(db.session(), token, at=_now())
    page = links.make(db.session(), submission, Purpose.PAGE, at=_now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=page), code=303))


@bp.get("/submissions/<token>")
def show(token: str) -> Response:
    """Where it stands, what was written, and what can still be done."""
    submission = links.submission_of(db.session(), token, at=_now())
    return _private_page(submission, token)


@bp.get("/submissions/<token>/words")
def edit(token: str) -> Response:
    """The form with what was written, while nobody has decided."""
    submission = links.submission_of(db.session(), token, at=_now())
    if not possible(State(submission.state), Act.REVISE):
        return keep_private(redirect(url_for(".show", token=token), code=303))
    document = proposing.document_of(submission)
    form = form_for(document.kind).showing(
        document,
        _names,
        draft_id=str(submission.entry_id),
        version=str(submission.version),
        why=submission.why,
    )
    _show_asides(form, submission.asides)
    return keep_private(_form_page(form, submission=submission, token=token))


@bp.post("/submissions/<token>/words")
@csrf.exempt  # type: ignore[untyped-decorator]
def revise(token: str) -> Response:
    """Keep the new words and show the private page; or the form again."""
    submission = links.submission_of(db.session(), token, at=_now())
    form = form_for(Kind(submission.kind))()
    return keep_private(_take(form, None, submission=submission, token=token))


@bp.post("/submissions/<token>/withdrawal")
@limiter.limit(limit_writing)
def withdraw(token: str) -> Response:
    """Take it back."""
    submission = links.submission_of(db.session(), token, at=_now())
    proposing.withdraw(submission, at=_now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token), code=303))


@bp.post("/submissions/<token>/address")
@limiter.limit("5 per hour")
def change_address(token: str) -> Response:
    """Send the confirmation again, to this or another address."""
    submission = links.submission_of(db.session(), token, at=_now())
    form = AddressForm()
    if not form.validate():
        return _private_page(submission, token, address_form=form, status=422)
    email = people.tidy(form.email.data)
    proposing.change_address(db.session(), submission, email, at=_now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token, sent="again"), code=303))


def _take(
    form: ProposalForm,
    entry: Entry | None,
    *,
    submission: Submission | None = None,
    token: str = "",
) -> Response:
    """What to answer to a sent form: another row, the preview, what is wrong, or the next page."""
    sent = request.form
    context: dict[str, Any] = {"entry": entry, "submission": submission, "token": token}
    if submission:
        form.without_sender()
    if form.change_rows(sent):
        return _form_page(form, **context)
    base = proposing.document_of(submission) if submission else entry.document if entry else None
    if sent.get("preview") == "card":
        return _form_page(form, **context)
    if "preview" in sent:
        document, _asides = form.read(base, _find)
        return _form_page(form, previewed=document, **context)
    sound = form.validate()
    document, asides = form.read(base, _find)
    if not sound or document is None:
        return _form_page(form, status=422, **context)
    try:
        with limiter.limit(limit_writing):
            where = _keep(form, document, asides, entry, submission, token)
    except RateLimitExceeded:
        said = _("You have sent a lot in a short time. Wait a minute, then send it again.")
        form.form_errors = [said]
        return _form_page(form, status=429, **context)
    except DirectoryError as problem:
        db.session.rollback()
        form.form_errors = [problem.message]
        return _form_page(form, status=problem.status, **context)
    return keep_private(redirect(where, code=303))


def _keep(
    form: ProposalForm,
    document: Document,
    asides: Mapping[str, str],
    entry: Entry | None,
    submission: Submission | None,
    token: str,
) -> str:
    """Store what was sent; returns the address of its private page."""
    if submission:
        proposing.revise(
            submission,
            document,
            why=form.why.data or "",
            asides=asides,
            message=form.message.data or "",
            version=int(form.version.data) if (form.version.data or "").isdecimal() else None,
            at=_now(),
        )
    else:
        opened_at = form.base_revision.data or ""
        submission = proposing.propose(
            db.session(),
            Proposal(
                document,
                Author(
                    email=people.tidy(form.email.data),
                    name=(form.author_name.data or "").strip(),
                    role=(form.author_role.data or "").strip(),
                ),
                licence_version=licence.VERSION,
                why=(form.why.data or "").strip(),
                asides=asides,
            ),
            change_of=entry,
            base_revision=int(opened_at) if opened_at.isdecimal() else None,
            at=_now(),
        )
        token = links.make(db.session(), submission, Purpose.PAGE, at=_now())
    db.session.commit()
    return url_for(".show", token=token)


def _form_page(
    form: ProposalForm,
    entry: Entry | None = None,
    *,
    submission: Submission | None = None,
    token: str = "",
    previewed: Document | None = None,
    status: int = 200,
) -> Response:
    kinds = {kind for (one, _name), kind in controls.REFERENCES.items() if one is form.kind}
    live = entry or (catalogue.by_id(db.session(), submission.entry_id) if submission else None)
    asked_for = request.form.get("preview", "")
    response = htmx.render(
        "submissions/form.html",
        fragment="card" if asked_for == "card" else "preview",
        status=status,
        form=form,
        kind=form.kind,
        entry=entry,
        submission=submission,
        token=token,
        suggestions={kind: names.suggestions(db.session(), kind) for kind in kinds},
        asked_for_preview=bool(asked_for),
        published=shown_as_published(preview.as_entry(previewed, live=live, at=_now()))
        if previewed
        else None,
        licence_version=licence.VERSION,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _private_page(
    submission: Submission,
    token: str,
    *,
    address_form: AddressForm | None = None,
    status: int = 200,
) -> Response:
    document = proposing.document_of(submission)
    live = catalogue.by_id(db.session(), submission.entry_id)
    state = State(submission.state)
    page = render_template(
        "submissions/show.html",
        submission=submission,
        state=state,
        token=token,
        live=live if state is State.PUBLISHED or submission.what == What.CHANGE else None,
        published=shown_as_published(preview.as_entry(document, live=live, at=_now())),
        can={act.name.lower(): possible(state, act) for act in Act},
        address_form=address_form or AddressForm(email=submission.author_email),
        sent_again="sent" in request.args,
    )
    return keep_private(make_response(page, status))


def _report_page(form: ReportForm, entry: Entry, *, status: int = 200) -> Response:
    page = render_template("submissions/report.html", form=form, entry=entry, limited=status == 429)
    return make_response(page, status)


def _entry(word: str, slug: str) -> Entry:
    """The live entry at that address; `word` is its kind or its folder."""
    try:
        kind = Kind(word) if word in set(Kind) else Kind.of_folder(word)
    except KeyError:
        abort(404)
    entry = catalogue.find(db.session(), kind, slug)
    if entry is None:
        abort(404)
    return entry


def _prefilled(kind: Kind) -> dict[str, Any]:
    """What the link that led here says already, such as the place on a place's page."""
    filled: dict[str, Any] = {}
    for (one, name), wanted in controls.REFERENCES.items():
        given = request.args.get(name, "")[:120]
        if one is kind and given:
            slug = names.slug_of(db.session(), wanted, given)
            shown = _names(wanted, [slug])[slug] if slug else given
            filled[name] = [shown] if name in {"approach", "related"} else shown
    return filled


def _show_asides(form: ProposalForm, asides: Mapping[str, Any]) -> None:
    """Put names that have no entry yet back into their boxes."""
    for name, typed in asides.items():
        if name in form and not form[name].data:
            form[name].data = typed


def _find(kind: Kind, typed: str) -> str | None:
    return names.slug_of(db.session(), kind, typed)


def _names(kind: Kind, slugs: list[str]) -> Mapping[str, str]:
    return names.names_of(db.session(), kind, slugs)


def _now() -> datetime:
    return datetime.now(UTC)
