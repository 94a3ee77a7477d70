"""Text and colours for this device, and the worker that shows saved entries offline."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory import caching, htmx
from directory.config import current

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


@bp.get("/offline-worker.js")
def offline_worker() -> ResponseReturnValue:
    """The service worker. It stands at the root because a worker serves what lies below it.

    Browsers ask for it anew at each visit, so switching it off reaches every device that comes by.
    """
    name = "offline-worker.js" if current().offline else "no-worker.js"
    response = make_response(render_template(f"reading/{name}"))
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response
