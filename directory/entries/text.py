"""Documents as text: Markdown with YAML front matter, read with all its problems at once.

`dump(parse(text))` is the canonical form: fields in the order of the schema, empty ones left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from directory.entries.documents import CLASSES, Document
from directory.vocabulary.terms import Kind

FRONT_MATTER_MAX = 64 * 1024  # characters
FENCE = "---"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, ten times as fast
# Fields that came after the first hashes were kept: empty, they leave a document's hash as it was.
_LATER_FIELDS = ("photos", "easy_read_check")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a document, and what to write instead."""

    path: str
    line: int
    field: str
    what: str
    remedy: str

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        return f"{self.path}:{self.line}: {field}{self.what}. {self.remedy}"


class BadDocument(ValueError):
    """A text that is not a document. `problems` lists all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def parse(text: str, *, path: str = "document") -> Document:
    """The document that `text` holds.

    Raises:
        BadDocument: with every problem found, each with its line (from 1), field and remedy.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front, body, body_line = _split(text, path)
    root = _compose(front, path)
    data, problems = _construct(root, path)
    for number, line in enumerate(body.split("\n"), body_line):
        if _CONTROL.search(line):
            problems.append(
                Problem(path, number, "body", "it holds a control character", "Delete it.")
            )
    document: Document | None = None
    kind = _kind(data, root, path, problems)
    if kind is not None:
        if "body" in data:
            problems.append(
                Problem(path, _line(root, ("body",)), "body", "it stands in the front matter",
                        "Write it below the second ---.")
            )  # fmt: skip
        try:
            document = CLASSES[kind].model_validate(data | {"body": _tidy(body)})
        except ValidationError as error:
            problems += [
                _problem(details, CLASSES[kind], root, path, body_line)
                for details in error.errors(include_url=False)
            ]
    if problems or document is None:
        raise BadDocument(sorted(problems, key=lambda problem: problem.line))
    return document


def dump(document: Document) -> str:
    """The canonical text of `document`."""
    front = yaml.dump(
        as_data(document),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=False,
    )
    body = _tidy(document.body)
    return f"{FENCE}\n{front}{FENCE}\n" + (f"{body}\n" if body else "")


def as_data(document: Document) -> dict[str, Any]:
    """The front matter of `document` as plain values, in schema order, without empty fields."""
    values = document.model_dump(mode="json", exclude={"body"})
    if document.assured_date is not None:
        values["assured_date"] = document.assured_date  # YAML has a type for it
    return {
        name: kept for name, value in values.items() if (kept := _without_empty(value)) is not None
    }


def digest(document: Document) -> str:
    """A hash of what the document says, in hex: equal when two documents say the same."""
    values = document.model_dump(mode="json") | {"body": _tidy(document.body)}
    for name in _LATER_FIELDS:
        if not values.get(name):
            values.pop(name, None)
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key and never writes aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _without_empty(value: Any) -> Any:
    """`value` without what is None, "" or empty inside it; None if nothing is left."""
    if isinstance(value, dict):
        kept = {
            name: one for name, raw in value.items() if (one := _without_empty(raw)) is not None
        }
        return kept or None
    if isinstance(value, list):
        return [_without_empty(one) for one in value] or None
    return None if value is None or value == "" or value is False else value


