"""What it costs to compare two versions of a long document, word by word."""

from __future__ import annotations

import random
import time

from deploy.packages import ROOT
from deploy.progress import say
from directory.entries.comparison import compare

WORDS = 5_000
PARAGRAPH = 80  # words
ROUNDS = 5
EDITS = 4  # in each paragraph


def measure() -> None:
    """Print a line about each way in which a text changes."""
    chance = random.Random(3)
    vocabulary = [
        word
        for path in sorted((ROOT / "content" / "approaches").glob("*.md"))[:40]
        for word in path.read_text(encoding="utf-8").split()
    ]
    paragraphs = [chance.choices(vocabulary, k=PARAGRAPH) for _one in range(WORDS // PARAGRAPH)]
    edited = [_edited(one, chance, vocabulary) for one in paragraphs]
    rewritten = [chance.choices(vocabulary, k=PARAGRAPH) for _one in paragraphs]
    say(f"{'two versions of ' + str(WORDS) + ' words':<44}{'CPU':>9}")
    for what, after, between in (
        ("a few words in each paragraph", edited, "\n\n"),
        ("the same in one paragraph", edited, " "),
        ("paragraphs moved", paragraphs[30:] + paragraphs[:30], "\n\n"),
        ("every word another", rewritten, "\n\n"),
    ):
        texts = [between.join(" ".join(one) for one in side) for side in (paragraphs, after)]
        spent = []
        for _round in range(ROUNDS):
            started = time.process_time()
            compare(*texts)
            spent.append(time.process_time() - started)
        say(f"  {what:<42}{min(spent) * 1000:>6.1f} ms")


def _edited(words: list[str], chance: random.Random, vocabulary: list[str]) -> list[str]:
    changed = list(words)
    for place in chance.sample(range(len(words)), EDITS):
        changed[place] = chance.choice(vocabulary)
    return changed
