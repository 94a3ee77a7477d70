"""Lists of entries, their pages, and the same as text and as history."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from directory import caching
from directory.clock import day_of
from directory.config import current
from directory.db import db
from directory.entries import catalogue, connections, history, linked_data, lists, missing, profiles
from directory.entries.cards import cards, service_cards
from directory.entries.documents import Approach
from directory.entries.easy_read import check_of
from directory.entries.text import dump
from directory.vocabulary.terms import Kind

bp = Blueprint("entries", __name__)
caching.attach(bp)

# Places and pages have views of their own; the rest of an entry is the same for every kind.
READ_HERE = "approaches,services,organizations,stories"
EVERY_KIND = f"{READ_HERE},places,pages"
TEMPLATES = {
    Kind.APPROACH: "entries/approach.html",
    Kind.SERVICE: "entries/service.html",
    Kind.ORGANIZATION: "entries/organization.html",
    Kind.STORY: "stories/show.html",
}


@bp.get("/approaches/")
def approaches() -> ResponseReturnValue:
    """All approaches, by the moment when they help."""
    return _list("entries/approaches.html", lists.approaches(db.session(), page_number()))


@bp.get("/services/")
def services() -> ResponseReturnValue:
    """Everywhere that something happens, by place or by approach."""
    by = Kind.APPROACH if request.args.get("by") == "approach" else Kind.PLACE
    listing = lists.services(db.session(), page_number(), by=by)
    found = service_cards(db.session(), listing.entries, today())
    return render_template(
        "entries/services.html", listing=listing, cards={one.id: one for one in found}, by=by
    )


@bp.get("/organizations/")
def organizations() -> ResponseReturnValue:
    """All organisations, A to Z."""
    return _list("entries/organizations.html", lists.organizations(db.session(), page_number()))


@bp.get("/stories/")
def stories() -> ResponseReturnValue:
    """All stories; while there is none, how to add one."""
    return _list("stories/index.html", lists.stories(db.session(), page_number()))


@bp.get(f"/<any({READ_HERE}):folder>/<slug:slug>")
def show(folder: str, slug: str) -> ResponseReturnValue:
    """One entry; where it has moved, its new address; where it has ended, what took its place."""
    kind = Kind.of_folder(folder)
    session = db.session()
    entry = catalogue.find(session, kind, slug)
    if entry is None:
        return absent(session, kind, slug)
    profile = profiles.of(session, entry, today())
    return render_template(
        TEMPLATES[kind],
        entry=entry,
        document=entry.document,
        profile=profile,
        linked_data=linked_data.describe(profile, absolute),
    )


@bp.get(f"/<any({EVERY_KIND}):folder>/<slug:slug>.md")
def markdown(folder: str, slug: str) -> ResponseReturnValue:
    """The document itself, as it stands in a file. Stories stay on their page."""
    kind = Kind.of_folder(folder)
    if kind is Kind.STORY:
        abort(404)
    entry = catalogue.find(db.session(), kind, slug)
    if entry is None:
        return absent(db.session(), kind, slug, suffix=".md")
    response = make_response(dump(entry.document))
    response.headers["Content-Type"] = "text/markdown; charset=utf-8"
    response.headers["Content-Disposition"] = f'inline; filename="{slug}.md"'
    return response


@bp.get(f"/<any({EVERY_KIND}):folder>/<slug:slug>/history")
def show_history(folder: str, slug: str) -> ResponseReturnValue:
    """What changed in an entry, when, and where the change came from; newest first."""
    kind = Kind.of_folder(folder)
    session = db.session()
    entry = catalogue.find(session, kind, slug)
    if entry is None:
        return absent(session, kind, slug, suffix="/history")
    return render_template(
        "entries/history.html",
        entry=entry,
        history=history.told(session, entry, page=page_number()),
        card=cards(session, [entry], today())[0],
    )


@bp.get("/approaches/<slug:slug>/easy-read")
def easy_read(slug: str) -> ResponseReturnValue:
    """An approach in short sentences with pictures."""
    session = db.session()
    entry = catalogue.find(session, Kind.APPROACH, slug)
    if entry is None:
        return absent(session, Kind.APPROACH, slug, suffix="/easy-read")
    assert isinstance(entry.document, Approach)
    if not entry.document.easy_read:
        abort(404)
    return render_template(
        "entries/easy_read.html",
        entry=entry,
        happens_somewhere=connections.services_of(session, slug, limit=1).total > 0,
        document=entry.document,
        check=check_of(entry.document),
        card=cards(session, [entry], today())[0],
    )


def absent(session: Session, kind: Kind, slug: str, *, suffix: str = "") -> ResponseReturnValue:
    """The new address of what was renamed or merged; else a page that says what became of it."""
    moved = catalogue.moved_to(session, kind, slug)
    if moved:
        return redirect(moved + suffix, code=301)
    closed = catalogue.closed(session, kind, slug)
    if closed and closed.goes_to:
        return redirect(closed.goes_to, code=301)
    if closed:
        return render_template("entries/closed.html", closed=closed), 410
    near = cards(session, missing.similar(session, kind, slug), today())
    return render_template("entries/missing.html", kind=kind, near=near), 404


def absolute(path: str) -> str:
    """The whole address of a page of this site."""
    return current().public_url + path


def page_number() -> int:
    """The page of a list that the reader asked for."""
    raw = request.args.get("page", "1")
    if not raw.isdecimal() or not 1 <= int(raw) <= 1_000_000:
        abort(404)
    return int(raw)


def today() -> date:
    """The date in the United Kingdom."""
    return day_of(datetime.now(UTC))


def _list(template: str, listing: lists.Listing) -> ResponseReturnValue:
    found = cards(db.session(), listing.entries, today())
    return render_template(template, listing=listing, cards={one.id: one for one in found})
