"""The words of the form that the schema does not have: hints beside an empty box, and the order.

Labels and hints come from the schema (its titles and descriptions). What is here replaces or adds
to them, because a form asks while a page tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from flask_babel import lazy_gettext as _l
from pydantic.fields import FieldInfo

from directory.vocabulary.terms import Kind

# A string, or one that Flask-Babel (which has no types) makes when the page is drawn.
Words: TypeAlias = Any

# Fields of parts that no form asks for.
NEVER_ASKED = frozenset({"currency"})
SHORT = frozenset({"start", "end", "year", "charity", "scottish_charity", "ni_charity", "company"})
ONE_OF = frozenset({"place"})  # or the area it covers
ONE_LINE = frozenset({"title", "source_title", "email"})

_LABELS: dict[tuple[Kind | None, str], Words] = {
    (None, "text"): _l("How much, and for what"),
    (None, "amount"): _l("Pounds (0 if it is free)"),
    (None, "strength"): _l("What kind of source is it?"),
    (None, "charity"): _l("Charity number (England and Wales)"),
    (None, "scottish_charity"): _l("Charity number (Scotland)"),
    (None, "ni_charity"): _l("Charity number (Northern Ireland)"),
    (Kind.SERVICE, "name"): _l("What it is called"),
    (Kind.SERVICE, "approach"): _l("What kind of thing is it?"),
    (Kind.STORY, "name"): _l("A title"),
    (Kind.STORY, "body"): _l("Your story"),
    (Kind.STORY, "told_by"): _l("Under which name?"),
    (Kind.SERVICE, "place"): _l("Where it happens"),
    (Kind.SERVICE, "url"): _l("Its web page"),
    (Kind.ORGANIZATION, "url"): _l("Its web page"),
    (Kind.PAGE, "body"): _l("The text"),
}

_HINTS: dict[tuple[Kind | None, str], Words] = {
    (Kind.APPROACH, "name"): _l("What this way of doing things is called: Homeshare, repair cafe."),
    (Kind.APPROACH, "strapline"): _l(
        "As you would say it to a neighbour: “A spare room for one person, company for another”."
    ),
    (Kind.APPROACH, "summary"): _l(
        "What happens and who it is for. This is the first thing people read."
    ),
    (Kind.APPROACH, "support_area"): _l("Tick all that fit."),
    (Kind.APPROACH, "moment"): _l("When in life do people come to it most?"),
    (Kind.APPROACH, "who_for"): _l("Tick all that fit."),
    (Kind.APPROACH, "builds_on"): _l("What people and places already have. Tick all that fit."),
    (Kind.APPROACH, "easy_read"): _l("One thought in each sentence, in the easiest words."),
    (Kind.APPROACH, "evidence"): _l(
        "What it changes, and where that is written. Leave it empty if you know of nothing: "
        "that is an honest answer too."
    ),
    (Kind.APPROACH, "cost"): _l("What it costs to run or to join, if you know."),
    (Kind.APPROACH, "everyday_words"): _l(
        "What someone might type who does not know its name. One on each line."
    ),
    (Kind.APPROACH, "support_body"): _l(
        "An organisation that helps others to start one. Type its name."
    ),
    (Kind.APPROACH, "started"): _l("The year, if you know."),
    (Kind.APPROACH, "countries"): _l("Where it is done. One on each line."),
    (Kind.APPROACH, "related"): _l("Other approaches here that are much like it. Type the name."),
    (Kind.APPROACH, "proposal"): _l("Tick this if it is an idea that nobody has tried yet."),
    (Kind.APPROACH, "sources"): _l("Other places where it is described."),
    (Kind.SERVICE, "name"): _l("As people there call it: Harehills Singers."),
    (Kind.SERVICE, "strapline"): _l("In words that a neighbour would use."),
    (Kind.SERVICE, "summary"): _l("What happens there and who comes."),
    (Kind.SERVICE, "approach"): _l(
        "The approach it follows, such as Community choirs. If none fits well, choose the nearest: "
        "a moderator looks at it, too."
    ),
    (Kind.SERVICE, "organization"): _l("Type the name. If we do not have it yet, we will add it."),
    (Kind.SERVICE, "place"): _l(
        "A town, a council area or a postcode. Of a postcode we keep only what many streets share, "
        "such as LS7 4."
    ),
    (Kind.SERVICE, "service_area"): _l(
        "If it is for people from more places than that, or moves about. One on each line."
    ),
    (Kind.SERVICE, "schedule"): _l("Leave it empty if it changes."),
    (Kind.SERVICE, "contact"): _l(
        "This will be public. Give an address or number of the group, not of a private person."
    ),
    (Kind.SERVICE, "accessibility"): _l(
        "Steps, toilets, parking, hearing loop, quiet space: whatever helps someone to decide."
    ),
    (Kind.SERVICE, "languages"): _l("Languages people speak there. One on each line."),
    (Kind.SERVICE, "support_area"): _l("Leave it empty to take this from the approach."),
    (Kind.SERVICE, "who_for"): _l("Leave it empty to take this from the approach."),
    (Kind.SERVICE, "open_referral"): _l(
        "Tick this only if you run it. Councils and link workers can then take it over as data."
    ),
    (Kind.SERVICE, "everyday_words"): _l("What someone might type to find it. One on each line."),
    (Kind.SERVICE, "last_known"): _l("If you do not go there yourself."),
    (Kind.SERVICE, "sources"): _l("A web page, a leaflet, a report: whatever says so."),
    (Kind.SERVICE, "body"): _l("What a first visit is like, what to bring, how it began."),
    (Kind.STORY, "name"): _l("As you would begin it: “I found my voice”."),
    (Kind.STORY, "summary"): _l("What helped, and what is different now."),
    (Kind.STORY, "about"): _l(
        "What helped: an approach such as Community choirs, or a place where it happens."
    ),
    (Kind.STORY, "told_by"): _l(
        "Your first name, or another name that you choose: everybody will read it."
    ),
    (Kind.STORY, "body"): _l(
        "What was life like before? What do you do there? What is different, what is still hard? "
        "Leave out what could show who other people are."
    ),
    (Kind.ORGANIZATION, "summary"): _l("Who they are and what they do, in one sentence."),
    (Kind.ORGANIZATION, "everyday_words"): _l("Other names people use. One on each line."),
    (Kind.ORGANIZATION, "sources"): _l("Where that is written."),
    (Kind.PLACE, "sources"): _l("Where that is written."),
    (None, "year"): _l("Such as 2024."),
    (None, "start"): _l("Such as 2:30pm or 14:30."),
    (None, "end"): _l("Such as 4pm or 16:00."),
    (None, "option"): _l("Such as: each session, people on a low income."),
}

# One to each heading of an approach.
SECTION_HINTS: dict[str, Words] = {
    "The problem it answers": _l("What is hard or missing without it?"),
    "How it works": _l("Who does what, where and how often? Take a newcomer through it."),
    "What it builds on": _l("What do people and the place bring to it?"),
    "What changes for people": _l("What do people say or do differently?"),
    "What it needs locally": _l("A hall, a host, money, someone to hold it together?"),
    "Start one here": _l("The first three things to do."),
}


@dataclass(frozen=True)
class Section:
    """Some fields of the form that belong together, under a heading: one page, one task.

    `key` names it in addresses.
    """

    key: str
    heading: Words
    fields: tuple[str, ...]
    why: Words = ""
    can_wait: bool = False  # nothing in it is needed


PICTURES = Section(
    "pictures",
    _l("Pictures"),
    ("photos",),
    _l("A picture says at a glance what happens there, and that it is real."),
    can_wait=True,
)

# What the form asks, in which order. Fields that are not here keep their value when it is sent.
SECTIONS: dict[Kind, tuple[Section, ...]] = {
    Kind.APPROACH: (
        Section("idea", _l("The idea"), ("name", "strapline", "summary", "proposal")),
        Section(
            "people",
            _l("Who and when"),
            ("support_area", "who_for", "moment", "builds_on"),
            _l("So that the right people find it."),
        ),
        Section(
            "story",
            _l("The whole story"),
            ("body",),
            _l("Write as much as you know. A few plain sentences in each box are enough."),
        ),
        Section(
            "evidence",
            _l("How we know"),
            ("evidence", "cost", "started", "countries", "sources"),
            can_wait=True,
        ),
        Section(
            "easy-read",
            _l("Easy Read"),
            ("easy_read",),
            _l("The same in four to eight short sentences, each with a picture."),
            can_wait=True,
        ),
        PICTURES,
        Section(
            "finding",
            _l("Finding it"),
            ("everyday_words", "support_body", "related"),
            can_wait=True,
        ),
    ),
    Kind.SERVICE: (
        Section(
            "what", _l("What it is"), ("name", "approach", "summary", "strapline", "organization")
        ),
        Section(
            "where", _l("Where and when"), ("place", "service_area", "schedule", "cost_option")
        ),
        Section(
            "contact", _l("Getting in touch"), ("url", "contact", "accessibility", "languages")
        ),
        Section(
            "running",
            _l("Does it run?"),
            ("status", "last_known", "sources"),
            _l("So that nobody travels for nothing."),
        ),
        Section(
            "more",
            _l("More about it"),
            ("body", "everyday_words", "who_for", "support_area"),
            can_wait=True,
        ),
        PICTURES,
        Section("open-data", _l("Open data"), ("open_referral",), can_wait=True),
    ),
    Kind.STORY: (
        Section("story", _l("Your story"), ("name", "summary", "body")),
        Section("teller", _l("Who and what"), ("about", "told_by")),
        PICTURES,
    ),
    Kind.ORGANIZATION: (
        Section("who", _l("Who they are"), ("name", "summary", "url", "legal_ids")),
        Section("more", _l("More about them"), ("body", "everyday_words", "sources")),
    ),
    Kind.PLACE: (
        Section("place", _l("The place"), ("name", "summary", "region")),
        Section("more", _l("More about it"), ("body", "sources")),
    ),
    Kind.PAGE: (Section("page", _l("The page"), ("name", "summary", "body")),),
}

# The last task of all: it is no part of the document.
ABOUT_YOU = Section(
    "you", _l("About you"), ("author_role", "author_name", "email", "why"),
    _l("Only moderators see this."),
)  # fmt: skip
TO_THE_MODERATOR = Section("you", _l("A word to the moderator"), ("why",), can_wait=True)

# Asked before anything else: enough to see whether we have it already.
FIRST: dict[Kind, tuple[str, ...]] = {
    Kind.APPROACH: ("name", "strapline"),
    Kind.SERVICE: ("name", "place"),
    Kind.STORY: ("name", "about"),
}


@dataclass(frozen=True)
class Example:
    """A weak answer, and the same said well."""

    weak: Words
    good: Words


EXAMPLES: dict[tuple[Kind, str], Example] = {
    (Kind.APPROACH, "strapline"): Example(
        _l("An innovative asset-based intervention for older adults"),
        _l("A spare room for one person, company and help for another"),
    ),
    (Kind.APPROACH, "summary"): Example(
        _l("We facilitate intergenerational co-living outcomes."),
        _l(
            "An older person with a spare room shares it with someone who needs a home and gives "
            "ten hours of help a week."
        ),
    ),
    (Kind.APPROACH, "body_2"): Example(
        _l("The service is delivered flexibly by a multidisciplinary team."),
        _l(
            "A coordinator visits both, and they meet for tea. If they like each other, they try "
            "it for a week. She rings each of them once a month."
        ),
    ),
    (Kind.SERVICE, "summary"): Example(
        _l("A weekly provision for isolated residents."),
        _l("Neighbours cook soup together on Fridays. Anyone can come, and nobody pays."),
    ),
    (Kind.SERVICE, "accessibility"): Example(
        _l("Fully accessible."),
        _l("No steps. A toilet for wheelchairs. The hall has a hearing loop. It can get loud."),
    ),
}


_PROSE = frozenset({"strapline", "summary", "accessibility", "claim", "text", "option"})


def is_prose(name: str) -> bool:
    """Whether people write sentences into the box of that name."""
    return name in _PROSE or name.startswith("body")


def label(kind: Kind | None, name: str, info: FieldInfo) -> Words:
    """What stands above the control."""
    return _LABELS.get((kind, name)) or info.title or name


def hint(kind: Kind | None, name: str, info: FieldInfo) -> Words:
    """What stands below the label; may be empty."""
    found = _HINTS.get((kind, name))
    return found if found is not None else info.description or ""
