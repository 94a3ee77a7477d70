"""The index on PostgreSQL: questions, building and adding, on a server that is gone afterwards.

What counts is CPU time of ours and of PostgreSQL's together. A process on a site with several
machines begins with an empty memory: so each question is asked by one that has just started, too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from deploy import servers
from deploy.bench import corpus, parts, questions
from deploy.bench.engines import TODAY
from deploy.packages import ROOT
from deploy.progress import say, step
from deploy.trouble import Trouble
from directory.entries.catalogue import Change, Entry
from directory.places import gazetteer
from directory.search.postgres_index import PostgresIndex
from directory.search.query import Query
from directory.search.wordings import Thesaurus
from directory.vocabulary import thesaurus

PLACES = ROOT / "instance" / "geo.sqlite"
WANTED = 40  # CPU milliseconds a question, at 100,000
ADDED = 5
JUDGED = ("intents", "queries")
LONGEST_WAIT = 30.0
# Three filters with two values each: most entries have one of each, and none is in vain.
FILTERS: dict[str, Any] = {
    "kind": ("approach", "service"),
    "who_for": ("anyone", "older-people"),
    "support_area": ("home", "whole-community"),
}
TYPED = ("cho", "lonely in le", "spa", "dem", "men", "somewhere to", "gar", "ne", "repair caf", "b")


@dataclass(frozen=True)
class Spent:
    """CPU seconds of ours and of PostgreSQL's, and wall seconds."""

    ours: float
    theirs: float
    wall: float

    @property
    def cpu(self) -> float:
        return self.ours + self.theirs


class Site:
    """A database with an index in it. Its connections stay open to the end, so that their CPU time
    can be read."""

    def __init__(self, url: str) -> None:
        # One process of PostgreSQL's does all, so that none of its work is overlooked.
        alone = "-c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0"
        self._engine = sa.create_engine(url, max_overflow=0, connect_args={"options": alone})
        self._known = Thesaurus(thesaurus.groups())

    def a_process(self) -> PostgresIndex:
        """The index as a process has it that has just started."""
        return PostgresIndex(
            lambda: self._engine,
            gazetteer=lambda: gazetteer.at(PLACES),
            thesaurus=lambda: self._known,
            today=lambda: TODAY,
        )

    def spent_on(self, work: Callable[[], object]) -> Spent:
        theirs, ours, wall = self._theirs(), time.process_time(), time.perf_counter()
        work()
        return Spent(
            time.process_time() - ours, self._theirs() - theirs, time.perf_counter() - wall
        )

    def _theirs(self) -> float:
        """CPU seconds of all processes of PostgreSQL's that work for us."""
        with self._engine.connect() as connection:
            pids = connection.exec_driver_sql(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend'"
            ).scalars()
            return sum(_cpu_of(pid) for pid in pids)

    def size(self) -> float:
        """Megabytes of the index on disk."""
        with self._engine.connect() as connection:
            found: int = connection.exec_driver_sql(
                "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
                "WHERE relkind = 'r' AND relnamespace = 'kith_search'::regnamespace"
            ).scalar_one()
        return found / 1e6

    def close(self) -> None:
        self._engine.dispose()


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process, as Linux tells."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0.0
    fields = told.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(services: int) -> None:
    """Print what the index on PostgreSQL costs with so many services.

    Raises:
        Trouble: there is no gazetteer yet.
    """
    if not PLACES.exists():
        raise Trouble("There are no places yet. Run: .venv/bin/python -m flask geo build")
    if os.environ.get("TEST_DATABASE_URL") or not Path("/proc/self/stat").exists():
        say("\nLeft out, the index on PostgreSQL: needs a server of this machine's own, and Linux")
        return
    try:
        with a_site() as site:
            _measure(site, services)
        with a_site() as site:
            _judging(site)
    except servers.Missing as missing:
        say(f"\nLeft out, the index on PostgreSQL: {missing}")


@contextmanager
def a_site() -> Iterator[Site]:
    """An empty database of its own.

    Raises:
        servers.Missing: there is no PostgreSQL here.
    """
    with servers.postgresql() as server, servers.database(server, "kith_bench") as url:
        site = Site(url)
        try:
            yield site
        finally:
            site.close()


