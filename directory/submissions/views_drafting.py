"""A draft as it stands: its form, what it says so far, and how far each part is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from directory.assets import STATIC
from directory.db import db
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.models import Revision
from directory.entries.publishing import document_of as document_of_revision
from directory.submissions import (
    controls,
    conversation,
    drafts,
    forms_tasks,
    pictures,
    proposing,
    views_photos,
)
from directory.submissions.forms import ProposalForm, answers_of, form_for
from directory.submissions.forms_tasks import Task
from directory.submissions.models import Draft, Submission
from directory.submissions.views import find_slug, names_of, now
from directory.submissions.wording import Section
from directory.vocabulary.terms import Kind

PICTURES = STATIC / "vendor" / "pictures"


ANSWER = "answer-"  # before the field that a moderator asked about


@dataclass(frozen=True)
class Work:
    """A draft with all that its pages show."""

    draft: Draft
    token: str
    form: ProposalForm
    live: Entry | None
    submission: Submission | None
    base: Document | None
    document: Document | None
    asides: dict[str, str]
    tasks: tuple[Task, ...]
    asked: dict[str, str]

    @property
    def name(self) -> str:
        """What it is called so far."""
        return self.form.card().name

    @property
    def on_device(self) -> str:
        """Under which name the device keeps what is typed in it."""
        return drafts.name_on_device(self.draft)

    @property
    def answers(self) -> dict[str, str]:
        """What its author answers to each change that was asked."""
        sent = dict(drafts.pairs(self.draft, *(ANSWER + field for field in self.asked)))
        return {field: sent.get(ANSWER + field, "") for field in self.asked}

    @property
    def is_unchanged(self) -> bool:
        """It says what the entry, or the earlier proposal, says already."""
        return (
            self.base is not None and self.document == self.base and not any(self.answers.values())
        )


def work_of(token: str) -> Work:
    """The draft behind `token`, read as it stands.

    Raises:
        DraftGone: there is none any more.
    """
    session = db.session()
    draft = drafts.find(session, token, at=now())
    live = catalogue.by_id(session, draft.entry_id)
    submission = session.get(Submission, draft.submission_id) if draft.submission_id else None
    base = _base(draft, submission)
    form = kept_form(draft)
    form.validate()
    document, asides = form.read(base, find_slug)
    if _puts_unknown_pictures(form, base) or views_photos.puts_unknown(form, draft, base):
        document = None
    asked = conversation.asked(submission) if submission else {}
    before = None
    if base is not None:
        first = answers_of(base, submission.asides if submission else {}, names_of)
        before = form_for(base.kind).of_answers(
            (name, value) for pairs in first.values() for name, value in pairs
        )
    return Work(
        draft=draft,
        token=token,
        form=form,
        live=live,
        submission=submission,
        base=base,
        document=document,
        asides=asides,
        tasks=forms_tasks.tasks(form, before=before, asked=asked),
        asked=asked,
    )


def _puts_unknown_pictures(form: ProposalForm, base: Document | None) -> bool:
    """Say so beside each Easy Read sentence whose picture is neither in the set nor was before."""
    before = {line.picture for line in getattr(base, "easy_read", ())}
    unknown = [
        row
        for row in (form.easy_read if "easy_read" in form else ())
        if (name := row.form.picture.data)
        and name not in before
        and not pictures.is_there(PICTURES, name)
    ]
    for row in unknown:
        row.form.picture.errors = [_("Choose one of our pictures.")]
    return bool(unknown)


def kept_form(draft: Draft) -> ProposalForm:
    """With what is kept."""
    return _form_with(draft, drafts.pairs(draft))


def sent_form(draft: Draft, *, part: str = "") -> ProposalForm:
    """With what the page sent just now: all controls, or those of one part."""
    return _form_with(draft, request.form.items(multi=True), part=part)


def _form_with(draft: Draft, pairs: Iterable[tuple[str, str]], *, part: str = "") -> ProposalForm:
    form = form_for(Kind(draft.kind), part=part).of_answers(pairs)
    form.draft_id.data = str(draft.entry_id)
    if draft.submission_id:
        form.without_sender()
    return form


def _base(draft: Draft, submission: Submission | None) -> Document | None:
    """What the draft began with; None for something new."""
    if submission is not None:
        return proposing.document_of(submission)
    if draft.base_revision is None:
        return None
    revision = (
        db.session.query(Revision)
        .filter_by(entry_id=draft.entry_id, number=draft.base_revision)
        .one_or_none()
    )
    if revision is None or revision.erased_at:
        raise drafts.DraftGone
    return document_of_revision(revision)


def problems_in(form: ProposalForm, section: Section) -> list[tuple[str, str, str]]:
    """Id, label and what is wrong, for each control of the section that needs another look."""
    return [
        (field.id, str(field.label.text), message)
        for control in form.controls(section)
        for field, message in controls.errors_in(control)
    ]
