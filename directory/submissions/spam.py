"""How much a submission looks like spam, and why: rules that people can read, and no CAPTCHA.

Pure: facts in, signs out. Each sign has points; from `HELD_FROM` on, the submission waits apart
until a moderator has looked. Nothing is refused or deleted here, and its author sees no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from urllib.parse import urlsplit

from directory.submissions.spam_words import (
    CHAT_HOSTS,
    CHEAP_ENDS,
    DISPOSABLE,
    EVERYBODYS,
    EVERYDAY,
    SHORTENERS,
    SOCIAL,
    TOGETHER,
    TOLD_OF,
    subjects,
)

HELD_FROM = 40
MOST = 100

# Who sells these says where; who speaks of their own life does not.
NEEDS_A_WAY = frozenset({"gambling", "pills", "adult", "money"})
QUICK = 6  # seconds from the first question to sending it: too few for anything
# Letters in a second, with the points for more. People write one or two; many paste a leaflet of
# theirs, so that this alone says little.
WRITING_SPEEDS = ((25, 24), (12, 18), (6, 12))
FEW_LETTERS = 60  # before that the speed says nothing
MANY_FROM_ADDRESS = 4  # in a day
MANY_FROM_DOMAIN = 10
FEW_WORDS = 12  # before that, which words stand there says little


class Repeated(StrEnum):
    """Who sent the same words before."""

    NOBODY = ""
    SOMEBODY = "somebody"
    SPAM = "spam"


@dataclass(frozen=True)
class Facts:
    """What the rules look at.

    `texts`: what its author wrote that is new, the words to the moderator too. `addresses`: web
    addresses in fields made for them, such as a source. `seconds`: how long it took to write, if
    that is known. `today` counts what the same mail address, and its domain, sent in a day.
    """

    name: str
    texts: Sequence[str]
    addresses: Sequence[str] = ()
    email: str = ""
    seconds: int | None = None
    trapped: bool = False
    address_today: int = 0
    domain_today: int = 0
    published_before: int = 0
    repeated: Repeated = Repeated.NOBODY
    is_entry: bool = True  # not a message or a report

    @cached_property
    def text(self) -> str:
        """Everything that was written."""
        return "\n".join([self.name, *self.texts])

    @cached_property
    def plain(self) -> str:
        """The same in small letters, without accents and disguises, and without addresses."""
        return _plain(_URL.sub(" ", self.text))


@dataclass(frozen=True)
class Sign:
    """One reason to think of spam, or (with fewer than no points) of an honest author.

    The words for each `key` stand in templates/moderation/_spam_signs.html; `about`: particulars.
    """

    key: str
    points: int
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All signs, and what they come to: 0 is clean, 100 as bad as can be."""

    signs: tuple[Sign, ...] = field(default=())

    @property
    def score(self) -> int:
        return min(MOST, max(0, sum(one.points for one in self.signs)))

    @property
    def is_held(self) -> bool:
        """It waits apart until somebody has looked."""
        return self.score >= HELD_FROM


def judge(facts: Facts) -> Verdict:
    """What speaks for spam, the strongest sign first."""
    found = [
        *_sending(facts),
        *_subjects(facts),
        *_links(facts),
        *_language(facts),
        *_manner(facts),
        *_author(facts),
    ]
    return Verdict(tuple(sorted(found, key=lambda one: -one.points)))


_URL = re.compile(r"\[/?url[^\]]*\]|(?:https?://|www\.)[^\s<>\"'\])]+", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|net|org|co\.uk|uk|io|xyz|top|shop|site|online|info|biz|club"
    r"|ru|cn|click|store|vip|win|bet|live|me|ly|app|dev|ai|in|pk|ng)(?![\w-])(?:/\S*)?",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"\[[^\]\n]{3,60}\]\(https?://(?!(?:www\.)?(?:gov|nhs)\.uk)")
