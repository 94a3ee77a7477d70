"""Reading one submission and deciding about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from directory import htmx, search
from directory.accounts import people
from directory.accounts.guard import me
from directory.config import current
from directory.db import db
from directory.entries import names, photos
from directory.entries.cards import cards
from directory.entries.comparison import Names
from directory.entries.models import EntryRow
from directory.entries.views import today
from directory.moderation import claims, deciding, queue, reading, reasons, setting_aside
from directory.moderation import later as later_dates
from directory.moderation.checks import Check, checks
from directory.moderation.choices import Choice
from directory.moderation.deciding import Case, ChangedWhileReading, Seen
from directory.moderation.forms import (
    OUTCOMES,
    OUTCOMES_OF_NETWORK,
    OUTCOMES_WITHOUT_AUTHOR,
    DecisionForm,
    Outcomes,
)
from directory.moderation.models import Decision, Schedule
from directory.moderation.reading import ThreeWays
from directory.moderation.views_desk import (
    CLASHES,
    bp,
    claim,
    moderators_only,
    now,
    page,
    status_of,
    words_of,
)
from directory.places import gazetteer
from directory.search.similar import Wanted, similar
from directory.security import limit_writing, limiter
from directory.submissions import controls, conversation, preview
from directory.submissions.forms import ProposalForm, form_for
from directory.submissions.models import Submission, What
from directory.submissions.shown import shown_as_published
from directory.submissions.states import Act, State, possible
from directory.vocabulary.terms import Kind

PHOTOS = "/moderation/photos"  # views_photos.py


@dataclass(frozen=True)
class NoLongerThere:
    """An entry that is offline, and why; `into`: what it was joined to."""

    kind: str
    slug: str
    reason: str
    into: EntryRow | None


@bp.get("/submissions/<int:submission_id>")
@moderators_only
def submission(submission_id: int) -> Response:
    """One submission: who and why, what would change, what the checks say, and the decision.

    Opening it takes it for 20 minutes, if nobody else has it.
    """
    case = _case(submission_id)
    others = deciding.needs_somebody_else(db.session(), case.submission, me())
    if possible(State(case.submission.state), Act.PUBLISH) and not others:
        claim(claims.submission(submission_id))
    return _submission_page(case)


@bp.post("/submissions/<int:submission_id>/decision")
@moderators_only
@limiter.limit(limit_writing)
def decide(submission_id: int) -> Response:
    """Publish, ask for changes or decline, then on to the queue; if that fails, the page again."""
    form = DecisionForm()
    case = _case(submission_id, keep_live=_chosen_live())
    if form.outcome.data == Choice.EDIT:
        return _edit_page(case, _edit_form(case), form)
    try:
        if form.outcome.data == Choice.LATER:
            kept = _schedule(case, form)
            db.session.commit()
            return redirect(url_for(".later", set=kept.submission_id), code=303)
        decision = _decide(case, form)
        db.session.commit()
    except CLASHES as problem:
        return _submission_page_again(submission_id, form, problem)
    return redirect(url_for(".index", done=decision.id), code=303)


@bp.post("/submissions/<int:submission_id>/checks")
@moderators_only
@limiter.limit(limit_writing)
def set_check_aside(submission_id: int) -> Response:
    """What a check found does not matter here; or the page again, if nobody said why."""
    case = _case(submission_id)
    key, found = request.form.get("check", ""), request.form.get("finding", "")
    if (key, found) not in {(one.key, one.finding) for one in _checks(case)}:
        return _submission_page(case, problem=ChangedWhileReading().message, status=409)
    try:
        setting_aside.set_aside(
            db.session(),
            case.submission,
            key,
            found,
            reason=request.form.get("reason", ""),
            moderator=me(),
            at=now(),
        )
    except setting_aside.WhyMissing as problem:
        return _submission_page(case, aside_problem=(key, problem.message), status=422)
    db.session.commit()
    where = url_for(".submission", submission_id=submission_id, _anchor="checks")
    return redirect(where, code=303)


@bp.post("/submissions/<int:submission_id>/messages")
@moderators_only
@limiter.limit(limit_writing)
def say(submission_id: int) -> Response:
    """Write to the author without deciding anything; or the page again, if that cannot be sent."""
    case = _case(submission_id)
    try:
        conversation.say_as_moderator(
            db.session(), case.submission, request.form.get("words", ""), moderator=me(), at=now()
        )
    except (conversation.NothingSaid, conversation.TooLong) as problem:
        return _submission_page(case, message_problem=problem.message, status=problem.status)
    db.session.commit()
    where = url_for(".submission", submission_id=submission_id, said="yes", _anchor="messages")
    return redirect(where, code=303)


@bp.get("/later")
@moderators_only
def later() -> Response:
    """What comes out later, the next first."""
    just_set = request.args.get("set", type=int)
    return page(
        "moderation/later.html", schedules=later_dates.all_of(db.session()), just_set=just_set
    )


@bp.post("/later/<int:submission_id>/end")
@moderators_only
def cancel_later(submission_id: int) -> Response:
    """Let it wait for a decision again."""
    kept = db.get_or_404(Schedule, submission_id)
    later_dates.cancel(db.session(), kept, moderator=me(), at=now())
    db.session.commit()
    return redirect(url_for(".submission", submission_id=submission_id), code=303)


@bp.get("/submissions/<int:submission_id>/words")
@moderators_only
def edit(submission_id: int) -> Response:
    """The text in boxes, for a moderator to correct before it is published."""
    case = _case(submission_id)
    if claim(claims.submission(submission_id)).user_id != me().id:
        return redirect(url_for(".submission", submission_id=submission_id), code=303)
    return _edit_page(case, _edit_form(case), _decision_form(case))


@bp.post("/submissions/<int:submission_id>/words")
@moderators_only
@limiter.limit("60 per minute")
def publish_edited(submission_id: int) -> Response:
    """Publish the moderator's wording; or show it first, or what is wrong with it."""
    case = _case(submission_id)
    claim(claims.submission(submission_id))
    form, decision_form = form_for(case.proposed.kind)(), DecisionForm()
    form.without_sender()
    if "add" in request.form or "remove" in request.form:
        form.change_rows(request.form)
        return _edit_page(case, form, decision_form)
    if request.form.get("preview") == "card":
        return _edit_page(case, form, decision_form)
    sound = form.validate()
    document, _asides = form.read(case.merged.document, _find)
    if "preview" in request.form:
        return _edit_page(case, form, decision_form, previewed=document)
    if not sound or document is None:
        return _edit_page(case, form, decision_form, status=422)
    try:
        decision = deciding.publish(
            db.session(),
            case,
            moderator=me(),
            note=decision_form.note.data or "",
            assured=decision_form.assured.data,
            edited=document,
            seen=_seen(decision_form),
            at=now(),
        )
        db.session.commit()
    except CLASHES as problem:
        db.session.rollback()
        form.form_errors = [words_of(problem)]
        return _edit_page(_case(submission_id), form, decision_form, status=status_of(problem))
    return redirect(url_for(".index", done=decision.id), code=303)


