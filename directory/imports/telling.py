"""One mail when all of a list is decided, to whoever brought it.

What came by a feed is told on its page only: it would be a mail each day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from directory import mail
from directory.accounts.models import User
from directory.config import Config
from directory.db import rows_changed
from directory.imports import outcomes
from directory.imports.lists import OPEN
from directory.imports.models import Import, ImportRow, Stage
from directory.imports.outcomes import Became, Outcome
from directory.mail.models import OutboxMail
from directory.moderation.deciding import UNDO_FOR
from directory.networks import telling
from directory.networks.models import Editor, Network, Often, Role
from directory.networks.models import State as NetworkState
from directory.submissions.models import Submission
from directory.submissions.states import State

LETTER = "list-decided"
TOLD_MOST = 10  # rows that were not published, each with why
WHY_MOST = 240  # letters of one


@dataclass(frozen=True)
class Declined:
    """A row that was not published, as the mail tells it."""

    number: int
    name: str
    why: str


def due(session: Session, *, at: datetime) -> list[int]:
    """The numbers of lists of which nothing waits any more, and something was decided since
    their editors were last told. What can still be undone is not decided yet."""
    sent = (
        select(ImportRow.import_id)
        .join(Submission, Submission.id == ImportRow.submission_id)
        .where(ImportRow.import_id == Import.id)
    )
    news = sent.where(
        Submission.state.in_([State.PUBLISHED, State.DECLINED]),
        or_(Import.told_at.is_(None), Submission.decided_at > Import.told_at),
    )
    open_still = sent.where(
        or_(Submission.state.in_(OPEN), Submission.decided_at > at - UNDO_FOR),
    )
    return list(
        session.scalars(
            select(Import.id)
            .where(
                Import.stage == Stage.DONE,
                Import.feed_id.is_(None),
                Import.network_id.is_not(None),
                news.exists(),
                ~open_still.exists(),
            )
            .order_by(Import.id)
        )
    )


def queue_one(session: Session, number: int, *, at: datetime) -> int:
    """Queue the mail about one list; how many people get it. The caller commits.

    Of two that queue it at the same moment one does.
    """
    one = session.get_one(Import, number)
    before = Import.told_at.is_(None) if one.told_at is None else Import.told_at == one.told_at
    won = rows_changed(
        session,
        update(Import)
        .where(Import.id == number, before)
        .values(told_at=at)
        .execution_options(synchronize_session=False),
    )
    people = readers(session, one) if won else []
    for user in people:
        mail.queue(
            session,
            LETTER,
            to=user.email,
            values={"list": number, "user": user.id},
            about=f"lists/{number}",
            at=at,
        )
    return len(people)


def readers(session: Session, one: Import) -> list[User]:
    """Who brought the list, while they edit the network; else its owners. Nobody who wants no
    mails about it."""
    editors = session.execute(
        select(Editor, User)
        .join(User, User.id == Editor.user_id)
        .join(Network, Network.id == Editor.network_id)
        .where(Editor.network_id == one.network_id, User.active, Network.state == NetworkState.OPEN)
        .order_by(User.id)
    ).all()
    brought = [(editor, user) for editor, user in editors if user.id == one.user_id]
    owners = [(editor, user) for editor, user in editors if editor.role == Role.OWNER]
    return [user for editor, user in brought or owners if editor.often != Often.NEVER]


@mail.letter(LETTER)
def decided(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """How many rows became what, and why some were not published; nothing once it waits again."""
    one = session.get(Import, letter.values["list"])
    network = session.get(Network, one.network_id) if one and one.network_id else None
    user_id = letter.values["user"]
    if one is None or network is None or network.state != NetworkState.OPEN:
        return None
    editor = session.get(Editor, (network.id, user_id))
    numbers = outcomes.counts(session, one)
    if editor is None or editor.often == Often.NEVER or outcomes.open_among(numbers):
        return None
    declined, total = outcomes.page_of(session, one, Became.DECLINED)
    stop = telling.link_for(session, network, user_id, at=at)
    stop_address = f"{config.public_url}/networks/mails/{stop}"
    desk = f"{config.public_url}/networks/{network.slug}/desk/lists/{one.id}"
    return mail.Prepared(
        {
            "name": one.name,
            "published": numbers.get(Became.PUBLISHED, 0),
            "withdrawn": numbers.get(Became.WITHDRAWN, 0),
            "declined": [_told(outcome) for outcome in declined[:TOLD_MOST]],
            "all_declined": total,
            "link": f"{desk}?show=taken",
            "stop": stop_address,
        },
        unsubscribe=stop_address,
    )


def _told(outcome: Outcome) -> Declined:
    why = " ".join(" ".join(outcome.why).split())
    if len(why) > WHY_MOST:
        why = why[:WHY_MOST].rsplit(" ", 1)[0] + " …"
    return Declined(outcome.row.number, outcome.row.name, why)
