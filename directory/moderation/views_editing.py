"""The text in boxes, for a moderator to correct before it is published."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from directory import htmx
from directory.accounts.guard import me
from directory.db import db
from directory.entries import names, photos
from directory.entries.documents import Document
from directory.moderation import claims, deciding, queue, reading
from directory.moderation.cases import Case
from directory.moderation.forms import DecisionForm
from directory.moderation.views_case import (
    PHOTOS,
    case_from,
    new_decision_form,
    seen_on,
)
from directory.moderation.views_desk import (
    CLASHES,
    bp,
    claim,
    moderators_only,
    now,
    status_of,
    words_of,
)
from directory.security import limiter
from directory.submissions import controls, preview
from directory.submissions.forms import ProposalForm, form_for
from directory.submissions.shown import shown_as_published
from directory.submissions.states import Act, State, possible
from directory.vocabulary.terms import Kind


@bp.get("/submissions/<int:submission_id>/words")
@moderators_only
def edit(submission_id: int) -> Response:
    """The text in boxes, for a moderator to correct before it is published."""
    case = case_from(submission_id)
    is_open = possible(State(case.submission.state), Act.PUBLISH)
    if not is_open or claim(claims.submission(submission_id)).user_id != me().id:
        return redirect(url_for(".submission", submission_id=submission_id), code=303)
    return edit_page(case, edit_form(case), new_decision_form(case))


@bp.post("/submissions/<int:submission_id>/words")
@moderators_only
@limiter.limit("60 per minute")
def publish_edited(submission_id: int) -> Response:
    """Publish the moderator's wording; or show it first, or what is wrong with it."""
    case = case_from(submission_id)
    claim(claims.submission(submission_id))
    form, decision_form = form_for(case.proposed.kind)(), DecisionForm()
    form.without_sender()
    if "add" in request.form or "remove" in request.form:
        form.change_rows(request.form)
        return edit_page(case, form, decision_form)
    if request.form.get("preview") == "card":
        return edit_page(case, form, decision_form)
    sound = form.validate()
    document, unknown = form.read(case.merged.document, _find)
    if "preview" in request.form:
        return edit_page(case, form, decision_form, previewed=document)
    organization = unknown.pop("organization", "") if decision_form.with_organization.data else ""
    for name in unknown:
        controls.put_error(form, (name,), _no_entry(name))
    if not sound or document is None or unknown:
        return edit_page(case, form, decision_form, status=422)
    try:
        decision = deciding.publish(
            db.session(),
            case,
            moderator=me(),
            note=decision_form.note.data or "",
            assured=decision_form.assured.data,
            edited=document,
            organization=organization,
            seen=seen_on(decision_form),
            at=now(),
        )
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        form.form_errors = [words_of(problem)]
        case, status = case_from(submission_id), status_of(problem)
        # Next time it is about what this page shows.
        decision_form.version.data = str(case.submission.version)
        decision_form.head.data = str(case.head)
        return edit_page(case, form, decision_form, beside=document, status=status)
    return redirect(url_for(".index", done=decision.id), code=303)


def edit_form(case: Case) -> ProposalForm:
    """The form with what would be published; with the organisation that has no entry yet, too."""
    form = form_for(case.proposed.kind).opened(case.merged.document, _names)
    if "organization" in form and not form["organization"].data:
        form["organization"].data = case.named_organization
    form.draft_id.data = str(case.submission.entry_id)
    form.without_sender()
    return form


def edit_page(
    case: Case,
    form: ProposalForm,
    decision_form: DecisionForm,
    *,
    previewed: Document | None = None,
    beside: Document | None = None,
    status: int = 200,
) -> Response:
    """The boxes, with how it would look.

    Args:
        beside: the moderator's words, to show beside what changed while they wrote.
    """
    proposed = case.merged.document
    named = names.named_in(db.session(), proposed, beside)
    entry = preview.as_entry(previewed, live=case.live, at=now()) if previewed else None
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
        changed=reading.would_change(proposed, beside, named) if beside else [],
        asked_for_preview="preview" in request.form,
        published=shown_as_published(entry, photo_base=PHOTOS) if entry else None,
        thumbs={one.photo.file: one for one in photos.shown(db.session(), proposed)},
        held=claims.holder(db.session(), claims.submission(case.submission.id), at=now()),
        todo=queue.to_do(db.session(), at=now()),
        moderator=me(),
    )


def _no_entry(name: str) -> str:
    if name == "organization":
        words = _("We have no entry of that name. Tick below that it gets one, or empty this box.")
    else:
        words = _("We have no entry of that name. Write the name of one, or empty this box.")
    return str(words)


def _suggestions(kind: Kind) -> dict[Kind, list[str]]:
    kinds = {wanted for (one, _name), wanted in controls.REFERENCES.items() if one is kind}
    return {wanted: names.suggestions(db.session(), wanted) for wanted in kinds}


def _find(kind: Kind, typed: str) -> str | None:
    return names.slug_of(db.session(), kind, typed)


def _names(kind: Kind, slugs: list[str]) -> Any:
    return names.names_of(db.session(), kind, slugs)