def _decide(case: Case, form: DecisionForm) -> Decision:
    session, seen, note, at = db.session(), _seen(form), form.note.data or "", now()
    match form.outcome.data:
        case Choice.PUBLISH:
            return deciding.publish(
                session,
                case,
                moderator=me(),
                note=note,
                assured=form.assured.data,
                seen=seen,
                with_organization=form.with_organization.data,
                at=at,
            )
        case Choice.ASK:
            return deciding.ask_for_changes(
                session, case, moderator=me(), note=note, parts=_asks(case), seen=seen, at=at
            )
        case Choice.DECLINE:
            return deciding.decline(
                session,
                case,
                moderator=me(),
                reason=note,
                reasons=reasons.chosen(session, form.reasons.data or []),
                seen=seen,
                at=at,
            )
        case Choice.SPAM:
            return deciding.mark_as_spam(session, case, moderator=me(), seen=seen, at=at)
        case _:
            raise deciding.NothingChosen


def _schedule(case: Case, form: DecisionForm) -> Schedule:
    return later_dates.schedule(
        db.session(),
        case,
        moderator=me(),
        day=form.day.data,
        note=form.note.data or "",
        assured=form.assured.data,
        keep_live=_chosen_live(),
        seen=_seen(form),
        at=now(),
    )


def _chosen_live() -> list[str]:
    """Parts that both changed, in which the form lets stand what is live."""
    prefix = "take-"
    return [
        name.removeprefix(prefix)
        for name, value in request.form.items()
        if name.startswith(prefix) and value == "live"
    ]


def _asks(case: Case) -> dict[str, str]:
    """What the form asks about parts of the document."""
    return {
        name: request.form.get(f"ask-{name}", "") for name, _label in reading.parts(case.proposed)
    }


def _submission_page_again(submission_id: int, form: DecisionForm, problem: Exception) -> Response:
    """The page with what is true now, and the note and choice as they were."""
    db.session.rollback()
    return _submission_page(
        _case(submission_id, keep_live=_chosen_live()),
        form=form,
        problem=words_of(problem),
        status=status_of(problem),
    )


def _no_longer_there(case: Case) -> NoLongerThere | None:
    """What became of the entry that it would change; None for what is live or new."""
    if case.live or case.submission.what != What.CHANGE:
        return None
    row = db.session.get_one(EntryRow, case.submission.entry_id)
    into = db.session.get(EntryRow, row.merged_into) if row.merged_into else None
    return NoLongerThere(row.kind, row.slug, row.reason or "", into)


