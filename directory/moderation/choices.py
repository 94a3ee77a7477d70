"""What a moderator can choose to do with a submission."""

from __future__ import annotations

from enum import StrEnum


class Choice(StrEnum):
    """What a moderator can press."""

    PUBLISH = "publish"
    EDIT = "edit"
    ASK = "ask"
    DECLINE = "decline"
    LATER = "later"
    SPAM = "spam"
