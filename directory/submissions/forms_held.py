"""What all forms share: they keep what was typed, and tell what is wrong in page order."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, i18n
from wtforms.validators import ValidationError as NotRight

from directory.accounts.people import NotAnAddress, tidy
from directory.submissions import controls


def needed(message: str) -> Callable[[FlaskForm, Field], None]:
    def check(form: FlaskForm, field: Field) -> None:
        if not (field.data.strip() if isinstance(field.data, str) else field.data):
            raise NotRight(message)

    return check


def address(form: FlaskForm, field: Field) -> None:
    if (field.data or "").strip():
        try:
            tidy(field.data)
        except NotAnAddress as error:
            raise NotRight(error.message) from error


def _left_empty(form: FlaskForm, field: Field) -> None:
    if field.data:
        raise NotRight(_("Please clear this box. It is only there to catch machines."))


def at_most(letters: int) -> Callable[[FlaskForm, Field], None]:
    def check(form: FlaskForm, field: Field) -> None:
        if len(field.data or "") > letters:
            raise NotRight(
                _(
                    "That is %(now)d letters. Use at most %(most)d.",
                    now=len(field.data),
                    most=letters,
                )
            )

    return check


@cache
def _words_of_wtforms(locale: str) -> NullTranslations:
    """Its own messages in that language. Read once: Flask-WTF would do it for each request."""
    found: NullTranslations = i18n.get_translations([locale, "en"])
    return found


class HeldForm(FlaskForm):
    """A form that keeps what was typed, whatever is wrong, and knows its errors in page order."""

    class Meta:
        def get_translations(self, form: FlaskForm) -> NullTranslations:
            return _words_of_wtforms(str(get_locale() or "en"))

    form_errors: list[str]

    # People and password managers do not see it; machines fill it in.
    leave_empty = StringField(_l("Leave this empty"), validators=[_left_empty])

    def problems(self) -> list[tuple[str, str, str]]:
        """Id of the control, its label, and what is wrong with it; in the order of the page."""
        found = [
            (field.id, str(field.label.text), message)
            for one in self.in_page_order()
            for field, message in controls.errors_in(one)
        ]
        return found + [("", "", str(message)) for message in self.form_errors]

    def in_page_order(self) -> list[Field]:
        """The controls as the page shows them; the sign of trust is none."""
        return [field for field in self if field.short_name != "csrf_token"]

    @property
    def is_stale(self) -> bool:
        """The page was open for so long that its hidden sign of trust is no longer good."""
        token = self._fields.get("csrf_token")
        return token is not None and bool(token.errors)
