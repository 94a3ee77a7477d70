"""What a document is: one typed schema for all kinds.

The form, the API, the JSON Schema, the docs and the error messages come from these classes.
A field's title is its label, its description the hint beside it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from directory.vocabulary.terms import (
    BuildsOn,
    Day,
    Frequency,
    Kind,
    Moment,
    Nation,
    Status,
    Strength,
    SupportArea,
    WhoFor,
)

STRAPLINE_MAX = 90
EASY_READ_WORDS_MAX = 15
SLUG_MAX = 60
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PHOTO_NAME = re.compile(r"[0-9a-f]{32}")
PHOTOS_MAX = 6
RESERVED_SLUGS = frozenset({"new", "easy-read", "history", "gaps"})
FIRST_YEAR = 1500
LAST_YEAR = 2100

APPROACH_HEADINGS = (
    "The problem it answers",
    "How it works",
    "What it builds on",
    "What changes for people",
    "What it needs locally",
    "Start one here",
)


def problem(what: str, remedy: str) -> PydanticCustomError:
    """An error that says what is wrong and what to write instead."""
    return PydanticCustomError("kith", "{what}", {"what": what, "remedy": remedy})


def _one_line(text: str) -> str:
    tidy = " ".join(text.split())
    if not tidy:
        raise problem("it is empty", "Write a few words.")
    return tidy


def _slug(text: str) -> str:
    if not is_slug(text):
        raise problem(
            f"“{text}” is not a slug",
            f"Use a to z, 0 to 9 and single hyphens, at most {SLUG_MAX} letters: community-choirs.",
        )
    return text


def is_slug(text: str) -> bool:
    """Whether `text` may be the file name of a document."""
    return len(text) <= SLUG_MAX and bool(SLUG.fullmatch(text)) and text not in RESERVED_SLUGS


def _web_address(text: str) -> str:
    if text.strip().lower().startswith("www."):
        text = f"https://{text.strip()}"
    try:
        parts = urlsplit(text.strip())
        good = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    except ValueError:
        good = False
    if not good or any(mark.isspace() or mark in "<>\"'`\\" for mark in text.strip()):
        raise problem(f"“{text}” is not a web address", "Write it whole: https://example.org/page")
    return text.strip()


def _telephone(text: str) -> str:
    if not re.fullmatch(r"[0-9 +()-]{5,24}", text.strip()):
        raise problem(f"“{text}” is not a phone number", "Write digits and spaces: 0113 496 0000")
    return text.strip()


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", text.strip()):
        raise problem(f"“{text}” is not an e-mail address", "Write it whole: name@example.org")
    return text.strip()


def _photo_name(text: str) -> str:
    if not PHOTO_NAME.fullmatch(text):
        raise problem(f"“{text}” is no picture of ours", "Send the picture with the form.")
    return text


def _unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _clock(value: Any) -> Any:
    # YAML 1.1 reads 14:30 as the number 870 (base 60).
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        # Nobody writes 0:14 without its zeros, so a number of hours is one.
        return str(value) if value < 24 else f"{value // 60:02d}:{value % 60:02d}"
    return value


def _time(text: str) -> str:
    """The time of day that people write: 14:30, 2.30pm, 10, noon."""
    said = text.strip().lower()
    if said in _NAMED_TIMES:
        return _NAMED_TIMES[said]
    found = _TIME.fullmatch(said)
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if found and found[3]:
        hours = hours % 12 + (12 if found[3] == "p" else 0) if 1 <= hours <= 12 else 24
    elif found and found[1] in _EITHER_HALF:
        raise problem(
            f"“{text}” could be morning or afternoon",
            f"Write {said}pm, or {said}am if it is in the morning.",
        )
    if hours > 23 or minutes > 59:
        raise problem(f"“{text}” is not a time", "Write it like 2:30pm or 14:30.")
    return f"{hours:02d}:{minutes:02d}"


_NAMED_TIMES = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:([ap])\.?m\.?)?")
POUNDS_MOST = 100_000
_EITHER_HALF = frozenset("1234567")  # hours without "am" or "pm"; "02:30" is clear


def _pounds(value: Any) -> Any:
    """A sum as people write it: £4.50, 50p, free."""
    if not isinstance(value, str):
        return value
    said = value.strip().lower().replace("£", "").removesuffix("pounds").strip()
    said = re.sub(r",(?=\d{3}(?!\d))", "", said)
    if said in {"free", "nothing"}:
        return 0
    if re.fullmatch(r"\d{1,3}p", said):
        return int(said[:-1]) / 100
    return said if re.fullmatch(r"\d+(\.\d+)?", said) else value


Line = Annotated[str, AfterValidator(_one_line), Field(max_length=400)]
Short = Annotated[str, AfterValidator(_one_line), Field(max_length=120)]
Slug = Annotated[str, AfterValidator(_slug)]
WebAddress = Annotated[str, AfterValidator(_web_address), Field(max_length=600)]
Telephone = Annotated[str, AfterValidator(_telephone)]
Email = Annotated[str, AfterValidator(_email), Field(max_length=254)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Time = Annotated[str, BeforeValidator(_clock), AfterValidator(_time)]
Once = AfterValidator(_unique)


class Part(BaseModel):
    """A piece of a document. Frozen; unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Source(Part):
    title: Line = Field(title="What it is called")
    url: WebAddress | None = Field(None, title="Its web address")
    year: Year | None = Field(None, title="Year")


