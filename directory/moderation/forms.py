"""The panel in which a moderator decides."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from directory.moderation.choices import Choice

# What can be chosen: the choice, its name, and what follows from it.
Outcomes = tuple[tuple[Choice, Any, Any], ...]

OUTCOMES: Outcomes = (
    (Choice.PUBLISH, _l("Publish"), _l("Readers see it at once. You can undo.")),
    (Choice.EDIT, _l("Publish with my edits"), _l("Opens the text first.")),
    (Choice.ASK, _l("Ask for changes"), _l("They get your note and their private link.")),
    (Choice.DECLINE, _l("Decline"), _l("Always with a reason they will read.")),
    (Choice.LATER, _l("Publish later"), _l("In the morning of the day you set below.")),
    (Choice.SPAM, _l("It is spam"), _l("Closed without a mail. It can be taken up again.")),
)
# What came with a network's list: its editors are asked there.
OUTCOMES_OF_NETWORK = tuple(
    (key, label, _l("Its editors get your note beside their list.") if key is Choice.ASK else hint)
    for key, label, hint in OUTCOMES
    if key is not Choice.SPAM
)
# A file that clashed has no author who could be asked, and nobody sends spam that way.
OUTCOMES_WITHOUT_AUTHOR = tuple(one for one in OUTCOMES if one[0] not in {Choice.ASK, Choice.SPAM})


class DecisionForm(FlaskForm):
    """Publish, publish with edits, ask for changes or decline; with a note to the author."""

    outcome = StringField()
    note = TextAreaField(_l("Note to them"))
    assured = BooleanField(_l("I checked it is true"))
    with_organization = BooleanField()
    reasons = SelectMultipleField(choices=[], validate_choice=False)
    day = DateField(_l("Day to publish it"), validators=[Optional()])
    version = HiddenField()
    head = HiddenField()