def _split(text: str, path: str) -> tuple[str, str, int]:
    """Front matter, body, and the line (from 1) on which the body begins."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise BadDocument(
            [Problem(path, 1, "", "it does not begin with front matter", "Begin with a line ---.")]
        )
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            front = "\n".join(lines[1:number])
            if len(front) > FRONT_MATTER_MAX:
                raise BadDocument(
                    [Problem(path, 1, "", f"the front matter is over {FRONT_MATTER_MAX} letters",
                             "Move what is prose below it.")]
                )  # fmt: skip
            return front, "\n".join(lines[number + 1 :]), number + 2
    raise BadDocument(
        [Problem(path, 1, "", "the front matter has no end", "End it with a line ---.")]
    )


def _compose(front: str, path: str) -> yaml.MappingNode:
    try:
        for event in yaml.parse(front, Loader=_Loader):
            if (
                isinstance(event, yaml.AliasEvent)
                or getattr(event, "anchor", None)
                or getattr(event, "tag", None)
            ):
                assert event.start_mark is not None
                raise BadDocument(
                    [Problem(path, event.start_mark.line + 2, "", "it uses a YAML alias or tag",
                             "Write the value out, in quotes if it begins with & * or !.")]
                )  # fmt: skip
        node = yaml.compose(front, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        raise BadDocument(
            [Problem(path, line, "", f"it is not YAML ({error.problem})",
                     "Put quotes round a value with a colon, a hash or a quote in it.")]
        ) from error  # fmt: skip
    except yaml.YAMLError as error:
        raise BadDocument(
            [Problem(path, 1, "", "it holds a character that YAML forbids", "Delete it.")]
        ) from error
    except RecursionError as error:
        raise BadDocument(
            [Problem(path, 1, "", "it is nested too deeply", "Write plain lists.")]
        ) from error
    if not isinstance(node, yaml.MappingNode):
        raise BadDocument(
            [Problem(path, 2, "", "the front matter is not a list of fields", "Write name: value.")]
        )
    return node


def _construct(root: yaml.MappingNode, path: str) -> tuple[dict[str, Any], list[Problem]]:
    """Plain values of `root`, and a problem for each field that is written twice."""
    problems = [
        Problem(path, key.start_mark.line + 2, str(key.value), "it is written twice", "Keep one.")
        for key in _repeated_keys(root)
    ]
    try:
        constructor = yaml.SafeLoader("")
        data = constructor.construct_document(root)
    except (yaml.YAMLError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 2
        raise BadDocument(
            [Problem(path, line, "", f"a value cannot be read ({error})", "Put quotes round it.")]
        ) from error
    return {str(key): value for key, value in data.items()}, problems


def _repeated_keys(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                yield key
            seen.add(str(key.value))
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)


def _kind(data: dict[str, Any], root: yaml.Node, path: str, problems: list[Problem]) -> Kind | None:
    try:
        return Kind(data.get("kind", ""))
    except ValueError:
        choices = ", ".join(Kind)
        line = _line(root, ("kind",))
        problems.append(
            Problem(path, line, "kind", "it is missing or unknown", f"Write one of {choices}.")
        )
        return None


def _problem(
    details: ErrorDetails, model: type[BaseModel], root: yaml.Node, path: str, body_line: int
) -> Problem:
    loc = tuple(part for part in details["loc"] if part != "__root__")
    what, remedy = explain(details, model)
    line = body_line if loc[:1] == ("body",) else _line(root, loc)
    return Problem(path, line, field_name(loc), what, remedy)


def field_name(loc: tuple[int | str, ...]) -> str:
    """A place in a document in words: ("evidence", 0, "year") is "evidence 1, year"."""
    words = ""
    for part in loc:
        if isinstance(part, int):
            words += f" {part + 1}"
        else:
            words += f", {part}" if words else str(part)
    return words


def explain(details: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """What is wrong and what to write instead, for one error of the schema."""
    context = details.get("ctx", {})
    match details["type"]:
        case "kith":
            return context["what"], context["remedy"]
        case "missing":
            return "it is missing", "Add it."
        case "extra_forbidden":
            name = str(details["loc"][-1])
            near = get_close_matches(name, list(model.model_fields), n=1)
            hint = f"Did you mean {near[0]}?" if near else "Delete it, or see docs/content.md."
            return "there is no such field", hint
        case "enum" | "literal_error":
            return (
                f"“{details['input']}” is not on the list",
                f"Write one of {context['expected']}.",
            )
        case "string_too_long" | "too_long" if isinstance(details["input"], str):
            return (
                f"it is too long ({len(str(details['input']))} letters)",
                f"Use at most {context['max_length']}.",
            )
        case "too_short" | "string_too_short":
            return "it is empty", "Give at least one."
        case "too_long":
            return "there are too many", f"Keep at most {context['max_length']}."
        case "string_type":
            return "it is not text", "Put quotes round it."
        case "int_type" | "int_parsing" | "int_from_float" | "float_type" | "float_parsing":
            return f"“{details['input']}” is not a number", "Write digits only."
        case "greater_than_equal" | "less_than_equal":
            limit = context.get("ge", context.get("le"))
            word = "less" if "ge" in context else "more"
            return f"{details['input']} is {word} than {limit}", "Check the number."
        case "list_type":
            return "it is not a list", "Write [one, two], or one a line after a hyphen."
        case "string_pattern_mismatch":
            return f"“{details['input']}” does not have the right form", "See docs/content.md."
        case "model_type" | "dict_type" | "model_attributes_type":
            return "it is not a group of fields", "Write name: value lines, indented."
        case kind if kind.startswith("date"):
            return f"“{details['input']}” is not a date", "Write year-month-day: 2026-11-03."
        case kind if kind.startswith("bool"):
            return f"“{details['input']}” is neither true nor false", "Write true or false."
        case kind if kind.startswith("uuid"):
            return f"“{details['input']}” is not an id", "Run flask check --fix for a new one."
        case _:
            return details["msg"], "See docs/content.md."


def _line(root: yaml.Node, loc: tuple[int | str, ...]) -> int:
    """The line (from 1, in the file) of the deepest part of `loc` that is there."""
    node, line = root, root.start_mark.line
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if str(k.value) == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                break
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line + 2


def _tidy(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n").strip()
