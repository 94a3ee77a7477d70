"""From text to terms: one way for what is indexed and for what is asked.

A term is a word without case, accents, apostrophes and endings: "Neighbours'" and "neighbour" are
one. The endings are cut by Porter's English stemmer; what it does not join (lonely, loneliness)
the thesaurus does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from whoosh.lang.porter2 import stem as porter

# No word of any language is longer; what is, is noise.
LONGEST_WORD = 40

_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_IZE = re.compile(r"^(.{3,})iz(e|ed|er|ers|es|ing|ation|ations|ational)$")
# What the stemmer joins, but people keep apart: who is dying, and who has died; to be poorly, and
# poor; Down's, and down; digs, and to dig; bedding, and a bed; mindfulness, and to mind.
_APART = frozenset({"bedding", "digs", "downs", "dying", "mindfulness", "poorly"})
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)|<https?://[^>]*>|https?://\S+")
_HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What a question needs to be English, but not to be understood. Only left out of questions, and
# only if other words are left; inside quotation marks they count.
STOP = _listed(
    """
    a about after all also although am an and any are as at be because been being but by can
    could did do does doing during even ever for from had has have he her him his how i id if
    ill im in into is it its ive just may me might mine my of off on or our ours please shall
    she should since so some such than that thats the their them then there theres these they
    this those though to too u until up upon us very was we were what when where whether which
    while who whom why will with would yet you your yours
    """
)

# They add to the rank of what matches, but nothing is found by them alone: nearly every entry of a
# directory of help is about people who want support. "not" and "no" stay because they mean much.
WEAK = _listed(
    """
    always anybody anyone anything arent around available away back bit cannot cant charity club
    clubs community couldnt day days didnt doesnt dont each every everyone find get gets getting
    give gives giving go goes going good got group groups havent help helped helping helps idea
    ideas isnt keep keeps know life like liked likes live lives living local look looking lot
    lots made make makes making many more most much need needed needs never new no nobody not
    nothing offer often one only organisation organisations other others out over own people
    peoples person persons place places programme programmes project projects really run running
    scheme service services so somebody someone something start starting still support
    supporting supports take taking tell thing things think time times together too trying two
    up use used using want wanted wants wasnt way ways week well without wont work working works
    wouldnt year years
    """
)

# Who it is in the family. They widen without a word about it: somebody who writes of their mother
# does not want to read that we also looked for fathers.
KIN = _listed(
    """
    aunt auntie aunties aunts bairn bairns boy boyfriend boys brother brothers child children dad
    daddy dads daughter daughters father fathers girl girlfriend girls gramps gran grandad
    grandfather grandma grandmother grandpa grandparent grandparents granny husband husbands hubby
    kid kids lad lads lass lassie lasses mam mammy missus mom mother mothers mum mummy mums
    nan nana nanny parent parents partner sibling siblings sis sister sisters son sons spouse
    stepdad stepmum toddler uncle uncles wife wives
    """
)


def fold(text: str) -> str:
    """`text` in lower case, without accents and apostrophes."""
    if text.isascii():
        return text.replace("'", "").replace("`", "").lower()
    text = _APOSTROPHES.sub("", text)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c)).casefold()


def split(text: str) -> list[str]:
    """The words of `text` as they are written, folded."""
    return [word for word in _WORD.findall(fold(text)) if len(word) <= LONGEST_WORD]


def terms(text: str) -> list[str]:
    """The terms of `text`, in order, stop words too."""
    return [stem(word) for word in split(text)]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """`word` (folded) without its ending; spelt the British way."""
    if match := _IZE.match(word):
        word = f"{match[1]}is{match[2]}"
    if len(word) < 3 or word in _APART or not word.isascii() or not word.isalpha():
        return word
    stemmed: str = porter(word)
    return stemmed


def plain(markdown: str) -> str:
    """The running words of a Markdown text: no headings, no link targets."""
    return _LINK_TARGET.sub(" ", _HEADING.sub(" ", markdown))


def pairs(words: list[str]) -> Iterator[str]:
    """Neighbouring terms as one: "spare room". Small words between them are skipped: "cup of tea"
    gives "cup tea"."""
    return joined([stem(word) for word in words if word not in STOP])


def joined(strong: Sequence[str]) -> Iterator[str]:
    """The same of terms that are ready, without small words."""
    for first, second in pairwise(strong):
        yield f"{first} {second}"
