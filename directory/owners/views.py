"""`/yours/`: the private pages of owners. Opening one does nothing; its buttons act."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.accounts import people
from directory.db import db
from directory.entries import names
from directory.entries.catalogue import Entry, url_of
from directory.entries.comparison import in_words
from directory.entries.documents import Document
from directory.entries.freshness import State, freshness
from directory.entries.models import EntryRow
from directory.entries.views import today
from directory.errors import DirectoryError
from directory.owners import answering, owning, trust
from directory.owners.forms import AddressForm, HandOverForm
from directory.owners.models import Owner, Ownership
from directory.security import keep_private, limit_writing, limiter, without_csrf
from directory.submissions import drafts
from directory.submissions.forms import answers_of
from directory.submissions.views import CHANGEABLE, names_of

bp = Blueprint("owners", __name__, url_prefix="/yours")

# What a reader relies on: an owner sees it beside the question.
RELIED_ON = (
    "summary", "status", "place", "schedule", "cost", "cost_option", "contact", "url",
    "accessibility",
)  # fmt: skip
WORDS_MAX = 2000


@bp.get("/")
def lost() -> Response:
    """You look after an entry and want your private page: it comes by mail."""
    return _lost_page(AddressForm(formdata=None))


@bp.post("/")
@limiter.limit("5 per hour")
def send_link() -> Response:
    """Always the same answer: if that address looks after something, a link is on its way."""
    form = AddressForm()
    if not form.validate():
        return _lost_page(form, status=422)
    owning.mail_link(db.session(), people.tidy(form.email.data), at=now())
    db.session.commit()
    return redirect(url_for(".lost", sent="yes"), code=303)


@bp.get("/<token>")
def home(token: str) -> Response:
    """All that is mine, and how fresh each is."""
    owner = owning.of_link(db.session(), token, at=now())
    mine = [(one, owning.entry_of(db.session(), one)) for one in owning.all_of(db.session(), owner)]
    lines = [
        (one, entry, freshness(entry.document, today()) if entry else None) for one, entry in mine
    ]
    return _page("home.html", owner=owner, token=token, lines=lines, done=_done())


@bp.get("/<token>/<int:number>")
def show(token: str, number: int) -> Response:
    """Is this yours? Or, once that is confirmed: is it still true?

    What was joined to another entry leads to that one.
    """
    ownership = _mine(token, number)
    instead = owning.instead_of(db.session(), ownership)
    if instead is not None:
        return _on(".show", token=token, number=instead.id)
    return _entry_page(token, ownership)


@bp.post("/<token>/<int:number>/confirmation")
@limiter.limit(limit_writing)
def confirm(token: str, number: int) -> Response:
    """Yes, it is mine."""
    owning.confirm(db.session(), _mine(token, number), at=now())
    db.session.commit()
    return _on(".show", token=token, number=number, done="yours")


@bp.post("/<token>/<int:number>/<any(true, ended):answer>")
@limiter.limit(limit_writing)
def answer(token: str, number: int, answer: str) -> Response:
    """It is still true, or it has ended."""
    entry = _live(_mine(token, number))
    if answer == "true":
        answering.still_true(db.session(), entry, at=now())
    else:
        words = request.form.get("words", "")[:WORDS_MAX]
        answering.has_ended(db.session(), entry, words, at=now())
    db.session.commit()
    return _on(".show", token=token, number=number, done=answer)


@bp.post("/<token>/<int:number>/change")
@limiter.limit(limit_writing)
def change(token: str, number: int) -> Response:
    """Begin a change with what the entry says now, under the owner's own address."""
    ownership = _mine(token, number)
    entry = _live(ownership)
    if entry.kind not in CHANGEABLE:
        abort(404)
    answers = dict(answers_of(entry.document, {}, names_of))
    answers["email"] = [["email", ownership.owner.email]]
    draft = drafts.start(db.session(), entry.kind, answers, change_of=entry, at=now())
    trust.begin(db.session(), ownership.owner, draft)
    key = drafts.link(db.session(), draft, at=now())
    db.session.commit()
    return _on("submissions.tasks", token=key)


@bp.post("/<token>/<int:number>/people")
@limiter.limit("10 per hour")
def hand_over(token: str, number: int) -> Response:
    """Mail somebody else the link with which it is theirs too, or instead."""
    ownership = _mine(token, number)
    _live(ownership)
    form = HandOverForm()
    if not form.validate():
        return _entry_page(token, ownership, form=form, status=422)
    try:
        owning.hand_over(
            db.session(),
            ownership,
            form.email.data,
            stays=form.how.data == "both",
            at=now(),
        )
    except DirectoryError as problem:
        db.session.rollback()
        form.email.errors = [problem.message]
        return _entry_page(token, _mine(token, number), form=form, status=problem.status)
    db.session.commit()
    return _on(".show", token=token, number=number, done="asked")


