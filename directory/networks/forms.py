"""Forms of networks: asking to be one, deciding, and what editors choose."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError as NotRight

from directory.accounts.people import NotAnAddress, tidy
from directory.entries import names
from directory.networks import colours, origins
from directory.networks.models import Hand, Role
from directory.networks.rules import Rules
from directory.search.query import WITHIN
from directory.submissions.forms_held import HeldForm, at_most, needed
from directory.vocabulary import facets
from directory.vocabulary.terms import Kind

NAME_MAX = 80
WORDS_MAX = 600
NAMES_MAX = 30


def an_email(form: FlaskForm, field: Field) -> None:
    try:
        tidy(field.data or "")
    except NotAnAddress as error:
        raise NotRight(error.message) from error


def a_site(form: FlaskForm, field: Field) -> None:
    try:
        origins.read(field.data or "")
    except origins.NotASite as error:
        raise NotRight(error.message) from error


def a_colour(form: FlaskForm, field: Field) -> None:
    if (field.data or "").strip() and colours.tidy(field.data) is None:
        raise NotRight(_("Write a colour as # and six digits or letters, such as #1e1915."))


class AskForm(HeldForm):
    """What an admin must know to open a network."""

    name = StringField(
        _l("Name of the network"),
        description=_l("A council, a charity, a forum: as people know it."),
        validators=[needed(_l("Write its name.")), at_most(NAME_MAX)],
    )
    web_page = StringField(
        _l("Its own web site"),
        description=_l("So that we can see that it is really you."),
        validators=[needed(_l("Write the address of its site.")), a_site, at_most(200)],
    )
    role = StringField(_l("What you do there"), validators=[at_most(120)])
    why = TextAreaField(
        _l("What you want to show, and where"),
        validators=[needed(_l("Tell us in a sentence or two.")), at_most(WORDS_MAX)],
    )
    email = StringField(
        _l("Your e-mail address"),
        description=_l("At the network, if you can: it helps us to know that it is you."),
        validators=[an_email],
    )


class DecideForm(FlaskForm):
    """Open a network or not."""

    outcome = RadioField(
        _l("Your decision"),
        choices=[
            SelectChoice("open", _l("Open it")),
            SelectChoice("decline", _l("Do not open it")),
        ],
        validate_choice=True,
    )
    slug = StringField(_l("Its address here"), description=_l("Ends the address: leeds-carers."))
    reason = TextAreaField(
        _l("Why not"), description=_l("They will read this."), validators=[at_most(WORDS_MAX)]
    )

    def validate_reason(self, field: Field) -> None:
        if self.outcome.data == "decline" and not (field.data or "").strip():
            raise NotRight(_("Write why: they will read it."))


class PageForm(FlaskForm):
    """What the network's page and its widgets look like."""

    version = HiddenField()
    name = StringField(_l("Name"), validators=[needed(_l("Write a name.")), at_most(NAME_MAX)])
    web_page = StringField(
        _l("Your own site"), validators=[needed(_l("Write its address.")), a_site, at_most(200)]
    )
    words = TextAreaField(
        _l("In your words"),
        description=_l("Two or three sentences: who you are, and what you chose."),
        validators=[at_most(WORDS_MAX)],
    )
    logo = FileField(_l("Logo"), description=_l("A PNG picture, at most 100 kB."))
    without_logo = BooleanField(_l("Take the logo away"))
    text = StringField(_l("Words"), validators=[a_colour])
    ground = StringField(_l("Background"), validators=[a_colour])
    accent = StringField(_l("Buttons"), validators=[a_colour])
    on_accent = StringField(_l("Words on buttons"), validators=[a_colour])

    def chosen_colours(self) -> dict[str, str]:
        """The colours that were chosen, tidy."""
        return {
            name: colour
            for name in colours.NAMES
            if (colour := colours.tidy(self[name].data or ""))
        }

    def validate_text(self, field: Field) -> None:
        self._far_enough(field)

    def validate_accent(self, field: Field) -> None:
        self._far_enough(field)

    def validate_on_accent(self, field: Field) -> None:
        self._far_enough(field)

    def _far_enough(self, field: Field) -> None:
        for pair in colours.pairs(self.chosen_colours()):
            if pair.field == field.short_name and not pair.is_enough:
                raise NotRight(
                    _(
                        "Too close to what is behind it: the contrast is %(ratio)s to 1, and "
                        "must be at least %(least)s.",
                        ratio=round(pair.ratio, 1),
                        least=pair.least,
                    )
                )


class SitesForm(FlaskForm):
    """Where widgets of the network may stand."""

    origins = TextAreaField(
        _l("Sites that may show it"),
        description=_l("One a line: https://www.example.org. Empty: every site may."),
        validators=[a_site],
    )


