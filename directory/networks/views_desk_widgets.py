"""The desk: widgets that a network keeps here, and how often each is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from flask import abort, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from directory.config import current
from directory.db import db
from directory.entries.views import today
from directory.networks import builds, code, colours, widgets
from directory.networks.code import Choice
from directory.networks.models import Network, SavedWidget
from directory.networks.views import (
    behind,
    chosen,
    entry_problem,
    framing,
    link_words,
    options,
    preview_of,
)
from directory.networks.views_desk import back, bp, for_editors, page
from directory.security import limit_writing, limiter

DAYS_SHOWN = timedelta(days=28)


@bp.get("/<slug:slug>/desk/widgets")
@for_editors()
def saved(network: Network) -> Response:
    """Saved widgets, and how often each was used in the last weeks."""
    session = db.session()
    return page(
        "networks/desk/widgets.html",
        network,
        widgets=widgets.of_network(session, network),
        days=widgets.days(session, network, since=today() - DAYS_SHOWN),
    )


@bp.get("/<slug:slug>/desk/widgets.csv")
@for_editors()
def usage(network: Network) -> Response:
    """The numbers of all widgets and days as a table."""
    rows = widgets.days(db.session(), network, since=date.min)
    response = make_response("".join(widgets.table(rows)))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{network.slug}-widgets.csv"'
    return response


@bp.get("/<slug:slug>/desk/widgets/new")
@for_editors()
def new_widget(network: Network) -> Response:
    """The form for a new widget, beginning with the network's colours."""
    asked = {**network.colours, **request.args.to_dict(), "network": network.slug or ""}
    return _widget_page(network, None, request.args.get("name", ""), chosen(asked))


@bp.post("/<slug:slug>/desk/widgets/new")
@for_editors()
@limiter.limit(limit_writing)
def save_widget(network: Network) -> Response:
    """Keep it, and show the line to copy; or only show how it would look."""
    return _take_widget(network, None)


@bp.get("/<slug:slug>/desk/widgets/<key>")
@for_editors()
def edit_widget(network: Network, key: str) -> Response:
    """A saved widget: the line to copy, and what it shows."""
    widget = _widget(network, key)
    return _widget_page(network, widget, widget.name, widgets.choice_of(widget))


@bp.post("/<slug:slug>/desk/widgets/<key>")
@for_editors()
@limiter.limit(limit_writing)
def change_widget(network: Network, key: str) -> Response:
    """Change it wherever it stands; or only show how it would look."""
    return _take_widget(network, _widget(network, key))


@bp.get("/<slug:slug>/desk/widgets/<key>/removal")
@for_editors()
def ask_to_remove_widget(network: Network, key: str) -> Response:
    """What taking it away means, and a button."""
    return page("networks/desk/remove_widget.html", network, widget=_widget(network, key))


@bp.post("/<slug:slug>/desk/widgets/<key>/removal")
@for_editors()
@limiter.limit(limit_writing)
def remove_widget(network: Network, key: str) -> Response:
    """Take it away. Where it stands the host's link stays."""
    db.session.delete(_widget(network, key))
    db.session.commit()
    return back(network, "saved")


def _widget(network: Network, key: str) -> SavedWidget:
    widget, owner = widgets.find(db.session(), key)
    if owner.id != network.id:
        abort(404)
    return widget


def _take_widget(network: Network, widget: SavedWidget | None) -> Response:
    sent = request.form.to_dict()
    name = " ".join(sent.get("name", "").split())[: widgets.NAME_MAX]
    choice = chosen(sent | {"network": network.slug or ""})
    if "preview" in sent:
        problem = entry_problem(choice, sent.get("entry", ""))
        problems = [("entry", problem)] if problem else []
        return _widget_page(network, widget, name, choice, problems=problems)
    problems = _problems(name, choice, sent)
    if problems:
        return _widget_page(network, widget, name, choice, problems=problems, status=422)
    at = datetime.now(UTC)
    if widget is None:
        widget = widgets.save(db.session(), network, name=name, choice=choice, at=at)
    else:
        widgets.change(widget, network, name=name, choice=choice, at=at)
    db.session.commit()
    return redirect(
        url_for(".edit_widget", slug=network.slug, key=widget.key, done="yes"), code=303
    )


def _problems(name: str, choice: Choice, sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """Fields and what is wrong with them, in the order of the page."""
    found = [] if name else [("name", _("Write a name, so that you know it again."))]
    if problem := entry_problem(choice, sent.get("entry", "")):
        found.append(("entry", problem))
    for field in colours.NAMES:
        if sent.get(field, "").strip() and not getattr(choice, field):
            found.append((field, _("Write a colour as # and six digits or letters.")))
    found += [
        (
            pair.field,
            _(
                "Too close to what is behind it: %(ratio)s to 1, and it must be %(least)s.",
                ratio=round(pair.ratio, 1),
                least=pair.least,
            ),
        )
        for pair in colours.pairs(choice.colours)
        if not pair.is_enough
    ]
    return found


def _widget_page(
    network: Network,
    widget: SavedWidget | None,
    name: str,
    choice: Choice,
    *,
    problems: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> Response:
    words, public_url = link_words(choice), current().public_url
    response = page(
        "networks/desk/widget.html",
        network,
        widget=widget,
        name=name,
        choice=choice,
        typed_entry=request.values.get("entry", ""),
        behind=behind(),
        problems=problems,
        script=code.saved_script(widget.key, choice, public_url=public_url, words=words)
        if widget
        else "",
        frame=code.saved_frame(widget.key, public_url=public_url, words=words) if widget else "",
        reserve=code.reserve(choice),
        pinned=code.pinned(builds.newest(), public_url=public_url),
        **(options() | {"networks": []}),
        **preview_of(choice),
        status=status,
    )
    return framing(response)
