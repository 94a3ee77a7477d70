"""The look at a whole draft, and the press that sends it."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response

from directory.accounts import people
from directory.db import db
from directory.entries import names
from directory.entries.comparison import differences
from directory.errors import DirectoryError
from directory.owners import trust
from directory.security import keep_private, limit_writing, limiter, without_csrf
from directory.submissions import (
    licence,
    links,
    plain_words,
    preview,
    proposing,
    stories,
)
from directory.submissions.forms_short import ConsentForm, SendForm
from directory.submissions.models import Arrival, Purpose
from directory.submissions.private_words import Finding, private_things
from directory.submissions.proposing import Author, Proposal
from directory.submissions.shown import shown_as_published
from directory.submissions.views import bp, now
from directory.submissions.views_drafting import Work, problems_in, work_of
from directory.vocabulary.terms import Kind


@bp.get("/submit/drafts/<token>/check")
def check(token: str) -> Response:
    """The whole as readers will see it, what is missing, and the button that sends it."""
    work = work_of(token)
    form = _form_to_send(work)(formdata=None)
    _ask_only_what_is_needed(form, work)
    return _check_page(work, form)


@bp.post("/submit/drafts/<token>/check")
@without_csrf
def send(token: str) -> Response:
    """Send it: on to its private page. Or the same page with what is in the way."""
    work = work_of(token)
    form = _form_to_send(work)()
    _ask_only_what_is_needed(form, work)
    sound = form.validate()
    if work.document is None or not all(task.is_whole for task in work.tasks):
        sound = False
    elif work.is_unchanged:
        form.form_errors = [_("You have not changed anything yet.")]
        sound = False
    if not sound:
        return _check_page(work, form, status=422)
    try:
        with limiter.limit(limit_writing):
            private = _send(work, form)
            db.session.commit()
    except RateLimitExceeded:
        form.form_errors = [
            _("You have sent a lot in a short time. Wait a minute, then send it again.")
        ]
        return _check_page(work, form, status=429)
    except DirectoryError as problem:
        db.session.rollback()
        form.form_errors = [problem.message]
        return _check_page(work_of(token), form, status=problem.status)
    return keep_private(redirect(url_for(".show", token=private), code=303))


def _send(work: Work, form_to_send: SendForm | ConsentForm) -> str:
    """Hand the draft over to the moderators' list; returns the secret of its private page."""
    session, form = db.session(), work.form
    assert work.document is not None
    asides: dict[str, Any] = dict(work.asides)
    if found := _private(work):
        asides["private"] = sorted({str(one.what) for _address, one in found})
    if work.draft.different:
        asides["different"] = work.draft.different
    why = (form.why.data or "").strip()
    if work.submission:
        submission = work.submission
        proposing.revise(
            submission,
            work.document,
            why=why,
            asides=asides,
            answers=work.answers,
            version=work.draft.submission_version,
            at=now(),
        )
    else:
        author = Author(
            email=people.tidy(form.email.data),
            name=(form.author_name.data or "").strip(),
            role=(form.author_role.data or "").strip(),
        )
        owner = trust.owner_of(session, work.draft)
        submission = proposing.propose(
            session,
            Proposal(work.document, author, _agreement(work), why=why, asides=asides),
            change_of=work.live if work.draft.base_revision is not None else None,
            base_revision=work.draft.base_revision,
            at=now(),
        )
        session.add(
            Arrival(
                submission_id=submission.id,
                seconds=int((now() - work.draft.created_at).total_seconds()),
                trapped=bool(form_to_send.leave_empty.data),
            )
        )
        if isinstance(form_to_send, ConsentForm):
            stories.record_consent(session, submission, whose=form_to_send.whose.data, at=now())
        trust.arrived(session, submission, owner, at=now())
    session.delete(work.draft)
    return links.make(session, submission, Purpose.PAGE, at=now())


def _check_page(work: Work, form: SendForm | ConsentForm, *, status: int = 200) -> Response:
    problems = [
        (f"{url_for('.part', token=work.token, key=task.section.key)}#{field_id}", label, message)
        for task in work.tasks
        for field_id, label, message in problems_in(work.form, task.section)
    ]
    session = db.session()
    changes = (
        differences(work.base, work.document, names.named_in(session, work.base, work.document))
        if work.base and work.document
        else ()
    )
    entry = preview.as_entry(work.document, live=work.live, at=now()) if work.document else None
    page = render_template(
        "submissions/check.html",
        work=work,
        token=work.token,
        form=form,
        problems=problems,
        rest=work.form.form_errors,
        changes=changes,
        published=shown_as_published(entry, photo_base=f"/submit/drafts/{work.token}/photos")
        if entry
        else None,
        private=_private(work),
        advice=plain_words.advise(
            text for task in work.tasks for text in work.form.prose(task.section)
        ),
    )
    return keep_private(make_response(page, status))


def _form_to_send(work: Work) -> type[SendForm] | type[ConsentForm]:
    return ConsentForm if work.form.kind is Kind.STORY else SendForm


def _agreement(work: Work) -> str:
    """Which words its author agrees to."""
    return licence.CONSENT if work.form.kind is Kind.STORY else licence.VERSION


def _ask_only_what_is_needed(form: SendForm | ConsentForm, work: Work) -> None:
    """Who agreed when they sent it first agrees no more; what is not private needs no tick."""
    if work.submission:
        del form.agree
        if "whose" in form:
            del form.whose
    if not _private(work):
        del form.not_private


def _private(work: Work) -> list[tuple[str, Finding]]:
    """What may be private, with the address of the part that holds it."""
    return [
        (url_for(".part", token=work.token, key=task.section.key), found)
        for task in work.tasks
        for found in private_things(work.form.prose(task.section))
    ]