def _submission_page(
    case: Case,
    *,
    form: DecisionForm | None = None,
    problem: str = "",
    aside_problem: tuple[str, str] = ("", ""),
    message_problem: str = "",
    status: int = 200,
) -> Response:
    kept = form or _decision_form(case)
    if form:  # decide next time about what is on this page
        kept.version.data, kept.head.data = str(case.submission.version), str(case.head)
    state = State(case.submission.state)
    document = case.merged.document
    live = case.live.document if case.live else None
    named = names.named_in(db.session(), document, case.base, live)
    entry = preview.as_entry(document, live=case.live, at=now())
    decision = deciding.last_decision(db.session(), case.submission)
    return page(
        "moderation/submission.html",
        status=status,
        case=case,
        submission=case.submission,
        state=state,
        card=cards(db.session(), [entry], today())[0],
        changes=reading.would_change(live, document, named) if live else None,
        ways=_three_ways(case, named),
        keep_live=_chosen_live(),
        source=reading.source_change(live, document) if live else (),
        told=reading.all_told(document, named),
        published=shown_as_published(entry, photo_base=PHOTOS),
        photos=photos.shown(db.session(), document),
        checks=_checks(case) if state.is_open else [],
        aside_problem=aside_problem,
        message_problem=message_problem,
        said="said" in request.args,
        undone="undone" in request.args and state.is_open,
        gone=_no_longer_there(case) if state.is_open else None,
        writers={one.id: one.name for one in people.moderators(db.session())},
        part_names=controls.labels(case.proposed.kind),
        form=kept,
        outcomes=_outcomes(case.submission),
        can_write=conversation.somebody_answers(db.session(), case.submission),
        reasons=reasons.offered(db.session()),
        parts=reading.parts(case.proposed),
        asks=_asks(case),
        set_for=later_dates.of(db.session(), case),
        problem=problem,
        can_decide=possible(state, Act.PUBLISH),
        needs_other=deciding.needs_somebody_else(db.session(), case.submission, me()),
        held=claims.holder(db.session(), claims.submission(case.submission.id), at=now()),
        decision=decision,
        can_undo=decision is not None and deciding.can_undo(decision, at=now()),
        neighbours=queue.neighbours(db.session(), case.submission, at=now()),
    )


def _outcomes(submission: Submission) -> Outcomes:
    """What can be chosen about it: nobody is asked who would not answer."""
    if submission.author_email:
        return OUTCOMES
    answered = conversation.somebody_answers(db.session(), submission)
    return OUTCOMES_OF_NETWORK if answered else OUTCOMES_WITHOUT_AUTHOR


def _three_ways(case: Case, named: Names) -> list[ThreeWays]:
    """What its author and others have changed since, if the entry moved meanwhile."""
    if case.base is None or case.live is None or case.base == case.live.document:
        return []
    return reading.three_ways(case.merged, case.base, case.live.document, case.proposed, named)


def _checks(case: Case) -> list[Check]:
    """What the checks say; entries that may be the same only for something new."""
    document, alike = case.proposed, []
    if case.live is None and document.kind is not Kind.STORY:
        wanted = Wanted(
            document.kind,
            document.name,
            getattr(document, "strapline", None) or "",
            getattr(document, "place", None) or "",
        )
        places = gazetteer.at(current().geo_path)
        alike = similar(search.current(), wanted, gazetteer=places)
    return checks(db.session(), case, alike=alike)


def _edit_form(case: Case) -> ProposalForm:
    form = form_for(case.proposed.kind).opened(case.merged.document, _names)
    form.draft_id.data = str(case.submission.entry_id)
    form.without_sender()
    return form


def _edit_page(
    case: Case,
    form: ProposalForm,
    decision_form: DecisionForm,
    *,
    previewed: Any = None,
    status: int = 200,
) -> Response:
    entry = preview.as_entry(previewed, live=case.live, at=now()) if previewed else None
    return htmx.render(
        "moderation/edit.html",
        fragment="card" if request.form.get("preview") == "card" else "preview",
        status=status,
        case=case,
        submission=case.submission,
        form=form,
        decision_form=decision_form,
        kind=form.kind,
        suggestions=_suggestions(form.kind),
        asked_for_preview="preview" in request.form,
        published=shown_as_published(entry, photo_base=PHOTOS) if entry else None,
        thumbs={one.photo.file: one for one in photos.shown(db.session(), case.merged.document)},
        todo=queue.to_do(db.session(), at=now()),
        moderator=me(),
    )


def _case(submission_id: int, *, keep_live: Collection[str] = ()) -> Case:
    kept = db.get_or_404(Submission, submission_id)
    if kept.state in {State.UNCONFIRMED, State.WITHDRAWN}:
        abort(404)  # nobody has asked moderators to read it
    return deciding.case_of(db.session(), kept, keep_live=keep_live)


def _decision_form(case: Case) -> DecisionForm:
    return DecisionForm(
        formdata=None,
        outcome=Choice.PUBLISH,
        version=str(case.submission.version),
        head=str(case.head),
    )


def _seen(form: DecisionForm) -> Seen:
    def number(raw: str | None) -> int | None:
        return int(raw) if raw and raw.isdecimal() else None

    return Seen(number(form.version.data), number(form.head.data))


def _suggestions(kind: Kind) -> dict[Kind, list[str]]:
    kinds = {wanted for (one, _name), wanted in controls.REFERENCES.items() if one is kind}
    return {wanted: names.suggestions(db.session(), wanted) for wanted in kinds}


def _find(kind: Kind, typed: str) -> str | None:
    return names.slug_of(db.session(), kind, typed)


def _names(kind: Kind, slugs: list[str]) -> Any:
    return names.names_of(db.session(), kind, slugs)