class Evidence(Part):
    claim: Line = Field(title="What was found")
    source_title: Line = Field(title="Where that is written")
    source_url: WebAddress | None = Field(None, title="Its web address")
    year: Year | None = Field(None, title="Year")
    strength: Strength = Field(title="How well it is backed")


class EasyReadLine(Part):
    text: Line = Field(title="One short sentence")
    picture: Slug = Field(title="Picture")
    alt: Short = Field(title="What the picture shows")

    @model_validator(mode="after")
    def _short_enough(self) -> Self:
        words = len(self.text.split())
        if words > EASY_READ_WORDS_MAX:
            raise problem(
                f"this Easy Read sentence has {words} words",
                f"Use at most {EASY_READ_WORDS_MAX}; make two sentences of it.",
            )
        return self


class EasyReadCheck(Part):
    """A group of people with learning disabilities checked these very sentences (easy_read.py)."""

    group: Short = Field(title="Name of the group")
    day: date = Field(title="When they checked it")
    sentences: str = Field(pattern=r"^[0-9a-f]{12}$", title="Which sentences they saw")


class Cost(Part):
    text: Line = Field(title="What it costs")
    source_url: WebAddress | None = Field(None, title="Where that is written")


class Location(Part):
    """A point on the map, in degrees of WGS84."""

    lat: float = Field(ge=49, le=61.5, title="Latitude")
    lon: float = Field(ge=-9, le=2.5, title="Longitude")
    label: Short | None = Field(None, title="Name of the building or spot")


class Schedule(Part):
    """When it happens, in local time."""

    day: Day = Field(title="Day")
    start: Time | None = Field(None, title="Starts")
    end: Time | None = Field(None, title="Ends")
    frequency: Frequency = Field(Frequency.WEEKLY, title="How often")
    note: Annotated[str, AfterValidator(_one_line), Field(max_length=100)] | None = Field(
        None, title="Anything else about it"
    )


class CostOption(Part):
    option: Short = Field(title="For whom or what")
    amount: (
        Annotated[float, BeforeValidator(_pounds), Field(ge=0, le=POUNDS_MOST, allow_inf_nan=False)]
        | None
    ) = Field(None, title="Pounds")
    currency: Literal["GBP"] = "GBP"


class Contact(Part):
    name: Short | None = Field(None, title="Who to ask for")
    phone: Telephone | None = Field(None, title="Phone number that may be public")
    email: Email | None = Field(None, title="E-mail that may be public")


