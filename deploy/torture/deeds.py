"""What is done while somebody pulls the plug: publishing, joining entries, lists, mail.

A deed is begun, and is over at some time. Killed in between it must have happened wholly or not at
all; `look` says which, or what is wrong. `finish` then does what a person would do: look, and press
again where nothing happened.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from random import Random
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deploy.torture.person import Answer
from deploy.torture.site import WORKING, Site
from directory.entries import catalogue, publishing
from directory.entries.documents import Service
from directory.entries.models import ChangeRow, EntryRow, EntryState
from directory.imports.models import Import, ImportRow, Stage, State
from directory.mail.models import MailState, OutboxMail
from directory.moderation.models import AuditLine, Decision, Outcome
from directory.submissions import letters, licence, links, proposing
from directory.submissions.models import Purpose, Submission
from directory.submissions.proposing import Author, Proposal
from directory.submissions.states import State as SubmissionState
from directory.vocabulary.terms import Kind

WEB, WORKER = "web", "worker"
JOINED = "joined to another entry"
ROWS_OF_A_LIST = 30
MAILS = 12
COLUMNS = ("name", "summary", "approach", "service_area")


class Breach(Exception):
    """Something is lost, half done or done twice; the message says what."""


def insist(true: bool, what: str) -> None:
    """
    Raises:
        Breach: it is not so.
    """
    if not true:
        raise Breach(what)


class Deed(ABC):
    """One piece of work. `victims`: the processes that are killed in the middle of it."""

    name: ClassVar[str]
    victims: ClassVar[tuple[str, ...]]
    lasts_like: ClassVar[str] = ""  # a deed that takes about as long, and comes before

    def __init__(self, site: Site, chance: Random) -> None:
        self.site, self.chance = site, chance
        self._press: _Press | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make what it needs."""

    @abstractmethod
    def begin(self) -> None:
        """Start the work, and come back when it is under way."""

    @abstractmethod
    def is_over(self) -> bool:
        """Nothing of it is left to do."""

    @abstractmethod
    def look(self) -> str:
        """How far it came, in words.

        Raises:
            Breach: it happened in part.
        """

    @abstractmethod
    def finish(self) -> None:
        """Bring it to its end.

        Raises:
            Breach: it cannot be, or has happened twice.
        """

    def press(self, path: str, values: Mapping[str, str], *, file: str = "") -> None:
        """Send a form from the moderator's browser, and come back when all of it has gone."""
        self._press = _Press(self.site, path, values, file)
        self._press.sent.wait()

    @property
    def is_answered(self) -> bool:
        """The moderator has seen what became of it."""
        return self._press is not None and self._press.answer is not None

    def settle(self) -> None:
        """No request is under way any more."""
        if self._press is not None:
            self._press.thread.join()

    def press_again(self) -> Answer:
        """Send the same form once more, as browsers offer after a broken connection."""
        assert self._press is not None
        return self.site.person.send(self._press.path, self._press.values, file=self._press.file)


class _Press:
    """A form on its way. `answer` is None until the site has answered, and if it never does."""

    def __init__(self, site: Site, path: str, values: Mapping[str, str], file: str) -> None:
        self.path, self.values, self.file = path, values, file
        self.sent = threading.Event()
        self.answer: Answer | None = None
        self._person = site.person
        self.thread = threading.Thread(target=self._send, daemon=True)
        self.thread.start()

    def _send(self) -> None:
        try:
            self.answer = self._person.send(
                self.path, self.values, file=self.file, sent=self.sent.set
            )
        except (OSError, HTTPException):
            self.sent.set()  # whoever should answer was killed


class _Decided(Deed):
    """A moderator presses a button: what the web does, or what the worker does about it."""

    def is_over(self) -> bool:
        return self.is_answered

    def _let_worker_rest(self) -> None:
        """Who is killed at its work begins from nothing."""
        if self.victims == (WORKER,):
            self.site.settle()


