"""Reading one submission and deciding about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from directory import search
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
from directory.moderation.cases import Case
from directory.moderation.checks import Check, checks
from directory.moderation.choices import Choice
from directory.moderation.deciding import ChangedWhileReading
from directory.moderation.forms import (
    OUTCOMES,
    OUTCOMES_OF_NETWORK,
    OUTCOMES_WITHOUT_AUTHOR,
    DecisionForm,
    Outcomes,
)
from directory.moderation.models import Decision, Schedule
from directory.moderation.reading import ThreeWays
from directory.moderation.views_case import (
    PHOTOS,
    case_from,
    chosen_live,
    new_decision_form,
    seen_on,
)
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
from directory.moderation.views_editing import edit_form, edit_page
from directory.networks.models import Network
from directory.places import gazetteer
from directory.search.similar import Wanted, similar
from directory.security import limit_writing, limiter
from directory.submissions import controls, conversation, preview
from directory.submissions.models import Submission, What
from directory.submissions.shown import shown_as_published
from directory.submissions.states import Act, State, possible
from directory.vocabulary.terms import Kind

# Where on the page a problem is told; all others are about the whole of it.
AT_FIELD: dict[type[Exception], str] = {
    deciding.NothingChosen: "outcome",
    deciding.ReasonMissing: "note",
    deciding.TooManyReasons: "reasons",
    later_dates.NotLater: "day",
}


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
    case = case_from(submission_id)
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
    case = case_from(submission_id, keep_live=chosen_live())
    if form.outcome.data == Choice.EDIT:
        return edit_page(case, edit_form(case), form)
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
    case = case_from(submission_id)
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
    case = case_from(submission_id)
    try:
        conversation.say_as_moderator(
            db.session(), case.submission, request.form.get("words", ""), moderator=me(), at=now()
        )
    except (conversation.NothingSaid, conversation.TooLong) as problem:
        return _submission_page(case, message_problem=problem.message, status=problem.status)
    db.session.commit()
    where = url_for(".submission", submission_id=submission_id, said="yes", _anchor="messages")
    return redirect(where, code=303)


def _decide(case: Case, form: DecisionForm) -> Decision:
    session, seen, note, at = db.session(), seen_on(form), form.note.data or "", now()
    match form.outcome.data:
        case Choice.PUBLISH:
            return deciding.publish(
                session,
                case,
                moderator=me(),
                note=note,
                assured=form.assured.data,
                seen=seen,
                organization=case.named_organization if form.with_organization.data else "",
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
        with_organization=form.with_organization.data,
        keep_live=chosen_live(),
        seen=seen_on(form),
        at=now(),
    )


def _asks(case: Case) -> dict[str, str]:
    """What the form asks about parts of the document."""
    return {
        name: request.form.get(f"ask-{name}", "") for name, _label in reading.parts(case.proposed)
    }


def _submission_page_again(submission_id: int, form: DecisionForm, problem: Exception) -> Response:
    """The page with what is true now, and the note and choice as they were."""
    db.session.rollback()
    return _submission_page(
        case_from(submission_id, keep_live=chosen_live()),
        form=form,
        problem=words_of(problem),
        problem_at=AT_FIELD.get(type(problem), ""),
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
    problem_at: str = "",
    aside_problem: tuple[str, str] = ("", ""),
    message_problem: str = "",
    status: int = 200,
) -> Response:
    kept = form or new_decision_form(case)
    if form:  # decide next time about what is on this page
        kept.version.data, kept.head.data = str(case.submission.version), str(case.head)
    state = State(case.submission.state)
    document = case.merged.document
    live = case.live.document if case.live else None
    named = names.named_in(db.session(), document, case.base, live)
    entry = preview.as_entry(document, live=case.live, at=now())
    decision = deciding.last_decision(db.session(), case.submission)
    network_id = case.submission.network_id
    return page(
        "moderation/submission.html",
        status=status,
        case=case,
        submission=case.submission,
        state=state,
        card=cards(db.session(), [entry], today())[0],
        changes=reading.would_change(live, document, named) if live else None,
        ways=_three_ways(case, named),
        keep_live=chosen_live(),
        as_read=reading.rendered_change(live, document) if live else [],
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
        problem_at=problem_at,
        can_decide=possible(state, Act.PUBLISH),
        needs_other=deciding.needs_somebody_else(db.session(), case.submission, me()),
        held=claims.holder(db.session(), claims.submission(case.submission.id), at=now()),
        decision=decision,
        can_undo=decision is not None and deciding.can_undo(decision, at=now()),
        neighbours=queue.neighbours(db.session(), case.submission, reader=me(), at=now()),
        network=db.session.get(Network, network_id) if network_id else None,
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
