"""How moderation goes: a page for everybody."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from directory.db import db
from directory.moderation.figures import figures
from directory.moderation.views_desk import now

bp = Blueprint("how_we_decide", __name__)


@bp.get("/how-we-decide")
def show() -> Response:
    """Waiting times, what was published and declined and why, how to appeal, who decides."""
    found = figures(db.session(), at=now())
    page = render_template("moderation/public.html", figures=found, in_words=in_words)
    return make_response(page)


def in_words(time: timedelta) -> str:
    """A waiting time as people say it, rounded up: a promise should not be too short."""
    hours = -(-time // timedelta(hours=1))
    if hours <= 1:
        return str(_("an hour"))
    if hours <= 36:
        return str(ngettext("%(num)s hour", "%(num)s hours", hours))
    days = -(-time // timedelta(days=1))
    return str(ngettext("%(num)s day", "%(num)s days", days))
