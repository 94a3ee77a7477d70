"""The form that says "I would like this here"."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, StringField
from wtforms.validators import ValidationError

from directory.accounts.people import NotAnAddress, tidy
from directory.places import postcodes


class WishForm(FlaskForm):
    """Where somebody lives, and where to send the link. The view fills in approach and place."""

    postcode = StringField(_l("First half of your postcode"))
    email = EmailField(_l("Your mail address"))
    leave_empty = StringField(_l("Leave this empty"))

    def validate_postcode(self, field: Field) -> None:
        if self.district is None:
            raise ValidationError(_("Write the first half of a postcode, such as LS7."))

    def validate_email(self, field: Field) -> None:
        try:
            tidy(field.data or "")
        except NotAnAddress as error:
            raise ValidationError(error.message) from error

    def validate_leave_empty(self, field: Field) -> None:
        if field.data:
            raise ValidationError(_("Please clear this box. It is only there to catch machines."))

    @property
    def district(self) -> str | None:
        """The first half of what was typed: all that is kept of a postcode."""
        code = postcodes.parse(self.postcode.data or "")
        return code.district if code else None

    @property
    def address(self) -> str:
        return tidy(self.email.data or "")