class PickForm(FlaskForm):
    """One entry, added or left out by hand, with a note."""

    entry = StringField(
        _l("Which entry"), description=_l("Its address here, or its name."),
        validators=[needed(_l("Write its address or its name."))],
    )  # fmt: skip
    hand = RadioField(
        _l("What to do"),
        choices=[
            SelectChoice(Hand.ADDED.value, _l("Add it, whatever the rules say")),
            SelectChoice(Hand.LEFT_OUT.value, _l("Leave it out, whatever the rules say")),
            SelectChoice(Hand.KEPT.value, _l("Let the rules decide, and only add a note")),
        ],
        default=Hand.ADDED.value,
    )
    note = TextAreaField(
        _l("Your note"),
        description=_l("Shown with it, as said by you: “We run this on Tuesdays.”"),
        validators=[at_most(400)],
    )


class EditorForm(FlaskForm):
    """Somebody who may edit."""

    email = StringField(_l("Their e-mail address"), validators=[an_email])
    role = RadioField(
        _l("What they may do"),
        choices=[
            SelectChoice(Role.EDITOR.value, _l("Choose entries, words and widgets")),
            SelectChoice(Role.OWNER.value, _l("That, and choose sites and editors")),
        ],
        default=Role.EDITOR.value,
    )


TERMS = {"kind": "kind", "support_area": "support_area", "who_for": "who_for",
         "evidence": "strength", "fresh": "freshness"}  # fmt: skip
NAMED = {"approach": Kind.APPROACH, "place": Kind.PLACE, "organization": Kind.ORGANIZATION}


class RulesForm(FlaskForm):
    """The rules of a collection. Lists of entries are written as their names, one a line."""

    version = HiddenField()
    kind = SelectMultipleField(_l("What to show"))
    support_area = SelectMultipleField(_l("Part of life"))
    who_for = SelectMultipleField(_l("Who it is for"))
    near = StringField(
        _l("Near"), description=_l("A town, council or first half of a postcode."),
        validators=[at_most(80)],
    )  # fmt: skip
    within = SelectField(_l("How far from there"))
    approach = TextAreaField(_l("Only these approaches"), description=_l("Names, one a line."))
    place = TextAreaField(_l("Only in these places"), description=_l("Names, one a line."))
    organization = TextAreaField(
        _l("Only run by these organisations"), description=_l("Names, one a line.")
    )
    fresh = SelectMultipleField(_l("How fresh"))
    evidence = SelectMultipleField(_l("How we know"))

    def __init__(self, session: Session, rules: Rules | None = None, **more: object) -> None:
        super().__init__(**more)
        self._session = session
        self.found: dict[str, tuple[str, ...]] = {}
        for name, facet in TERMS.items():
            self[name].choices = [
                SelectChoice(key, term.label)
                for key, term in facets.facets()[facet].items()
                if not (name == "kind" and key == Kind.PAGE)
            ]
        self.within.choices = [
            SelectChoice("", _("In the place itself")),
            *(SelectChoice(str(miles), _("%(miles)s miles", miles=miles)) for miles in WITHIN),
        ]
        if rules is not None:
            self._show(rules)

    def rules(self) -> Rules:
        """What was chosen. Ask only after `validate`."""
        return Rules(
            near=" ".join((self.near.data or "").split()),
            within=int(self.within.data) if self.within.data else None,
            **{name: tuple(self[name].data or ()) for name in TERMS},
            **self.found,
        )

    def validate_approach(self, field: Field) -> None:
        self._look_up(field)

    def validate_place(self, field: Field) -> None:
        self._look_up(field)

    def validate_organization(self, field: Field) -> None:
        self._look_up(field)

    def _look_up(self, field: Field) -> None:
        kind = NAMED[field.short_name]
        typed = [line.strip() for line in (field.data or "").splitlines() if line.strip()]
        if len(typed) > NAMES_MAX:
            raise NotRight(_("Use at most %(most)d names.", most=NAMES_MAX))
        known = {line: names.slug_of(self._session, kind, line) for line in typed}
        if unknown := [line for line, slug in known.items() if slug is None]:
            raise NotRight(_("There is no entry called “%(name)s”.", name=unknown[0][:80]))
        self.found[field.short_name] = tuple(dict.fromkeys(s for s in known.values() if s))

    def _show(self, rules: Rules) -> None:
        for name in TERMS:
            self[name].data = list(getattr(rules, name))
        self.near.data, self.within.data = rules.near, str(rules.within or "")
        for name, kind in NAMED.items():
            slugs: Sequence[str] = getattr(rules, name)
            known = names.names_of(self._session, kind, slugs)
            self[name].data = "\n".join(known[slug] for slug in slugs)
