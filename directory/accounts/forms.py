"""The form that asks for a sign-in link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from directory.accounts.people import NotAnAddress, tidy


class SignInForm(FlaskForm):
    """One field: the address that has the account."""

    email = StringField(_l("Your e-mail address"))
    next = HiddenField()

    def validate_email(self, field: StringField) -> None:
        try:
            tidy(field.data or "")
        except NotAnAddress as error:
            raise ValidationError(error.message) from error
