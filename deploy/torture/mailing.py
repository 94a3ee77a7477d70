"""A deed: to send mail."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select

from deploy.torture.deed import WORKER, Deed
from directory.mail.models import MailState, OutboxMail
from directory.submissions import proposing
from directory.submissions.models import Submission

MAILS = 12


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

    def _count(self, which: ColumnElement[bool]) -> int:
        with self.site.looking() as session:
            query = (
                select(func.count())
                .select_from(OutboxMail)
                .where(OutboxMail.id.in_(self._mails), which)
            )
            return session.scalar(query) or 0
