"""What became of rows of a list, in words: on its page and in the file."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext

from directory.entries.models import EntryState
from directory.imports.models import Choice, ImportRow, State
from directory.imports.outcomes import Became, Outcome
from directory.templating import day_in_words

_: Callable[..., str] = gettext


def sent(outcome: Outcome) -> str:
    """What became of a row that was sent, in a sentence or two."""
    return " ".join(filter(None, [_became(outcome), _since_then(outcome)]))


def unsent(row: ImportRow) -> str:
    """Why a row was not sent."""
    if row.choice == Choice.LEAVE:
        return _("Left out.")
    match row.state:
        case State.SAME:
            return _("Nothing to do: it is here as it is in your list.")
        case State.BAD:
            return _("Not sent: put it right first.")
        case State.QUESTION if row.choice == Choice.NONE:
            return _("Not sent: say what it is first.")
        case State.UNREAD:
            return _("Not checked yet.")
    return _("Not sent yet.")


def _became(outcome: Outcome) -> str:
    day = day_in_words(outcome.on) if outcome.on else ""
    match outcome.became:
        case Became.ASKED:
            return _("Moderators ask for a change.")
        case Became.WAITING:
            return _("Waits for moderators since %(day)s.", day=day)
        case Became.PUBLISHED:
            return _("Published on %(day)s.", day=day)
        case Became.LIVE:
            return _("Published at once, on %(day)s.", day=day)
        case Became.DECLINED:
            return _("Not published. Decided on %(day)s.", day=day)
        case Became.WITHDRAWN if outcome.row.submission_id:
            return _("Taken back.")
        case Became.WITHDRAWN:
            return _("Taken back, or deleted since.")


def _since_then(outcome: Outcome) -> str:
    if outcome.became is Became.WAITING and outcome.appealed_at:
        day = day_in_words(outcome.appealed_at)
        return _("You asked for a second look on %(day)s.", day=day)
    if outcome.became is Became.DECLINED and outcome.appealed_at:
        return _("It was looked at twice.")
    if outcome.page is None:
        return ""
    name, reason = outcome.page.name, outcome.page.reason
    match outcome.page.state:
        case EntryState.MERGED:
            return _("It was the same as “%(name)s”, and is part of it now.", name=name)
        case EntryState.ENDED if reason:
            return _("It was taken offline since. The reason: %(reason)s", reason=reason)
        case EntryState.ENDED:
            return _("It was taken offline since.")
        case EntryState.WITHDRAWN:
            return _("It was taken off the site since.")
    return ""
