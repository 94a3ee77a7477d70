"""How far a draft has come: its parts as tasks, each not started, begun or done, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wtforms import FieldList

from directory.entries.quality import EASY_READ_LINES_MIN
from directory.submissions import controls, wording
from directory.submissions.controls import sent_as
from directory.submissions.forms import ProposalForm
from directory.submissions.wording import Section


class Progress(StrEnum):
    """How far one part is."""

    NOT_STARTED = "not-started"
    BEGUN = "begun"  # something is missing or not right
    SHORT = "short"  # it is fine like this, but readers need more of it
    DONE = "done"
    CAN_WAIT = "can-wait"  # empty, and that is fine
    AS_BEFORE = "as-before"  # a change leaves it as it is


_UNTOUCHED = frozenset({Progress.AS_BEFORE, Progress.CAN_WAIT})


@dataclass(frozen=True)
class Task:
    """One part of a draft. `asked`: a moderator asks for a change in it; `more`: how many more
    sentences a short one needs."""

    section: Section
    progress: Progress
    asked: bool = False
    more: int = 0

    @property
    def is_whole(self) -> bool:
        """Nothing is missing or wrong there."""
        return self.progress not in {Progress.NOT_STARTED, Progress.BEGUN}

    @property
    def is_settled(self) -> bool:
        """Nothing needs doing there: it is whole, and not as it was when a change was asked."""
        return self.is_whole and not (self.asked and self.progress in _UNTOUCHED)


def sections_of(form: ProposalForm) -> tuple[Section, ...]:
    """All parts of what is proposed, the sender's own last."""
    last = wording.ABOUT_YOU if "email" in form else wording.TO_THE_MODERATOR
    return (*form.sections, last)


def tasks(
    form: ProposalForm, *, before: ProposalForm | None = None, asked: Mapping[str, str]
) -> tuple[Task, ...]:
    """Each part with how far it is. `form` was read, so that it knows what is wrong.

    Args:
        before: the form as it was when the draft was begun, for a change.
        asked: what the moderator asks, by field of the document.
    """
    return tuple(
        Task(
            section,
            _progress(form, section, before),
            bool(asked.keys() & set(section.fields)),
            _more(form, section),
        )
        for section in sections_of(form)
    )


def following(found: tuple[Task, ...], section: Section) -> Section | None:
    """The next part after `section` where something needs doing; None: all is settled."""
    place = next(index for index, task in enumerate(found) if task.section.key == section.key)
    ahead = [*found[place + 1 :], *found[:place]]
    return next((task.section for task in ahead if not task.is_settled), None)


def whole_sentences(rows: FieldList) -> int:
    """How many sentences of an Easy Read version there are that have their picture."""
    return sum(
        bool((row.form.text.data or "").strip() and row.form.picture.data) for row in rows.entries
    )


def sentences_missing(rows: FieldList) -> int:
    """How many of these are missing to those that published versions have."""
    return max(0, EASY_READ_LINES_MIN - whole_sentences(rows))


def _progress(form: ProposalForm, section: Section, before: ProposalForm | None) -> Progress:
    fields = list(form.controls(section))
    wrong = any(True for field in fields for _error in controls.errors_in(field))
    if all(controls.is_blank(field) for field in fields):
        return Progress.NOT_STARTED if wrong else Progress.CAN_WAIT
    if wrong:
        return Progress.BEGUN
    same = before is not None and all(
        field.short_name in before and sent_as(field) == sent_as(before[field.short_name])
        for field in fields
    )
    if same:
        return Progress.AS_BEFORE
    return Progress.SHORT if _more(form, section) else Progress.DONE


def _more(form: ProposalForm, section: Section) -> int:
    """Sentences that an Easy Read version needs before it says enough."""
    return sentences_missing(form["easy_read"]) if "easy_read" in section.fields else 0
