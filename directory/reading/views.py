"""The page where readers set letters, room and colours for this device."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory import caching, htmx

bp = Blueprint("reading", __name__)
caching.attach(bp)

# Flask-Babel comes without types.
_: Callable[..., str] = gettext

Setting = tuple[str, str, list[tuple[str, str]]]


def settings() -> list[Setting]:
    """What can be set: (key, words, [(value, words)]). The first value, "", is how we made it.

    static/js/comfort.js puts each on the page as `data-…`; components/comfort.css knows them.
    """
    usual = ("", _("As usual"))
    return [
        (
            "text",
            _("Size of the words"),
            [
                usual,
                ("larger", _("Larger")),
                ("largest", _("Larger still")),
                ("huge", _("Very large")),
            ],
        ),
        ("space", _("Room between lines and letters"), [usual, ("more", _("More room"))]),
        (
            "letters",
            _("Kind of letters"),
            [
                ("", _("Atkinson Hyperlegible, made to be told apart")),
                ("device", _("Those of my device")),
                ("serif", _("With little feet, as in books")),
            ],
        ),
        (
            "theme",
            _("Light or dark"),
            [("", _("As my device has it")), ("light", _("Light")), ("dark", _("Dark"))],
        ),
        ("contrast", _("Contrast"), [usual, ("more", _("Black and white, strongest"))]),
    ]


@bp.get("/reading-comfort")
def comfort() -> ResponseReturnValue:
    """Ways to make reading easier. A script asks for the part `settings` and shows it anywhere."""
    return htmx.render("reading/comfort.html", fragment="settings", settings=settings())
