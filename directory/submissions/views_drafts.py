"""Writing a draft: its tasks, and a page for each part.

Addresses hold a secret of 256 bits and no session decides anything here, so saving needs no sign of
trust against forged forms: a page that was open for days still saves.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import Field

from directory import config, htmx, search
from directory.accounts import people
from directory.clock import LONDON
from directory.db import db
from directory.entries import photos
from directory.entries.views_photos import store
from directory.errors import DirectoryError
from directory.places import gazetteer
from directory.search.similar import Similar, fitting_approaches
from directory.security import keep_private, limiter, without_csrf
from directory.submissions import (
    controls,
    conversation,
    drafts,
    forms_tasks,
    pictures,
    plain_words,
    views_drafting,
    views_photos,
    whereabouts,
    wording,
)
from directory.submissions.forms import LiveCard, ProposalForm, card_of
from directory.submissions.forms_short import AddressForm
from directory.submissions.models import Draft
from directory.submissions.photos import forget_unused_of
from directory.submissions.pictures import Line, Offer, Picture
from directory.submissions.private_words import private_things
from directory.submissions.views import bp, find_slug, now, similar_to, suggestions_for
from directory.submissions.views_drafting import (
    ANSWER,
    Work,
    kept_form,
    problems_in,
    sent_form,
    work_of,
)
from directory.submissions.whereabouts import Whereabouts
from directory.submissions.wording import Section
from directory.vocabulary.terms import Kind

WINDOW_LETTERS = 16


ALT_MAX = 120


@bp.get("/submit/drafts/<token>")
def tasks(token: str) -> Response:
    """The parts of the draft, each with how far it is."""
    return _tasks_page(work_of(token), AddressForm(formdata=None))


@bp.get("/submit/drafts/<token>/<key>")
def part(token: str, key: str) -> Response:
    """One part of the draft."""
    work = work_of(token)
    section = _section(work.form, key)
    if "heavy" in request.args and views_photos.asks_pictures(section):
        form = kept_form(work.draft)
        views_photos.say_too_heavy(form)
        return _part_page(work, section, form=form, status=422)
    return _part_page(work, section)


@bp.post("/submit/drafts/<token>/<key>")
@without_csrf
def save_part(token: str, key: str) -> Response:
    """Keep what was typed; then the next part, the tasks, or what needs another look.

    Scripts send the part while somebody types (`save` is "typing"): nothing but the side of the
    page comes back then.
    """
    draft = drafts.find(db.session(), token, at=now())
    if key == wording.PICTURES.key:
        request.max_content_length = views_photos.SENT_MAX
        if (request.content_length or 0) > views_photos.SENT_MAX:
            return keep_private(redirect(url_for(".part", token=token, key=key, heavy="yes"), 303))
    typing = request.form.get("save") == "typing"
    sent = sent_form(draft, part=key if typing else "")
    section = _section(sent, key)
    refused = views_photos.asks_pictures(section) and views_photos.take_sent(draft, sent)
    _name_pictures(sent)
    swapped = _swap(sent, section)
    has_other_rows = sent.change_rows(request.form)  # before it is kept: what was taken away goes
    try:
        _save(draft, section, sent)
        if different := request.form.get("different"):
            drafts.is_different(draft, _uuid(different), at=now())
        if typing:  # what is shown then is known: it need not be read again
            db.session.flush()
            db.session.expunge(draft)
        db.session.commit()
    except (DirectoryError, StaleDataError) as problem:
        db.session.rollback()
        return _clash(token, section, sent, problem)
    if typing and htmx.wants_fragment():
        return _beside(draft, section, sent)
    work = work_of(token)
    if refused:
        return _part_page(work, section, form=sent, status=422)
    if has_other_rows or "pictures" in request.form or _looks_for_pictures(sent, section):
        return _part_page(work, section, form=sent)
    if typing or request.form.get("different"):
        return _part_page(work, section, saved=True)
    if swapped is not None:
        where = url_for(".part", token=token, key=key, _anchor=swapped.id)
        return keep_private(redirect(where, code=303))
    if request.form.get("go") == "here":
        return keep_private(redirect(url_for(".part", token=token, key=key), code=303))
    if request.form.get("go") == "later":
        return keep_private(redirect(url_for(".tasks", token=token), code=303))
    if any(task.section.key == key and not task.is_whole for task in work.tasks):
        return _part_page(work, section, form=work.form, status=422)
    following = forms_tasks.following(work.tasks, section)
    where = (
        url_for(".part", token=token, key=following.key)
        if following
        else url_for(".check", token=token)
    )
    return keep_private(redirect(where, code=303))


@bp.post("/submit/drafts/<token>/link")
@limiter.limit("5 per hour")
def mail_draft_link(token: str) -> Response:
    """Mail a link that opens the draft on another device."""
    work = work_of(token)
    if drafts.is_of_editors(db.session(), work.draft):
        abort(404)
    form = AddressForm()
    if not form.validate():
        return _tasks_page(work, form, status=422)
    email = people.tidy(form.email.data)
    drafts.mail_link(db.session(), work.draft, email, name=work.name, at=now())
    if "email" in work.form and not work.form.email.data:
        drafts.save(work.draft, wording.ABOUT_YOU.key, {"email": [["email", email]]}, at=now())
    db.session.commit()
    return keep_private(redirect(url_for(".tasks", token=token, sent="yes"), code=303))


@bp.post("/submit/drafts/<token>/deletion")
def delete_draft(token: str) -> Response:
    """Delete the draft and all that was typed."""
    draft = drafts.find(db.session(), token, at=now())
    db.session.delete(draft)
    unused = forget_unused_of(db.session(), draft.entry_id, at=now())
    db.session.commit()
    photos.discard(store(), unused)
    return keep_private(redirect(url_for(".deleted"), code=303))


@bp.get("/submit/deleted")
def deleted() -> Response:
    """It is gone."""
    return make_response(render_template("submissions/deleted.html"))


def _section(form: ProposalForm, key: str) -> Section:
    found = [one for one in forms_tasks.sections_of(form) if one.key == key]
    return found[0] if found else abort(404)


def _save(draft: Draft, section: Section, sent: ProposalForm) -> None:
    """Keep the controls of one section, and the answers to what was asked."""
    answers = sent.answers(section)
    if section.key == wording.TO_THE_MODERATOR.key:
        for name in request.form:
            if name.startswith(ANSWER):
                typed = request.form[name].strip()[: conversation.MESSAGE_MAX]
                answers[name] = [[name, typed]] if typed else []
    drafts.save(
        draft,
        section.key,
        answers,
        window=request.form.get("window", "")[:WINDOW_LETTERS],
        seen=request.form.get("seen", 0, type=int),
        at=now(),
    )


def _name_pictures(sent: ProposalForm) -> None:
    """Say what a picture shows where its author has not: in the words of the picture set."""
    for row in sent.easy_read if "easy_read" in sent else ():
        if row.form.picture.data and not (row.form.alt.data or "").strip():
            row.form.alt.data = Picture(row.form.picture.data).alt[:ALT_MAX]


def _pictures(form: ProposalForm, section: Section) -> dict[str, Any]:
    """Pictures to choose from for each Easy Read sentence, and how many more make it whole."""
    if "easy_read" not in section.fields:
        return {}
    return {
        "offers": {row.name: _offer(row) for row in form.easy_read},
        "easy_lines": [
            Line(row.form.text.data, row.form.picture.data or "", row.form.alt.data or "")
            for row in form.easy_read
            if (row.form.text.data or "").strip()
        ],
        "sentences": forms_tasks.whole_sentences(form.easy_read),
        "sentences_more": forms_tasks.sentences_missing(form.easy_read),
    }


def _new_pictures(sent: ProposalForm, section: Section) -> dict[str, Any]:
    """The same while somebody types: only for sentences whose words are others now, so that
    nobody who is choosing a picture has them exchanged."""
    found = _pictures(sent, section)
    if found:
        found["rows"] = [
            row
            for row in sent.easy_read
            if request.form.get(f"shown-{row.name}") != found["offers"][row.name].key
        ]
    return found


def _looks_for_pictures(sent: ProposalForm, section: Section) -> bool:
    """Whether somebody pressed Enter after another word for pictures, which do not show it yet."""
    return (
        request.form.get("go") == "enter"
        and "easy_read" in section.fields
        and any(
            (offer := _offer(row)).looked_for and request.form.get(f"shown-{row.name}") != offer.key
            for row in sent.easy_read
        )
    )


def _offer(row: Field) -> Offer:
    """The picture that was chosen, then what was found for the sentence or another word."""
    look = request.form.get(f"look-{row.name}", "").strip()[:60]
    words = look or row.form.text.data or ""
    chosen = row.form.picture.data or ""
    shown = [Picture(chosen)] if pictures.is_there(views_drafting.PICTURES, chosen) else []
    found = pictures.find(views_drafting.PICTURES, words)
    return Offer(
        shown=tuple(dict.fromkeys(shown + found))[: pictures.SHOWN],
        found=len(found),
        looked_for=look,
        key=pictures.key(words),
        is_asked=bool(words.strip()),
        chosen_alt=Picture(chosen).alt,
    )


def _swap(sent: ProposalForm, section: Section) -> Field | None:
    """Put plain words in place of others, if that button was pressed; returns their box.

    Where no others are named, they take the place of all that stands there.
    """
    name, _bar, words = request.form.get("swap", "").partition("|")
    words, _bar, instead = words.partition("|")
    for control in sent.controls(section):
        for field in controls.leaves(control):
            if field.name == name and isinstance(field.data, str | None) and instead:
                typed = field.data or ""
                field.data = plain_words.swap(typed, words, instead) if words else instead
                return field
    return None


def _clash(token: str, section: Section, sent: ProposalForm, problem: Exception) -> Response:
    """The page with what was typed, and why it is not kept; sending it again keeps it."""
    work = work_of(token)
    told = problem if isinstance(problem, DirectoryError) else drafts.ChangedElsewhere()
    return _part_page(work, section, form=sent, clash=told.message, status=told.status)


def _tasks_page(work: Work, address_form: AddressForm, *, status: int = 200) -> Response:
    page = render_template(
        "submissions/tasks.html",
        work=work,
        token=work.token,
        address_form=address_form,
        sent="sent" in request.args,
        kept_until=drafts.kept_until(work.draft),
        of_editors=drafts.is_of_editors(db.session(), work.draft),
    )
    return keep_private(make_response(page, status))


def _part_page(
    work: Work,
    section: Section,
    *,
    form: ProposalForm | None = None,
    clash: str = "",
    saved: bool = False,
    status: int = 200,
) -> Response:
    """One part. `form`: with what was typed, or what is wrong; else with what is kept."""
    shown = form or kept_form(work.draft)
    wrong = status == 422 and not clash
    numbers = [task.section.key for task in work.tasks]
    response = htmx.render(
        "submissions/part.html",
        fragment="beside",
        status=status,
        work=work,
        token=work.token,
        section=section,
        number=numbers.index(section.key) + 1,
        total=len(numbers),
        form=shown,
        fields=list(shown.controls(section)),
        problems=problems_in(shown, section) if wrong else [],
        clash=clash,
        saved_at=_clock(work.draft.changed_at) if saved else None,
        card=work.form.card(),
        asked={
            field: words
            for field, words in work.asked.items()
            if field in section.fields or section.key == wording.TO_THE_MODERATOR.key
        },
        window=request.form.get("window") or secrets.token_hex(WINDOW_LETTERS // 2),
        seen=drafts.saved_times(work.draft, section.key),
        kept_days=drafts.KEPT_FOR.days,
        suggestions=suggestions_for(shown.kind),
        found=_similar(work.draft, work.form.card(), section),
        where=_where(shown, section),
        pointed=_pointed(shown, section),
        arrived=request.method == "POST",
        fitting=_fitting(shown, section),
        **_pictures(shown, section),
        **views_photos.context(shown, work.draft, section),
        advice=plain_words.advise(work.form.prose(section)),
        private=private_things(work.form.prose(section)),
        examples=wording.EXAMPLES,
    )
    return keep_private(response)


def _beside(draft: Draft, section: Section, sent: ProposalForm) -> Response:
    """The side of the page after a save while somebody types: only what that can have changed."""
    card = card_of(str(draft.entry_id), drafts.pairs(draft))
    texts = sent.prose(section)
    response = htmx.render(
        "submissions/part.html",
        fragment="beside",
        card=card,
        clash="",
        saved_at=_clock(draft.changed_at),
        found=_similar(draft, card, section),
        is_part=True,
        pointed=_pointed(sent, section),
        asks_where="place" in section.fields,
        where=_where(sent, section),
        **_new_pictures(sent, section),
        advice=plain_words.advise(texts),
        private=private_things(texts),
    )
    return keep_private(response)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%H:%M}"


def _similar(draft: Draft, card: LiveCard, section: Section) -> list[Similar]:
    """Entries that may be the same as something new, but for those that its author ruled out."""
    kind = Kind(draft.kind)
    is_new = draft.base_revision is None and draft.submission_id is None
    if not is_new or kind is Kind.STORY or "name" not in section.fields:
        return []
    typed = {"name": card.name, "strapline": card.tagline, "place": card.place}
    return similar_to(kind, typed, different=draft.different)


def _where(form: ProposalForm, section: Section) -> Whereabouts | None:
    """What was understood of where it happens, beside the box that asks for it."""
    if "place" not in section.fields or "place" not in form:
        return None
    places = gazetteer.at(config.current().geo_path)
    return whereabouts.understand(places, form["place"].data or "")


def _pointed(form: ProposalForm, section: Section) -> list[str]:
    """The boxes of the page about which something may be told beside it."""
    named = (field.short_name for field in form.controls(section))
    return [name for name in named if name == "name" or wording.is_prose(name)]


def _fitting(form: ProposalForm, section: Section) -> list[Similar]:
    """Approaches that a service may follow, or a story be about, until its author names one."""
    asks = {Kind.SERVICE: "approach", Kind.STORY: "about"}.get(form.kind)
    if asks is None or asks not in section.fields:
        return []
    typed = [(box.data or "").strip() for box in controls.leaves(form[asks])]
    known = (Kind.APPROACH, Kind.SERVICE) if form.kind is Kind.STORY else (Kind.APPROACH,)
    if any(find_slug(kind, one) for one in filter(None, typed) for kind in known):
        return []
    name, told = (form[one].data or "" if one in form else "" for one in ("name", "summary"))
    return fitting_approaches(search.current(), " ".join([*typed, name]), told)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(404)
