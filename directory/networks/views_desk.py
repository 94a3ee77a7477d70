"""`/networks/<slug>/desk`: where editors choose; and `/networks/waiting`, where admins decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directory import search
from directory.accounts.guard import ask_to_sign_in, me, roles_required
from directory.accounts.models import RoleName
from directory.config import current
from directory.db import db
from directory.entries import catalogue
from directory.entries.cards import Card, cards
from directory.entries.catalogue import Entry
from directory.entries.slugs import slugify
from directory.entries.views import page_number, today
from directory.errors import ChangedMeanwhile
from directory.networks import (
    code,
    collection,
    colours,
    hooks,
    joining,
    logo,
    origins,
    slices,
    team,
    widgets,
)
from directory.networks.code import Choice
from directory.networks.collection import Preview
from directory.networks.forms import (
    DecideForm,
    EditorForm,
    PageForm,
    PickForm,
    RulesForm,
    SitesForm,
)
from directory.networks.models import Hand, Hook, Network, Role, SavedWidget
from directory.networks.rules import Rules
from directory.networks.views import behind, chosen, framing, link_words, options, preview_of
from directory.places import gazetteer
from directory.search.index import NotReady
from directory.security import keep_private, limit_writing, limiter
from directory.submissions import names
from directory.vocabulary.terms import Kind

P = ParamSpec("P")

PER_PAGE = 50
SHOWN_IN_PREVIEW = 30
DAYS_SHOWN = timedelta(days=28)

bp = Blueprint("network_desk", __name__, url_prefix="/networks")


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
    return _page("networks/desk/index.html", network, news=news)


@bp.post("/<slug:slug>/desk/news")
@for_editors()
def have_seen(network: Network) -> Response:
    """Show these news no more."""
    collection.seen(db.session(), network, me().id)
    db.session.commit()
    return _back(network, "index")


@bp.get("/<slug:slug>/desk/collection")
@for_editors()
def rules(network: Network) -> Response:
    """The rules, and what they catch today."""
    chosen = Rules.read(network.rules)
    form = RulesForm(db.session(), chosen, version=str(network.version))
    return _rules_page(network, form, chosen)


@bp.post("/<slug:slug>/desk/collection")
@for_editors()
@limiter.limit(limit_writing)
def choose(network: Network) -> Response:
    """Take the rules, or only show what they would catch; or what is wrong with them."""
    form = RulesForm(db.session())
    if not form.validate() or not _place_is_known(form):
        return _rules_page(network, form, None, status=422)
    chosen = form.rules()
    if "preview" in request.form:
        return _rules_page(network, form, chosen)
    if form.version.data != str(network.version):
        raise ChangedMeanwhile
    collection.choose(db.session(), network, chosen)
    db.session.commit()
    return _back(network, "rules")


@bp.get("/<slug:slug>/desk/entries")
@for_editors()
def entries(network: Network) -> Response:
    """What is in the slice, what was done by hand, and a form for more of that."""
    return _entries_page(network, PickForm(formdata=None, entry=request.args.get("entry", "")))


@bp.post("/<slug:slug>/desk/entries")
@for_editors()
@limiter.limit(limit_writing)
def pick(network: Network) -> Response:
    """Add an entry, leave it out, or say something about it."""
    form, session = PickForm(), db.session()
    entry = _entry(session, form.entry.data or "")
    if form.validate() and entry is None:
        form.entry.errors = [_("There is no such entry. Copy its address from this site.")]
    if form.errors or entry is None:
        return _entries_page(network, form, status=422)
    collection.pick(
        session,
        network,
        entry,
        Hand(form.hand.data),
        form.note.data or "",
        at=datetime.now(UTC),
    )
    db.session.commit()
    return _back(network, "entries")


@bp.post("/<slug:slug>/desk/entries/<uuid:entry_id>/undone")
@for_editors()
@limiter.limit(limit_writing)
def unpick(network: Network, entry_id: UUID) -> Response:
    """Let the rules decide about an entry again."""
    collection.unpick(db.session(), network, entry_id)
    db.session.commit()
    return _back(network, "entries")


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
    return _back(network, "look")


@bp.get("/<slug:slug>/desk/team")
@for_editors(Role.OWNER)
def people(network: Network) -> Response:
    """Who edits, and on which sites the slice may be shown."""
    return _team_page(network)


@bp.post("/<slug:slug>/desk/team")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def invite(network: Network) -> Response:
    """Let somebody edit, and tell them by mail."""
    form = EditorForm()
    if not form.validate():
        return _team_page(network, form=form, status=422)
    try:
        team.invite(
            db.session(), network, form.email.data, Role(form.role.data), at=datetime.now(UTC)
        )
    except team.LastOwner as problem:
        form.role.errors = [problem.message]
        return _team_page(network, form=form, status=problem.status)
    db.session.commit()
    return _back(network, "people")


@bp.post("/<slug:slug>/desk/team/<int:user_id>/removal")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def remove(network: Network, user_id: int) -> Response:
    """That person no longer edits it."""
    team.remove(db.session(), network, user_id)
    db.session.commit()
    return _back(network, "people")


@bp.post("/<slug:slug>/desk/sites")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def choose_sites(network: Network) -> Response:
    """On which sites widgets of the network may stand."""
    form = SitesForm()
    if not form.validate():
        return _team_page(network, sites=form, status=422)
    network.origins = origins.read(form.origins.data or "")
    db.session.commit()
    return _back(network, "people")


@bp.get("/<slug:slug>/desk/widgets")
@for_editors()
def saved(network: Network) -> Response:
    """Saved widgets, and how often each was used in the last weeks."""
    session = db.session()
    return _page(
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


@bp.post("/<slug:slug>/desk/widgets/<key>/removal")
@for_editors()
@limiter.limit(limit_writing)
def remove_widget(network: Network, key: str) -> Response:
    """Take it away. Where it stands the host's link stays."""
    db.session.delete(_widget(network, key))
    db.session.commit()
    return _back(network, "saved")


