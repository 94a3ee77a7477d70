"""Mail: what is queued goes once, in words people can read, to a server or to a file."""

from __future__ import annotations

import smtplib
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import mail
from directory.config import Config
from directory.mail import delivery, letters, outbox, sender
from directory.mail.models import MailState, OutboxMail
from tests.mailbox import Mailbox

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plain_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter that needs nothing but its values."""

    def prepare(
        session: Session, letter: OutboxMail, config: Config, at: datetime
    ) -> mail.Prepared:
        return mail.Prepared()

    monkeypatch.setitem(letters._letters, "declined", prepare)


def queue_one(session: Session, **fields: Any) -> None:
    """A mail that tells somebody their choir was not published."""
    values = {"name": "Harehills Singers", "note": "We need a source.\n<b>Sorry!</b>",
              "link": "http://kith.test/submissions/abc"}  # fmt: skip
    mail.queue(
        session, "declined", **{"to": "sam@example.org", "values": values, "at": NOW} | fields
    )
    session.commit()


def test_without_a_server_a_mail_is_a_file_that_only_the_owner_reads(
    session: Session, config: Config, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    queue_one(session)

    assert mail.send_due(session, config, at=NOW) == 1

    (letter,) = mailbox.letters()
    assert letter.to == "sam@example.org"
    assert letter.subject == "Not published: Harehills Singers"
    assert "http://kith.test/submissions/abc\n" in letter.text
    assert stat.S_IMODE(letter.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.mail_dir.stat().st_mode) == 0o700
    assert "We need a source." in capsys.readouterr().out


def test_peoples_own_words_stand_apart_and_are_escaped(config: Config) -> None:
    message = written(config, note="First line.\n\n<script>x</script> & more")

    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]

    assert "> First line.\n> <script>x</script> & more" in text
    assert "&lt;script&gt;x&lt;/script&gt; &amp; more</blockquote>" in html.replace("\n", "")
    assert '<a href="http://kith.test/submissions/abc">' in html


def test_days_in_a_mail_are_those_of_a_clock_in_london(config: Config) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight, by that clock
    drafts = [("Choir", late, "http://kith.test/submit/drafts/abc")]

    message = written(config, letter="draft-goes", drafts=drafts)

    assert "kept until 1 July 2026" in message.as_string()


def test_a_name_cannot_add_headers(config: Config) -> None:
    message = written(config, name="Choir\nBcc: all@example.org")

    assert message["Subject"] == "Not published: Choir"
    assert "Bcc" not in message


def test_only_what_is_not_needed_can_be_unsubscribed(config: Config) -> None:
    needed, other = written(config), written(config, unsubscribe="http://kith.test/stop")

    assert "List-Unsubscribe" not in needed
    assert other["List-Unsubscribe"] == "<http://kith.test/stop>"
    assert other["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_was_sent_is_forgotten(session: Session, config: Config) -> None:
    queue_one(session)

    mail.send_due(session, config, at=NOW)

    row = session.scalars(select(OutboxMail)).one()
    assert (row.state, row.to, row.values) == (MailState.SENT, "", {})


def test_a_mail_goes_once(session: Session, config: Config) -> None:
    queue_one(session)

    assert mail.send_due(session, config, at=NOW) == 1
    assert mail.send_due(session, config, at=NOW + timedelta(days=1)) == 0


def test_a_server_that_is_down_is_tried_again_later_and_later(
    session: Session, config: Config, server: Server
) -> None:
    config = replace(config, smtp_url="smtp://mail.example.org:25")
    server.is_down = True
    queue_one(session)

    moment, tries = NOW, []
    for wait in (*sender.WAITS, timedelta()):
        tries.append(mail.send_due(session, config, at=moment))
        assert mail.send_due(session, config, at=moment) == 0
        moment += wait

    row = session.scalars(select(OutboxMail)).one()
    assert server.connections == len(sender.WAITS)
    assert (row.state, row.to) == (MailState.FAILED, "sam@example.org")
    assert "ConnectionRefusedError" in (row.fault or "")


def test_a_failed_mail_can_be_tried_again_or_given_up(session: Session, config: Config) -> None:
    queue_one(session)
    row = session.scalars(select(OutboxMail)).one()
    row.state = MailState.FAILED
    session.commit()

    outbox.try_again(row, at=NOW)
    assert mail.send_due(session, config, at=NOW) == 1
    queue_one(session)
    row = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert row
    row.state = MailState.FAILED
    outbox.give_up(row, at=NOW)

    assert (row.state, row.to) == (MailState.DROPPED, "")


def test_an_address_that_the_server_refuses_fails_at_once_and_is_not_written_out(
    session: Session, config: Config, server: Server
) -> None:
    config = replace(config, smtp_url="smtp://mail.example.org:25")
    server.refuses = 550
    queue_one(session)

    mail.send_due(session, config, at=NOW)

    row = session.scalars(select(OutboxMail)).one()
    assert row.state == MailState.FAILED
    assert "sam@example.org" not in (row.fault or "")
    assert row.hidden_address == "s…@example.org"


def test_mail_goes_to_the_server_encrypted_and_signed_in(
    session: Session, config: Config, server: Server
) -> None:
    config = replace(config, smtp_url="smtp://kith:se%40cret@mail.example.org:587")
    queue_one(session)

    assert mail.send_due(session, config, at=NOW) == 1

    assert server.steps == [
        "connect mail.example.org:587",
        "starttls",
        "login kith se@cret",
        "send",
    ]
    assert server.messages[0]["To"] == "sam@example.org"
    assert not config.mail_dir.exists()


def test_no_password_goes_over_an_open_line(
    session: Session, config: Config, server: Server
) -> None:
    config = replace(config, smtp_url="smtp://kith:secret@mail.example.org")
    server.offers_encryption = False
    queue_one(session)

    mail.send_due(session, config, at=NOW)

    assert "login" not in " ".join(server.steps)
    assert session.scalars(select(OutboxMail)).one().state == MailState.FAILED


def test_a_letter_with_a_bug_does_not_stop_the_others(
    session: Session, config: Config, mailbox: Mailbox
) -> None:
    queue_one(session, values={})
    queue_one(session, to="priya@example.org")

    mail.send_due(session, config, at=NOW)

    assert mailbox.addresses() == ["priya@example.org"]
    states = [row.state for row in session.scalars(select(OutboxMail).order_by(OutboxMail.id))]
    assert states == [MailState.FAILED, MailState.SENT]


def test_a_mail_is_not_queued_if_the_transaction_fails(session: Session, config: Config) -> None:
    mail.queue(session, "declined", to="sam@example.org", at=NOW)
    session.rollback()

    assert mail.send_due(session, config, at=NOW) == 0


def test_old_rows_go(session: Session, config: Config) -> None:
    queue_one(session)
    mail.send_due(session, config, at=NOW)

    mail.forget_old(session, at=NOW + timedelta(days=31))

    assert session.scalars(select(OutboxMail)).all() == []


def written(
    config: Config, *, letter: str = "declined", unsubscribe: str | None = None, **values: Any
) -> EmailMessage:
    """A message as it would go."""
    row = OutboxMail(
        id=7,
        letter=letter,
        to="sam@example.org",
        created_at=NOW,
        values={"name": "Choir", "note": "No.", "link": "http://kith.test/submissions/abc"}
        | values,
    )
    return letters.write(row, mail.Prepared(unsubscribe=unsubscribe), config, at=NOW)


class Server:
    """A mail server that lives in this test."""

    def __init__(self) -> None:
        self.is_down = False
        self.offers_encryption = True
        self.refuses = 0
        self.connections = 0
        self.steps: list[str] = []
        self.messages: list[EmailMessage] = []

    def __call__(self, host: str, port: int, timeout: float) -> Server:
        self.connections += 1
        if self.is_down:
            raise ConnectionRefusedError("nobody is there")
        self.steps.append(f"connect {host}:{port}")
        return self

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *about: object) -> None: ...

    def ehlo(self) -> None: ...

    def has_extn(self, name: str) -> bool:
        return self.offers_encryption

    def starttls(self, context: object) -> None:
        self.steps.append("starttls")

    def login(self, user: str, password: str) -> None:
        self.steps.append(f"login {user} {password}")

    def send_message(self, message: EmailMessage) -> None:
        if self.refuses:
            raise smtplib.SMTPRecipientsRefused({message["To"]: (self.refuses, b"no")})
        self.steps.append("send")
        self.messages.append(message)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """Stands in for every mail server that the code under test calls."""
    found = Server()
    monkeypatch.setattr(delivery.smtplib, "SMTP", found)
    return found