def _measure(site: Site, services: int) -> None:
    with step(f"Making {services:,} services"):
        entries = list(corpus.entries(services))
    _title(f"On PostgreSQL, {len(entries):,} entries", "ours", "PostgreSQL", "both, CPU", "wall")
    index = site.a_process()
    _row("index built, s", site.spent_on(lambda: index.rebuild(entries, n=1)))
    say(f"  {'index on disk':<42}{site.size():>10.0f} MB")
    _row("a process starts, s", site.spent_on(site.a_process().warm))
    _asking(site, questions.distinct(entries), questions.unseen(entries))
    _adding(site, services)


def _asking(site: Site, asked: Sequence[str], unseen: Sequence[str]) -> None:
    plain = [Query(q=question) for question in asked]
    narrowed = [Query(q=question, **FILTERS) for question in asked]
    for name, queries in {"no filters": plain, "3 filters": narrowed}.items():
        index = site.a_process()
        index.warm()
        say(f"  {len(queries)} questions, {name}; ms each (wanted: {WANTED})")
        _row("  asked for the first time", site.spent_on(_asked(index, queries)), len(queries))
        _row("  asked again", site.spent_on(_asked(index, queries)), len(queries))
    index = site.a_process()
    index.warm()
    strange = [Query(q=question, own_words=True) for question in unseen]
    _row("three words never seen, ms each", site.spent_on(_asked(index, strange)), len(strange))
    _row("a suggestion, first time, ms", site.spent_on(_suggested(index)), len(TYPED))
    _row("a suggestion, ms", site.spent_on(_suggested(index)), len(TYPED))


def _asked(index: PostgresIndex, queries: Sequence[Query]) -> Callable[[], object]:
    return lambda: [index.find(query) for query in queries]


def _suggested(index: PostgresIndex) -> Callable[[], object]:
    return lambda: [index.suggest(typed, limit=8) for typed in TYPED]


def _adding(site: Site, services: int) -> None:
    """One entry at a time, written by one process, until another one finds it."""
    writer, reader = site.a_process(), site.a_process()
    reader.warm()
    more = [corpus.one_more(services + number) for number in range(ADDED)]
    spent = [site.spent_on(partial(_add, writer, reader, one)) for one in more]
    few = len(spent)
    mean = Spent(
        sum(one.ours for one in spent) / few,
        sum(one.theirs for one in spent) / few,
        max(one.wall for one in spent),
    )
    _row("one entry added until found, s (slowest)", mean)


def _add(writer: PostgresIndex, reader: PostgresIndex, entry: Entry) -> None:
    n = (writer.position() or 0) + 1
    writer.apply([Change(n, entry.id, "published", entry.updated_at, entry)])
    wanted = Query(q=f'"{entry.document.name}"')
    until = time.monotonic() + LONGEST_WAIT
    while entry.id not in {hit.id for hit in reader.find(wanted).hits}:
        if time.monotonic() > until:
            raise Trouble(f"{entry.document.name} was not found in {LONGEST_WAIT:.0f} s")
        time.sleep(0.02)


def _judging(site: Site) -> None:
    """Judged questions, asked of content/ alone."""
    index = site.a_process()
    index.rebuild(list(corpus.entries(0)), n=1)
    say(f"\n{'Judged questions, on PostgreSQL':<44}{'nDCG@10':>18}{'best in first 5':>18}")
    found = {name: parts.relevance(index, questions.judged(name)) for name in questions.SETS}
    both = [one for name in JUDGED for one in questions.judged(name)]
    _right, found["both, one word misspelt"] = parts.misspelt_relevance(index, both)
    for name, one in found.items():
        say(f"  {name:<42}{one.ndcg:>18.3f}{one.top_five:>18.3f}")


def _title(name: str, *columns: str) -> None:
    say(f"\n{name:<44}" + "".join(f"{column:>12}" for column in columns))


def _row(name: str, spent: Spent, questions: int = 0) -> None:
    """A line: seconds, or with so many `questions` milliseconds each."""
    times = 1000 / questions if questions else 1
    figures = (spent.ours, spent.theirs, spent.cpu, spent.wall)
    say(f"  {name:<42}" + "".join(f"{one * times:>12.2f}" for one in figures))
