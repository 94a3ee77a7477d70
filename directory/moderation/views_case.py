"""The submission that an address names, and what a form says about how it stood on the page."""

from __future__ import annotations

from collections.abc import Collection

from flask import abort, request

from directory.db import db
from directory.moderation.cases import Case, Seen, case_of
from directory.moderation.forms import DecisionForm
from directory.submissions.models import Submission
from directory.submissions.states import State

PHOTOS = "/moderation/photos"  # views_photos.py


def case_from(submission_id: int, *, keep_live: Collection[str] = ()) -> Case:
    """The submission as it stands now; 404 where moderators were not asked to read it."""
    kept = db.get_or_404(Submission, submission_id)
    if kept.state in {State.UNCONFIRMED, State.WITHDRAWN}:
        abort(404)  # nobody has asked moderators to read it
    return case_of(db.session(), kept, keep_live=keep_live)


def new_decision_form(case: Case) -> DecisionForm:
    """An empty form about what is on the page."""
    return DecisionForm(
        formdata=None,
        version=str(case.submission.version),
        head=str(case.head),
    )


def seen_on(form: DecisionForm) -> Seen:
    """What was on the page that sent `form`."""

    def number(raw: str | None) -> int | None:
        return int(raw) if raw and raw.isdecimal() else None

    return Seen(number(form.version.data), number(form.head.data))


def chosen_live() -> list[str]:
    """Parts that both changed, in which the form lets stand what is live."""
    prefix = "take-"
    return [
        name.removeprefix(prefix)
        for name, value in request.form.items()
        if name.startswith(prefix) and value == "live"
    ]
