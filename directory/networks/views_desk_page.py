"""The desk: a network's name, words, logo and colours."""

from __future__ import annotations

from werkzeug.wrappers import Response

from directory.db import db
from directory.errors import ChangedMeanwhile
from directory.networks import colours, logo
from directory.networks.forms import PageForm
from directory.networks.models import Network
from directory.networks.views_desk import back, bp, for_editors, page
from directory.security import limit_writing, limiter


@bp.get("/<slug:slug>/desk/page")
@for_editors()
def look(network: Network) -> Response:
    """Name, words, logo and colours."""
    form = PageForm(
        formdata=None,
        version=str(network.version),
        name=network.name,
        web_page=network.web_page,
        words=network.words,
        **network.colours,
    )
    return _look_page(network, form)


@bp.post("/<slug:slug>/desk/page")
@for_editors()
@limiter.limit(limit_writing)
def change_look(network: Network) -> Response:
    """Keep them, or say what is wrong; colours that people cannot read are not taken."""
    form = PageForm()
    picture = None
    if form.validate() and form.logo.data:
        try:
            picture = logo.cleaned(form.logo.data.read(logo.BYTES_MAX + 1))
        except logo.NotALogo as problem:
            form.logo.errors = [problem.message]
    if form.errors:
        return _look_page(network, form, status=422)
    if form.version.data != str(network.version):
        raise ChangedMeanwhile
    network.name = form.name.data.strip()
    network.web_page = form.web_page.data.strip()
    network.words = (form.words.data or "").strip()
    network.colours = form.chosen_colours()
    if picture or form.without_logo.data:
        network.logo = picture
        network.logo_digest = logo.digest(picture) if picture else ""
    db.session.commit()
    return back(network, "look")


def _look_page(network: Network, form: PageForm, *, status: int = 200) -> Response:
    chosen = form.chosen_colours()
    return page(
        "networks/desk/page.html",
        network,
        form=form,
        pairs=colours.pairs(chosen),
        usual=colours.USUAL,
        whole={**colours.USUAL, **chosen},
        status=status,
    )
