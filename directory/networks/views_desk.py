"""`/networks/<slug>/desk`: where editors of a network choose. Who may come in, and its first page.

Each subject has a file: views_desk_collection.py, …_versions.py, …_page.py,
…_team.py, …_widgets.py, …_hooks.py, …_keys.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from directory.accounts import views_signed_out
from directory.accounts.guard import ask_to_sign_in, me
from directory.db import db
from directory.networks import clearing, collection, slices, team, telling
from directory.networks.models import Network, Role
from directory.security import keep_private

P = ParamSpec("P")

bp = Blueprint("network_desk", __name__, url_prefix="/networks")
views_signed_out.keep_words(bp)


@bp.after_request
def keep_to_editors(response: Response) -> Response:
    """Nothing here is for caches, search engines or other sites."""
    return keep_private(response)


def for_editors(
    role: Role = Role.EDITOR,
) -> Callable[[Callable[Concatenate[Network, P], Response]], Callable[..., Response]]:
    """Hand the network of the address to the view, if who is signed in may edit it so."""

    def guard(view: Callable[Concatenate[Network, P], Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(slug: str, *args: P.args, **kwargs: P.kwargs) -> Response:
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            session = db.session()
            network = slices.network_of(session, slug)
            has = team.role_of(session, network, me())
            if has is None or (role is Role.OWNER and has is not Role.OWNER):
                abort(403)
            return view(network, *args, **kwargs)

        return guarded

    return guard


@bp.get("/mine")
def mine() -> Response:
    """The networks that whoever is signed in edits; straight to it where it is one."""
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    found = team.networks_of(db.session(), me())
    if len(found) == 1:
        return redirect(url_for(".index", slug=found[0].slug), code=303)
    return make_response(render_template("networks/mine.html", networks=found))


@bp.get("/<slug:slug>/desk")
@for_editors()
def index(network: Network) -> Response:
    """How many entries there are, and what entered or left since the editor last looked."""
    session = db.session()
    editor = team.editor(session, network, me())
    news = collection.news(session, network, after=editor.seen_n if editor else 0)
    return page(
        "networks/desk/index.html",
        network,
        news=news,
        asked=telling.count_asked(session, network),
        often=editor.often if editor else None,
    )


@bp.post("/<slug:slug>/desk/news")
@for_editors()
def have_seen(network: Network) -> Response:
    """Show these news no more."""
    collection.seen(db.session(), network, me().id)
    db.session.commit()
    return back(network, "index")


def page(template: str, network: Network, *, status: int = 200, **values: Any) -> Response:
    """A page of the desk, with what each of them says about the network."""
    session = db.session()
    said = render_template(
        template,
        network=network,
        size=collection.size(session, network),
        is_up_to_date=collection.is_up_to_date(network),
        waiting_count=clearing.count(session, network),
        is_owner=team.role_of(session, network, me()) is Role.OWNER,
        who=me(),
        **values,
    )
    return make_response(said, status)


def back(network: Network, where: str) -> Response:
    """To a page of the desk, which says that it is done."""
    return redirect(url_for(f".{where}", slug=network.slug, done="yes"), code=303)
