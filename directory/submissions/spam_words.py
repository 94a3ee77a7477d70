"""Phrases of adverts and of frauds (spam_words.yaml), and words that speak for or against spam.

A pattern is looked for in text without accents, tricks and capitals. Its points say how rarely it
is meant well; nothing is held for one word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).with_suffix(".yaml")
MOST = 80  # points for one subject


@dataclass(frozen=True)
class Subject:
    """Something that adverts are about: patterns with their points, and how many at most.

    `help`: where these words stand too, somebody probably helps people with just that.
    """

    patterns: tuple[tuple[re.Pattern[str], int], ...]
    help: re.Pattern[str] | None
    most: int


@cache
def subjects() -> Mapping[str, Subject]:
    """All subjects of the file, by name."""
    raw = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return {
        name: Subject(
            patterns=tuple(
                (re.compile(rf"(?<!\w)(?:{'|'.join(way['any_of'])})(?!\w)"), way["points"])
                for way in one["phrases"]
            ),
            help=re.compile(rf"(?<!\w)(?:{'|'.join(helped)})")
            if (helped := one.get("helped_by"))
            else None,
            most=one.get("most", MOST),
        )
        for name, one in raw.items()
    }


# What people say who tell about something that people do together.
TOGETHER = re.compile(
    r"(?<!\w)(?:neighbours?|volunteer\w*|communit(?:y|ies)|village|library|church|mosque|chapel"
    r"|temple|hall|groups?|members?|tea|coffee|cups? of|lonely|loneliness|isolat\w+|together"
    r"|weekly|every (?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|meet(?:s|ing)?|friends?|friendly|peers?|carers?"
    r"|caring|befriend\w*|charit(?:y|ies)|donat\w+|co-?operative|co-?op|council|school|park|garden"
    r"\w*|allotment|kitchen|meals?|lunch|choir|singing|walk(?:s|ing|ers)?|older people|young people"
    r"|families|parents|children|toddlers|welcom\w+|drop[- ]in|turn up|come along|everyone|people"
    r"|help each other|support each other|took part|taking part|run by|we meet|local residents"
    r"|residents|estate|refugees?|disab\w+|wheelchair|dementia|mental health|gp|social prescrib\w+"
    r"|foodbank|food bank|share[sd]?|sharing|skills|swap\w*|repair\w*|bereave\w+|grief|learn\w*"
    r"|listen\w*|free of charge|no charge|free to join|sessions?|students?|congregation"
    r"|evaluat\w+|study|trust)(?!\w)"
)

# Who tells of such things offers none: somebody was cheated, or a link was taken over.
TOLD_OF = re.compile(
    r"(?<!\w)(?:scam\w*|spam\w*|hacked|cheated|conned|fraud\w*|domain|expired"
    r"|now goes to|goes to an|pretend|fundrais\w*|addict\w*|recover(?:y|ing|ed)|hospitals?|clinic"
    r"|appointments?|ashamed|don't want|saved my life)(?!\w)"
)

# Small words that stand in any English or Welsh text.
EVERYDAY = frozenset(
    "the a an and or of to in is are was were it we you they he she i for with on at by from as "
    "that this be have has had not but who which can will our their your my all any so if when "
    "there people do up out what about one some no more them us me after into than been get "
    "y yr a ac i o yn mae ar am gan at dros drwy bob pobl wedi eu ein ni chi nhw hwn hon sydd "
    "gyda neu ond nid bydd oedd byddwn gwaith grwp cymuned wythnos".split()
)
SHORTENERS = frozenset(
    "bit.ly tinyurl.com goo.gl t.co ow.ly is.gd buff.ly cutt.ly rb.gy shorturl.at rebrand.ly t.ly "
    "tiny.cc bl.ink adf.ly linktr.ee lnkd.in s.id v.gd soo.gd urlz.fr".split()
)
CHAT_HOSTS = frozenset("t.me wa.me telegram.me api.whatsapp.com chat.whatsapp.com wa.link".split())
# Ends of names that cost next to nothing, and hardly anybody uses who means well.
CHEAP_ENDS = frozenset(
    "xyz top click loan casino bet shop icu buzz cyou rest monster quest sbs cfd lol bond win vip "
    "gq ml tk cf ga work fun stream download racing review trade date party faith science men "
    "accountant cricket webcam poker porn sex xxx ru cn su pw ws cc biz store".split()
)
DISPOSABLE = frozenset(
    "mailinator.com guerrillamail.com 10minutemail.com temp-mail.org tempmail.com yopmail.com "
    "sharklasers.com trashmail.com dispostable.com maildrop.cc getnada.com throwawaymail.com "
    "fakeinbox.com mintemail.com mohmal.com emailondeck.com tempmailo.com moakt.com mytemp.email "
    "guerrillamail.info grr.la spamgourmet.com mailnesia.com".split()
)
# Pages that groups have and name beside their own; they do not count as many.
SOCIAL = frozenset(
    "facebook.com m.facebook.com instagram.com x.com twitter.com youtube.com youtu.be tiktok.com "
    "eventbrite.co.uk eventbrite.com meetup.com bsky.app justgiving.com localgiving.org".split()
)
# Where anybody gets an address: many from there in a day say nothing.
EVERYBODYS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.co.uk live.com msn.com "
    "yahoo.com yahoo.co.uk icloud.com me.com aol.com btinternet.com sky.com virginmedia.com "
    "talktalk.net ntlworld.com protonmail.com proton.me gmx.com gmx.co.uk mail.com zoho.com".split()
)
