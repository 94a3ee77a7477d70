"""What the list of what waits costs moderators, where much waits.

Three looks: the first, when no line of it was written for anybody yet; one after anything was
written; and another, while nothing is. It is held against the same page as a finished string: said
by the smallest Flask, and said by this program to somebody who is signed in, so that all it does is
to look who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import Context
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid5

from flask import Flask, make_response, request
from flask.testing import FlaskClient
from sqlalchemy import insert

from deploy.bench import clocks, corpus
from deploy.bench.an_app import URL, an_app
from deploy.progress import say
from directory import shelf
from directory.accounts import people, sign_in
from directory.db import db
from directory.entries.models import EntryRow, EntryState
from directory.moderation import showing
from directory.moderation.models import Look, Upkeep
from directory.moderation.views_desk import moderators_only
from directory.submissions import licence
from directory.submissions.models import Submission, What
from directory.submissions.states import State
from directory.vocabulary.terms import Kind

ENTRIES = 100_000
WAITING = 5_000
DUE_EVERY = 3  # one entry in so many is due a check
APART_EVERY = 50  # one submission in so many looks like spam
AT_ONCE = 1_000
ROUNDS = 30
FINISHED = "/finished"
ANEW = {"Cache-Control": "no-cache"}  # as after a write: not from the shelf
PAGES = {
    "all that waits": "/moderation/",
    "suggestions": "/moderation/?sort=suggestions",
    "… the last page": f"/moderation/?sort=suggestions&page={WAITING // 60}",
    "what is due a check": "/moderation/?sort=checks",
}


def measure() -> None:
    """Print a line about each page: CPU milliseconds of each look and of what it is held against,
    and how many times as much the look after a write and another one are."""
    pages: dict[str, str] = {}
    with an_app() as app:
        finished = moderators_only(lambda: make_response(pages[request.args["of"]]))
        app.add_url_rule(FINISHED, "finished", finished)
        _fill(datetime.now(UTC))
        stamp = shelf.attach(app)
        client = _a_moderator(app)
        db.session.remove()
        title = f"{WAITING} waiting, {ENTRIES} entries"
        looks = ("first", "after a write", "again")
        say(f"{title:<34}" + "".join(f"{look:>16}" for look in looks) + f"{'the string':>30}")
        for name, path in PAGES.items():
            pages[name] = _get(client, path)
            bare = Flask(__name__)
            bare.add_url_rule("/moderation/", "page", partial(str, pages[name]))
            ways: dict[str, clocks.Way] = {
                "first": partial(_get_first, client, path),
                "after a write": partial(_get, client, path, headers=ANEW),
                "again": partial(_get, client, path),
                "signed in": partial(_get, client, f"{FINISHED}?of={name}"),
                "said": partial(_get, bare.test_client(), path),
            }
            clocks.interleaved(ways, [path])
            spent = clocks.interleaved(ways, [path] * ROUNDS)
            say(
                f"  {name:<32}"
                + "".join(f"{spent[look]:>13.1f} ms" for look in looks)
                + f"{spent['said']:>13.2f} ms, signed in {spent['signed in']:.1f} ms:"
                + "".join(f" {spent[look] / spent['said']:.1f} ×" for look in looks)
                + f" and {spent['after a write'] / spent['signed in']:.1f} ×"
            )
        stamp.close()


def _get(
    client: FlaskClient, path: str, question: str = "", headers: Mapping[str, str] | None = None
) -> str:
    """The page, asked for as by a server: without the app that this process has in its hands."""
    answer = Context().run(client.get, path, base_url=URL, headers=headers)
    assert answer.status_code == 200, path
    return answer.text


def _get_first(client: FlaskClient, path: str, question: str = "") -> str:
    """The page where no line of it was written for anybody yet."""
    showing.forget()
    return _get(client, path, headers=ANEW)


def _a_moderator(app: Flask) -> FlaskClient:
    at = datetime.now(UTC)
    user = people.appoint(db.session(), "priya@example.org", name="Priya", at=at)
    token = sign_in.make_link(db.session(), user, at=at)
    db.session.commit()
    client = app.test_client()
    client.post(f"/accounts/sign-in/{token}", base_url=URL)
    return client


def _fill(at: datetime) -> None:
    """Entries with their upkeep, and submissions that were looked over."""
    for start in range(0, ENTRIES, AT_ONCE):
        numbers = range(start, start + AT_ONCE)
        db.session.execute(insert(EntryRow), [_entry(number, at) for number in numbers])
        db.session.execute(insert(Upkeep), [_upkeep(number, at) for number in numbers])
    db.session.execute(insert(Submission), [_submission(number, at) for number in range(WAITING)])
    looks = [
        {
            "submission_id": number + 1,
            "version": 1,
            "place": "leeds",
            "areas": " home ",
            "score": 0,
            "is_apart": number % APART_EVERY == 0,
            "words": "",
        }
        for number in range(WAITING)
    ]
    db.session.execute(insert(Look), looks)
    db.session.commit()


def _entry(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": uuid5(corpus.MADE, str(number)),
        "kind": Kind.SERVICE,
        "slug": f"made-{number}",
        "name": f"Made group {number}",
        "state": EntryState.LIVE,
        "head_number": 1,
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }


def _upkeep(number: int, at: datetime) -> dict[str, Any]:
    due = at + timedelta(days=30 if number % DUE_EVERY else -30, minutes=number)
    return {
        "entry_id": uuid5(corpus.MADE, str(number)),
        "place": "leeds",
        "areas": " home ",
        "due_at": due,
        "desk_at": due,
    }


def _submission(number: int, at: datetime) -> dict[str, Any]:
    since = at - timedelta(minutes=number)
    return {
        "id": number + 1,
        "what": What.NEW,
        "state": State.WAITING,
        "kind": Kind.SERVICE,
        "name": f"New group {number}",
        "entry_id": uuid5(corpus.MADE, f"new-{number}"),
        "text": "",
        "asides": {},
        "why": "",
        "author_name": "",
        "author_role": "I run it",
        "author_email": f"author-{number}@kith.test",
        "licence_version": licence.VERSION,
        "agreed_at": since,
        "created_at": since,
        "changed_at": since,
        "waiting_since": since,
        "version": 1,
    }
