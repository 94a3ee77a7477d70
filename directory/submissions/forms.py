"""The form that proposes a document, made from the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField

from directory import config
from directory.entries.documents import APPROACH_HEADINGS, CLASSES, Document
from directory.entries.text import explain
from directory.places import gazetteer
from directory.places.postcodes import cut_to_sectors
from directory.submissions import bodies, controls, whereabouts, wording
from directory.submissions.controls import Box, Look
from directory.submissions.forms_held import HeldForm, address, at_most, needed
from directory.submissions.plain_words import Text
from directory.vocabulary.terms import Kind, SupportArea

NEEDED_HEADING = "How it works"


NAME_MAX = 120  # letters


SECTION_MAX = 8_000  # letters in one box of the body


# Finds the slug of an entry by its kind and the name that was typed; None if there is none.
FindSlug = Callable[[Kind, str], str | None]


# The names of entries by their kind and slugs.
FindNames = Callable[[Kind, list[str]], Mapping[str, str]]


@dataclass(frozen=True)
class LiveCard:
    """The first words of a proposal, and what its block is drawn from."""

    id: str
    name: str
    tagline: str
    place: str
    support_area: tuple[SupportArea, ...]


def card_of(entry_id: str, pairs: Iterable[tuple[str, str]]) -> LiveCard:
    """The card of what was typed, given as pairs of name and value."""
    typed: dict[str, list[str]] = {}
    for name, value in pairs:
        typed.setdefault(name, []).append(value)

    def first(name: str) -> str:
        return typed.get(name, [""])[0].strip()

    known = set(SupportArea)
    return LiveCard(
        id=entry_id,
        name=first("name"),
        tagline=first("strapline") or first("summary"),
        place=cut_to_sectors(first("place")),  # of a postcode nobody sees more
        support_area=tuple(
            SupportArea(one) for one in typed.get("support_area", ()) if one in known
        ),
    )


class ProposalForm(HeldForm):
    """What all kinds ask about the sender; `form_for` adds the fields of the document."""

    kind: ClassVar[Kind]

    draft_id = HiddenField()

    why = TextAreaField(
        _l("Anything else the moderator should know?"),
        description=_l("Why you suggest a change, for example, or who could answer questions."),
        validators=[at_most(2000)],
    )
    author_role = StringField(
        _l("How do you know about it?"),
        description=_l("“I run it”, “I go there”, “I read about it”. Only moderators see this."),
        validators=[at_most(200)],
    )
    author_name = StringField(
        _l("Your name, if you like"),
        description=_l("Only moderators see it."),
        validators=[at_most(120)],
    )
    email = StringField(
        _l("Your e-mail address"),
        description=_l(
            "We send you a link to confirm, and tell you what was decided. Nobody else sees it."
        ),
        validators=[needed(_l("Write your address, so that we can answer you.")), address],
    )

    @classmethod
    def of_answers(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """The form with what was typed earlier, as pairs of name and value."""
        return cls(formdata=MultiDict(list(pairs)), meta={"csrf": False})

    @classmethod
    def opened(cls, document: Document, names: FindNames) -> Self:
        """The form with what `document` says, whatever the request brings."""
        return cls(formdata=None, data=_as_typed(document, names))

    def change_rows(self, sent: Mapping[str, str]) -> bool:
        """Add or take away a row if that button was pressed; False if it was another one."""
        if name := sent.get("add"):
            rows = self._rows(name)
            if rows is not None and len(rows.entries) < rows.max_entries:
                rows.append_entry()
        elif pressed := sent.get("remove"):
            name, _dash, number = pressed.rpartition("-")
            rows = self._rows(name)
            if rows is not None and number.isdecimal() and int(number) < len(rows.entries):
                rows.drop(int(number))
        return "add" in sent or "remove" in sent

    def _rows(self, name: str) -> controls.Rows | None:
        field = self._fields.get(name)
        return field if isinstance(field, controls.Rows) else None

    @property
    def sections(self) -> tuple[wording.Section, ...]:
        return wording.SECTIONS[self.kind]

    def in_page_order(self) -> list[Field]:
        """The document's controls in their sections, then those about the sender."""
        first = [field for section in self.sections for field in self.controls(section)]
        return first + [field for field in super().in_page_order() if field not in first]

    def controls(self, section: wording.Section) -> Iterator[Field]:
        """The controls of one section of the page."""
        for name in section.fields:
            yield from (self[one] for one in _boxes(self.kind) if name == "body" and one in self)
            if name in self:
                yield self[name]

    def has_something(self, section: wording.Section) -> bool:
        """Whether something stands in this section, is wrong, or a row of it was just added."""
        fields = list(self.controls(section))
        pressed = request.form.get("add") or request.form.get("remove", "").rpartition("-")[0]
        return any(
            not controls.is_blank(field)
            or any(True for _error in controls.errors_in(field))
            or field.short_name == pressed
            for field in fields
        )

    def answers(self, section: wording.Section) -> dict[str, list[list[str]]]:
        """What stands in one section, by control, as a browser would send it."""
        return {field.short_name: controls.sent_as(field) for field in self.controls(section)}

    def prose(self, section: wording.Section) -> list[Text]:
        """What was typed in sentences in one section, with the control that holds it."""
        return [
            Text(field.name, str(field.label.text), field.data)
            for control in self.controls(section)
            for field in controls.leaves(control)
            if field.data and isinstance(field.data, str) and wording.is_prose(field.short_name)
        ]

    def card(self) -> LiveCard:
        """What the card shows of what was typed so far, right or wrong."""
        names = ("name", "strapline", "summary", "place", "support_area")
        pairs = [pair for name in names if name in self for pair in controls.sent_as(self[name])]
        return card_of(self.draft_id.data or "", ((name, value) for name, value in pairs))

    def without_sender(self) -> None:
        """Ask nothing about the sender: a change of one's own submission, or a moderator's edit."""
        for name in ("author_role", "author_name", "email"):
            del self[name]

    def read(self, base: Document | None, find: FindSlug) -> tuple[Document | None, dict[str, str]]:
        """The document that was typed, and what has no place in it. Errors go beside the controls.

        Args:
            base: what the form was opened with: fields that it does not show are kept.
        """
        typed = self._typed()
        asides = self._find_entries(typed, find)
        model = CLASSES[self.kind]
        kept = base.model_dump() if base else {"id": self._draft_id()}
        if base:
            _keep_order(typed, base)
        # The schema says this too, but only once all fields are right.
        if self.kind is Kind.SERVICE and not any(
            (kept | typed).get(name) for name in ("place", "location", "service_area")
        ):
            said = _("Say where it happens: a town, or the area it covers.")
            controls.put_error(self, ("place",), said)
        try:
            document = model.model_validate(kept | typed)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                self._show(details)
            return None, asides
        return (None if self.errors or self.form_errors else document), asides

    def _draft_id(self) -> UUID | None:
        """The id that the block of a new entry was drawn from so far."""
        try:
            return UUID(self.draft_id.data or "")
        except ValueError:
            return None

    def _typed(self) -> dict[str, Any]:
        typed = {
            name: self[name].value()
            for section in self.sections
            for name in section.fields
            if name in self
        }
        if self.kind is Kind.APPROACH:
            texts = {
                heading: self[box].value() or ""
                for box, heading in zip(_boxes(self.kind), APPROACH_HEADINGS, strict=False)
            }
            typed["body"] = bodies.join(texts, self["body_more"].value() or "")
            if not texts[NEEDED_HEADING]:
                box = _boxes(self.kind)[APPROACH_HEADINGS.index(NEEDED_HEADING)]
                controls.put_error(self, (box,), _("Tell in a few sentences how it works."))
        elif "body" in typed:
            typed["body"] = typed["body"] or ""
        # What was left empty and has another default keeps that; the schema's own words for what is
        # missing are about files.
        fields = CLASSES[self.kind].model_fields
        return {
            name: value
            for name, value in typed.items()
            if not self._is_missing(name, value)
            and not (value is None and fields[name].default is not None)
        }

    def _is_missing(self, name: str, value: Any) -> bool:
        look: Look | None = getattr(self._fields.get(name), "look", None)
        if not look or not look.needed or value not in (None, []):
            return False
        words = {
            "ticks": _("Choose at least one."),
            "radios": _("Choose one."),
            "names": _("Name at least one."),
        }
        controls.put_error(self, (name,), words.get(look.control, _("Write a few words here.")))
        return True

    def _find_entries(self, typed: dict[str, Any], find: FindSlug) -> dict[str, str]:
        """Put slugs in place of names; returns names that have no entry yet."""
        asides: dict[str, str] = {}
        for (kind, name), wanted in controls.REFERENCES.items():
            value = typed.get(name)
            if kind is not self.kind or not value:
                continue
            if self.kind is Kind.STORY:
                typed[name] = self._find_what_it_is_about(value, find)
            elif isinstance(value, list):
                found = [find(wanted, one) for one in value]
                for index, slug in enumerate(found):
                    if slug is None:
                        controls.put_error(self, (name, index), _no_such(wanted, value[index]))
                typed[name] = [slug for slug in found if slug]
            else:
                typed[name] = find(wanted, value)
                if typed[name] is None:
                    asides[name] = value
                    if len(value) > NAME_MAX:
                        controls.put_error(self, (name,), _("Write only its name."))
        if "place" in asides:
            self._place(asides.pop("place"), typed, find)
        return asides

    def _place(self, named: str, typed: dict[str, Any], find: FindSlug) -> None:
        """Put what a place name or postcode means into `typed`; a name that we have no page for
        is still where it happens."""
        where = whereabouts.understand(gazetteer.at(config.current().geo_path), named)
        if where is not None and not where.name:
            said = _("There is more than one %(name)s. Choose which.", name=named)
            controls.put_error(self, ("place",), said)
        if where is not None and where.point is not None:
            typed["location"] = where.point.model_dump()
            typed["place"] = find(Kind.PLACE, where.area)
            named = "" if typed["place"] else where.area
        elif whereabouts.is_postcode(named):
            said = _("We do not know this postcode. Write the town instead.")
            controls.put_error(self, ("place",), said)
        areas = typed.get("service_area") or []
        typed["service_area"] = list(dict.fromkeys([*filter(None, [named]), *areas]))

    def _find_what_it_is_about(self, named: str, find: FindSlug) -> str | None:
        for kind in (Kind.APPROACH, Kind.SERVICE):
            if slug := find(kind, named.rpartition("/")[2] if "/" in named else named):
                return f"{kind.folder}/{slug}"
        controls.put_error(self, ("about",), _no_such(Kind.STORY, named))
        return None

    def _show(self, details: ErrorDetails) -> None:
        loc, model = details["loc"], CLASSES[self.kind]
        if not loc and self.errors:
            return  # about the whole, and said beside a control already
        if len(loc) == 1 and self._has_error(str(loc[0])):
            return  # said there already, in words that fit a form
        what, remedy = explain(details, model)
        message = f"{what[:1].upper()}{what[1:]}. {remedy}"
        if details["type"] in {"missing", "too_short", "string_too_short"}:
            message = _("Write this too, or clear the whole row.") if len(loc) > 1 else _("Needed.")
        if loc == ("body",) and self.kind is Kind.APPROACH:
            loc = (_boxes(self.kind)[0],)
        if not controls.put_error(self, loc, message):
            self.form_errors = [*self.form_errors, f"{loc[0] if loc else ''}: {message}"]

    def _has_error(self, name: str) -> bool:
        field = self._fields.get(name)
        return field is not None and any(True for _one in controls.errors_in(field))