class Publish(_Decided):
    """A moderator publishes something new, or a change."""

    name = "publish"
    victims: ClassVar[tuple[str, ...]] = (WEB,)

    def prepare(self) -> None:
        at = datetime.now(UTC)
        with self.site.writing() as session:
            live = list(
                session.scalars(
                    select(EntryRow.id)
                    .where(EntryRow.kind == Kind.SERVICE, EntryRow.state == EntryState.LIVE)
                    .order_by(EntryRow.created_at, EntryRow.id)
                )
            )
            entry = None
            if live and self.chance.random() < 0.4:
                entry = catalogue.by_id(session, self.chance.choice(live))
            document = a_service(self.chance)
            if entry is not None:
                said = {"summary": document.summary}
                document = entry.document.model_copy(update=said)  # type: ignore[assignment]
            made = proposing.propose(
                session,
                Proposal(
                    document,
                    Author(f"author-{self.chance.getrandbits(48)}@torture.example", "Sam"),
                    licence.VERSION,
                ),
                change_of=entry,
                at=at,
            )
            token = links.make(session, made, Purpose.CONFIRM, at=at)
            session.flush()
            proposing.confirm(session, token, at=at)
            session.flush()
            self._number, self._entry_id = made.id, made.entry_id
            self._before = entry.revision if entry else 0
        self._let_worker_rest()
        page = f"/moderation/submissions/{self._number}"
        path = f"{page}/decision"
        self._form = self.site.person.open(page).form(path) | {"outcome": "publish", "note": ""}
        self._path = path

    def begin(self) -> None:
        self.press(self._path, self._form)

    def look(self) -> str:
        with self.site.looking() as session:
            submission = session.get_one(Submission, self._number)
            decisions = session.scalars(
                select(Decision).where(Decision.submission_id == self._number)
            ).all()
            row = session.get(EntryRow, self._entry_id)
            head = row.head_number if row else 0
            mails = _mails_about(session, self._number, letters.PUBLISHED)
            facts = (submission.state, len(decisions), head - self._before, mails)
        if facts == (SubmissionState.WAITING, 0, 0, 0):
            insist(not self.is_answered, f"submission {self._number}: published, and then not")
            return "as before"
        insist(
            facts == (SubmissionState.PUBLISHED, 1, 1, 1)
            and decisions[0].outcome == Outcome.PUBLISHED
            and decisions[0].revision == head,
            f"submission {self._number}: state, decisions, new revisions, mails: {facts}",
        )
        return "published"

    def finish(self) -> None:
        was = self.look()
        again = self.press_again()
        wanted = 303 if was == "as before" else 409
        insist(
            again.status == wanted,
            f"submission {self._number}: {was}; pressed again the site says {again.status}",
        )
        insist(self.look() == "published", f"submission {self._number} cannot be published")


class PublishFollowed(Publish):
    """The same, and what the worker makes of it: index, mirror, feed, upkeep."""

    name = "publish, followed"
    victims = (WORKER,)

    def begin(self) -> None:
        super().begin()
        self.settle()

    def is_over(self) -> bool:
        return self.site.has_caught_up()


class PublishAllDies(Publish):
    """Web and worker die at once, as when the machine fails."""

    name = "publish, all dies"
    victims = (WEB, WORKER)
    lasts_like = "publish"


class Merge(_Decided):
    """A moderator joins an entry to another that is about the same."""

    name = "merge"
    victims = (WEB,)
    lasts_like = "publish"

    def prepare(self) -> None:
        with self.site.writing() as session:
            self._gone, self._stays = (
                publishing.publish(
                    session,
                    document,
                    slug=f"joined-{self.chance.getrandbits(48)}",
                    origin="file",
                    author="",
                    at=datetime.now(UTC),
                ).entry_id
                for document in (a_service(self.chance), a_service(self.chance))
            )
        self._let_worker_rest()
        with self.site.looking() as session:
            gone, stays = (catalogue.by_id(session, one) for one in (self._gone, self._stays))
            assert gone is not None
            assert stays is not None
        self._url, self._goes_to = gone.url, stays.url
        page = f"/moderation/entries/{gone.kind}/{gone.slug}"
        self._path = f"/moderation/entries/{gone.id}/merger"
        self._form = self.site.person.open(page).form(self._path) | {"words": stays.slug}

    def begin(self) -> None:
        self.press(self._path, self._form)

    def look(self) -> str:
        with self.site.looking() as session:
            row = session.get_one(EntryRow, self._gone)
            closed = session.scalar(
                select(func.count())
                .select_from(ChangeRow)
                .where(ChangeRow.entry_id == self._gone, ChangeRow.action == EntryState.MERGED)
            )
            lines = session.scalar(
                select(func.count())
                .select_from(AuditLine)
                .where(AuditLine.url == self._url, AuditLine.did == JOINED)
            )
            facts = (row.state, row.merged_into, closed, lines)
            stays = session.get_one(EntryRow, self._stays).state
        insist(stays == EntryState.LIVE, f"{self._goes_to} is {stays}")
        if facts == (EntryState.LIVE, None, 0, 0):
            insist(not self.is_answered, f"{self._url}: joined, and then not")
            return "as before"
        insist(
            facts == (EntryState.MERGED, self._stays, 1, 1),
            f"{self._url}: state, joined to, lines of the change and audit logs: {facts}",
        )
        return "joined"

    def finish(self) -> None:
        was = self.look()
        page = self.site.person.open(self._url)
        if was == "as before":
            insist(page.status == 200, f"{self._url} is live and answers {page.status}")
        else:
            self._insist_on_redirect(page)
        again = self.press_again()
        wanted = 303 if was == "as before" else 409
        insist(again.status == wanted, f"{self._url}: {was}; pressed again: {again.status}")
        insist(self.look() == "joined", f"{self._url} cannot be joined")
        self._insist_on_redirect(self.site.person.open(self._url))

    def _insist_on_redirect(self, page: Answer) -> None:
        insist(
            page.status in {301, 308} and page.location.endswith(self._goes_to),
            f"{self._url} answers {page.status} {page.location}, not {self._goes_to}",
        )


