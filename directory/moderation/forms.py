"""The panel in which a moderator decides."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, TextAreaField


class Choice(StrEnum):
    """What a moderator can press."""

    PUBLISH = "publish"
    EDIT = "edit"
    ASK = "ask"
    DECLINE = "decline"


OUTCOMES = (
    (Choice.PUBLISH, _l("Publish"), _l("Readers see it at once. You can undo.")),
    (Choice.EDIT, _l("Publish with my edits"), _l("Opens the text first.")),
    (Choice.ASK, _l("Ask for changes"), _l("They get your note and their private link.")),
    (Choice.DECLINE, _l("Decline"), _l("Always with a reason they will read.")),
)


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Publish, publish with edits, ask for changes or decline; with a note to the author."""

    outcome = StringField()
    note = TextAreaField(_l("Note to them"))
    assured = BooleanField(_l("I checked it is true"))
    with_organization = BooleanField()
    version = HiddenField()
    head = HiddenField()
