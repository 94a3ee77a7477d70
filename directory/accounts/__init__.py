"""Accounts: moderators and network editors sign in by a mailed link or a passkey."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages, commands and letters to `app`."""
    # Letters are known, and the pages of an account join the others.
    from directory.accounts import (
        commands,
        guard,
        letters,
        views,
        views_mine,
        views_passkeys,
        views_signed_out,
    )

    guard.attach(app)
    views_signed_out.attach(app)
    commands.attach(app)
    app.register_blueprint(views.bp)