class MergeFollowed(Merge):
    """The same, and what the worker makes of it."""

    name = "merge, followed"
    victims = (WORKER,)
    lasts_like = "publish, followed"

    def begin(self) -> None:
        super().begin()
        self.settle()

    def is_over(self) -> bool:
        return self.site.has_caught_up()


class Bring(Deed):
    """A moderator brings a list."""

    name = "import, bringing"
    victims = (WEB,)

    def prepare(self) -> None:
        self._name = f"list-{self.chance.getrandbits(48)}"
        rows = [a_service(self.chance) for _row in range(ROWS_OF_A_LIST)]
        lines = [f"{one.name},{one.summary},community-choirs,Leeds" for one in rows]
        self._list = "\r\n".join([f"{self._name},What happens,Type,Town", *lines])
        path = "/moderation/lists"
        self._form = self.site.person.open(path).form(path) | {"kind": "service", "agree": "y"}

    def begin(self) -> None:
        self.press("/moderation/lists", self._form, file=self._list)

    def is_over(self) -> bool:
        return self.is_answered

    def look(self) -> str:
        with self.site.looking() as session:
            found = session.scalars(select(Import).where(Import.name == f"{self._name}.csv")).all()
            if not found:
                insist(not self.is_answered, f"{self._name} was brought, and is not here")
                return "as before"
            insist(len(found) == 1, f"{self._name} is here {len(found)} times")
            one = found[0]
            rows = session.scalars(select(ImportRow).where(ImportRow.import_id == one.id)).all()
            insist(len(rows) == ROWS_OF_A_LIST, f"{self._name} has {len(rows)} rows")
            waiting = session.scalar(
                select(func.count())
                .select_from(Submission)
                .where(Submission.why.startswith(f"From the list “{one.name}”, row"))
            )
            taken = [row for row in rows if row.submission_id is not None]
            insist(
                waiting == len({row.submission_id for row in taken}) == len(taken),
                f"{self._name}: {len(taken)} rows were taken in and {waiting} submissions made",
            )
            if one.stage != Stage.DONE:
                insist(not taken, f"{self._name} is half taken in: {len(taken)} rows")
                read = sum(row.state != State.UNREAD for row in rows)
                written = sum(bool(row.text) for row in rows)
                return f"{one.stage}, {read} rows checked, {written} written"
            left = [row.number for row in rows if row.state == State.NEW and row.taken_at is None]
            insist(not left, f"{self._name} is taken in without the rows {left}")
            insist(bool(taken), f"{self._name} is taken in, and nothing of it")
            return f"{len(taken)} rows taken in"

    def finish(self) -> None:
        if self.look() == "as before":
            insist(self.press_again().status == 303, f"{self._name} cannot be brought")
        self._go_on(Stage.DONE)
        insist(self.look().endswith("taken in"), f"{self._name} cannot be taken in")

    def _go_on(self, until: Stage) -> None:
        """Do what is next with the list until it is at a stage."""
        while (stage := self._stage()) != until:
            if stage in WORKING:
                self.site.wait(partial(self._has_left, stage), f"a list at {stage}")
            else:
                path, form = self._next_form()
                answer = self.site.person.send(path, form)
                insist(answer.status == 303, f"{path} answers {answer.status}")

    def _next_form(self) -> tuple[str, dict[str, str]]:
        """The form that takes the list further: its columns, or what was found."""
        page = f"/moderation/lists/{self._number()}"
        is_new = self._stage() == Stage.MAPPING
        path = f"{page}/columns" if is_new else f"{page}/taken"
        form = self.site.person.open(page).form(path)
        if is_new:
            form |= {f"column-{number}": key for number, key in enumerate(COLUMNS)}
        return path, form

    def _has_left(self, stage: Stage) -> bool:
        return self._stage() != stage

    def _stage(self) -> Stage:
        with self.site.looking() as session:
            return Stage(session.get_one(Import, self._number()).stage)

    def _number(self) -> int:
        with self.site.looking() as session:
            return session.scalars(
                select(Import.id).where(Import.name == f"{self._name}.csv")
            ).one()

    def _count(self, which: Callable[[ImportRow], bool]) -> int:
        with self.site.looking() as session:
            rows = session.scalars(
                select(ImportRow).where(ImportRow.import_id == self._number())
            ).all()
            return sum(which(row) for row in rows)


