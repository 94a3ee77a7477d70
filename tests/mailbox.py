"""The mails that the app under test has sent: files in instance/mail/, as without a mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from directory import mail
from directory.config import Config


@dataclass(frozen=True)
class Letter:
    """A mail as its reader sees it."""

    path: Path
    to: str
    subject: str
    text: str

    def link(self, start: str) -> str:
        """Path of the link in it that begins with `start`."""
        for address in re.findall(r"https?://\S+", self.text):
            if urlsplit(address).path.startswith(start):
                return str(urlsplit(address).path)
        raise AssertionError(f"no link to {start} in: {self.text}")


class Mailbox:
    """Sends what is due and reads what was sent."""

    def __init__(self, session: Session, config: Config) -> None:
        self.session = session
        self.config = config

    def send(self, *, later: timedelta = timedelta(minutes=1)) -> int:
        """Send all mails that are due a minute from now: those of decisions wait a little."""
        self.session.rollback()
        return mail.send_due(self.session, self.config, at=datetime.now(UTC) + later)

    def letters(self) -> list[Letter]:
        """All mails so far, oldest first."""
        return list(self._read())

    def addresses(self) -> list[str]:
        return [letter.to for letter in self.letters()]

    def fetch(self, to: str, *, subject: str = "") -> Letter:
        """Send what is due; then the newest mail to that address with such a subject."""
        self.send()
        found = [one for one in self.letters() if one.to == to and subject in one.subject]
        assert found, (
            f"no mail to {to}; there is {[(one.to, one.subject) for one in self.letters()]}"
        )
        return found[-1]

    def _read(self) -> Iterator[Letter]:
        for path in sorted(self.config.mail_dir.glob("*.txt")):
            head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
            headers = dict(line.split(": ", 1) for line in head.split("\n"))
            yield Letter(path, headers["To"], headers["Subject"], text)
