"""Proposing: what somebody wants to tell us, and the first page of each way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from directory import config, htmx, search
from directory.accounts import people
from directory.db import db
from directory.entries import catalogue, names
from directory.entries.catalogue import Entry
from directory.places import gazetteer
from directory.search import NotReady
from directory.search.query import Query
from directory.search.similar import Similar, Wanted, similar
from directory.security import keep_private, limit_writing, limiter, without_csrf
from directory.submissions import (
    controls,
    drafts,
    reports,
    wording,
)
from directory.submissions.forms import ProposalForm, answers_of, first_form_for, form_for
from directory.submissions.forms_held import HeldForm
from directory.submissions.forms_short import (
    BeginForm,
    ReportForm,
)
from directory.submissions.models import Concern, Draft
from directory.vocabulary.terms import Kind

bp = Blueprint("submissions", __name__)

# Views @without_csrf let their form check the token, so that a page which was open for too long
# comes back with everything that was typed.

NEW_KINDS = "approach,service,story"
SIMILAR_SHOWN = 3
CHANGEABLE = wording.SECTIONS.keys() - {Kind.STORY}


@bp.get("/submit/")
def start() -> Response:
    """What do you want to tell us?"""
    return make_response(render_template("submissions/start.html"))


@bp.get("/submit/find/<any(change, wrong, mine):what>")
def find(what: str) -> Response:
    """Which page is it about? Results with what can be done about each."""
    asked = Query.from_args(request.args)
    q = asked.q.strip()
    try:
        found = search.current().find(Query(q=q, page=asked.page)) if q else None
    except NotReady:
        found = None
    return make_response(render_template("submissions/find.html", what=what, q=q, found=found))


@bp.get(f"/submit/<any({NEW_KINDS}):word>")
def new(word: str) -> Response:
    """The first question about something new; `approach` and `place` in the address answer more."""
    kind = Kind(word)
    typed = [(name, request.args.get(name, "")[:400]) for name in wording.FIRST[kind]]
    form = first_form_for(kind)(formdata=MultiDict([*_flat(_prefilled(kind)), *typed]))
    return _first_page(kind, form, found=_similar(form, kind))


@bp.post(f"/submit/<any({NEW_KINDS}):word>")
@without_csrf
def begin(word: str) -> Response:
    """Begin a draft and show its tasks; or the first question again: is it one of these?"""
    kind = Kind(word)
    form = first_form_for(kind)()
    sound = form.validate()
    if not form["name"].value():
        controls.put_error(form, ("name",), _("Write what it is called, or what you call it."))
        sound = False
    if not sound:
        return _first_page(kind, form, status=422)
    typed = {name: controls.sent_as(form[name]) for name in wording.FIRST[kind]}
    found = _similar(form, kind)
    if found and request.form.get("different") != "yes":
        return _first_page(kind, form, found=found, asking=True)
    different = [one.id for one in found]
    answers = _prefilled(kind) | typed
    return _begin(lambda: drafts.start(db.session(), kind, answers, different=different, at=now()))


@bp.get("/submit/change/<kind>/<slug>")
def change(kind: str, slug: str) -> Response:
    """Which part should change? A story is its teller's: others can only report it."""
    entry = _entry(kind, slug)
    if entry.kind not in CHANGEABLE:
        return redirect(url_for(".report", kind=kind, slug=slug), code=303)
    return _change_page(form_for(entry.kind).opened(entry.document, names_of), entry)


@bp.post("/submit/change/<kind>/<slug>")
@without_csrf
def begin_change(kind: str, slug: str) -> Response:
    """Begin a draft with what the entry says now, and show the part that was chosen."""
    entry = _entry(kind, slug)
    if entry.kind not in CHANGEABLE:
        abort(404)
    asked = BeginForm()
    if not asked.validate():
        form = form_for(entry.kind).opened(entry.document, names_of)
        return _change_page(form, entry, begin_form=asked, status=422)
    answers = answers_of(entry.document, {}, names_of)
    return _begin(
        lambda: drafts.start(db.session(), entry.kind, answers, change_of=entry, at=now()),
        part=request.form.get("part", ""),
    )


@bp.get("/submit/report/<kind>/<slug>")
def report(kind: str, slug: str) -> Response:
    """A short form: what is not right with this entry?"""
    entry = _entry(kind, slug)
    chosen = request.args.get("concern", "")
    return _report_page(ReportForm(concern=chosen), entry)


