"""What may be private in a text: pointed out before it is sent, for a person to decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from directory.submissions.plain_words import Text


class Private(StrEnum):
    """What sort of private thing it may be."""

    EMAIL = "email"
    PHONE = "phone"
    STREET = "street"
    AGE = "age"
    HEALTH = "health"


@dataclass(frozen=True)
class Finding:
    """Something that may be private, as it stands in the text."""

    text: Text
    what: Private
    words: str


_PATTERNS = {
    Private.EMAIL: re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w"),
    Private.PHONE: re.compile(
        r"(?<![\d/])(?:\+44[\s-]?(?:\(0\))?|\(?0)(?:\d[\s()-]{0,2}){9,10}(?!\d)"
    ),
    Private.STREET: re.compile(
        r"\b\d{1,4}[a-z]? (?:[A-Z][a-z’']+ ){1,3}"
        r"(?:Road|Rd|Street|St|Lane|Avenue|Ave|Close|Drive|Way|Crescent|Terrace|Gardens|Court)\b"
        r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
    ),
    Private.AGE: re.compile(
        r"\b(?:born on|date of birth"
        r"|aged \d{1,3}(?!\d|\+| ?[-–] ?\d| (?:to|plus|up)\b"
        r"| (?:and|or) (?:\d|over|under|above|older|younger|up))"
        r"|\d{1,3}[ -]years?[ -]old [A-Z][a-z]+"
        r"|NI number|NHS number)\b"
        r"|\b[A-Z][a-z]+ (?!(?:Road|Street|Lane|Avenue|Club|Group|Route|Chapel|Hall|Centre)\b)"
        r"[A-Z][a-z’'-]+(?:, | \()(?:aged )?\d{1,3}"
        r"(?=[,;)]|[.:](?!\d)|$| (?:who|has|is|was)\b)",
    ),
}
_ILLNESS = (
    r"(?:dementia|alzheimer\w*(?:[’']s)?|depress(?:ed|ion)|anxiety|cancer|autis(?:m|tic)|bipolar"
    r"|stroke|schizophreni\w+|psychosis|epilep\w+|diabet\w+|diagnos\w+|addict\w+|alcoholic"
    r"|overdos\w+|memory loss|mental(?:ly)? ill\w*|heart attack|arthritis|multiple sclerosis"
    r"|motor neurone disease|COPD|ADHD|asthma|suicid\w+|self-harm\w*|sectioned"
    r"|disab(?:led|ility)|HIV|parkinson\w*(?:[’']s)?|PTSD|breakdown)"
)
_HEALTH = re.compile(rf"\b{_ILLNESS}\b", re.IGNORECASE)
_RELATION = (
    r"(?:mum|mother|dad|father|son|daughter|wife|husband|partner|brother|sister|friend|neighbour"
    r"|aunt|uncle|nan|gran|grandma|grandad|grandmother|grandfather|grandson|granddaughter"
    r"|niece|nephew|cousin|child|boy|girl)"
)
# Two or three words with capitals inside a sentence, or somebody's relation by name.
_FULL_NAME = re.compile(
    r"(?<![.!?]\s)(?<!^)(?<!\n)\b[A-Z][a-z]+(?: [A-Z]\.?)? [A-Z][a-z’'-]+\b"
    r"|\b(?:Mrs?|Ms|Miss|Dr) [A-Z][a-z]+"
    rf"|\b{_RELATION},? [A-Z][a-z]+",
)
# At the start of a sentence any word has a capital: so only before what is said of a person.
_AT_START = re.compile(
    r"^[A-Z][a-z]+ [A-Z][a-z’'-]+(?=(?:, (?:aged )?\d{1,3}\b| \(\d{1,3}\)|, who\b| who\b"
    r"| (?:has|had|is|was|lives|lived|suffers|suffered|struggles|struggled|got|gets|comes|came"
    r"|lost|recovered)\b))"
)
# A single person without a full name: by age, as "he" or "she", or as somebody's relation.
_OF = r"(?:,? (?:who |and )?(?:is |was |’s |'s )?\(?(?:aged )?\d{1,3}(?: years old)?\)?,?(?: and)?)"
_SOMEBODY = (
    rf"(?:(?<!or )(?i:s?he)(?:[’']s \d{{1,3}} and)?"
    rf"|(?i:my|our|his|her|their) (?:[a-z]+ )?{_RELATION}(?:,? [A-Z][a-z]+)?"
    rf"|(?i:a|an|one|the|our) \d{{1,3}}[- ]year[- ]old(?: [a-z]+)?"
    rf"|(?i:a|one|the) (?:man|woman|lady|gentleman|chap) (?:of|aged) \d{{1,3}}"
    rf"|[A-Z][a-z]+(?=,? \(?(?:aged )?\d{{1,3}}\b))"
)
# What lies between them and the illness; a group for others is no illness of theirs.
_BETWEEN = (
    r"(?:(?!(?:about|for|to|people|those|others|members|friends|who|runs?|set|led|worked|helped"
    r"|taught|no)\b)[a-z0-9-]+ ){0,3}?"
)
_HAS = (
    r"(?:ha[sd]|with|suffer(?:s|ed)|struggle[sd]|live[sd]|got|developed|died of"
    r"|(?:is|was) (?:living with|recovering from|dying of|being treated for)"
    r"|(?:is|was)(?= (?:[a-z]+ )?(?:autistic|disabled|depressed|bipolar|diabetic|epileptic"
    r"|alcoholic|sectioned|diagnosed|mentally ill|addicted|HIV)\b))"
)
_AS_ILL = re.compile(
    rf"\b{_SOMEBODY}{_OF}?(?:,? who)?(?: (?:also|now|still|just|already|recently|sadly))? {_HAS} "
    rf"{_BETWEEN}(?i:{_ILLNESS})"
    r"(?=$|[.,;:!?)]| (?:and|but|or|so|since|for|when|after|because|now|too|in|at|as|from|last|with"
    r"|while|though|yet|to|is|was|has|comes?|came|goes|sings|walks|lives)\b)"
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


def private_things(texts: Iterable[Text]) -> list[Finding]:
    """What may be private in these texts, each thing once, in the order of the page."""
    found: dict[tuple[Private, str], Finding] = {}
    for text in texts:
        for what, words in _in(text.typed):
            found.setdefault((what, words), Finding(text, what, words))
    return list(found.values())


@lru_cache(maxsize=512)
def _in(typed: str) -> tuple[tuple[Private, str], ...]:
    """What is in one text. Who types changes one box at a time: the others stay known."""
    return tuple(_private_in(typed))


def _private_in(typed: str) -> Iterator[tuple[Private, str]]:
    for what, pattern in _PATTERNS.items():
        for match in pattern.finditer(typed):
            yield what, match.group().strip()
    for sentence in _SENTENCE.findall(typed):
        said = sentence.strip()
        name = _FULL_NAME.search(said) or _AT_START.search(said)
        if (name and _HEALTH.search(_without(said, name))) or _AS_ILL.search(said):
            yield Private.HEALTH, said if len(said) <= 140 else said[:140].rpartition(" ")[0] + "…"


def _without(said: str, name: re.Match[str]) -> str:
    """The sentence less the name: "Alzheimer's Society" is no illness of Alzheimer's Society."""
    return said[: name.start()] + said[name.end() :]
