"""Pictures in a draft: taking what was sent, and showing it to its author alone."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response

from directory.db import db
from directory.entries import imaging, photos
from directory.entries.documents import Document, Photo
from directory.entries.views_photos import send, store
from directory.errors import DirectoryError
from directory.security import keep_private, limiter
from directory.submissions import drafts, links
from directory.submissions.forms import ProposalForm
from directory.submissions.models import Draft
from directory.submissions.views import bp, now
from directory.submissions.wording import Section

# All that one page may send: a picture that is too heavy is still read, so that its page comes
# back with everything that was typed beside it.
SENT_MAX = 40 * 1024 * 1024
UPLOAD = "upload-"  # before the name of the row that a file belongs to
SENDING = "60 per hour"


class TooOften(DirectoryError):
    """You have sent many pictures in a short time. Wait a while, then send this one again."""

    status = 429


@bp.get("/submit/drafts/<token>/photos/<name>/<file>")
@limiter.limit("1200 per minute")
def draft_photo(token: str, name: str, file: str) -> Response:
    """A picture of a draft, for whoever has its link."""
    draft = drafts.find(db.session(), token, at=now())
    if not photos.is_of(db.session(), name, draft.entry_id):
        abort(404)
    return keep_private(send(name, file))


@bp.get("/submissions/<token>/photos/<name>/<file>")
@limiter.limit("1200 per minute")
def submitted_photo(token: str, name: str, file: str) -> Response:
    """A picture of a submission, for whoever has its private link."""
    submission = links.submission_of(db.session(), token, at=now())
    if not photos.is_of(db.session(), name, submission.entry_id):
        abort(404)
    return keep_private(send(name, file))


def asks_pictures(section: Section) -> bool:
    """Whether this part of a draft is where pictures are sent."""
    return "photos" in section.fields


def take_sent(draft: Draft, sent: ProposalForm) -> bool:
    """Keep the pictures that came with the page, each in its row; True if one was refused.

    What is wrong with one stands in its row. Making a picture takes a second: no transaction is
    open meanwhile.
    """
    files = {row: request.files.get(UPLOAD + row.name) for row in sent.photos}
    came = {row: file for row, file in files.items() if file is not None and file.filename}
    if came:
        db.session.rollback()
    made = {}
    for row, file in came.items():
        try:
            with limiter.limit(SENDING):
                one = imaging.remake(file.stream)
            made[row] = photos.put(store(), one), one
        except RateLimitExceeded:
            row.form.file.errors = [TooOften().message]
        except DirectoryError as problem:
            row.form.file.errors = [problem.message]
    for row, (name, one) in made.items():
        try:
            photos.record(db.session(), name, one, entry_id=draft.entry_id, at=now())
            row.form.file.data = name
        except DirectoryError as problem:
            row.form.file.errors = [problem.message]
    return any(row.form.file.errors for row in came)


def puts_unknown(form: ProposalForm, draft: Draft, base: Document | None) -> bool:
    """Say so beside each row whose picture was not given for this entry."""
    rows = [row for row in (form.photos if "photos" in form else ()) if row.form.file.data]
    before = {photo.file for photo in photos.of(base)}
    known = photos.sizes(db.session(), draft.entry_id, [row.form.file.data for row in rows])
    unknown = [row for row in rows if row.form.file.data not in known.keys() | before]
    for row in unknown:
        row.form.file.errors = [_("We do not have this picture any more. Send it again.")]
    return bool(unknown)


def say_too_heavy(form: ProposalForm) -> None:
    """Say beside the first row without a picture that what was sent there was too large."""
    for row in form.photos:
        if not row.form.file.data:
            row.form.file.errors = [imaging.TooHeavy().message]
            return


def thumbs(form: ProposalForm, draft: Draft) -> dict[str, photos.Shown]:
    """How to show the picture of each row, by its name."""
    names = [row.form.file.data for row in form.photos if row.form.file.data]
    return {
        name: photos.Shown(
            Photo(file=name, alt="-", made_by="-", people_agreed=False), width, height
        )
        for name, (width, height) in photos.sizes(db.session(), draft.entry_id, names).items()
    }


def context(form: ProposalForm, draft: Draft, section: Section) -> dict[str, Any]:
    """What the page of a part needs to show its pictures; nothing for other parts."""
    return {"thumbs": thumbs(form, draft)} if asks_pictures(section) else {}
