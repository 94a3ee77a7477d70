"""Forms of lists and feeds. The mapping screen has as many boxes as the list has columns."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError as NotRight

from directory.imports.columns import KINDS
from directory.imports.lists import NAME_MAX
from directory.imports.models import Every
from directory.vocabulary import facets

AGREE = _l(
    "These words may be passed on under the licence CC BY 4.0, and nothing in them is private"
)


def _agreed(form: FlaskForm, field: Field) -> None:
    if not field.data:
        raise NotRight(_("Tick this, or we may not publish them."))


def _needed(message: str) -> Callable[[FlaskForm, Field], None]:
    def check(form: FlaskForm, field: Field) -> None:
        if not (field.data or "").strip():
            raise NotRight(message)

    return check


def _short(form: FlaskForm, field: Field) -> None:
    if len(field.data or "") > NAME_MAX:
        raise NotRight(_("That is too long. Use at most %(most)d letters.", most=NAME_MAX))


WHOSE = [_needed(_l("Write whose feed it is.")), _short]


class UploadForm(FlaskForm):
    """A list to take in."""

    kind = RadioField(
        _l("What is in it?"),
        choices=[],
        default=KINDS[0],
        validate_choice=False,
    )
    file = FileField(
        _l("Your list"),
        description=_l("CSV, Excel (.xlsx) or Open Referral UK (JSON), up to 5 MB and 2,000 rows."),
    )
    agree = BooleanField(AGREE, validators=[_agreed])

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [SelectChoice(kind, facets.label("kind", kind)) for kind in KINDS]

    def validate_kind(self, field: Field) -> None:
        if field.data not in {str(kind) for kind in KINDS}:
            raise NotRight(_("Choose one."))

    def validate_file(self, field: Field) -> None:
        if not field.data:
            raise NotRight(_("Choose a file."))


def _every() -> RadioField:
    return RadioField(
        _l("How often should we look?"),
        choices=[
            SelectChoice(Every.DAY, _l("Every day")),
            SelectChoice(Every.WEEK, _l("Every week")),
            SelectChoice(Every.NEVER, _l("Only when somebody here presses a button")),
        ],
        default=Every.WEEK,
        validate_choice=False,
    )


class FeedForm(FlaskForm):
    """A feed to harvest."""

    name = StringField(_l("Whose it is"), description=_l("As people know them."), validators=WHOSE)
    url = StringField(
        _l("Its address"),
        description=_l("Of an Open Referral UK feed, 3.0 or 1.0: https://example.org/oruk/v3"),
        validators=[_needed(_l("Write the address of the feed."))],
    )
    every = _every()
    agree = BooleanField(AGREE, validators=[_agreed])

    def validate_url(self, field: Field) -> None:
        if len(field.data or "") > 600:
            raise NotRight(_("That is too long. Use at most %(most)d letters.", most=600))

    def validate_every(self, field: Field) -> None:
        if field.data not in set(Every):
            raise NotRight(_("Choose one."))


class FeedChangeForm(FlaskForm):
    """What can be changed about a feed. Only admins see the tick."""

    name = StringField(_l("Whose it is"), validators=WHOSE)
    every = _every()
    is_trusted = BooleanField(
        _l("What it says goes live without a moderator"),
        description=_l(
            "Only for feeds whose people check what they write. What may be here already, what "
            "somebody here changed, and what ended still waits for a moderator."
        ),
    )

    def validate_every(self, field: Field) -> None:
        if field.data not in set(Every):
            raise NotRight(_("Choose one."))
