"""Our search beside others: building, asking, adding, in one run on the same entries."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from deploy.bench import adding, clocks, corpus, embedded, extras, parts, questions
from deploy.bench.engines import Engine, FullTextSearch, Kith, PlainWhoosh, Ways
from deploy.packages import ROOT
from deploy.progress import say, step
from deploy.trouble import Trouble
from directory.entries.catalogue import Entry
from directory.search.closeness import Closeness

PLACES = ROOT / "instance" / "geo.sqlite"
# Slow engines are asked fewer questions: a mean needs no more. Of many entries fewer still, and
# everybody once: some answers take seconds, and a run should end within an hour.
FEW = 30
ROUNDS = 3
MANY = 50_000
FEW_OF_MANY = 8
ROUNDS_OF_MANY = 1
ASKED_FOR_MEMORY = 500


def measure(services: int, folder: Path | None = None) -> None:
    """Print a table of all that is measured.

    Args:
        folder: where the indexes are kept for another run; those that are there are used.

    Raises:
        Trouble: there is no gazetteer yet.
    """
    if not PLACES.exists():
        raise Trouble("There are no places yet. Run: .venv/bin/python -m flask geo build")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        _measure(services, folder)
        return
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as temporary:
        _measure(services, Path(temporary))


def _measure(services: int, folder: Path) -> None:
    with step(f"Making {services:,} services"):
        entries = list(corpus.entries(services))
    say(f"\n{len(entries):,} entries, {services:,} of them made; seed {corpus.SEED}")
    if left_out := extras.missing():
        say(f"Left out, because not installed: {', '.join(left_out)}. {extras.HOW_TO_GET_THEM}")
    kith, whoosh, texts = Kith(folder, PLACES), PlainWhoosh(folder), FullTextSearch(folder)
    others = extras.installed(folder, texts)
    engines: list[Engine] = [kith, whoosh, texts, *others]
    _building(engines, entries, folder)
    with step("Placing approaches by what they mean"):
        near = parts.near(folder)
    asked = questions.distinct(entries)
    _first_seen(kith, others, questions.unseen(entries))
    _asking(kith, engines, asked, is_large=services >= MANY)
    if near:
        _by_meaning(kith, near, asked)
    _pages(kith, asked)
    _widgets(kith, asked)
    _small_things(kith, folder, questions.distinct(entries, ASKED_FOR_MEMORY))
    _adding(folder, services)
    _judging(near)


def _building(engines: Sequence[Engine], entries: Sequence[Entry], folder: Path) -> None:
    done = folder / "built"
    if done.exists():
        say("The indexes were there already; building them is not measured.")
        return
    _title("Building the index", "CPU s", "wall s", "× plain Whoosh")
    spent = {}
    for engine in engines:
        with step(engine.name):
            spent[engine.name] = clocks.spent_on(partial(engine.build, entries))
    base = spent[PlainWhoosh.name].cpu
    for name, one in spent.items():
        if one.wall > 0.01:
            _row(name, f"{one.cpu:.1f}", f"{one.wall:.1f}", f"{one.cpu / base:.2f}")
    done.touch()


def _first_seen(kith: Kith, others: Sequence[Engine], unseen: Sequence[str]) -> None:
    """Every term for the first time, three to a question."""
    kith.index.warm()
    ways: Ways = {"Kith, engine": kith.ask_engine}
    ways |= {one.name: one.ask for one in others if one.name == "tantivy"}
    for way in ways.values():
        way("warm")
    found = clocks.interleaved(ways, unseen)
    _title("Terms never seen", "CPU ms", "× tantivy")
    for name, spent in found.items():
        _row(name, f"{spent:.2f}", _times(spent, found.get("tantivy")))


def _asking(kith: Kith, engines: Sequence[Engine], asked: Sequence[str], *, is_large: bool) -> None:
    """Questions whose terms were seen before; no answer is kept anywhere."""
    quick: Ways = {"Kith, all of it": kith.ask, "Kith, engine": kith.ask_engine}
    quick |= {one.name: one.ask for one in engines if one.name == "tantivy"}
    for question in asked:
        for way in quick.values():
            way(question)
    slow: Ways = {e.name: e.ask for e in engines if e.name not in (*quick, kith.name)}
    few = asked[:: max(len(asked) // (FEW_OF_MANY if is_large else FEW), 1)]
    found = clocks.interleaved(quick, asked, rounds=ROUNDS_OF_MANY if is_large else ROUNDS)
    slow["Kith, all of it"] = kith.ask
    beside = clocks.interleaved(slow, few)
    ours = beside.pop("Kith, all of it")
    _title(f"{len(asked)} questions, terms seen before", "CPU ms", "× Kith", "× tantivy")
    for name, spent in found.items():
        times = _times(spent, found["Kith, all of it"])
        _row(name, f"{spent:.2f}", times, _times(spent, found.get("tantivy")))
    for name, spent in beside.items():
        _row(f"{name} ({len(few)} of them)", f"{spent:.1f}", _times(spent, ours))


def _by_meaning(kith: Kith, near: Closeness, asked: Sequence[str]) -> None:
    found = parts.first_asked(kith, near, asked)
    _title(f"{len(asked)} questions, asked once", "CPU ms", "× by words")
    for name, spent in found.items():
        _row(name, f"{spent:.2f}", _times(spent, found["by words"]))


def _pages(kith: Kith, asked: Sequence[str]) -> None:
    found = parts.pages(kith, PLACES, asked[:FEW])
    _title("A page of results", "CPU ms", "× answer at hand")
    base = found["page, answer at hand"]
    for name, spent in found.items():
        _row(name, f"{spent:.2f}", _times(spent, base))


def _widgets(kith: Kith, asked: Sequence[str]) -> None:
    found = embedded.answers(kith.index, asked[:FEW])
    _title("A widget's answer", "CPU ms", "× as a page asks", "× without counts")
    for name, spent in found.items():
        _row(
            name,
            f"{spent:.2f}",
            _times(spent, found[embedded.PAGE]),
            _times(spent, found[embedded.BARE]),
        )


def _small_things(kith: Kith, folder: Path, asked: Sequence[str]) -> None:
    _title("Kith alone", "")
    _row("a suggestion", f"{parts.suggestion(kith):.2f} ms")
    _row("is it here already?", f"{parts.already_here(kith, PLACES):.2f} ms")
    _row("a place to its point", f"{parts.place_to_point(PLACES):.3f} ms")
    found = parts.memory(folder, PLACES, asked)
    if found:
        after, before = found
        _row(f"private memory after {len(asked)} questions", f"{after:.0f} MB")
        _row("  of which before the index was opened", f"{before:.0f} MB")
    _row("index on disk", f"{clocks.size_of(folder / 'kith'):.0f} MB")


def _adding(folder: Path, services: int) -> None:
    """One entry at a time, in turn."""
    found = adding.measure(folder, PLACES, services)
    _title("Adding an entry", "CPU s", "wall s, slowest")
    for name, added in found.items():
        for what, spent in (("id", added.committed), ("other process", added.answered)):
            _row(f"{name}: {what}", f"{adding.mean(spent):.3f}", f"{adding.slowest(spent):.2f}")


def _judging(near: Closeness | None) -> None:
    """Judged questions, asked of content/ alone."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        kith = Kith(Path(folder), PLACES)
        kith.build(list(corpus.entries(0)))
        _title("Judged questions", "nDCG@10", "best in first 5")
        for name in questions.SETS:
            _row(name, *_figures(kith, questions.judged(name)))
            if near:
                kith.index.closeness = near
                _row("  by meaning too", *_figures(kith, questions.judged(name)))
                kith.index.closeness = None
        both = [*questions.judged("intents"), *questions.judged("queries")]
        right, wrong = parts.misspelt_relevance(kith.index, both)
        _row("both, one word misspelt", f"{wrong.ndcg:.3f}", f"{wrong.top_five:.3f}")
        _row("  the same spelt right", f"{right.ndcg:.3f}", f"{right.top_five:.3f}")


def _figures(kith: Kith, judged: Sequence[questions.Judged]) -> tuple[str, str]:
    found = parts.relevance(kith.index, judged)
    return f"{found.ndcg:.3f}", f"{found.top_five:.3f}"


def _times(spent: float, base: float | None) -> str:
    return f"{spent / base:.2f}" if base else ""


def _title(name: str, *columns: str) -> None:
    say(f"\n{name:<44}" + "".join(f"{column:>18}" for column in columns))


def _row(name: str, *values: str) -> None:
    say(f"  {name:<42}" + "".join(f"{value:>18}" for value in values))
