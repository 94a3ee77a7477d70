"""Entries that are due a check: the list, and the question about one."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import catalogue
from directory.entries.cards import cards
from directory.entries.catalogue import Entry
from directory.entries.documents import Service
from directory.entries.views import page_number, today
from directory.errors import ChangedMeanwhile
from directory.moderation import assuring, queue
from directory.moderation.views_desk import back_to_list, bp, moderators_only, now, page
from directory.owners import asking
from directory.security import limiter
from directory.vocabulary.terms import Kind, Status


@bp.get("/due")
@moderators_only
def due() -> Response:
    """Entries that nobody has checked for long, or ever: those that were due first."""
    number = page_number()
    entries = queue.due(db.session(), at=now(), page=number)
    if not entries and number > 1:
        abort(404)
    return page(
        "moderation/due.html",
        cards=cards(db.session(), entries, today()),
        asked=asking.asked_of(db.session(), [one.id for one in entries]),
        with_owners=queue.with_owners(db.session(), at=now()) if number == 1 else [],
        page_number=number,
        per_page=queue.PER_PAGE,
    )


@bp.get("/due/<kind>/<slug>")
@moderators_only
def due_entry(kind: str, slug: str) -> Response:
    """Is this still true? The page that mails lead to: three answers, each a button."""
    entry = _entry(kind, slug)
    (card,) = cards(db.session(), [entry], today())
    document = entry.document
    return page(
        "moderation/due_entry.html",
        entry=entry,
        card=card,
        is_service=isinstance(document, Service) and document.status is not Status.ENDED,
        is_checked_today=document.assured_date == today(),
        done=request.args.get("done", ""),
    )


@bp.post("/due/<kind>/<slug>/check")
@moderators_only
@limiter.limit("60 per minute")
def assure(kind: str, slug: str) -> Response:
    """It was looked into and is still true: it counts as checked today."""
    _answer(assuring.assure, kind, slug)
    back = request.form.get("back", "")
    if back.startswith("list"):
        return back_to_list(said="checked")
    if back == "entry":
        return redirect(url_for(".due_entry", kind=kind, slug=slug, done="true"), code=303)
    return redirect(url_for(".due"), code=303)


@bp.post("/due/<kind>/<slug>/end")
@moderators_only
@limiter.limit("60 per minute")
def say_ended(kind: str, slug: str) -> Response:
    """It was looked into and has ended: its page says so."""
    _answer(assuring.say_ended, kind, slug)
    return redirect(url_for(".due_entry", kind=kind, slug=slug, done="ended"), code=303)


def _answer(answer: Callable[..., None], kind: str, slug: str) -> None:
    """Give that answer. Who gives it at the same moment as another gives it once more: then it is
    given already."""
    try:
        answer(db.session(), _entry(kind, slug), moderator=me(), at=now())
        db.session.commit()
    except (ChangedMeanwhile, StaleDataError, IntegrityError):
        db.session.rollback()
        answer(db.session(), _entry(kind, slug), moderator=me(), at=now())
        db.session.commit()


def _entry(kind: str, slug: str) -> Entry:
    if kind not in set(Kind):
        abort(404)
    entry = catalogue.find(db.session(), Kind(kind), slug)
    return entry or abort(404)
