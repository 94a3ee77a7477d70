"""Forms on an owner's private page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from directory.accounts.people import NotAnAddress, tidy


class AddressForm(FlaskForm):
    """Where to send something."""

    email = StringField(_l("E-mail address"))

    def validate_email(self, field: StringField) -> None:
        try:
            tidy(field.data or "")
        except NotAnAddress as error:
            raise ValidationError(error.message) from error


class HandOverForm(AddressForm):
    """To whom, and whether it stays mine as well."""

    how = RadioField(
        _l("What should happen?"),
        choices=[
            SelectChoice("both", _l("We both look after it")),
            SelectChoice("instead", _l("They look after it instead of me")),
        ],
        default="both",
    )
