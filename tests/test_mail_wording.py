"""Every letter has a name that moderators can read."""

from __future__ import annotations

from flask import Flask

from directory.mail import letters
from directory.mail.wording import mail_name


def test_every_letter_is_named(app: Flask) -> None:
    with app.test_request_context():
        named = [mail_name(letter) for letter in letters.known()]

    assert len(set(named)) == len(letters.known()) > 30
