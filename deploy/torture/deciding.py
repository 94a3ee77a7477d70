"""Deeds: to publish, and to join two entries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deploy.torture.deed import WEB, WORKER, Decided, a_service, insist
from deploy.torture.person import Answer
from directory.entries import catalogue, publishing
from directory.entries.documents import Document
from directory.entries.models import ChangeRow, EntryRow, EntryState
from directory.mail.models import OutboxMail
from directory.moderation.models import AuditLine, Decision, Outcome
from directory.submissions import letters, licence, links, proposing
from directory.submissions.models import Purpose, Submission
from directory.submissions.proposing import Author, Proposal
from directory.submissions.states import State as SubmissionState
from directory.vocabulary.terms import Kind

JOINED = "joined to another entry"


class Publish(Decided):
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
            document: Document = a_service(self.chance)
            if entry is not None:
                said = {"summary": document.summary}
                document = entry.document.model_copy(update=said)
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
            mails = mails_about(session, self._number, letters.PUBLISHED)
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


class Merge(Decided):
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


def mails_about(session: Session, submission: int, letter: str) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(OutboxMail)
        .where(OutboxMail.about == f"submissions/{submission}", OutboxMail.letter == letter)
    )
    return found or 0