@bp.post("/submit/report/<kind>/<slug>")
@without_csrf
def send_report(kind: str, slug: str) -> Response:
    """Thanks, and where to get help now if it was a worry; or the form again."""
    entry = _entry(kind, slug)
    form = ReportForm()
    if not form.validate():
        return _report_page(form, entry, status=422)
    try:
        with limiter.limit(limit_writing):
            pass
    except RateLimitExceeded:
        return _report_page(form, entry, status=429)
    concern = Concern(form.concern.data)
    reports.report(
        db.session(),
        entry,
        concern=concern,
        words=form.words.data,
        email=people.tidy(form.email.data) if form.email.data.strip() else "",
        at=now(),
    )
    db.session.commit()
    about = concern if concern in {Concern.WORRYING, Concern.MINE} else None
    return redirect(url_for(".reported", about=about), code=303)


@bp.get("/submit/reported")
def reported() -> Response:
    """Thank you."""
    about = request.args.get("about")
    return make_response(render_template("submissions/reported.html", about=about))


def _begin(start: Callable[[], Draft], *, part: str = "") -> Response:
    """Start a draft and go to its tasks, or to one `part` of it."""
    with limiter.limit(limit_writing):
        draft = start()
    token = drafts.link(db.session(), draft, at=now())
    db.session.commit()
    known = {section.key for section in wording.SECTIONS[Kind(draft.kind)]}
    where = (
        url_for(".part", token=token, key=part) if part in known else url_for(".tasks", token=token)
    )
    return keep_private(redirect(where, code=303))


def _first_page(
    kind: Kind,
    form: HeldForm,
    *,
    found: Sequence[Similar] = (),
    asking: bool = False,
    status: int = 200,
) -> Response:
    """What is it called? With the hidden sign of trust, so not for caches."""
    response = htmx.render(
        "submissions/first.html",
        fragment="similar",
        status=status,
        form=form,
        kind=kind,
        fields=[form[name] for name in wording.FIRST[kind]],
        suggestions=suggestions_for(kind),
        kept_days=drafts.KEPT_FOR.days,
        found=found,
        asking=asking,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _similar(form: HeldForm, kind: Kind) -> list[Similar]:
    if kind is Kind.STORY:
        return []  # two people may well have the same to tell
    return similar_to(kind, {name: form[name].value() or "" for name in wording.FIRST[kind]})


def similar_to(
    kind: Kind, typed: Mapping[str, str], *, different: Collection[str] = ()
) -> list[Similar]:
    """Entries that may be the same as what is being written.

    Args:
        different: ids of those that its author has said are not.
    """
    wanted = Wanted(kind, typed.get("name", ""), typed.get("strapline", ""), typed.get("place", ""))
    places = gazetteer.at(config.current().geo_path)
    found = similar(
        search.current(), wanted, gazetteer=places, limit=SIMILAR_SHOWN + len(different)
    )
    return [one for one in found if one.id not in different][:SIMILAR_SHOWN]


def _change_page(
    form: ProposalForm,
    entry: Entry,
    *,
    begin_form: BeginForm | None = None,
    status: int = 200,
) -> Response:
    page = render_template(
        "submissions/change.html",
        form=form,
        begin_form=begin_form or BeginForm(),
        entry=entry,
        kept_days=drafts.KEPT_FOR.days,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _report_page(form: ReportForm, entry: Entry, *, status: int = 200) -> Response:
    page = render_template("submissions/report.html", form=form, entry=entry, limited=status == 429)
    return make_response(page, status)


def _entry(word: str, slug: str) -> Entry:
    """The live entry at that address; `word` is its kind or its folder."""
    try:
        kind = Kind(word) if word in set(Kind) else Kind.of_folder(word)
    except KeyError:
        abort(404)
    entry = catalogue.find(db.session(), kind, slug)
    if entry is None:
        abort(404)
    return entry


def _prefilled(kind: Kind) -> dict[str, list[list[str]]]:
    """What the link that led here says already, such as the place on a place's page."""
    filled: dict[str, list[list[str]]] = {}
    for (one, name), wanted in controls.REFERENCES.items():
        given = request.args.get(name, "")[:120]
        if one is kind and given:
            slug = names.slug_of(db.session(), wanted, given)
            shown = names_of(wanted, [slug])[slug] if slug else given
            filled[name] = [[f"{name}-0" if name in {"approach", "related"} else name, shown]]
    return filled


def _flat(answers: Mapping[str, list[list[str]]]) -> list[tuple[str, str]]:
    return [(name, value) for pairs in answers.values() for name, value in pairs]


def suggestions_for(kind: Kind) -> dict[Kind, list[str]]:
    """Names that the boxes of this kind's form offer, by the kind of entry they name."""
    kinds = {wanted for (one, _name), wanted in controls.REFERENCES.items() if one is kind}
    return {wanted: names.suggestions(db.session(), wanted) for wanted in kinds}


def find_slug(kind: Kind, typed: str) -> str | None:
    """The slug of the entry that was named."""
    return names.slug_of(db.session(), kind, typed)


def names_of(kind: Kind, slugs: list[str]) -> Mapping[str, str]:
    """The names of these entries."""
    return names.names_of(db.session(), kind, slugs)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