class _Brought(Bring):
    """A list that is at a stage already."""

    at: ClassVar[Stage]

    def prepare(self) -> None:
        super().prepare()
        super().begin()
        self.settle()
        self._go_on(self.at)
        self._path, self._next = self._next_form()


class Check(_Brought):
    """The worker checks its rows."""

    name = "import, checking"
    victims = (WORKER,)
    at = Stage.MAPPING

    def begin(self) -> None:
        self.press(self._path, self._next)
        self.settle()
        self.site.wait(
            lambda: bool(self._count(lambda row: row.state != State.UNREAD)),
            "a row to be checked",
            every=0.01,
        )

    def is_over(self) -> bool:
        return self._stage() not in WORKING


class Take(_Brought):
    """A moderator says: take it in."""

    name = "import, deciding"
    victims = (WEB,)
    lasts_like = "publish"
    at = Stage.CHECKED

    def begin(self) -> None:
        self.press(self._path, self._next)

    def look(self) -> str:
        stage = self._stage()
        insist(not self.is_answered or stage != self.at, f"{self._name} is {stage} again")
        return super().look()


class TakeIn(_Brought):
    """The worker takes it in."""

    name = "import, taking in"
    victims = (WORKER,)
    at = Stage.CHECKED

    def begin(self) -> None:
        self.press(self._path, self._next)
        self.settle()
        self.site.wait(
            lambda: bool(self._count(lambda row: bool(row.text))) or self.is_over(),
            "a row to be written",
            every=0.01,
        )

    def is_over(self) -> bool:
        return self._stage() not in WORKING


class Mail(Deed):
    """The worker sends mail: new letters, and those that waited for their time."""

    name = "mail"
    victims = (WORKER,)

    def prepare(self) -> None:
        with self.site.writing() as session:
            self._authors = list(
                session.scalars(
                    select(Submission.id)
                    .where(Submission.author_email != "")
                    .order_by(Submission.id.desc())
                    .limit(MAILS)
                )
            )

    def begin(self) -> None:
        with self.site.writing() as session:
            for place in range(MAILS):
                number = self._authors[place % len(self._authors)]
                submission = session.get_one(Submission, number)
                proposing.renew_link(session, submission, at=datetime.now(UTC))
            session.flush()
            self.site.put_the_clock_forward(session)
            waiting = select(OutboxMail.id).where(OutboxMail.state == MailState.WAITING)
            self._mails = list(session.scalars(waiting))
        self.site.wait(lambda: bool(self._tried()), "a mail to be taken", every=0.01)

    def is_over(self) -> bool:
        return self._left() == 0

    def look(self) -> str:
        return f"{len(self._mails) - self._left()} of {len(self._mails)} mails gone"

    def finish(self) -> None:
        with self.site.writing() as session:
            self.site.put_the_clock_forward(session)
        self.site.wait(self.is_over, "the mails to go")

    def _left(self) -> int:
        return self._count(OutboxMail.state == MailState.WAITING)

    def _tried(self) -> int:
        return self._count(OutboxMail.tries > 0)

    def _count(self, which: object) -> int:
        with self.site.looking() as session:
            query = (
                select(func.count())
                .select_from(OutboxMail)
                .where(OutboxMail.id.in_(self._mails), which)  # type: ignore[arg-type]
            )
            return session.scalar(query) or 0


# In this order, so that there are authors to write to when it is the turn of mail.
DEEDS: tuple[type[Deed], ...] = (
    Publish,
    PublishFollowed,
    Merge,
    MergeFollowed,
    Bring,
    Check,
    Take,
    TakeIn,
    PublishAllDies,
    Mail,
)


def a_service(chance: Random) -> Service:
    """A service with a name that no other has."""
    words = [_a_word(chance) for _word in range(3)]
    fields: dict[str, Any] = {
        "name": f"{' '.join(words)} {chance.getrandbits(24):x}",
        "summary": f"{_a_word(chance)} and {_a_word(chance)} sing on Mondays.",
        "approach": ["community-choirs"],
        "service_area": ["Leeds"],
        "sources": [{"title": "Made to be tried", "year": 2020}],
        "last_known": 2020,
    }
    return Service(**fields)


def _a_word(chance: Random) -> str:
    letters = [chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _two in range(3)]
    return "".join(letters).capitalize()


def _mails_about(session: Session, submission: int, letter: str) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(OutboxMail)
        .where(OutboxMail.about == f"submissions/{submission}", OutboxMail.letter == letter)
    )
    return found or 0
