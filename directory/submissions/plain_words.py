"""Help to write plainly: sector words, long sentences, who can read it. Nothing but advice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from directory.entries.prose import reading_grade, without_quotations, words_of
from directory.vocabulary.jargon import uses

SCHOOL_BEGINS_AT = 5  # years old, in grade 0
PLAIN_AGE = 13
LONG_SENTENCE = 25  # words
FEW_WORDS = 12  # before that, how hard they are to read says nothing
SHOWN = 8
EXCERPT = 40  # letters on each side

_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_OTHER_CHOICE = re.compile(r",? or |, ")


@dataclass(frozen=True)
class Text:
    """What was typed into one box. `field`: its control; `label`: what the page calls it."""

    field: str
    label: str
    typed: str


@dataclass(frozen=True)
class SectorWord:
    """A word that only professionals use, where it stands, and what to write instead.

    `instead` fits into the text; `plain` is all that we advise.
    """

    text: Text
    words: str
    plain: str
    instead: str
    before: str
    after: str


@dataclass(frozen=True)
class LongSentence:
    """A sentence that could be two."""

    text: Text
    begins: str
    count: int


@dataclass(frozen=True)
class Advice:
    """What could be plainer. `age`: of a reader who can read it; None: too little to say."""

    words: tuple[SectorWord, ...]
    sentences: tuple[LongSentence, ...]
    age: int | None

    @property
    def is_plain(self) -> bool:
        """A child can read all of it."""
        return self.age is not None and self.age <= PLAIN_AGE


def advise(texts: Iterable[Text]) -> Advice:
    """What to say about these texts."""
    texts = [one for one in texts if one.typed.strip()]
    told = [words_of(one.typed) for one in texts]
    return Advice(
        words=tuple(word for one in texts for word in _looked_over(one)[0])[:SHOWN],
        sentences=tuple(long for one in texts for long in _looked_over(one)[1])[:SHOWN],
        age=reading_age(*told) if sum(len(one.split()) for one in told) >= FEW_WORDS else None,
    )


def reading_age(*texts: str) -> int:
    """How old a reader of all these must about be, in years."""
    return SCHOOL_BEGINS_AT + max(0, round(reading_grade(*texts)))


def swap(typed: str, words: str, instead: str) -> str:
    """`typed` with the first use of `words` replaced."""
    return _whole(words).sub(lambda _found: instead, typed, count=1)


def _whole(words: str) -> re.Pattern[str]:
    """`words` where they stand alone: "client" is not in "clients"."""
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")


@lru_cache(maxsize=512)
def _looked_over(text: Text) -> tuple[tuple[SectorWord, ...], tuple[LongSentence, ...]]:
    """What to say about one text. Who types changes one box at a time: the others stay known."""
    return tuple(_sector_words(text)), tuple(_long_sentences(text))


def _sector_words(text: Text) -> Iterator[SectorWord]:
    told: set[str] = set()
    for use in uses(without_quotations(text.typed)):
        found = _whole(use.words).search(text.typed)
        if use.words.lower() in told or not found:
            continue
        told.add(use.words.lower())
        yield SectorWord(
            text=text,
            words=use.words,
            plain=use.jargon.plain,
            instead=_fitting(use.words, use.jargon.plain),
            before=_last_words(text.typed[: found.start()]),
            after=_first_words(text.typed[found.end() :]),
        )


def _fitting(words: str, plain: str) -> str:
    """The first advice, in the number and with the capital of `words`."""
    instead = _OTHER_CHOICE.split(plain)[0]
    if words.lower().endswith("s") and instead == "person":
        instead = "people"
    return instead[:1].upper() + instead[1:] if words[:1].isupper() else instead


def _last_words(text: str) -> str:
    line = text.rpartition("\n")[2]
    return line if len(line) <= EXCERPT else "…" + line[-EXCERPT:].partition(" ")[2]


def _first_words(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= EXCERPT else line[:EXCERPT].rpartition(" ")[0] + "…"


def _long_sentences(text: Text) -> Iterator[LongSentence]:
    for sentence in _SENTENCE.findall(words_of(text.typed)):
        words = sentence.split()
        if len(words) > LONG_SENTENCE:
            yield LongSentence(text, " ".join(words[:8]) + "…", len(words))