_ATTACK = re.compile(
    r"\{\{.*\}\}|<%|\.\./\.\./|/etc/passwd|<script|javascript:|onerror\s*=|union\s+select"
    r"|'\s*or\s+'?1'?\s*=",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\[url|\[/url\]|<a\s|href\s*=|\[link|<iframe", re.IGNORECASE)
_IN_HOST = re.compile(
    r"casino|slot|poker|bet(?:ting|s|\d)|gambl|judi|togel|pharma|viagra|cialis|pills|cbd|loan|payday"
    r"|crypto|bitcoin|btc|forex|trading|invest|profit|seo|backlink|rank|followers|essay|assignment"
    r"|escort|sexy?|porn|dating|replica|cheap|discount|deals|iptv|apk|hack|spell|diploma|passport"
    r"|iphone|giveaway|prize|verify|secure-|login|support-|earn|cash|money(?!helper|saving|advice)"
)
_AFFILIATE = re.compile(r"[?&](?:ref|aff|affid|affiliate|promo|clickid|subid|btag)=", re.IGNORECASE)
_ABROAD = re.compile(r"(?:\+|\b00)(?!44|353)[1-9]\d{0,2}[\s().-]*\d(?:[\s().-]*\d){6,}")
_HANDLE = re.compile(r"\S@\S|(?<!\w)@\w{3,}|\b(?:telegram|whatsapp|viber|signal|skype)\b", re.I)
_TOLL_FREE = re.compile(r"\b1?[\s(.-]*8(?:00|33|44|55|66|77|88)[\s).-]+\d{3}[\s.-]+\d{4}\b")
_MONEY = re.compile(
    r"[$€£]\s?\d[\d,.]*\s?(?:k|m|million|usd)?|\b\d[\d,]* ?(?:usd|usdt|btc)\b", re.I
)
_HIDDEN = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]")
# Persian and Indian writing needs some of them; ours does not.
_HIDDEN_AMONG_OURS = re.compile(r"[A-Za-z][\u200b-\u200f\u2060-\u2064\ufeff\u00ad]+[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DISGUISED = re.compile(r"\b(?=\w*[a-z])(?=\w*[0-9@$!|])[a-z0-9@$!|]{4,}\b", re.IGNORECASE)
_SPACED = re.compile(r"\b(?:[a-z][ ._*-]){4,}[a-z]\b", re.IGNORECASE)
_LEET = str.maketrans("01345@$!|", "oieasasil")
# Letters of other alphabets that look like ours.
_LOOKALIKES = str.maketrans("аеорсухіѕјԁһкмтвнάαεοινρτυχκ", "aeopcyxisjdhkmtbhaaeoinptuxk")
_VOWELS = frozenset("aeiouywàáâäèéêëìíîïòóôöùúûüŵŷ")


def _sending(facts: Facts) -> Iterator[Sign]:
    """How it was sent."""
    if facts.trapped:
        yield Sign("trap", 32)
    if facts.seconds is not None:
        speed = len(facts.text) / max(facts.seconds, 1) if len(facts.text) > FEW_LETTERS else 0
        points = next((worth for least, worth in WRITING_SPEEDS if speed > least), 0)
        if facts.seconds < QUICK:
            points = max(points, 36 if len(facts.text) > FEW_LETTERS else 20)
        if points:
            yield Sign("quick", points, (str(facts.seconds),))
    if facts.address_today >= MANY_FROM_ADDRESS:
        points = 25 if facts.address_today >= 2 * MANY_FROM_ADDRESS else 12
        yield Sign("many-from-address", points, (str(facts.address_today),))
    domain = _domain(facts.email)
    if facts.domain_today >= MANY_FROM_DOMAIN and domain not in EVERYBODYS:
        yield Sign("many-from-domain", 12, (domain, str(facts.domain_today)))
    if facts.repeated is Repeated.SPAM:
        yield Sign("same-as-spam", 45)
    elif facts.repeated is Repeated.SOMEBODY:
        yield Sign("same-words", 22)


def _subjects(facts: Facts) -> Iterator[Sign]:
    """What it is about."""
    for name, subject in subjects().items():
        found: list[str] = []
        points = 0
        for pattern, worth in subject.patterns:
            said = dict.fromkeys(one.group() for one in pattern.finditer(facts.plain))
            if said:
                # A second way to say the same counts, but less.
                points += worth + (len(said) > 1) * (worth // 3)
                found += said
        if not found:
            continue
        points = min(points, subject.most)
        helped = len(set(subject.help.findall(facts.plain))) if subject.help else 0
        helped += len(set(TOLD_OF.findall(facts.plain)))
        if helped:
            points = points // 3 if helped > 1 else points // 2
        elif name in NEEDS_A_WAY and not _leads_away(facts):
            points //= 4
        if points:
            yield Sign(f"about-{name}", points, tuple(found[:4]))


def _leads_away(facts: Facts) -> bool:
    """It tells a web address, a mail address, a name on some platform or a number abroad."""
    return bool(
        facts.addresses
        or _addresses("\n".join((facts.name, facts.text)))
        or _HANDLE.search(facts.text)
        or _ABROAD.search(facts.text)
        or _TOLL_FREE.search(facts.text)
    )


def _links(facts: Facts) -> Iterator[Sign]:
    """Where it wants people to go."""
    in_text = _addresses(facts.text)
    many = [one for one in in_text if _host(one) not in SOCIAL]
    if len(many) > 4:
        yield Sign("many-links", 10 if len(many) < 8 else 25, (str(len(many)),))
    if _ATTACK.search(facts.text):
        yield Sign("attack", 45)
    elif _MARKUP.search(facts.text):
        yield Sign("code", 35 if "[" in facts.text else 20)
    if _ANCHOR.search(facts.text):
        yield Sign("named-link", 14 if facts.is_entry else 30)
    elif in_text:
        yield Sign("link", 6)
    if _addresses(facts.name):
        yield Sign("link-in-name", 25)
    everywhere = [*in_text, *facts.addresses]
    hosts = list(dict.fromkeys(host for one in everywhere if (host := _host(one))))
    shortened = [one for one in hosts if one in SHORTENERS]
    if shortened:
        yield Sign("short-links", 14, tuple(shortened[:3]))
    chats = [one for one in hosts if one in CHAT_HOSTS]
    if chats:
        yield Sign("chat-links", 14, tuple(chats[:3]))
    cheap = [one for one in hosts if one.rpartition(".")[2] in CHEAP_ENDS]
    if cheap:
        yield Sign("cheap-hosts", 10 if len(cheap) == 1 else 18, tuple(cheap[:3]))
    telling = [one for one in hosts if _IN_HOST.search(one) or one.count("-") > 2]
    telling = [
        one for one in telling if not one.endswith((".org.uk", ".gov.uk", ".ac.uk", ".nhs.uk"))
    ]
    if telling:
        yield Sign("hosts", 22, tuple(telling[:3]))
    if any(_AFFILIATE.search(one) for one in everywhere):
        yield Sign("paid-links", 15)


def _language(facts: Facts) -> Iterator[Sign]:
    """Which language and letters it is written in."""
    words = _words(facts)
    if sum(_is_random(one) for one in _WORD.findall(_URL.sub(" ", facts.text))) > 1:
        yield Sign("gibberish", 40)
        return
    # Those who write in the language of their own group seldom send people elsewhere.
    points = 36 if _addresses("\n".join(facts.texts)) else 15
    if _is_in_other_letters(facts):
        yield Sign("other-letters", points)
        return
    if len(words) < FEW_WORDS:
        return
    if sum(_is_gibberish(one) for one in words) / len(words) > 0.2:
        yield Sign("gibberish", 40)
    elif _is_in_other_language(words):
        yield Sign("other-language", points)
    if len(words) >= 30 and len(set(words)) / len(words) < 0.35 and len(words) < 250:
        yield Sign("over-and-over", 20)


def _manner(facts: Facts) -> Iterator[Sign]:
    """How it is said."""
    text = facts.text
    letters = [one for one in text if one.isalpha()]
    if len(letters) > 40 and sum(one.isupper() for one in letters) / len(letters) > 0.5:
        yield Sign("shouting", 8)
    signs = text.count("!") + sum(unicodedata.category(one) == "So" for one in text)
    if signs >= 5:
        yield Sign("exclaiming", 10 if _leads_away(facts) else 4)
    if _HIDDEN_AMONG_OURS.search(text) or _is_disguised(text):
        yield Sign("disguised", 30)
    if _TOLL_FREE.search(text):
        yield Sign("phone-abroad", 25)
    elif _ABROAD.search(text):
        yield Sign("phone-abroad", 16)
    sums = _MONEY.findall(text)
    if len(sums) > 2:
        yield Sign("sums", 8, tuple(sums[:3]))
    words = _words(facts)
    is_ours = not _is_in_other_letters(facts) and not _is_in_other_language(words)
    if len(words) >= FEW_WORDS and is_ours and facts.is_entry:
        together = len(set(TOGETHER.findall(facts.plain)))
        if together == 0:
            yield Sign("nothing-together", 18)
        elif together == 1 and len(words) >= 40:
            yield Sign("nothing-together", 9)
        elif together >= 5:
            yield Sign("together", -14 if together >= 8 else -8)


def _author(facts: Facts) -> Iterator[Sign]:
    """Who sent it."""
    local, domain = facts.email.partition("@")[0], _domain(facts.email)
    if domain in DISPOSABLE:
        yield Sign("throwaway-mail", 22, (domain,))
    elif domain.rpartition(".")[2] in CHEAP_ENDS:
        yield Sign("cheap-mail", 10, (domain,))
    elif _IN_HOST.search(domain):
        yield Sign("cheap-mail", 16, (domain,))
    if len(re.findall(r"\d", local)) >= 5:
        yield Sign("numbered-mail", 6)
    if facts.published_before:
        yield Sign("known", -30)
    else:
        yield Sign("first-time", 5)


def _plain(text: str) -> str:
    """`text` as it is meant to be read: the disguises off."""
    text = unicodedata.normalize("NFKC", _HIDDEN.sub("", text)).casefold().replace("’", "'")
    text = _SPACED.sub(lambda found: re.sub(r"[ ._*-]", "", found.group()), text)
    text = re.sub(r"\w+", lambda found: _unmixed(found.group()), text)
    text = _DISGUISED.sub(lambda found: _unleet(found.group()), text)
    bare = unicodedata.normalize("NFD", text)
    return "".join(one for one in bare if not unicodedata.combining(one))


def _unmixed(word: str) -> str:
    """A word of two alphabets in one."""
    has_latin = any("a" <= one <= "z" for one in word)
    return word.translate(_LOOKALIKES) if has_latin and not word.isascii() else word


def _unleet(word: str) -> str:
    """ "v1agra" as it is meant; what has digits at an end only ("covid19", "1xbet") stays."""
    inside = word.strip("0123456789!")
    return word.translate(_LEET) if re.search(r"[0-9@$|!]", inside) else word


def _is_disguised(text: str) -> bool:
    """Letters of two alphabets in one word, or letters that only look like letters."""
    for word in re.findall(r"\w{3,}", text):
        if word.isascii():
            continue
        alphabets = {unicodedata.name(one, "").partition(" ")[0] for one in word if one.isalpha()}
        if "LATIN" in alphabets and alphabets & {"CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN"}:
            return True
        if alphabets & {"MATHEMATICAL", "FULLWIDTH", "CIRCLED"}:
            return True
    return bool(_SPACED.search(text)) or any(
        re.search(r"[a-z][0134@$][a-z]", word, re.IGNORECASE) and _says_something(word)
        for word in _DISGUISED.findall(text)
    )


def _says_something(word: str) -> bool:
    plain = _unleet(word.casefold())
    return any(
        pattern.fullmatch(plain)
        for subject in subjects().values()
        for pattern, _points in subject.patterns
    )


def _words(facts: Facts) -> list[str]:
    return _WORD.findall(facts.plain)


def _is_in_other_letters(facts: Facts) -> bool:
    """More than half of it is written in another alphabet."""
    letters = [one for one in _URL.sub(" ", facts.text) if one.isalpha()]
    return len(letters) >= 15 and sum(not _is_latin(one) for one in letters) * 2 > len(letters)


def _is_in_other_language(words: Sequence[str]) -> bool:
    """Neither English nor Welsh, as the small words tell."""
    if len(words) < FEW_WORDS:
        return False
    return sum(one in EVERYDAY for one in words) / len(words) < 0.12


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"


def _is_gibberish(word: str) -> bool:
    """No word of any language that is written in our letters."""
    if len(word) < 5 or not all(_is_latin(one) for one in word):
        return False
    if not any(one in _VOWELS for one in word):
        return True
    return bool(re.search(r"[bcdfghjklmnpqrstvxz]{6}|[^\W\d_]{25}|(\w)\1{3}", word))


def _is_random(word: str) -> bool:
    """Capitals all over: "hRtGxPq"."""
    return len(word) >= 6 and sum(a.islower() and b.isupper() for a, b in pairwise(word)) >= 2


def _addresses(text: str) -> list[str]:
    """Web addresses that stand in `text`, also those written without https."""
    return [*_URL.findall(text), *_BARE_HOST.findall(_URL.sub(" ", text))]


def _host(address: str) -> str:
    if address.startswith("["):
        address = address.partition("=")[2].rstrip("]")
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


def _domain(email: str) -> str:
    return email.rpartition("@")[2].casefold()