@cache
def form_for(kind: Kind, *, part: str = "") -> type[ProposalForm]:
    """The form of one kind of document, with a control for each field that it asks.

    Args:
        part: the key of the one section whose controls are wanted: to save that alone costs a
            third.
    """
    model = CLASSES[kind]
    fields: dict[str, Any] = {"kind": kind}
    for section in wording.SECTIONS[kind]:
        for name in section.fields if part in {"", section.key} else ():
            if name == "body" and kind is Kind.APPROACH:
                fields |= _section_boxes()
            else:
                fields[name] = controls.control(model, name, kind)
    return type(f"{kind.title()}Form", (ProposalForm,), fields)


@cache
def first_form_for(kind: Kind) -> type[HeldForm]:
    """The form of the first question about something new: few controls of the whole form."""
    fields = {name: controls.control(CLASSES[kind], name, kind) for name in wording.FIRST[kind]}
    return type(f"First{kind.title()}Form", (HeldForm,), {"kind": kind, **fields})


def answers_of(
    document: Document, asides: Mapping[str, Any], names: FindNames
) -> dict[str, list[list[str]]]:
    """What a draft holds that begins with `document`, by control.

    Args:
        asides: names that have no entry yet; they go back into their boxes.
    """
    form = form_for(document.kind).opened(document, names)
    for name, typed in asides.items():
        if name in form and not form[name].data:
            form[name].data = typed
    return {
        name: pairs for section in form.sections for name, pairs in form.answers(section).items()
    }


