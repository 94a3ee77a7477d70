"""How a field of the schema becomes a control of a form: written once, for all kinds.

The schema (entries/documents.py) says what a field is and what it is called; this module chooses
the control; `wording.py` adds what only makes sense beside an empty box. Controls hold what was
typed, as text. Whether it is right is for the schema to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField

from directory.entries import names
from directory.entries.documents import CLASSES
from directory.submissions import wording
from directory.vocabulary import facets
from directory.vocabulary.facets import Term
from directory.vocabulary.terms import Kind

LONG = 130  # letters: from here on a box of several lines
MOST_ROWS = 30

REFERENCES = names.REFERENCES


@dataclass(frozen=True)
class Look:
    """What a template must know to draw a control."""

    control: str
    needed: bool = False
    one_of: bool = False  # needed unless another one is filled in
    limit: int | None = None
    short: bool = False
    inputmode: str = ""
    names_of: Kind | None = None
    terms: tuple[Term, ...] = ()
    rows: int = 4

    @property
    def attributes(self) -> dict[str, str]:
        """What the input says to browsers."""
        found = {
            "inputmode": self.inputmode,
            "spellcheck": "false" if self.inputmode == "url" else "",
            "list": f"names-of-{self.names_of}" if self.names_of else "",
        }
        return {name: value for name, value in found.items() if value}


class _Looks(Field):
    """A control that carries its `Look`."""

    look: Look

    def __init__(self, *args: Any, look: Look, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.look = look
        self.id = f"field-{self.name}"  # documents have a status; so has every page

    @property
    def options(self) -> list[tuple[str, ...]]:
        """The choices with their explanations; parts of life with their cloth too."""
        return [
            (term.key, term.label, term.explanation)
            + ((term.key,) if term.facet == "support_area" else ())
            for term in self.look.terms
        ]


class Line(_Looks, StringField):
    """One line of text."""

    def value(self) -> Any:
        return (self.data or "").strip() or None


class Box(_Looks, TextAreaField):
    """Several lines of text."""

    def value(self) -> Any:
        return (self.data or "").strip() or None


class Lines(_Looks, TextAreaField):
    """A list of short texts, one on each line."""

    def value(self) -> Any:
        return [line.strip() for line in (self.data or "").splitlines() if line.strip()]

    def process_data(self, value: Any) -> None:
        self.data = "\n".join(value or [])


class Ticks(_Looks, SelectMultipleField):
    """Some of a list."""

    def value(self) -> Any:
        return list(self.data or [])


class Radios(_Looks, RadioField):
    """One of a list, all in sight with their explanations."""

    def value(self) -> Any:
        return self.data or None


class Select(_Looks, SelectField):
    """One of a list, inside a row."""

    def value(self) -> Any:
        return self.data or None


class Tick(_Looks, BooleanField):
    """Yes or no."""

    def value(self) -> Any:
        return bool(self.data)


class Group(_Looks, FormField):
    """Fields that belong together, such as a cost and its source."""

    def value(self) -> Any:
        if is_blank(self):
            return None
        found = {one.short_name: one.value() for one in self.form}
        return {name: value for name, value in found.items() if value is not None}


class Rows(_Looks, FieldList):
    """A list of groups, such as evidence, or of names. What was left empty does not count."""

    def value(self) -> Any:
        return [self.entries[index].value() for index in self.filled()]

    def filled(self) -> list[int]:
        """Numbers of the rows in which something was typed."""
        return [index for index, row in enumerate(self.entries) if not is_blank(row)]

    def drop(self, index: int) -> None:
        """Take row `index` away; the others close up."""
        kept = [row.data for place, row in enumerate(self.entries) if place != index]
        while self.entries:
            self.pop_entry()
        self.last_index = -1
        for data in kept:
            self.append_entry(data)


def control(model: type[BaseModel], name: str, kind: Kind | None = None) -> UnboundField:
    """The unbound control for the field `name` of `model`.

    Args:
        kind: of the document, for a field of its own; None inside a row or group.
    """
    info = model.model_fields[name]
    label, hint = wording.label(kind, name, info), wording.hint(kind, name, info)
    needed, inner = info.is_required(), plain_type(info.annotation)
    refers = REFERENCES.get((kind, name)) if kind else None
    if get_origin(inner) is list:
        inner = plain_type(get_args(inner)[0])
        if _is(inner, StrEnum):
            return _choice(Ticks, "ticks", name, inner, label, hint, needed)
        if refers or _is(inner, BaseModel):
            row = (
                _text(name, info, label, "", needed, refers)
                if refers
                else Group(form_of(inner), label, look=Look("group"))
            )
            look = Look("names" if refers else "rows", needed, names_of=refers)
            most = next(
                (one.max_length for one in info.metadata if isinstance(one, MaxLen)), MOST_ROWS
            )
            return Rows(row, label, description=hint, min_entries=1, max_entries=most, look=look)
        return Lines(label, description=hint, look=Look("lines", needed, rows=3))
    if _is(inner, BaseModel):
        return Group(form_of(inner), label, description=hint, look=Look("group", needed))
    if _is(inner, StrEnum):
        if kind:
            return _choice(Radios, "radios", name, inner, label, hint, needed)
        default = None if info.is_required() else info.default
        return _choice(Select, "select", name, inner, label, hint, needed, default=default)
    if inner is bool:
        return Tick(label, description=hint, look=Look("tick"))
    return _text(name, info, label, hint, needed, refers)


def labels(kind: Kind) -> dict[str, wording.Words]:
    """What each field of a document of this kind is called on forms."""
    fields = CLASSES[kind].model_fields
    return {name: wording.label(kind, name, info) for name, info in fields.items()}


def form_of(model: type[BaseModel]) -> type[Form]:
    """A form with a control for each field of a part of a document."""
    names = [name for name in model.model_fields if name not in wording.NEVER_ASKED]
    return type(f"{model.__name__}Form", (Form,), {name: control(model, name) for name in names})


def as_typed(value: Any) -> Any:
    """A value of a document as its control shows it."""
    if isinstance(value, BaseModel):
        return {name: as_typed(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, list | tuple):
        return [as_typed(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    return f"{value:g}" if isinstance(value, float) else str(value)


def sent_as(field: Field) -> list[list[str]]:
    """Pairs of name and value that a browser would send for `field` as it stands."""
    if isinstance(field, FormField):
        return [pair for one in field.form for pair in sent_as(one)]
    if isinstance(field, FieldList):
        return [pair for row in field.entries for pair in sent_as(row)]
    if isinstance(field, SelectMultipleField):
        return [[field.name, str(value)] for value in field.data or []]
    if isinstance(field, BooleanField):
        return [[field.name, "y"]] if field.data else []
    return [[field.name, str(field.data)]] if field.data else []


def leaves(field: Field) -> Iterator[Field]:
    """The boxes inside `field`, or itself."""
    if isinstance(field, FormField):
        for one in field.form:
            yield from leaves(one)
    elif isinstance(field, FieldList):
        for row in field.entries:
            yield from leaves(row)
    else:
        yield field


def is_blank(field: Field) -> bool:
    """Whether nothing was typed or chosen in `field`, or only what stood there by itself."""
    if isinstance(field, FormField):
        return all(is_blank(one) for one in field.form)
    if isinstance(field, FieldList):
        return all(is_blank(one) for one in field.entries)
    data = field.data.strip() if isinstance(field.data, str) else field.data
    return not data or data == field.default


def put_error(form: Form, loc: Sequence[int | str], message: str) -> bool:
    """Write `message` beside the control that `loc` names; False if the form does not show it.

    A `loc` is pydantic's: field, number in the list, field in the row. Rows that were left empty
    are not in the schema's list, so its numbers are those of the filled rows.
    """
    found: Any = form
    for part in loc:
        if isinstance(found, Rows) and isinstance(part, int) and part < len(found.filled()):
            found = found.entries[found.filled()[part]]
        elif isinstance(found, FormField) and part in found.form:
            found = found.form[part]
        elif isinstance(found, Form) and part in found:
            found = found[part]
        else:
            break
    if found is form:
        return False
    if isinstance(found, FormField):
        found.form.form_errors = [*found.form.form_errors, message]
    else:
        found.errors = [*found.errors, message]
    return True


def errors_in(field: Field | Form) -> Iterator[tuple[Field, str]]:
    """Every control that has an error, in the order of the page, with what is wrong."""
    if isinstance(field, FormField):
        yield from ((field, str(message)) for message in field.form.form_errors)
        yield from errors_in(field.form)
    elif isinstance(field, Form):
        for one in field:
            yield from errors_in(one)
    else:
        yield from ((field, str(one)) for one in field.errors if not isinstance(one, list | dict))
        if isinstance(field, FieldList):
            for row in field.entries:
                yield from errors_in(row)


def plain_type(annotation: Any) -> Any:
    """The type without `Annotated` and `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in {Union, UnionType}:
            annotation = next(one for one in get_args(annotation) if one is not NoneType)
        else:
            return annotation


def _text(
    name: str, info: FieldInfo, label: str, hint: str, needed: bool, refers: Kind | None
) -> UnboundField:
    limit = next((one.max_length for one in _metadata(info) if isinstance(one, MaxLen)), None)
    if refers:
        one_of = name in wording.ONE_OF
        look = Look("line", needed, one_of, names_of=refers)
        return Line(label, description=hint, look=look)
    if name.endswith("url"):
        return Line(label, description=hint, look=Look("line", needed, inputmode="url"))
    if limit and limit >= LONG and name not in wording.ONE_LINE:
        return Box(label, description=hint, look=Look("box", needed, limit=limit))
    number = plain_type(info.annotation) in {int, float}
    look = Look(
        "line", needed, limit=limit, short=number or name in wording.SHORT,
        inputmode="decimal" if number else "",
    )  # fmt: skip
    return Line(label, description=hint, look=look)


def _choice(
    cls: type[Field],
    name_of_control: str,
    name: str,
    enum: type[StrEnum],
    label: str,
    hint: str,
    needed: bool,
    default: str | None = None,
) -> UnboundField:
    terms = tuple(facets.facets()[name].values()) if name in facets.FACETS else tuple(
        Term(name, one, one, "", one) for one in enum
    )  # fmt: skip
    look = Look(name_of_control, needed, terms=terms)
    choices = [SelectChoice(term.key, term.label) for term in terms]
    if cls is Select and default is None:
        choices.insert(0, SelectChoice("", ""))
    # The schema checks the choice, and its error keeps what was sent.
    return cls(
        label, description=hint, choices=choices, validate_choice=False, default=default, look=look
    )


def _metadata(info: FieldInfo) -> Iterator[Any]:
    yield from info.metadata
    yield from _inside(info.annotation)


def _inside(annotation: Any) -> Iterator[Any]:
    """Constraints inside `Annotated[str, …] | None`."""
    if get_origin(annotation) is Annotated:
        for one in get_args(annotation)[1:]:
            yield from one.metadata if isinstance(one, FieldInfo) else (one,)
    elif get_origin(annotation) in {Union, UnionType}:
        for one in get_args(annotation):
            yield from _inside(one)


def _is(shape: Any, cls: type) -> bool:
    return isinstance(shape, type) and issubclass(shape, cls)
