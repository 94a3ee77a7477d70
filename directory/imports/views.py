"""Lists that networks and moderators bring: `/networks/<slug>/desk/lists`, `/moderation/lists`.

Both doors lead to the same pages. Feeds are in views_feeds.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from directory import config, htmx
from directory.accounts import views_signed_out
from directory.accounts.guard import ask_to_sign_in, me
from directory.accounts.models import RoleName
from directory.db import db
from directory.entries import names
from directory.imports import (
    bringing,
    columns,
    feeds,
    guessing,
    lists,
    outcomes,
    standing,
    tables,
    wording,
)
from directory.imports.bringing import TooManyLists
from directory.imports.columns import KINDS
from directory.imports.forms import FeedForm, UploadForm
from directory.imports.lists import NotAChoice, NothingToTakeIn
from directory.imports.models import Import, ImportRow, Stage
from directory.imports.open_referral import NotOpenReferral
from directory.imports.outcomes import Became, Outcome
from directory.imports.tables import BadFile
from directory.moderation import views_desk as moderation_desk
from directory.networks import slices, team
from directory.networks import views_desk as network_desk
from directory.networks.models import Network
from directory.security import keep_private, limit_writing, limiter
from directory.submissions import licence, links
from directory.submissions.models import Purpose
from directory.vocabulary.terms import Kind

P = ParamSpec("P")

MIMETYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WORKING = (Stage.FETCHING, Stage.CHECKING, Stage.TAKING)
TAKEN = "taken"
SHOWN_FIRST = 3  # rows, to judge the columns by
# What can be looked at on the review page, in this order.
SHOWN = ("bad", "open", "question", "new", "change", "gone", "same", TAKEN)

bp = Blueprint("imports", __name__)
views_signed_out.keep_words(bp)


@bp.after_request
def keep_to_editors(response: Response) -> Response:
    """Nothing here is for caches, search engines or other sites."""
    return keep_private(response)


@dataclass(frozen=True)
class Door:
    """Where somebody came in: the desk of a network, or that of moderators (None)."""

    network: Network | None

    @property
    def network_id(self) -> UUID | None:
        return self.network.id if self.network else None

    def url(self, where: str, **values: Any) -> str:
        slug = self.network.slug if self.network else None
        return url_for(f"imports.{where}", slug=slug, **values)

    def back(self, where: str, **values: Any) -> Response:
        return redirect(self.url(where, **values), code=303)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page on the desk that they came from."""
        if self.network is not None:
            return network_desk.page(
                template,
                self.network,
                status=status,
                door=self,
                layout="imports/_network.html",
                **values,
            )
        return moderation_desk.page(
            template, status=status, door=self, layout="imports/_moderation.html", **values
        )


