"""What is asked: judged questions, words that people use, and words that nobody asked before."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import yaml

from deploy.bench.corpus import SEED
from deploy.packages import ROOT
from directory.entries.catalogue import Entry
from directory.search import words
from directory.vocabulary import thesaurus

JUDGED = ROOT / "tests" / "bench"
SETS = ("intents", "queries", "queries-2", "queries-3")
DISTINCT = 200
UNSEEN = 60
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_MISSPELT = 5


@dataclass(frozen=True)
class Judged:
    """A question, and how well each approach answers it: 3 must be near the top, 1 is fair."""

    query: str
    relevance: dict[str, int]
    kind: str

    @property
    def best(self) -> int:
        return max(self.relevance.values())


@cache
def judged(name: str) -> tuple[Judged, ...]:
    """The questions of a file in tests/bench: "queries"."""
    raw = yaml.safe_load((JUDGED / f"{name}.yaml").read_text(encoding="utf-8"))
    return tuple(
        Judged(
            one["query"],
            {expected["approach"]: expected["relevance"] for expected in one["expect"]},
            one["kind"],
        )
        for one in raw
    )


def distinct(entries: Iterable[Entry], most: int = DISTINCT) -> list[str]:
    """Different questions: the judged ones, what people say of entries, and the thesaurus."""
    chance = random.Random(SEED)
    found = [one.query for name in ("intents", "queries") for one in judged(name)]
    said = [word for group in thesaurus.groups() for word in group.words]
    for entry in entries:
        said += getattr(entry.document, "everyday_words", ())
    chance.shuffle(said)
    return list(dict.fromkeys([*found, *said]))[:most]


def unseen(entries: Sequence[Entry]) -> list[str]:
    """Questions of three words, common and rare; none shares a word with another."""
    chance = random.Random(SEED)
    used: dict[str, int] = {}
    for entry in chance.sample(entries, min(2000, len(entries))):
        for word in set(words.split(f"{entry.document.summary} {entry.document.body}")):
            used[word] = used.get(word, 0) + 1
    by_use = sorted((w for w in used if w.isalpha() and len(w) > 3), key=lambda w: (-used[w], w))
    once = {words.stem(word): word for word in reversed(by_use[: UNSEEN * 30]) if is_strong(word)}
    chosen = chance.sample(sorted(once.values()), UNSEEN * 3)
    return [" ".join(chosen[at : at + 3]) for at in range(0, len(chosen), 3)]


def is_strong(word: str) -> bool:
    return word not in words.STOP and word not in words.WEAK


def misspelt(one: Judged) -> str | None:
    """`one` with one slip of the keys in its longest word; None if all its words are short."""
    said = one.query.split()
    longest = max(said, key=len)
    if len(longest) < SHORTEST_MISSPELT or not longest.isalpha():
        return None
    chance = random.Random(f"{SEED}-{one.query}")
    at = chance.randrange(1, len(longest) - 1)
    wrong = chance.choice(
        [
            longest[:at] + longest[at + 1 :],
            longest[:at] + longest[at + 1] + longest[at] + longest[at + 2 :],
            longest[:at] + chance.choice(LETTERS) + longest[at + 1 :],
            longest[:at] + chance.choice(LETTERS) + longest[at:],
        ]
    )
    return " ".join(wrong if word == longest else word for word in said)
