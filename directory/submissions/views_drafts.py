"""Writing a draft: its tasks, a page for each part, and the look at the whole before it is sent.

Addresses hold a secret of 256 bits and no session decides anything here, so saving needs no sign of
trust against forged forms: a page that was open for days still saves.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import Field

from directory import config, htmx
from directory.accounts import people
from directory.assets import STATIC
from directory.db import db
from directory.entries import catalogue, photos
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.models import Revision
from directory.entries.publishing import document_of as document_of_revision
from directory.entries.views_photos import store
from directory.errors import DirectoryError
from directory.owners import trust
from directory.places import gazetteer
from directory.search.similar import Similar
from directory.security import csrf, keep_private, limit_writing, limiter
from directory.submissions import (
    controls,
    conversation,
    drafts,
    forms_tasks,
    licence,
    links,
    pictures,
    plain_words,
    preview,
    proposing,
    stories,
    views_photos,
    whereabouts,
    wording,
)
from directory.submissions.forms import (
    AddressForm,
    ConsentForm,
    LiveCard,
    ProposalForm,
    SendForm,
    answers_of,
    card_of,
    form_for,
)
from directory.submissions.forms_tasks import Task
from directory.submissions.models import Arrival, Draft, Purpose, Submission
from directory.submissions.photos import forget_unused_of
from directory.submissions.pictures import Picture
from directory.submissions.private_words import Finding, private_things
from directory.submissions.proposing import Author, Proposal
from directory.submissions.shown import shown_as_published
from directory.submissions.views import bp, find_slug, names_of, now, similar_to, suggestions_for
from directory.submissions.whereabouts import Whereabouts
from directory.submissions.wording import Section
from directory.vocabulary.terms import Kind

LONDON = ZoneInfo("Europe/London")
WINDOW_LETTERS = 16
ALT_MAX = 120
PICTURES = STATIC / "vendor" / "pictures"
ANSWER = "answer-"  # before the field that a moderator asked about


@dataclass(frozen=True)
class Work:
    """A draft with all that its pages show."""

    draft: Draft
    token: str
    form: ProposalForm
    live: Entry | None
    submission: Submission | None
    base: Document | None
    document: Document | None
    asides: dict[str, str]
    tasks: tuple[Task, ...]
    asked: dict[str, str]

    @property
    def name(self) -> str:
        """What it is called so far."""
        return self.form.card().name

    @property
    def answers(self) -> dict[str, str]:
        """What its author answers to each change that was asked."""
        sent = dict(drafts.pairs(self.draft, *(ANSWER + field for field in self.asked)))
        return {field: sent.get(ANSWER + field, "") for field in self.asked}

    @property
    def is_unchanged(self) -> bool:
        """It says what the entry, or the earlier proposal, says already."""
        return (
            self.base is not None and self.document == self.base and not any(self.answers.values())
        )


@bp.get("/submit/drafts/<token>")
def tasks(token: str) -> Response:
    """The parts of the draft, each with how far it is."""
    return _tasks_page(_work(token), AddressForm(formdata=None))


@bp.get("/submit/drafts/<token>/<key>")
def part(token: str, key: str) -> Response:
    """One part of the draft."""
    work = _work(token)
    section = _section(work.form, key)
    if "heavy" in request.args and views_photos.asks_pictures(section):
        form = _form(work.draft)
        views_photos.say_too_heavy(form)
        return _part_page(work, section, form=form, status=422)
    return _part_page(work, section)


@bp.post("/submit/drafts/<token>/<key>")
@csrf.exempt  # type: ignore[untyped-decorator]
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
    sent = _sent_form(draft, part=key if typing else "")
    section = _section(sent, key)
    refused = views_photos.asks_pictures(section) and views_photos.take_sent(draft, sent)
    _name_pictures(sent)
    swapped = _swap(sent, section)
    try:
        _save(draft, section, sent)
        if different := request.form.get("different"):
            drafts.is_different(draft, _uuid(different), at=now())
        db.session.commit()
    except (DirectoryError, StaleDataError) as problem:
        db.session.rollback()
        return _clash(token, section, sent, problem)
    if typing and htmx.wants_fragment():
        return _beside(draft, section, sent)
    work = _work(token)
    if refused:
        return _part_page(work, section, form=sent, status=422)
    if sent.change_rows(request.form) or "pictures" in request.form:
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


@bp.get("/submit/drafts/<token>/check")
def check(token: str) -> Response:
    """The whole as readers will see it, what is missing, and the button that sends it."""
    work = _work(token)
    form = _form_to_send(work)(formdata=None)
    _ask_only_what_is_needed(form, work)
    return _check_page(work, form)


@bp.post("/submit/drafts/<token>/check")
@csrf.exempt  # type: ignore[untyped-decorator]
def send(token: str) -> Response:
    """Send it: on to its private page. Or the same page with what is in the way."""
    work = _work(token)
    form = _form_to_send(work)()
    _ask_only_what_is_needed(form, work)
    sound = form.validate()
    if work.document is None or not all(task.is_whole for task in work.tasks):
        sound = False
    elif work.is_unchanged:
        form.form_errors = [_("You have not changed anything yet.")]
        sound = False
    if not sound:
        return _check_page(work, form, status=422)
    try:
        with limiter.limit(limit_writing):
            private = _send(work, form)
            db.session.commit()
    except RateLimitExceeded:
        form.form_errors = [
            _("You have sent a lot in a short time. Wait a minute, then send it again.")
        ]
        return _check_page(work, form, status=429)
    except DirectoryError as problem:
        db.session.rollback()
        form.form_errors = [problem.message]
        return _check_page(_work(token), form, status=problem.status)
    return keep_private(redirect(url_for(".show", token=private), code=303))


@bp.post("/submit/drafts/<token>/link")
@limiter.limit("5 per hour")
def mail_draft_link(token: str) -> Response:
    """Mail a link that opens the draft on another device."""
    work = _work(token)
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


def _work(token: str) -> Work:
    """The draft behind `token`, read as it stands.

    Raises:
        DraftGone: there is none any more.
    """
    session = db.session()
    draft = drafts.find(session, token, at=now())
    live = catalogue.by_id(session, draft.entry_id)
    submission = session.get(Submission, draft.submission_id) if draft.submission_id else None
    base = _base(draft, submission)
    form = _form(draft)
    form.validate()
    document, asides = form.read(base, find_slug)
    if _puts_unknown_pictures(form, base) or views_photos.puts_unknown(form, draft, base):
        document = None
    asked = conversation.asked(submission) if submission else {}
    before = None
    if base is not None:
        first = answers_of(base, submission.asides if submission else {}, names_of)
        before = form_for(base.kind).of_answers(
            (name, value) for pairs in first.values() for name, value in pairs
        )
    return Work(
        draft=draft,
        token=token,
        form=form,
        live=live,
        submission=submission,
        base=base,
        document=document,
        asides=asides,
        tasks=forms_tasks.tasks(form, before=before, asked=asked),
        asked=asked,
    )


def _puts_unknown_pictures(form: ProposalForm, base: Document | None) -> bool:
    """Say so beside each Easy Read sentence whose picture is neither in the set nor was before."""
    before = {line.picture for line in getattr(base, "easy_read", ())}
    unknown = [
        row
        for row in (form.easy_read if "easy_read" in form else ())
        if (name := row.form.picture.data)
        and name not in before
        and not pictures.is_there(PICTURES, name)
    ]
    for row in unknown:
        row.form.picture.errors = [_("Choose one of our pictures.")]
    return bool(unknown)


def _form(draft: Draft) -> ProposalForm:
    """With what is kept."""
    return _form_with(draft, drafts.pairs(draft))


def _sent_form(draft: Draft, *, part: str = "") -> ProposalForm:
    """With what the page sent just now: all controls, or those of one part."""
    return _form_with(draft, request.form.items(multi=True), part=part)


def _form_with(draft: Draft, pairs: Iterable[tuple[str, str]], *, part: str = "") -> ProposalForm:
    form = form_for(Kind(draft.kind), part=part).of_answers(pairs)
    form.draft_id.data = str(draft.entry_id)
    if draft.submission_id:
        form.without_sender()
    return form


def _base(draft: Draft, submission: Submission | None) -> Document | None:
    """What the draft began with; None for something new."""
    if submission is not None:
        return proposing.document_of(submission)
    if draft.base_revision is None:
        return None
    revision = (
        db.session.query(Revision)
        .filter_by(entry_id=draft.entry_id, number=draft.base_revision)
        .one_or_none()
    )
    if revision is None or revision.erased_at:
        raise drafts.DraftGone
    return document_of_revision(revision)


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
    """Pictures to choose from for each Easy Read sentence: the chosen one, then what was found."""
    if "easy_read" not in section.fields:
        return {}
    found, looked_for = {}, {}
    for row in form.easy_read:
        look = request.form.get(f"look-{row.name}", "").strip()[:60]
        chosen = row.form.picture.data or ""
        shown = [Picture(chosen)] if pictures.is_there(PICTURES, chosen) else []
        shown += pictures.find(PICTURES, look or row.form.text.data or "")
        found[row.name], looked_for[row.name] = list(dict.fromkeys(shown)), look
    return {"pictures": found, "looked_for": looked_for}


def _swap(sent: ProposalForm, section: Section) -> Field | None:
    """Put plain words in place of others, if that button was pressed; returns their box."""
    name, _bar, words = request.form.get("swap", "").partition("|")
    words, _bar, instead = words.partition("|")
    for control in sent.controls(section):
        for field in controls.leaves(control):
            if field.name == name and isinstance(field.data, str) and words and instead:
                field.data = plain_words.swap(field.data, words, instead)
                return field
    return None


def _clash(token: str, section: Section, sent: ProposalForm, problem: Exception) -> Response:
    """The page with what was typed, and why it is not kept; sending it again keeps it."""
    work = _work(token)
    known = isinstance(problem, DirectoryError)
    message = problem.message if known else drafts.ChangedElsewhere().message  # type: ignore[attr-defined]
    status = problem.status if known else drafts.ChangedElsewhere.status  # type: ignore[attr-defined]
    return _part_page(work, section, form=sent, clash=message, status=status)


def _send(work: Work, form_to_send: SendForm | ConsentForm) -> str:
    """Hand the draft over to the moderators' list; returns the secret of its private page."""
    session, form = db.session(), work.form
    assert work.document is not None
    asides: dict[str, Any] = dict(work.asides)
    if found := _private(work):
        asides["private"] = sorted({str(one.what) for _address, one in found})
    if work.draft.different:
        asides["different"] = work.draft.different
    why = (form.why.data or "").strip()
    if work.submission:
        submission = work.submission
        proposing.revise(
            submission,
            work.document,
            why=why,
            asides=asides,
            answers=work.answers,
            version=work.draft.submission_version,
            at=now(),
        )
    else:
        author = Author(
            email=people.tidy(form.email.data),
            name=(form.author_name.data or "").strip(),
            role=(form.author_role.data or "").strip(),
        )
        owner = trust.owner_of(session, work.draft)
        submission = proposing.propose(
            session,
            Proposal(work.document, author, _agreement(work), why=why, asides=asides),
            change_of=work.live if work.draft.base_revision is not None else None,
            base_revision=work.draft.base_revision,
            at=now(),
        )
        session.add(
            Arrival(
                submission_id=submission.id,
                seconds=int((now() - work.draft.created_at).total_seconds()),
                trapped=bool(form_to_send.leave_empty.data),
            )
        )
        if isinstance(form_to_send, ConsentForm):
            stories.record_consent(session, submission, whose=form_to_send.whose.data, at=now())
        trust.arrived(session, submission, owner, at=now())
    session.delete(work.draft)
    return links.make(session, submission, Purpose.PAGE, at=now())


