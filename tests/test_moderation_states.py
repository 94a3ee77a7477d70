"""No sequence of actions by any mix of people leaves the table, loses a revision or skips the log.

A machine plays authors, moderators and time against the real domain functions on a real database,
and compares what is kept with its own small picture of it after every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from directory.accounts import people
from directory.accounts.models import User
from directory.entries.models import EntryRow, Revision
from directory.errors import DirectoryError
from directory.moderation import claims, deciding, later, stewarding
from directory.moderation.cases import Case, Seen, case_of
from directory.moderation.models import AuditLine, Claim, Decision, Outcome, Schedule
from directory.submissions import conversation, links, proposing
from directory.submissions.models import Purpose, Submission
from directory.submissions.proposing import Author, Proposal
from directory.submissions.states import State
from tests.builders import an_approach

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MOST_AT_ONCE = 2
people_who_decide = st.integers(0, 1)
which = st.integers(0, MOST_AT_ONCE - 1)
words = st.sampled_from(["Where?", "It is an advert.", ""])

# Where a submission may go in one action, whoever acts. Written apart from the program's own table.
WAYS = {
    "unconfirmed": {"unconfirmed", "waiting", "withdrawn"},
    "waiting": {"waiting", "changes-asked", "published", "declined", "withdrawn"},
    "changes-asked": {"changes-asked", "waiting", "published", "declined", "withdrawn"},
    "published": {"published", "waiting"},
    "declined": {"declined", "waiting"},
    "withdrawn": {"withdrawn"},
}


class Everybody(RuleBasedStateMachine):
    """Two authors' worth of suggestions, two moderators, and a clock."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.numbers: list[int] = []
        self.states: dict[int, str] = {}  # as they were a step before
        self.revisions: dict[tuple[UUID, int], str] = {}
        self.lines = 0

    @initialize()
    def begin(self) -> None:
        with Session(self.engine) as session:
            for email in ("priya@example.org", "sam@example.org"):
                people.appoint(session, email, at=self.at)
            session.commit()
            self.lines = session.scalar(select(func.count()).select_from(AuditLine)) or 0
            for one in session.scalars(select(Revision)):
                self.revisions[one.entry_id, one.number] = one.digest
            for submission in session.scalars(select(Submission)):
                self.states[submission.id] = submission.state
        self.somebody_proposes()
        self.an_author_confirms(0)

    @rule(seconds=st.sampled_from([1, 29, 31, 60 * 21, 60 * 60 * 24 * 3]))
    def time_passes(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule()
    def somebody_proposes(self) -> None:
        if len(self.numbers) >= MOST_AT_ONCE:
            return
        with self.acting(logs=0) as session:
            made = proposing.propose(
                session,
                Proposal(
                    an_approach(name=f"Choir {len(self.numbers)}"),
                    Author(f"ann{len(self.numbers)}.{self.at.timestamp()}@example.org"),
                    licence_version="1",
                ),
                at=self.at,
            )
            self.numbers.append(made.id)

    @rule(number=which)
    def an_author_confirms(self, number: int) -> None:
        def confirm(session: Session, submission: Submission) -> None:
            token = links.make(session, submission, Purpose.CONFIRM, at=self.at)
            session.flush()
            proposing.confirm(session, token, at=self.at)

        self.on_submission(number, confirm, logs=0)

    @rule(number=which, name=st.sampled_from(["Choirs", "Choirs for all"]))
    def an_author_revises(self, number: int, name: str) -> None:
        def revise(session: Session, submission: Submission) -> None:
            proposing.revise(submission, an_approach(name=name), why="", asides={}, at=self.at)

        self.on_submission(number, revise, logs=0)

    @rule(number=which)
    def an_author_withdraws(self, number: int) -> None:
        self.on_submission(number, lambda session, one: proposing.withdraw(one, at=self.at), logs=0)

    @rule(number=which)
    def an_author_appeals(self, number: int) -> None:
        self.on_submission(
            number,
            lambda session, one: conversation.appeal(session, one, "Look again.", at=self.at),
            logs=0,
        )

    @rule(number=which, who=people_who_decide)
    def a_moderator_claims(self, number: int, who: int) -> None:
        self.on_case(number, who, lambda session, case, user: claims.take(
            session, claims.submission(case.submission.id), user, at=self.at), logs=0)  # fmt: skip

    @rule(number=which, who=people_who_decide, stale=st.booleans(), assured=st.booleans())
    def a_moderator_publishes(self, number: int, who: int, stale: bool, assured: bool) -> None:
        self.on_case(number, who, lambda session, case, user: deciding.publish(
            session, case, moderator=user, assured=assured,
            seen=Seen(version=0) if stale else Seen(), at=self.at))  # fmt: skip

    @rule(number=which, who=people_who_decide, note=words)
    def a_moderator_asks(self, number: int, who: int, note: str) -> None:
        self.on_case(number, who, lambda session, case, user: deciding.ask_for_changes(
            session, case, moderator=user, note=note, parts={"summary": note},
            at=self.at))  # fmt: skip

    @rule(number=which, who=people_who_decide, note=words)
    def a_moderator_declines(self, number: int, who: int, note: str) -> None:
        self.on_case(number, who, lambda session, case, user: deciding.decline(
            session, case, moderator=user, reason=note, at=self.at))  # fmt: skip

    @rule(number=which, who=people_who_decide)
    def a_moderator_marks_spam(self, number: int, who: int) -> None:
        self.on_case(number, who, lambda session, case, user: deciding.mark_as_spam(
            session, case, moderator=user, at=self.at))  # fmt: skip

    @rule(number=which, who=people_who_decide, days=st.integers(0, 4))
    def a_moderator_sets_a_day(self, number: int, who: int, days: int) -> None:
        day = self.at.date() + timedelta(days=days)
        self.on_case(number, who, lambda session, case, user: later.schedule(
            session, case, moderator=user, day=day, seen=Seen(), at=self.at))  # fmt: skip

    @rule()
    def the_worker_publishes_what_is_due(self) -> None:
        with Session(self.engine) as session:
            due = session.scalars(select(Schedule).where(Schedule.publish_at <= self.at)).all()
        for _one in due:
            with self.acting(logs=1) as session:
                assert later.publish_next(session, at=self.at)

    @rule(number=which, who=people_who_decide)
    def a_moderator_undoes(self, number: int, who: int) -> None:
        def undo(session: Session, case: Case, user: User) -> None:
            decision = deciding.last_decision(session, case.submission)
            if decision is None:
                raise DirectoryError
            deciding.undo(session, decision, moderator=user, at=self.at)

        self.on_case(number, who, undo)

    @rule(number=which, who=people_who_decide, what=st.sampled_from(["end", "back", "move"]))
    def a_moderator_looks_after_an_entry(self, number: int, who: int, what: str) -> None:
        def act(session: Session, case: Case, user: User) -> None:
            row = session.get(EntryRow, case.submission.entry_id)
            if row is None:
                raise DirectoryError
            head = row.head_number
            if what == "end":
                stewarding.unpublish(
                    session, row, reason="Ended.", head=head, moderator=user, at=self.at
                )
            elif what == "back":
                stewarding.restore(session, row, 1, head=head, moderator=user, at=self.at)
            else:
                wanted = f"choirs-{number}"
                stewarding.move(session, row, wanted, head=head, moderator=user, at=self.at)

        self.on_case(number, who, act)

    @invariant()
    def nothing_is_lost(self) -> None:
        with Session(self.engine) as session:
            for submission in session.scalars(select(Submission)):
                before = self.states.get(submission.id, "unconfirmed")
                assert submission.state in WAYS[before], (before, submission.state)
                assert submission.state in set(State)
                self.states[submission.id] = submission.state
            now = {
                (one.entry_id, one.number): one.digest for one in session.scalars(select(Revision))
            }
            assert self.revisions.items() <= now.items()
            self.revisions = now
            for row in session.scalars(select(EntryRow)):
                numbers = [number for entry_id, number in now if entry_id == row.id]
                assert sorted(numbers) == list(range(1, row.head_number + 1))
            standing = session.execute(
                select(Decision.submission_id, func.count())
                .where(Decision.undone_at.is_(None), Decision.outcome == "published")
                .group_by(Decision.submission_id)
            ).all()
            published = {one for one, state in self.states.items() if state == "published"}
            assert {number for number, count in standing if count == 1} == published
            twice = [number for number, count in standing if count > 1]
            assert twice == []
            assert not session.scalar(
                select(func.count()).select_from(Claim).where(Claim.until <= Claim.since)
            )

    def on_case(
        self,
        number: int,
        who: int,
        act: Callable[[Session, Case, User], object],
        *,
        logs: int = 1,
    ) -> None:
        """A moderator does something with a submission, if there is one."""
        if number >= len(self.numbers):
            return
        with self.acting(logs=logs) as session:
            user = people.moderators(session)[who]
            submission = session.get_one(Submission, self.numbers[number])
            act(session, case_of(session, submission), user)

    def on_submission(
        self, number: int, act: Callable[[Session, Submission], object], *, logs: int
    ) -> None:
        if number >= len(self.numbers):
            return
        with self.acting(logs=logs) as session:
            act(session, session.get_one(Submission, self.numbers[number]))

    @contextmanager
    def acting(self, *, logs: int) -> Iterator[Session]:
        """One transaction. Refused, it leaves nothing; done, it leaves so many lines in the log."""
        with Session(self.engine) as session:
            try:
                yield session
                session.commit()
                self.lines += logs
            except (DirectoryError, StaleDataError, IntegrityError):
                session.rollback()
        with Session(self.engine) as session:
            found = session.scalar(select(func.count()).select_from(AuditLine))
            assert found == self.lines, f"{found} lines in the log, not {self.lines}"


# The rules are the same on PostgreSQL; what differs there is tested with real concurrency.
@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_no_sequence_of_actions_breaks_the_rules(session: Session) -> None:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    Everybody.engine = engine
    machine = Everybody.TestCase
    machine.settings = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    machine().runTest()

    # It got about: a machine that is always refused would prove nothing.
    reached = set(session.scalars(select(Decision.outcome).distinct()))
    assert {Outcome.PUBLISHED, Outcome.DECLINED} <= reached
    did = set(session.scalars(select(AuditLine.did).distinct()))
    assert len(did) >= 5, did
