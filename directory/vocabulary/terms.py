"""The fixed lists that documents choose from; content/vocabulary/facets.yaml has the labels."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a document is about. Spelt as Open Referral UK does where it has the word."""

    APPROACH = "approach"
    SERVICE = "service"
    ORGANIZATION = "organization"
    PLACE = "place"
    STORY = "story"
    PAGE = "page"

    @property
    def folder(self) -> str:
        """Its folder in content/ and its part of the address: "approaches", "stories"…"""
        return _FOLDERS[self]

    @classmethod
    def of_folder(cls, folder: str) -> Kind:
        """The kind that lives in `folder`.

        Raises:
            KeyError: there is no such folder.
        """
        return _KINDS[folder]


_FOLDERS = {
    Kind.APPROACH: "approaches",
    Kind.SERVICE: "services",
    Kind.ORGANIZATION: "organizations",
    Kind.PLACE: "places",
    Kind.STORY: "stories",
    Kind.PAGE: "pages",
}
_KINDS = {folder: kind for kind, folder in _FOLDERS.items()}


class SupportArea(StrEnum):
    """Total Transformation's five areas of support (SCIE and others, 2017)."""

    HOME = "home"
    ACCOMMODATION = "accommodation"
    DAY_AND_EMPLOYMENT = "day-and-employment"
    LEAVING_HOSPITAL = "leaving-hospital"
    WHOLE_COMMUNITY = "whole-community"


class Moment(StrEnum):
    """Where on the rainbow: an editor's judgement."""

    STAYING_WELL = "staying-well"
    EARLY_HELP = "early-help"
    EVERYDAY_SUPPORT = "everyday-support"
    BIG_CHANGE = "big-change"
    CRISIS = "crisis"


class WhoFor(StrEnum):
    OLDER_PEOPLE = "older-people"
    LEARNING_DISABILITY = "people-with-a-learning-disability"
    AUTISTIC_PEOPLE = "autistic-people"
    DEMENTIA = "people-with-dementia"
    MENTAL_ILL_HEALTH = "people-with-mental-ill-health"
    DISABLED_PEOPLE = "disabled-people"
    UNPAID_CARERS = "unpaid-carers"
    YOUNG_PEOPLE = "young-people-in-transition"
    FAMILIES = "children-and-families"
    HOMELESSNESS = "people-at-risk-of-homelessness"
    LEAVING_HOSPITAL = "people-leaving-hospital"
    ANYONE = "anyone"


class BuildsOn(StrEnum):
    """Assets: what an approach makes use of."""

    SKILLS = "skills"
    FRIENDSHIPS = "friendships"
    LOCAL_PLACES = "local-places"
    SPARE_ROOM = "spare-room"
    MONEY_PEOPLE_CONTROL = "money-people-control"
    SHARED_INTERESTS = "shared-interests"
    LOCAL_ENTERPRISE = "local-enterprise"
    LIVED_EXPERIENCE = "lived-experience"
    NEIGHBOURLINESS = "neighbourliness"
    FAMILY = "family"
    VOLUNTEERS_TIME = "volunteers-time"
    LOCAL_INSTITUTIONS = "local-institutions"
    CULTURE_AND_CREATIVITY = "culture-and-creativity"
    STAFF_WHO_KNOW_PEOPLE_WELL = "staff-who-know-people-well"
    TECHNOLOGY = "technology"
    SURPLUS = "surplus-food-and-things"


class Strength(StrEnum):
    """How well a claim is backed."""

    EVALUATION = "evaluation"
    CASE_STUDY = "case-study"
    SELF_REPORTED = "self-reported"
    NONE_FOUND = "none-found"
    ACCOUNTS_DIFFER = "accounts-differ"


class Status(StrEnum):
    """Whether a service runs."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    NOT_KNOWN = "not-known"


class Nation(StrEnum):
    ENGLAND = "England"
    SCOTLAND = "Scotland"
    WALES = "Wales"
    NORTHERN_IRELAND = "Northern Ireland"


class Day(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Frequency(StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