def _tasks_page(work: Work, address_form: AddressForm, *, status: int = 200) -> Response:
    page = render_template(
        "submissions/tasks.html",
        work=work,
        token=work.token,
        address_form=address_form,
        sent="sent" in request.args,
        kept_until=drafts.kept_until(work.draft),
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
    shown = form or _form(work.draft)
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
        problems=_problems_in(shown, section) if wrong else [],
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
        suggestions=suggestions_for(shown.kind),
        found=_similar(work.draft, work.form.card(), section),
        where=_where(shown, section),
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
        where=_where(sent, section),
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


def _check_page(work: Work, form: SendForm | ConsentForm, *, status: int = 200) -> Response:
    problems = [
        (f"{url_for('.part', token=work.token, key=task.section.key)}#{field_id}", label, message)
        for task in work.tasks
        for field_id, label, message in _problems_in(work.form, task.section)
    ]
    entry = preview.as_entry(work.document, live=work.live, at=now()) if work.document else None
    page = render_template(
        "submissions/check.html",
        work=work,
        token=work.token,
        form=form,
        problems=problems,
        rest=work.form.form_errors,
        published=shown_as_published(entry, photo_base=f"/submit/drafts/{work.token}/photos")
        if entry
        else None,
        private=_private(work),
        advice=plain_words.advise(
            text for task in work.tasks for text in work.form.prose(task.section)
        ),
    )
    return keep_private(make_response(page, status))


def _form_to_send(work: Work) -> type[SendForm] | type[ConsentForm]:
    return ConsentForm if work.form.kind is Kind.STORY else SendForm


def _agreement(work: Work) -> str:
    """Which words its author agrees to."""
    return licence.CONSENT if work.form.kind is Kind.STORY else licence.VERSION


def _ask_only_what_is_needed(form: SendForm | ConsentForm, work: Work) -> None:
    """Who agreed when they sent it first agrees no more; what is not private needs no tick."""
    if work.submission:
        del form.agree
        if "whose" in form:
            del form.whose
    if not _private(work):
        del form.not_private


def _private(work: Work) -> list[tuple[str, Finding]]:
    """What may be private, with the address of the part that holds it."""
    return [
        (url_for(".part", token=work.token, key=task.section.key), found)
        for task in work.tasks
        for found in private_things(work.form.prose(task.section))
    ]


def _problems_in(form: ProposalForm, section: Section) -> list[tuple[str, str, str]]:
    """Id, label and what is wrong, for each control of the section that needs another look."""
    return [
        (field.id, str(field.label.text), message)
        for control in form.controls(section)
        for field, message in controls.errors_in(control)
    ]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(404)
