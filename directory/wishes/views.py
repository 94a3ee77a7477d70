"""Pages on which a resident says "I would like this here", confirms it, and takes it back."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response as AnyResponse

from directory.accounts.guard import roles_required
from directory.accounts.models import RoleName
from directory.db import db
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.places import atlas
from directory.places.areas import Area
from directory.security import keep_private, limit_writing, limiter, without_csrf
from directory.vocabulary.terms import Kind
from directory.wishes import counting, wishing
from directory.wishes.forms import WishForm

bp = Blueprint("wishes", __name__)


@bp.get("/wishes/new/<slug:place>/<slug:approach>")
def new(place: str, approach: str) -> AnyResponse:
    """Two boxes and a button: I would like this here."""
    return _form_page(WishForm(), *_asked(place, approach))


@bp.post("/wishes/new/<slug:place>/<slug:approach>")
@without_csrf  # the form checks, so that nothing typed is lost
def send(place: str, approach: str) -> AnyResponse:
    """Keep the wish and mail the link; or the form again."""
    area, entry = _asked(place, approach)
    form = WishForm()
    if not form.validate():
        return _form_page(form, area, entry, status=422)
    try:
        with limiter.limit(limit_writing):
            pass
    except RateLimitExceeded:
        return _form_page(form, area, entry, status=429)
    assert form.district
    wishing.wish(
        db.session(),
        entry,
        area.key,
        email=form.address,
        district=form.district,
        secret=current_app.config["SECRET_KEY"],
        at=_now(),
    )
    db.session.commit()
    return redirect(url_for(".sent", place=place, approach=approach), code=303)


@bp.get("/wishes/new/<slug:place>/<slug:approach>/sent")
def sent(place: str, approach: str) -> AnyResponse:
    """Look into your mail."""
    area, entry = _asked(place, approach)
    return make_response(render_template("wishes/sent.html", area=area, entry=entry))


@bp.get("/wishes/<token>")
def show(token: str) -> Response:
    """Behind the mailed link: a button that confirms, or one that takes back."""
    kept = wishing.of_link(db.session(), token)
    page = render_template(
        "wishes/show.html",
        token=token,
        is_confirmed=kept.confirmed_at is not None,
        entry=catalogue.by_id(db.session(), kept.approach_id),
        area=atlas.of(db.session()).of_key(kept.place),
        shown_from=counting.SHOWN_FROM,
    )
    return keep_private(make_response(page))


@bp.post("/wishes/<token>/confirmation")
@limiter.limit(limit_writing)
def confirm(token: str) -> AnyResponse:
    """It counts from now on."""
    wishing.confirm(db.session(), token, at=_now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token), code=303))


@bp.post("/wishes/<token>/withdrawal")
@limiter.limit(limit_writing)
def take_back(token: str) -> AnyResponse:
    """It is deleted."""
    wishing.take_back(db.session(), token)
    db.session.commit()
    return keep_private(redirect(url_for(".taken_back"), code=303))


@bp.get("/wishes/taken-back")
def taken_back() -> str:
    """Done."""
    return render_template("wishes/taken_back.html")


@bp.get("/moderation/wishes")
@roles_required(RoleName.MODERATOR)
def overview() -> Response:
    """For moderators: what is wished for where, and from which parts."""
    session = db.session()
    found = counting.all_wishes(session)
    wanted = request.args.get("approach", "")
    entries = {one.id: one for one in catalogue.by_ids(session, [one.approach_id for one in found])}
    lines = [
        one
        for one in found
        if one.approach_id in entries and wanted in ("", entries[one.approach_id].slug)
    ]
    page = render_template(
        "wishes/overview.html",
        lines=lines,
        entries=entries,
        area_of=atlas.of(session).of_key,
        wanted=wanted,
        shown_from=counting.SHOWN_FROM,
    )
    return keep_private(make_response(page))


def _asked(place: str, approach: str) -> tuple[Area, Entry]:
    """The place and the approach that an address names."""
    known = atlas.of(db.session())
    area, entry = known.areas.get(place), known.approaches.get(approach)
    if area is None or entry is None or entry.kind is not Kind.APPROACH:
        abort(404)
    return area, entry


def _form_page(form: WishForm, area: Area, entry: Entry, *, status: int = 200) -> Response:
    page = render_template(
        "wishes/new.html", form=form, area=area, entry=entry, limited=status == 429
    )
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response


def _now() -> datetime:
    return datetime.now(UTC)