def _boxes(kind: Kind) -> tuple[str, ...]:
    """Names of the boxes of an approach's body: one to a heading, and one for the rest."""
    if kind is not Kind.APPROACH:
        return ()
    return (*(f"body_{number}" for number in range(1, len(APPROACH_HEADINGS) + 1)), "body_more")


def _section_boxes() -> dict[str, Any]:
    names = _boxes(Kind.APPROACH)
    found = {
        name: Box(
            heading,
            description=wording.SECTION_HINTS[heading],
            validators=[at_most(SECTION_MAX)],
            look=Look("box", needed=heading == NEEDED_HEADING, rows=6),
        )
        for name, heading in zip(names, APPROACH_HEADINGS, strict=False)
    }
    found[names[-1]] = Box(_l("Anything else"), look=Look("box"), validators=[at_most(SECTION_MAX)])
    return found


def _as_typed(document: Document, names: FindNames) -> dict[str, Any]:
    """What the controls show for `document`."""
    data = {
        name: controls.as_typed(getattr(document, name)) for name in type(document).model_fields
    }
    for (kind, name), wanted in controls.REFERENCES.items():
        if kind is document.kind and data.get(name):
            one = isinstance(data[name], str)
            if document.kind is Kind.STORY:
                folder, _slash, slug = data[name].partition("/")
                data[name] = names(Kind.of_folder(folder), [slug])[slug]
                continue
            slugs = [data[name]] if one else data[name]
            found = [names(wanted, slugs)[slug] for slug in slugs]
            data[name] = found[0] if one else found
    if document.kind is Kind.APPROACH:
        texts, rest = bodies.split(document.body)
        for box, heading in zip(_boxes(Kind.APPROACH), APPROACH_HEADINGS, strict=False):
            data[box] = texts.get(heading, "")
        data["body_more"] = rest
    return data


def _keep_order(typed: dict[str, Any], base: Document) -> None:
    """Ticks have no order; what was first before, such as the main part of life, stays first."""
    for name in ("support_area", "who_for", "builds_on"):
        before = [str(one) for one in getattr(base, name, [])]
        if name in typed and before:
            kept = [one for one in before if one in typed[name]]
            typed[name] = kept + [one for one in typed[name] if one not in before]


def _no_such(kind: Kind, typed: str) -> str:
    if kind is Kind.APPROACH:
        return str(
            _(
                "We have no approach called “%(name)s”. Choose the nearest from the list: "
                "a moderator looks at it, too.",
                name=typed,
            )
        )
    return str(_("We have no entry called “%(name)s”. Choose one from the list.", name=typed))