class LegalIds(Part):
    charity: str | None = Field(
        None, pattern=r"^\d{6,8}$", title="Charity number, England and Wales"
    )
    scottish_charity: str | None = Field(
        None, pattern=r"^SC\d{6}$", title="Scottish charity number"
    )
    ni_charity: str | None = Field(
        None, pattern=r"^\d{6}$", title="Charity number, Northern Ireland"
    )
    company: str | None = Field(None, pattern=r"^[A-Z0-9]{8}$", title="Company number")


class Photo(Part):
    """A picture that somebody gave. `file` names it in the store of pictures and in photos/."""

    file: Annotated[str, AfterValidator(_photo_name)] = Field(title="Picture")
    alt: Annotated[str, AfterValidator(_one_line), Field(max_length=250)] = Field(
        title="What it shows",
        description="For people who cannot see it: who does what, and where.",
    )
    made_by: Short = Field(
        title="Who made it",
        description="The name stands below the picture. They must agree that others may use it.",
    )
    people_agreed: bool = Field(
        False,
        title="People can be recognised in it, and they agreed that it is published",
        description="For a child, or somebody who cannot decide this: whoever decides for them.",
    )


Photos = Annotated[list[Photo], Field(max_length=PHOTOS_MAX)]


class PageList(Part):
    heading: Short
    text: Line | None = None
    query: str = Field(max_length=300)


class Document(Part):
    """What every kind has. `body` is the Markdown below the front matter."""

    id: UUID | None = Field(None, title="Id")
    kind: Kind
    name: Short = Field(title="Name")
    summary: Line = Field(
        title="In one sentence",
        description="What happens and who it is for, as you would say it to a neighbour.",
    )
    sources: Annotated[list[Source], Field(max_length=30)] = Field(
        [], title="Where this comes from"
    )
    assured_date: date | None = Field(None, title="Last checked")
    assurer: Short | None = Field(None, title="Who checked")
    body: str = Field("", max_length=40_000, title="More about it")

    @property
    def tagline(self) -> str:
        """The one line that cards show."""
        return getattr(self, "strapline", None) or self.summary


class Approach(Document):
    kind: Literal[Kind.APPROACH] = Kind.APPROACH
    strapline: Annotated[str, AfterValidator(_one_line), Field(max_length=STRAPLINE_MAX)] = Field(
        title="In a few words",
        description="What happens, in words that a neighbour would use.",
    )
    support_area: Annotated[list[SupportArea], Once, Field(min_length=1)] = Field(
        title="Part of life", description="Tick all that fit. Put the main one first."
    )
    moment: Moment = Field(title="When it helps")
    who_for: Annotated[list[WhoFor], Once, Field(min_length=1)] = Field(title="Who it is for")
    builds_on: Annotated[list[BuildsOn], Once, Field(min_length=1)] = Field(
        title="What it builds on", description="What people and places already have."
    )
    easy_read: Annotated[list[EasyReadLine], Field(max_length=8)] = Field([], title="Easy Read")
    easy_read_check: EasyReadCheck | None = Field(None, title="Who checked the Easy Read")
    evidence: Annotated[list[Evidence], Field(max_length=30)] = Field([], title="How we know")
    cost: Cost | None = Field(None, title="What it costs")
    everyday_words: Annotated[list[Short], Once, Field(max_length=40)] = Field(
        [], title="Words people use", description="What someone might type to find this."
    )
    support_body: Slug | None = Field(None, title="Who can help you start")
    started: Year | None = Field(None, title="Began in")
    countries: Annotated[list[Short], Once, Field(max_length=20)] = Field([], title="Countries")
    related: Annotated[list[Slug], Once, Field(max_length=12)] = Field([], title="Close to this")
    proposal: bool = Field(False, title="A proposal: nobody runs it yet")
    photos: Photos = Field([], title="Pictures")


