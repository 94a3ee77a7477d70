"""The forms beside a proposal: the press that sends it, a report, a message, an appeal."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError as NotRight

from directory.submissions.conversation import MESSAGE_MAX
from directory.submissions.forms_held import HeldForm, address, at_most, needed
from directory.submissions.models import Concern


class BeginForm(HeldForm):
    """Nothing but the signs of trust: somebody begins to change an entry."""


class LastPressForm(HeldForm):
    """What sends a draft. The box for machines refuses nothing here: the rules against spam see
    it, and whoever filled it in by mistake has not written in vain."""

    leave_empty = StringField(_l("Leave this empty"))
    not_private = BooleanField(
        _l("None of this is private, or the person agreed that it is published"),
        validators=[needed(_l("Change it, or tick this if it may be read by everybody."))],
    )


class ConsentForm(LastPressForm):
    """The last press of a story: whose it is, and that it may be read."""

    whose = RadioField(
        _l("Whose story is it?"),
        choices=[
            SelectChoice("own", _l("My own")),
            SelectChoice("other", _l("Somebody else’s: they asked me to send it, and agree")),
        ],
        validate_choice=False,
        validators=[needed(_l("Choose one."))],
    )
    agree = BooleanField(
        _l("Yes, this story may be on the site"),
        validators=[needed(_l("Tick this, or we may not publish the story."))],
    )

    def validate_whose(self, field: Field) -> None:
        if field.data and field.data not in {"own", "other"}:
            raise NotRight(_("Choose one."))


class SendForm(LastPressForm):
    """The last press: others may use the words, and nothing private is left in them."""

    agree = BooleanField(
        _l("I agree that others may use what I wrote here"),
        validators=[needed(_l("Tick this, or we may not publish your words."))],
    )


class ReportForm(HeldForm):
    """Something about an entry is not right."""

    concern = RadioField(
        _l("What is it about?"),
        choices=[
            SelectChoice(Concern.WRONG, _l("Something is wrong")),
            SelectChoice(Concern.ENDED, _l("It has ended or moved")),
            SelectChoice(Concern.WORRYING, _l("It worries me: somebody could come to harm")),
            SelectChoice(Concern.NOT_PLAIN, _l("It is hard to understand")),
            SelectChoice(Concern.MINE, _l("It is mine: I run it, or I speak for those who do")),
            SelectChoice(Concern.OTHER, _l("Something else")),
        ],
        validate_choice=False,
        validators=[needed(_l("Choose one."))],
    )
    words = TextAreaField(
        _l("What should we know?"),
        description=_l("Please name no private person."),
        validators=[
            needed(_l("Write a few words, so that we know what to look at.")),
            at_most(4000),
        ],
    )
    email = StringField(
        _l("Your e-mail address, if you want an answer"),
        description=_l("Nobody but the moderators can use it."),
        validators=[address],
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if self.concern.data == Concern.MINE:
            self.words.label.text = _("Who are you, and how can we check it?")
            self.words.description = _(
                "A web page with your name, or a phone number that others know. Only moderators"
                " read it."
            )
            self.email.label.text = _("Your e-mail address")
            self.email.description = _("The link goes there. Only moderators see it.")

    def validate_email(self, field: Field) -> None:
        if self.concern.data == Concern.MINE and not (field.data or "").strip():
            raise NotRight(_("Write your address: the link to look after it goes there."))

    def validate_concern(self, field: Field) -> None:
        if field.data and field.data not in set(Concern):
            raise NotRight(_("Choose one."))


class MessageForm(HeldForm):
    """Words to the moderators."""

    words = TextAreaField(
        _l("Your message"),
        validators=[needed(_l("Write a few words first.")), at_most(MESSAGE_MAX)],
    )


class AppealForm(HeldForm):
    """Somebody else should look again."""

    reason = TextAreaField(
        _l("Why should somebody look again?"),
        description=_l("What was misread, or what is different now?"),
        validators=[needed(_l("Write a few words first.")), at_most(MESSAGE_MAX)],
    )


class AddressForm(HeldForm):
    """Send the confirmation to another address."""

    email = StringField(
        _l("Your e-mail address"),
        validators=[needed(_l("Write your address.")), address],
    )
