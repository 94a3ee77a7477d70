"""The letters that Kith writes: which there are, and how one becomes words.

A letter is one text template, `templates/mail/<name>.txt`: its first line is the subject. The HTML
part is made from the text, so that the two never say different things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from directory.clock import day_in_words
from directory.config import ROOT, Config
from directory.mail.models import OutboxMail

_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Prepared:
    """A letter's values at the moment of sending, fresh links included.

    `unsubscribe`: address that stops mails of this sort (RFC 8058); None where the mail is needed.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    unsubscribe: str | None = None


@dataclass(frozen=True)
class Block:
    """A part of a mail's text. Lines are pieces of text, each with whether it is an address."""

    kind: str
    lines: list[list[tuple[str, bool]]]


# Looks at the mail just before it goes; None: nobody needs it any more.
Prepare = Callable[[Session, OutboxMail, Config, datetime], Prepared | None]
_letters: dict[str, Prepare] = {}


def letter(name: str) -> Callable[[Prepare], Prepare]:
    """Make the decorated function the one that prepares letters called `name`."""

    def remember(prepare: Prepare) -> Prepare:
        _letters[name] = prepare
        return prepare

    return remember


def known() -> Mapping[str, Prepare]:
    """All letters by name."""
    return _letters


def write(mail: OutboxMail, prepared: Prepared, config: Config, *, at: datetime) -> EmailMessage:
    """The whole message, ready to be sent."""
    words = (
        _environment()
        .get_template(f"{mail.letter}.txt")
        .render(
            {**mail.values, **prepared.values, "config": config, "public_url": config.public_url}
        )
    )
    subject, _, text = words.strip().partition("\n")
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(subject.removeprefix("Subject:").split())
    message["From"] = formataddr((config.site_name, config.sender))
    message["To"] = mail.to
    message["Date"] = format_datetime(at)
    # The same mail tried twice has the same id, so a reader's mail program shows it once.
    host = urlsplit(config.public_url).hostname or "localhost"
    message["Message-ID"] = f"<{mail.created_at:%Y%m%d%H%M%S%f}.{mail.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if prepared.unsubscribe:
        message["List-Unsubscribe"] = f"<{prepared.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    html = (
        _environment()
        .get_template("layout.html")
        .render(subject=message["Subject"], blocks=blocks(text))
    )
    message.add_alternative(html, subtype="html")
    return message


def blocks(text: str) -> list[Block]:
    """Paragraphs, lists and quotations of a plain text, for the HTML part."""
    found = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.split("\n")
        kind, mark = next(
            (one for one in (("quotation", "> "), ("list", "- "))
             if all(line.startswith(one[1]) for line in lines)),
            ("paragraph", ""),
        )  # fmt: skip
        found.append(Block(kind, [_pieces(line.removeprefix(mark)) for line in lines]))
    return found


def _pieces(line: str) -> list[tuple[str, bool]]:
    """`line` in pieces, each with whether it is a web address."""
    pieces, end = [], 0
    for found in _ADDRESS.finditer(line):
        pieces += [(line[end : found.start()], False), (found.group(), True)]
        end = found.end()
    return [piece for piece in [*pieces, (line[end:], False)] if piece[0]]


def quoted(text: str) -> str:
    """`text` with a > before each line, so that people's words stand apart from ours."""
    return "\n".join(f"> {line}" for line in text.strip().splitlines() if line.strip())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "mail"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(Translations(), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["quoted"] = quoted
    environment.filters["day"] = day_in_words
    return environment
