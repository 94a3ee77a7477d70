"""Carrying a message away: to a mail server, or to a file where none is set."""

from __future__ import annotations

import os
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from directory.config import Config

TIMEOUT_SECONDS = 20


class Refused(Exception):
    """The server will never take this message; trying again is of no use."""


def deliver(message: EmailMessage, config: Config, *, name: str) -> None:
    """Send `message`, or write it to the mail folder as `name`.

    Raises:
        Refused: the mail server said no for good.
        OSError: the server or the folder cannot be reached now (smtplib's errors are OSErrors).
    """
    if config.smtp_url:
        _by_smtp(message, config.smtp_url)
    else:
        path = to_file(message, config.mail_dir, name=name)
        print(f"\n--- Mail, also in {path} ---\n{readable(message)}--- end of mail ---", flush=True)


def to_file(message: EmailMessage, folder: Path, *, name: str) -> Path:
    """Write `message` as plain text that only the owner can read; returns where."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    path = folder / f"{stamp}-{name}.txt"
    with open(path, "x", encoding="utf-8", opener=_owner_only) as file:
        file.write(readable(message))
    return path


def readable(message: EmailMessage) -> str:
    """Headers and text part, with nothing encoded."""
    head = "\n".join(f"{name}: {value}" for name, value in message.items() if name in _SHOWN)
    body = message.get_body(("plain",))
    return f"{head}\n\n{body.get_content() if body else ''}"


_SHOWN = ("Subject", "From", "To", "Date", "List-Unsubscribe", "List-Unsubscribe-Post")


def _by_smtp(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
        with server:
            if parts.scheme == "smtp":
                server.ehlo()
                if server.has_extn("starttls"):
                    server.starttls(context=context)
                    server.ehlo()
                elif parts.username:
                    raise Refused("the server offers no encryption, so no password is sent to it")
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _reason in error.recipients.values()}
        if all(500 <= code < 600 for code in codes):
            raise Refused(f"the server refused the address ({min(codes)})") from error
        raise


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
