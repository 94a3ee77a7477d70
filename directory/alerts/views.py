"""`/alerts/`: asking for mails about a search, confirming and stopping them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from directory.accounts import people
from directory.accounts.people import NotAnAddress
from directory.alerts import alerting, letters
from directory.alerts.models import Often
from directory.db import db
from directory.networks.views_slice import asked_among
from directory.search.query import Query
from directory.security import keep_private, limit_writing, limiter, without_csrf
from directory.submissions.forms_held import HeldForm

bp = Blueprint("alerts", __name__, url_prefix="/alerts")


class AlertForm(HeldForm):
    """Where to write, and how often."""

    email = StringField(_l("Your e-mail address"))
    often = RadioField(
        _l("How often"),
        choices=[
            SelectChoice(Often.WEEKLY.value, _l("On Monday mornings, if something is new")),
            SelectChoice(Often.DAILY.value, _l("Each morning, if something is new")),
        ],
        default=Often.WEEKLY.value,
    )

    def validate_email(self, field: StringField) -> None:
        try:
            people.tidy(field.data or "")
        except NotAnAddress as error:
            raise ValidationError(error.message) from error


@bp.get("/new")
def new() -> Response:
    """The form, for the search in the address."""
    return _form_page(AlertForm(), asked())


@bp.post("/new")
@without_csrf
def ask() -> Response:
    """A link to confirm is on its way; or the form again with what is wrong."""
    form, query = AlertForm(), asked()
    if not form.validate():
        return _form_page(form, query, status=422)
    try:
        with limiter.limit(limit_writing):
            pass
    except RateLimitExceeded:
        return _form_page(form, query, status=429)
    alerting.ask(
        db.session(),
        people.tidy(form.email.data),
        query,
        Often(form.often.data),
        at=datetime.now(UTC),
    )
    db.session.commit()
    return redirect(url_for(".sent"), code=303)


@bp.get("/sent")
def sent() -> Response:
    """Look into your mail."""
    return make_response(render_template("alerts/sent.html"))


@bp.get("/<token>")
def show(token: str) -> Response:
    """A page with one button, which confirms or stops. Opening it does neither."""
    alert = alerting.of_link(db.session(), token, at=datetime.now(UTC))
    page = render_template(
        "alerts/show.html", alert=alert, words=letters.in_words(alert), token=token
    )
    return keep_private(make_response(page))


@bp.post("/<token>/confirmation")
@limiter.limit(limit_writing)
def confirm(token: str) -> Response:
    """From now on mails come."""
    alerting.confirm(db.session(), token, at=datetime.now(UTC))
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token), code=303))


@bp.post("/<token>/stop")
@without_csrf  # a mail program sends it (RFC 8058)
@limiter.limit(limit_writing)
def stop(token: str) -> Response:
    """No more mails about this search; the address is forgotten."""
    alerting.stop(db.session(), token, at=datetime.now(UTC))
    db.session.commit()
    return keep_private(make_response(render_template("alerts/stopped.html")))


def asked() -> Query:
    """The search of the address, as far as news of it can be told.

    Raises:
        NoSuchNetwork: it names one that is not there.
    """
    query = Query.from_args(request.args).with_(page=1)
    asked_among(query)
    return query


def _form_page(form: AlertForm, query: Query, *, status: int = 200) -> Response:
    said = " · ".join(filter(None, (query.q, query.near)))
    page = render_template(
        "alerts/new.html",
        form=form,
        query=query,
        words=said or _("everything"),
        limited=status == 429,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