@bp.get("/<token>/<int:number>/end")
def ask_to_leave(token: str, number: int) -> Response:
    """What it means to look after it no more, and a button."""
    ownership = _mine(token, number)
    return _page(
        "leave.html",
        token=token,
        ownership=ownership,
        is_last=_is_last(ownership),
        others=[
            one
            for one in owning.of_entry(db.session(), ownership.entry_id)
            if one.id != ownership.id
        ],
    )


@bp.post("/<token>/<int:number>/end")
@limiter.limit(limit_writing)
def leave(token: str, number: int) -> Response:
    """It is not mine, or not any more."""
    ownership = _mine(token, number)
    is_last = _is_last(ownership)
    owning.leave(db.session(), ownership, at=now())
    db.session.commit()
    if is_last:  # they own nothing any more, and the link opens nothing
        return _on(".left")
    return _on(".home", token=token, done="left")


@bp.get("/left")
def left() -> Response:
    """You look after nothing any more, and your address is forgotten."""
    return _page("left.html")


@bp.get("/<token>/stop")
def show_stop(token: str) -> Response:
    """A page with one button that stops the questions."""
    owner = owning.of_link(db.session(), token, at=now())
    return _page("stop.html", owner=owner, token=token)


@bp.post("/<token>/stop")
@without_csrf  # a mail program sends it (RFC 8058)
@limiter.limit(limit_writing)
def stop(token: str) -> Response:
    """No more questions by mail."""
    owner = owning.of_link(db.session(), token, at=now())
    owning.silence(db.session(), owner, at=now())
    db.session.commit()
    return _page("stop.html", owner=owner, token=token)


@bp.post("/<token>/start")
@limiter.limit(limit_writing)
def start(token: str) -> Response:
    """Questions come again."""
    owning.hear_again(db.session(), owning.of_link(db.session(), token, at=now()))
    db.session.commit()
    return _on(".home", token=token, done="start")


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def _mine(token: str, number: int) -> Ownership:
    owner = owning.of_link(db.session(), token, at=now())
    return owning.owned(db.session(), owner, number)


def _is_last(ownership: Ownership) -> bool:
    """They look after nothing else."""
    return len(owning.all_of(db.session(), ownership.owner)) == 1


def _live(ownership: Ownership) -> Entry:
    """The entry, once it is theirs and as long as it is published."""
    entry = owning.entry_of(db.session(), ownership)
    if entry is None or ownership.confirmed_at is None:
        raise owning.NotYours
    return entry


def _entry_page(
    token: str, ownership: Ownership, *, form: HandOverForm | None = None, status: int = 200
) -> Response:
    entry = owning.entry_of(db.session(), ownership)
    if entry is None:
        row = ownership.entry
        into = db.session.get(EntryRow, row.merged_into) if row.merged_into else None
        url = url_of(into.kind, into.slug) if into else ""
        return _page("offline.html", token=token, ownership=ownership, into=into, url=url)
    if ownership.confirmed_at is None:
        return _page("confirm.html", token=token, ownership=ownership, entry=entry)
    fresh = freshness(entry.document, today())
    return _page(
        "show.html",
        status=status,
        token=token,
        ownership=ownership,
        entry=entry,
        fresh=fresh,
        is_checked_today=fresh.checked == today(),
        says=_says(entry.document),
        can_change=entry.kind in CHANGEABLE,
        others=[one for one in owning.of_entry(db.session(), entry.id) if one.id != ownership.id],
        waiting=_waiting(ownership.owner, ownership),
        form=form or HandOverForm(formdata=None),
        done=_done(),
    )


def _waiting(owner: Owner, but: Ownership) -> list[tuple[Ownership, Entry]]:
    """Others of theirs that are due or faded."""
    found = []
    for one in owning.all_of(db.session(), owner):
        entry = owning.entry_of(db.session(), one)
        if one.id == but.id or one.confirmed_at is None or entry is None:
            continue
        if freshness(entry.document, today()).state is not State.FRESH:
            found.append((one, entry))
    return found


def _says(document: Document) -> list[tuple[str, str]]:
    """What readers rely on, as label and words; only what is filled in."""
    fields = type(document).model_fields
    named = names.named_in(db.session(), document)
    told = [
        (fields[name].title or name, in_words(name, getattr(document, name), named))
        for name in RELIED_ON
        if name in fields
    ]
    return [(label, words) for label, words in told if words]


def _lost_page(form: AddressForm, *, status: int = 200) -> Response:
    return _page("lost.html", status=status, form=form, sent="sent" in request.args)


def _done() -> str:
    return request.args.get("done", "")


def _on(endpoint: str, **values: Any) -> Response:
    return keep_private(redirect(url_for(endpoint, **values), code=303))


def _page(template: str, *, status: int = 200, **context: Any) -> Response:
    return keep_private(make_response(render_template(f"owners/{template}", **context), status))
