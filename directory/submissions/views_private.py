"""After sending: confirming the address, and the private page of a submission."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.accounts import people
from directory.db import db
from directory.entries import catalogue
from directory.errors import DirectoryError
from directory.networks.models import Network
from directory.networks.models import State as NetworkState
from directory.owners import trust
from directory.security import keep_private, limit_writing, limiter
from directory.submissions import (
    controls,
    conversation,
    drafts,
    links,
    preview,
    proposing,
    stories,
    waiting,
)
from directory.submissions.forms import answers_of
from directory.submissions.forms_short import AddressForm, AppealForm, MessageForm
from directory.submissions.models import Purpose, Submission, What
from directory.submissions.shown import shown_as_published
from directory.submissions.states import Act, State, possible
from directory.submissions.views import bp, names_of, now


@bp.get("/submissions/confirm/<token>")
def show_confirmation(token: str) -> Response:
    """A page with one button. Opening it confirms nothing: mail scanners open every link."""
    submission = links.to_confirm(db.session(), token, at=now())
    page = render_template("submissions/confirm.html", submission=submission, token=token)
    return keep_private(make_response(page))


@bp.post("/submissions/confirm/<token>")
@limiter.limit(limit_writing)
def confirm(token: str) -> Response:
    """The address is theirs: the submission waits for a moderator. On to its private page."""
    submission = proposing.confirm(db.session(), token, at=now())
    trust.confirmed(db.session(), submission, at=now())
    page = links.make(db.session(), submission, Purpose.PAGE, at=now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=page), code=303))


@bp.get("/submissions/<token>")
def show(token: str) -> Response:
    """Where it stands, what was written, and what can still be done."""
    if old := links.too_old(db.session(), token, at=now()):
        page = render_template(
            "submissions/old_link.html",
            token=token,
            network=_network(old),
            of_editors=links.is_of_editors(old),
        )
        return keep_private(make_response(page, 410))
    submission = links.submission_of(db.session(), token, at=now())
    return _private_page(submission, token)


@bp.get("/submissions/<token>/words")
def show_words(token: str) -> Response:
    """Where the words were once changed; the private page has the button for it."""
    return keep_private(redirect(url_for(".show", token=token), code=303))


@bp.post("/submissions/<token>/words")
@limiter.limit(limit_writing)
def edit(token: str) -> Response:
    """Open the words again as a draft: the one that was begun before, or a new one."""
    submission = links.submission_of(db.session(), token, at=now())
    if not possible(State(submission.state), Act.REVISE):
        return keep_private(redirect(url_for(".show", token=token), code=303))
    draft = drafts.of_submission(db.session(), submission, at=now())
    if draft is None or draft.submission_version != submission.version:
        document = proposing.document_of(submission)
        answers = answers_of(document, submission.asides, names_of)
        answers["why"] = [["why", submission.why]] if submission.why else []
        draft = drafts.start(db.session(), document.kind, answers, revision_of=submission, at=now())
    key = drafts.link(db.session(), draft, at=now())
    db.session.commit()
    return keep_private(redirect(url_for(".tasks", token=key), code=303))


@bp.post("/submissions/<token>/messages")
@limiter.limit(limit_writing)
def say(token: str) -> Response:
    """Write to the moderators."""
    submission = links.submission_of(db.session(), token, at=now())
    form = MessageForm()
    if not form.validate():
        return _private_page(submission, token, message_form=form, status=422)
    try:
        conversation.say_as_author(db.session(), submission, form.words.data, at=now())
    except DirectoryError as problem:
        form.words.errors = [problem.message]
        return _private_page(submission, token, message_form=form, status=problem.status)
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token, said="yes"), code=303))


@bp.post("/submissions/<token>/appeal")
@limiter.limit(limit_writing)
def appeal(token: str) -> Response:
    """Ask for somebody else to look again at what was declined."""
    submission = links.submission_of(db.session(), token, at=now())
    form = AppealForm()
    if not form.validate():
        return _private_page(submission, token, appeal_form=form, status=422)
    conversation.appeal(db.session(), submission, form.reason.data, at=now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token), code=303))


@bp.post("/submissions/<token>/renewal")
@limiter.limit("5 per hour")
def renew(token: str) -> Response:
    """Mail a new link in place of one that is too old, to the address that we know."""
    submission = links.too_old(db.session(), token, at=now())
    if submission is not None:
        proposing.renew_link(db.session(), submission, at=now())
    db.session.commit()
    return keep_private(redirect(url_for(".lost", sent="yes"), code=303))


@bp.get("/submissions/lost")
def lost() -> Response:
    """Lost the link? It can be mailed again."""
    return _lost_page(AddressForm(formdata=None))


@bp.post("/submissions/lost")
@limiter.limit("5 per hour")
def send_links() -> Response:
    """Mail new links to what that address has sent. The answer never says whether there was any."""
    form = AddressForm()
    if not form.validate():
        return _lost_page(form, status=422)
    proposing.renew_links_of(db.session(), people.tidy(form.email.data), at=now())
    db.session.commit()
    return redirect(url_for(".lost", sent="yes"), code=303)


@bp.post("/submissions/<token>/withdrawal")
@limiter.limit(limit_writing)
def withdraw(token: str) -> Response:
    """Take it back."""
    submission = links.submission_of(db.session(), token, at=now())
    if stories.may_take_back(submission):
        stories.take_back(db.session(), submission, at=now())
    else:
        proposing.withdraw(submission, at=now())
        stories.end_consent(db.session(), submission, at=now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token), code=303))


@bp.post("/submissions/<token>/address")
@limiter.limit("5 per hour")
def change_address(token: str) -> Response:
    """Send the confirmation again, to this or another address."""
    submission = links.submission_of(db.session(), token, at=now())
    form = AddressForm()
    if not form.validate():
        return _private_page(submission, token, address_form=form, status=422)
    email = people.tidy(form.email.data)
    proposing.change_address(db.session(), submission, email, at=now())
    db.session.commit()
    return keep_private(redirect(url_for(".show", token=token, sent="again"), code=303))


def _network(submission: Submission) -> Network | None:
    """Whose list it came with, beside which its editors find it; None once that is closed."""
    found = db.session.get(Network, submission.network_id) if submission.network_id else None
    return found if found is not None and found.state == NetworkState.OPEN else None


def _lost_page(form: AddressForm, *, status: int = 200) -> Response:
    page = render_template("submissions/lost.html", form=form, sent="sent" in request.args)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _private_page(
    submission: Submission,
    token: str,
    *,
    address_form: AddressForm | None = None,
    message_form: MessageForm | None = None,
    appeal_form: AppealForm | None = None,
    status: int = 200,
) -> Response:
    document = proposing.document_of(submission)
    live = catalogue.by_id(db.session(), submission.entry_id)
    state = State(submission.state)
    page = render_template(
        "submissions/show.html",
        submission=submission,
        state=state,
        token=token,
        live=live if state is State.PUBLISHED or submission.what == What.CHANGE else None,
        published=shown_as_published(
            preview.as_entry(document, live=live, at=now()),
            photo_base=f"/submissions/{token}/photos",
        ),
        asked=conversation.asked(submission),
        field_names=controls.labels(document.kind),
        can={act.name.lower(): possible(state, act) for act in Act},
        message_form=message_form or MessageForm(formdata=None),
        appeal_form=appeal_form or AppealForm(formdata=None),
        may_take_back=stories.may_take_back(submission),
        may_appeal=conversation.may_appeal(submission),
        said="said" in request.args,
        wait=waiting.usual_wait(db.session(), at=now()),
        before=waiting.before(db.session(), submission),
        address_form=address_form or AddressForm(email=submission.author_email),
        sent_again="sent" in request.args,
        somebody_else=people.several_moderate(db.session()),
        network=_network(submission),
        reason=conversation.reason_told(submission),
        on_device=drafts.name_on_device(submission),
        kept_days=drafts.KEPT_FOR.days,
    )
    return keep_private(make_response(page, status))