def both_doors(
    address: str, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[Concatenate[Door, P], Response]], Callable[..., Response]]:
    """Serve a view on both desks, to editors of the network and to moderators."""

    def guard(view: Callable[Concatenate[Door, P], Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(slug: str | None, *args: P.args, **kwargs: P.kwargs) -> Response:
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            is_moderator = me().has_role(RoleName.MODERATOR)
            if slug is None:
                if not is_moderator:
                    abort(403)
                return view(Door(None), *args, **kwargs)
            network = slices.network_of(db.session(), slug)
            if team.role_of(db.session(), network, me()) is None:
                abort(403)
            return view(Door(network), *args, **kwargs)

        known = limiter.limit(limit_writing)(guarded) if "POST" in methods else guarded
        name = view.__name__
        bp.add_url_rule(f"/networks/<slug:slug>/desk{address}", name, known, methods=methods)
        bp.add_url_rule(
            f"/moderation{address}", name, known, methods=methods, defaults={"slug": None}
        )
        return known

    return guard


@both_doors("/lists")
def index(door: Door) -> Response:
    """The lists and feeds that there are, and forms for more."""
    return index_page(door)


@both_doors("/lists", ("POST",))
def upload(door: Door) -> Response:
    """Take a file, or say what is wrong with it; then to the columns."""
    form = UploadForm()
    if not form.validate():
        return index_page(door, form=form, status=422)
    content = form.file.data.read(tables.BYTES_MAX + 1)
    network_id, name, kind = door.network_id, form.file.data.filename or "", Kind(form.kind.data)
    known = bringing.known_names(db.session(), kind)
    db.session.rollback()  # reading a file takes a while: nobody waits for it
    try:
        brought = bringing.read(content, kind, known)
        made = bringing.begin(
            db.session(),
            brought,
            kind=kind,
            name=name,
            network_id=network_id,
            user_id=me().id,
            licence_version=licence.VERSION,
            at=now(),
        )
    except (BadFile, NotOpenReferral, TooManyLists) as problem:
        form.file.errors = [problem.message]
        return index_page(door, form=form, status=problem.status)
    db.session.commit()
    return door.back("show", number=made.id)


@both_doors("/lists/template/<kind>.<form>")
def template(door: Door, kind: str, form: str) -> Response:
    """A list to fill in."""
    if kind not in set(KINDS) or form not in MIMETYPES:
        abort(404)
    made = columns.template(Kind(kind))
    return _file(form, made.titles, [made.hints, made.example], name=f"{kind}-list")


@both_doors("/lists/<int:number>")
def show(door: Door, number: int) -> Response:
    """A list, as far as it is: its columns, how far the worker is, or what was found."""
    one = _find(door, number)
    if one.stage in WORKING or htmx.wants_fragment():
        return _working_page(door, one)
    if one.stage == Stage.MAPPING:
        return _columns_page(door, one, one.mapping, one.same, {})
    return _review_page(door, one)


@both_doors("/lists/<int:number>/columns", ("POST",))
def choose_columns(door: Door, number: int) -> Response:
    """Take the mapping and check the rows by it, or say what is wrong with it."""
    one = _find(door, number)
    kind = Kind(one.kind)
    mapping = {
        str(place): chosen
        for place in range(len(one.columns))
        if (chosen := request.form.get(f"column-{place}", ""))
    }
    same = {
        ours.key: text
        for ours in lists.for_every_row(kind)
        if (text := request.form.get(f"same-{ours.key}", "").strip())
    }
    faults = lists.faults(db.session(), kind, mapping, same)
    if faults:
        return _columns_page(door, one, mapping, same, faults, status=422)
    lists.choose_columns(db.session(), one, mapping, same, at=now())
    db.session.commit()
    return door.back("show", number=number)


@both_doors("/lists/<int:number>/columns/again", ("POST",))
def change_columns(door: Door, number: int) -> Response:
    """Back to the columns."""
    lists.change_columns(_find(door, number), at=now())
    db.session.commit()
    return door.back("show", number=number)


@both_doors("/lists/<int:number>/choices", ("POST",))
def choose(door: Door, number: int) -> Response:
    """Keep what was chosen for the rows of a page."""
    one = _find(door, number)
    choices = {
        int(found[1]): value
        for name, value in request.form.items()
        if (found := re.fullmatch(r"row-(\d{1,6})", name))
    }
    shown, page = request.form.get("show", ""), request.form.get("page", "1")
    try:
        lists.choose(db.session(), one, choices, at=now())
    except NotAChoice as problem:
        db.session.rollback()
        return _review_page(door, _find(door, number), problem=problem.message, status=422)
    db.session.commit()
    return door.back("show", number=number, show=shown, page=page, done="yes")


@both_doors("/lists/<int:number>/taken", ("POST",))
def take_in(door: Door, number: int) -> Response:
    """Let the worker take in what is ready."""
    one = _find(door, number)
    try:
        lists.take_in(db.session(), one, at=now())
    except NothingToTakeIn as problem:
        return _review_page(door, one, problem=problem.message, status=problem.status)
    db.session.commit()
    return door.back("show", number=number)


@both_doors("/lists/<int:number>/withdrawn")
def ask_to_withdraw(door: Door, number: int) -> Response:
    """What taking back means, and a button; back to the list where nothing waits any more."""
    one = _find(door, number)
    became = outcomes.counts(db.session(), one)
    if not outcomes.open_among(became):
        return door.back("show", number=number)
    return door.page("imports/withdraw.html", one=one, became=became)


@both_doors("/lists/<int:number>/withdrawn", ("POST",))
def withdraw(door: Door, number: int) -> Response:
    """Take back all that still waits for moderators."""
    lists.withdraw(db.session(), _find(door, number), at=now())
    db.session.commit()
    return door.back("show", number=number, show=TAKEN, done="taken-back")


@both_doors("/lists/<int:number>/deleted")
def ask_to_delete(door: Door, number: int) -> Response:
    """What goes with a list, and a button; back to it while it is being sent."""
    one = _find(door, number)
    if one.stage == Stage.TAKING:
        return door.back("show", number=number)
    progress = standing.progress(db.session(), one)
    became = outcomes.counts(db.session(), one)
    return door.page("imports/delete.html", one=one, progress=progress, became=became)


@both_doors("/lists/<int:number>/deleted", ("POST",))
def delete(door: Door, number: int) -> Response:
    """Delete a list; what was taken in stays."""
    lists.drop(db.session(), _find(door, number))
    db.session.commit()
    return door.back("index", done="deleted")


@both_doors("/lists/<int:number>/to-correct.<form>")
def to_correct(door: Door, number: int, form: str) -> Response:
    """Their list with a column of remedies."""
    one = _find(door, number)
    if form not in MIMETYPES:
        abort(404)
    titles, rows = standing.to_correct(db.session(), one)
    return _file(form, titles, rows, name=f"{one.name.rpartition('.')[0] or one.name}-to-correct")


@both_doors("/lists/<int:number>/outcomes.<form>")
def outcomes_file(door: Door, number: int, form: str) -> Response:
    """Their list with what became of each row; `became` chooses those of which that became."""
    one = _find(door, number)
    if form not in MIMETYPES:
        abort(404)
    titles, rows = outcomes.as_list(
        db.session(),
        one,
        _became(),
        sent_words=wording.sent,
        unsent_words=wording.unsent,
        public_url=config.current().public_url,
    )
    return _file(form, titles, rows, name=f"{one.name.rpartition('.')[0] or one.name}-outcomes")


@both_doors("/lists/<int:number>/rows/<int:row>/page", ("POST",))
def open_row(door: Door, number: int, row: int) -> Response:
    """On to the private page of what a row became: there its editors answer, change and appeal."""
    submission = outcomes.of_row(db.session(), _find(door, number), row)
    if submission is None or submission.network_id is None:
        abort(404)
    secret = links.make(db.session(), submission, Purpose.PAGE, at=now())
    db.session.commit()
    return redirect(url_for("submissions.show", token=secret), code=303)


def index_page(
    door: Door,
    *,
    form: UploadForm | None = None,
    feed_form: FeedForm | None = None,
    status: int = 200,
) -> Response:
    """The lists and feeds, with the forms as they were filled in."""
    session = db.session()
    return door.page(
        "imports/index.html",
        form=form or UploadForm(formdata=None),
        feed_form=feed_form or FeedForm(formdata=None, prefix="feed"),
        kinds=KINDS,
        lists=lists.of_network(session, door.network_id),
        asked=lists.asked(session, door.network_id),
        feeds=feeds.of_network(session, door.network_id),
        columns={kind: columns.columns(kind) for kind in KINDS},
        hint=columns.hint,
        status=status,
    )


def _working_page(door: Door, one: Import) -> Response:
    progress = standing.progress(db.session(), one)
    if htmx.wants_fragment():
        return htmx.render(
            "imports/_progress.html", fragment="progress", door=door, one=one, progress=progress
        )
    return door.page("imports/working.html", one=one, progress=progress)


def _columns_page(
    door: Door,
    one: Import,
    mapping: dict[str, str],
    same: dict[str, str],
    faults: dict[str, str],
    *,
    status: int = 200,
) -> Response:
    kind = Kind(one.kind)
    for_every_row = lists.for_every_row(kind)
    known = bringing.known_names(db.session(), kind)
    rows = standing.first_rows(db.session(), one, guessing.LOOKED_AT)
    return door.page(
        "imports/columns.html",
        one=one,
        ours=columns.columns(kind),
        rows=rows[:SHOWN_FIRST],
        guesses=bringing.guesses(one, rows, known),
        mapping=mapping,
        same=same,
        faults=faults,
        for_every_row=for_every_row,
        suggestions={
            ours.names: names.suggestions(db.session(), ours.names)
            for ours in for_every_row
            if ours.names
        },
        status=status,
    )


def _review_page(door: Door, one: Import, *, problem: str = "", status: int = 200) -> Response:
    session = db.session()
    progress = standing.progress(session, one)
    counts = {
        "bad": progress.of("bad"),
        "open": progress.questions,
        "question": progress.of("question") - progress.questions,
        "new": progress.of("new"),
        "change": progress.of("change"),
        "gone": progress.of("gone"),
        "same": progress.of("same"),
        TAKEN: progress.taken,
    }
    wanted = request.values.get("show", "")
    if wanted == "open" and not counts["open"]:
        wanted = "question"  # the last one was answered
    is_there = wanted == TAKEN or bool(counts.get(wanted))
    shown = wanted if is_there else next((key for key in SHOWN if counts[key]), "new")
    page = request.values.get("page", "1")
    page_number = min(max(int(page), 1), 1000) if page.isdecimal() else 1
    became = _became()
    rows: list[ImportRow] = []
    sent: list[Outcome] = []
    if shown == TAKEN:
        sent, total = outcomes.page_of(session, one, became, page=page_number)
    else:
        rows, total = standing.rows_of(session, one, shown, page=page_number)
    return door.page(
        "imports/review.html",
        one=one,
        progress=progress,
        counts=counts,
        shown=shown,
        rows=rows,
        sent=sent,
        became=became,
        total=total,
        page_number=page_number,
        pages=-(-total // standing.PER_PAGE),
        per_page=standing.PER_PAGE,
        told=standing.told,
        outcomes=outcomes.counts(session, one),
        words_of=wording.sent,
        problem=problem,
        status=status,
    )


def _became() -> Became | None:
    """Of which rows the address asks, among those that were sent; None: all."""
    wanted = request.args.get("became", "")
    return Became(wanted) if wanted in set(Became) else None


def _find(door: Door, number: int) -> Import:
    found = lists.find(db.session(), door.network_id, number)
    if found is None:
        abort(404)
    return found


def _file(form: str, titles: Any, rows: Any, *, name: str) -> Response:
    if form == "csv":
        body = tables.to_csv(titles, rows)
    else:
        body = tables.to_workbook(titles, rows, title="List")
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or "list"
    response = make_response(body)
    response.headers["Content-Type"] = MIMETYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}.{form}"'
    return response


def now() -> datetime:
    return datetime.now(UTC)