@bp.get("/<slug:slug>/desk/hooks")
@for_editors(Role.OWNER)
def programs(network: Network) -> Response:
    """The network's own programs that are told what happens in its slice."""
    return _hooks_page(network)


@bp.post("/<slug:slug>/desk/hooks")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def add_hook(network: Network) -> Response:
    """Tell one more program."""
    typed = request.form.get("url", "").strip()
    try:
        hooks.add(db.session(), network, typed, at=datetime.now(UTC), reachable=current().reachable)
    except (hooks.NotAHook, hooks.TooManyHooks) as problem:
        return _hooks_page(network, typed=typed, error=problem.message, status=problem.status)
    db.session.commit()
    return _back(network, "programs")


@bp.post("/<slug:slug>/desk/hooks/<int:hook_id>/replay")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def replay_hook(network: Network, hook_id: int) -> Response:
    """Tell it again what came after a line of the log."""
    typed = request.form.get("after", "0")
    after = int(typed) if typed.isascii() and typed.isdigit() else 0
    hooks.replay(_hook(network, hook_id), after=after, at=datetime.now(UTC))
    db.session.commit()
    return _back(network, "programs")


@bp.post("/<slug:slug>/desk/hooks/<int:hook_id>/removal")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def remove_hook(network: Network, hook_id: int) -> Response:
    """Tell it nothing more."""
    db.session.delete(_hook(network, hook_id))
    db.session.commit()
    return _back(network, "programs")


@bp.get("/waiting")
@roles_required(RoleName.ADMIN)
def waiting() -> Response:
    """Who asks to be a network."""
    return _waiting_page()


@bp.post("/waiting/<uuid:network_id>/decision")
@roles_required(RoleName.ADMIN)
@limiter.limit(limit_writing)
def decide(network_id: UUID) -> Response:
    """Open the network, or not; who asked gets a mail."""
    session = db.session()
    network = session.get(Network, network_id) or abort(404)
    form = DecideForm()
    if not form.validate():
        return _waiting_page(network, form, status=422)
    at = datetime.now(UTC)
    try:
        if form.outcome.data == "open":
            slug = (form.slug.data or "").strip()
            joining.approve(session, network, slug=slug, admin=me(), at=at)
        else:
            reason = form.reason.data.strip()
            joining.decline(session, network, reason=reason, admin=me(), at=at)
    except (joining.BadAddress, joining.AddressTaken) as problem:
        session.rollback()
        form.slug.errors = [problem.message]
        return _waiting_page(session.get(Network, network_id), form, status=problem.status)
    db.session.commit()
    return redirect(url_for(".waiting"), code=303)


def _page(template: str, network: Network, *, status: int = 200, **values: Any) -> Response:
    session = db.session()
    page = render_template(
        template,
        network=network,
        size=collection.size(session, network),
        is_up_to_date=collection.is_up_to_date(network),
        is_owner=team.role_of(session, network, me()) is Role.OWNER,
        who=me(),
        **values,
    )
    return make_response(page, status)


def _rules_page(
    network: Network, form: RulesForm, chosen: Rules | None, *, status: int = 200
) -> Response:
    session = db.session()
    preview: Preview | None = None
    try:
        if chosen is not None:
            preview = collection.preview(session, search.current(), network, chosen)
    except NotReady as problem:
        form.form_errors = [problem.message]
    return _page(
        "networks/desk/rules.html",
        network,
        form=form,
        preview=preview,
        caught=_cards(session, preview.wanted) if preview else [],
        enters=_cards(session, preview.enters) if preview else [],
        leaves=_cards(session, preview.leaves) if preview else [],
        suggestions={
            kind: names.suggestions(session, kind)
            for kind in (Kind.APPROACH, Kind.PLACE, Kind.ORGANIZATION)
        },
        status=status,
    )