class Service(Document):
    kind: Literal[Kind.SERVICE] = Kind.SERVICE
    strapline: Annotated[str, AfterValidator(_one_line), Field(max_length=STRAPLINE_MAX)] | None = (
        Field(None, title="In a few words")
    )
    approach: Annotated[list[Slug], Once, Field(min_length=1, max_length=8)] = Field(
        title="Which approach it follows"
    )
    organization: Slug | None = Field(None, title="Who runs it")
    place: Slug | None = Field(None, title="Place")
    location: Location | None = Field(None, title="Where exactly")
    service_area: Annotated[list[Short], Once, Field(max_length=30)] = Field(
        [], title="Area it covers"
    )
    schedule: Annotated[list[Schedule], Field(max_length=30)] = Field([], title="When")
    cost_option: Annotated[list[CostOption], Field(max_length=20)] = Field(
        [], title="What it costs"
    )
    contact: Contact | None = Field(None, title="How to get in touch")
    url: WebAddress | None = Field(None, title="Its own web page")
    accessibility: Line | None = Field(None, title="Getting in and taking part")
    languages: Annotated[list[Short], Once, Field(max_length=30)] = Field([], title="Languages")
    status: Status = Field(Status.NOT_KNOWN, title="Does it run?")
    last_known: Year | None = Field(None, title="Year it was last known to run")
    open_referral: bool = Field(False, title="May be passed on as open data about the service")
    support_area: Annotated[list[SupportArea], Once] = Field([], title="Part of life")
    who_for: Annotated[list[WhoFor], Once] = Field([], title="Who it is for")
    everyday_words: Annotated[list[Short], Once, Field(max_length=40)] = Field(
        [], title="Words people use"
    )
    photos: Photos = Field([], title="Pictures")

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.place or self.location or self.service_area):
            raise problem(
                "it does not say where it is",
                "Give a place, a location or the area it covers (service_area).",
            )
        return self


class Organization(Document):
    kind: Literal[Kind.ORGANIZATION] = Kind.ORGANIZATION
    url: WebAddress | None = Field(None, title="Home page")
    legal_ids: LegalIds | None = Field(None, title="Charity or company numbers")
    everyday_words: Annotated[list[Short], Once, Field(max_length=40)] = Field(
        [], title="Words people use"
    )


class Place(Document):
    kind: Literal[Kind.PLACE] = Kind.PLACE
    type: Short = Field(title="What kind of place")
    nation: Nation = Field(title="Nation")
    region: Short | None = Field(None, title="Region")
    lat: float = Field(ge=49, le=61.5, title="Latitude")
    lon: float = Field(ge=-9, le=2.5, title="Longitude")
    gss_code: str | None = Field(None, pattern=r"^[EWSN]\d{8}$", title="Council code (GSS)")


class Story(Document):
    kind: Literal[Kind.STORY] = Kind.STORY
    about: str = Field(
        pattern=r"^(approaches|services)/[a-z0-9-]+$", title="What the story is about"
    )
    told_by: Short = Field(title="Who tells it", description="A name, or another name they chose.")
    photos: Photos = Field([], title="Pictures")


class Page(Document):
    kind: Literal[Kind.PAGE] = Kind.PAGE
    easy_read: Annotated[list[EasyReadLine], Field(max_length=12)] = Field([], title="Easy Read")
    easy_read_check: EasyReadCheck | None = Field(None, title="Who checked the Easy Read")
    lists: Annotated[list[PageList], Field(max_length=20)] = Field([], title="Lists of entries")


AnyDocument = Annotated[
    Approach | Service | Organization | Place | Story | Page, Field(discriminator="kind")
]

CLASSES: dict[Kind, type[Document]] = {
    Kind.APPROACH: Approach,
    Kind.SERVICE: Service,
    Kind.ORGANIZATION: Organization,
    Kind.PLACE: Place,
    Kind.STORY: Story,
    Kind.PAGE: Page,
}