def _cards(session: Session, ids: frozenset[UUID]) -> tuple[Card, ...]:
    """Some of these entries, by name."""
    found = sorted(
        catalogue.by_ids(session, sorted(ids)[:500]), key=lambda one: one.document.name.casefold()
    )
    return cards(session, found[:SHOWN_IN_PREVIEW], today())


def _entries_page(network: Network, form: PickForm, *, status: int = 200) -> Response:
    session, number = db.session(), page_number()
    picks = collection.picks(session, network)
    ids, total = collection.some(session, network, start=(number - 1) * PER_PAGE, limit=PER_PAGE)
    shown = catalogue.by_ids(session, ids)
    left_out = [one.entry_id for one in picks.values() if one.hand == Hand.LEFT_OUT]
    return _page(
        "networks/desk/entries.html",
        network,
        form=form,
        picks=picks,
        shown=cards(session, shown, today()),
        left_out=cards(session, catalogue.by_ids(session, left_out), today()),
        total=total,
        number=number,
        pages=max(-(-total // PER_PAGE), 1),
        status=status,
    )


def _look_page(network: Network, form: PageForm, *, status: int = 200) -> Response:
    chosen = form.chosen_colours()
    return _page(
        "networks/desk/page.html",
        network,
        form=form,
        pairs=colours.pairs(chosen),
        usual=colours.USUAL,
        status=status,
    )


def _team_page(
    network: Network,
    *,
    form: EditorForm | None = None,
    sites: SitesForm | None = None,
    status: int = 200,
) -> Response:
    return _page(
        "networks/desk/team.html",
        network,
        editors=team.editors(db.session(), network),
        form=form or EditorForm(formdata=None),
        sites=sites or SitesForm(formdata=None, origins="\n".join(network.origins)),
        status=status,
    )


def _widget(network: Network, key: str) -> SavedWidget:
    widget, owner = widgets.find(db.session(), key)
    if owner.id != network.id:
        abort(404)
    return widget


def _hook(network: Network, hook_id: int) -> Hook:
    hook = db.session.get(Hook, hook_id)
    if hook is None or hook.network_id != network.id:
        abort(404)
    return hook


def _hooks_page(
    network: Network, *, typed: str = "", error: str = "", status: int = 200
) -> Response:
    return _page(
        "networks/desk/hooks.html",
        network,
        hooks=hooks.of_network(db.session(), network),
        typed=typed,
        error=error,
        status=status,
    )


def _take_widget(network: Network, widget: SavedWidget | None) -> Response:
    sent = request.form.to_dict()
    name = " ".join(sent.get("name", "").split())[: widgets.NAME_MAX]
    choice = chosen(sent | {"network": network.slug or ""})
    if "preview" in sent:
        return _widget_page(network, widget, name, choice)
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
    response = _page(
        "networks/desk/widget.html",
        network,
        widget=widget,
        name=name,
        choice=choice,
        behind=behind(),
        problems=problems,
        script=code.saved_script(widget.key, choice, public_url=public_url, words=words)
        if widget
        else "",
        frame=code.saved_frame(widget.key, public_url=public_url, words=words) if widget else "",
        reserve=code.reserve(choice),
        **(options() | {"networks": []}),
        **preview_of(choice),
        status=status,
    )
    return framing(response)


def _waiting_page(
    about: Network | None = None, form: DecideForm | None = None, *, status: int = 200
) -> Response:
    found = []
    for one in joining.waiting(db.session()):
        mine = form if form and about and one.id == about.id else None
        if mine is None:
            mine = DecideForm(formdata=None, slug=slugify(one.name), prefix="")
        found.append((one, mine))
    return make_response(render_template("networks/waiting.html", waiting=found, who=me()), status)


def _entry(session: Session, typed: str) -> Entry | None:
    """The entry that `typed` means: its address, with or without our own, or its name."""
    said = typed.strip().removeprefix(current().public_url).strip("/")
    folder, _slash, slug = said.partition("/")
    if slug:
        try:
            return catalogue.find(session, Kind.of_folder(folder), slug)
        except KeyError:
            return None
    for kind in (Kind.APPROACH, Kind.SERVICE, Kind.ORGANIZATION, Kind.PLACE):
        if found := names.slug_of(session, kind, said):
            return catalogue.find(session, kind, found)
    return None


def _place_is_known(form: RulesForm) -> bool:
    typed = (form.near.data or "").strip()
    known = gazetteer.at(current().geo_path) if typed else None
    if not typed or known is None:
        return True
    found = known.find(typed)
    if found is None or found.spot is None:
        form.near.errors = [
            _("We do not know which place that is. Write a town, council or half a postcode.")
        ]
        return False
    return True


def _back(network: Network, where: str) -> Response:
    return redirect(url_for(f".{where}", slug=network.slug, done="yes"), code=303)
