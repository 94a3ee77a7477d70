"""The index follows the change log: across processes, and whatever happens to it meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory import search
from directory.config import ROOT, Config
from directory.db import db
from directory.entries import catalogue, publishing
from directory.search import writing
from directory.search.index import NotReady
from directory.search.whoosh_index import WhooshIndex
from tests import services
from tests.builders import a_service, an_approach
from tests.conftest import NOW
from tests.house_rules import Browser
from tests.searching import a_change, an_empty_index, an_entry, an_index, find, names

CHOIRS = an_entry(an_approach(name="Choirs"))
SHEDS = an_entry(an_approach(name="Sheds"))


def in_another_process(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` with an index on `folder` named `index`, and what this module imports."""
    start = f"""
        from pathlib import Path
        from tests.test_index_following import *
        index = an_empty_index(Path({str(folder)!r}))
    """
    program = textwrap.dedent(start) + textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )


def everything(index: WhooshIndex) -> set[str]:
    return set(names(find(index)))


def test_nothing_is_found_before_the_first_index_is_whole(tmp_path: Path):
    index = an_empty_index(tmp_path)
    assert index.position() is None
    with pytest.raises(NotReady):
        find(index)
    assert index.suggest("choir", limit=5) == []


def test_a_change_is_found_and_the_index_says_how_far_it_is(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    assert index.position() == 1
    index.apply([a_change(2, SHEDS)])
    assert everything(index) == {"Choirs", "Sheds"}
    assert index.position() == 2


def test_a_change_applied_twice_is_the_same_as_once(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    index.apply([a_change(2, SHEDS)])
    index.apply([a_change(2, SHEDS)])
    index.apply([a_change(1, SHEDS, gone=True), a_change(2, SHEDS)])
    assert find(index).total == 2
    assert index.position() == 2


def test_the_last_change_of_an_entry_counts(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    renamed = an_entry(an_approach(name="Sheds for all"), slug="sheds")
    index.apply([a_change(2, SHEDS), a_change(3, renamed), a_change(4, CHOIRS, gone=True)])
    assert everything(index) == {"Sheds for all"}


def test_many_changes_stay_one_document_each_in_few_segments(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    for n in range(2, 22):
        index.apply([a_change(n, an_entry(an_approach(name="Sheds", summary=f"Version {n}.")))])
    assert everything(index) == {"Choirs", "Sheds"}
    assert find(index, "version").hits[0].name == "Sheds"
    current = writing.IndexFolder(tmp_path / "index").current()
    assert current is not None
    assert len(list(current.glob("*.trm"))) <= writing.MOST_SEGMENTS + 1


def test_another_process_finds_what_was_written_here(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    done = in_another_process(tmp_path, "index.apply([a_change(2, SHEDS)])")
    assert done.returncode == 0, done.stderr
    assert everything(index) == {"Choirs", "Sheds"}


def test_a_reader_goes_on_reading_while_another_process_writes(tmp_path: Path):
    index = an_index(tmp_path, *(an_approach(name=f"Club {n}") for n in range(20)))
    program = """
        for n in range(21, 46):
            index.apply([a_change(n, an_entry(an_approach(name=f"Club {n}", summary="New club.")))])
    """
    start = time.monotonic()
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from pathlib import Path\nfrom tests.test_index_following import *\n"
            f"index = an_empty_index(Path({str(tmp_path)!r}))\n" + textwrap.dedent(program),
        ],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = []
    while writer.poll() is None and time.monotonic() - start < 120:
        seen.append(find(index, "club").total)
        find(index, "new summary club walking", kind=("approach",))
        index.suggest("clu", limit=5)
    assert writer.returncode == 0, writer.stderr.read() if writer.stderr else ""
    assert seen == sorted(seen)
    assert seen[0] >= 20
    assert find(index, "club").total == 45


@pytest.mark.parametrize(
    "killed_at", ["_flush_segment", "_close_segment", "_commit_toc", "_finish"]
)
def test_killed_in_the_middle_of_a_commit_it_catches_up(tmp_path: Path, killed_at: str):
    index = an_index(tmp_path, CHOIRS)
    done = in_another_process(
        tmp_path,
        f"""
        from whoosh.writing import SegmentWriter

        def die(*args, **kwargs):
            os.kill(os.getpid(), signal.SIGKILL)

        SegmentWriter.{killed_at} = die
        index.apply([a_change(2, SHEDS)])
        """,
    )
    assert done.returncode == -signal.SIGKILL
    reached = index.position()
    assert reached in (1, 2)
    assert everything(index) == ({"Choirs"} if reached == 1 else {"Choirs", "Sheds"})

    index.apply([a_change(2, SHEDS)])

    assert everything(index) == {"Choirs", "Sheds"}
    assert index.position() == 2


def test_killed_in_the_middle_of_a_rebuild_readers_keep_what_they_have(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    done = in_another_process(
        tmp_path,
        """
        def entries():
            yield CHOIRS
            yield SHEDS
            os.kill(os.getpid(), signal.SIGKILL)

        index.rebuild(entries(), n=9)
        """,
    )
    assert done.returncode == -signal.SIGKILL
    assert (everything(index), index.position()) == ({"Choirs"}, 1)
    index.rebuild([CHOIRS, SHEDS], n=9)
    assert (everything(index), index.position()) == ({"Choirs", "Sheds"}, 9)


def test_a_rebuild_catches_up_before_it_is_used(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    log = [a_change(2, SHEDS), a_change(3, an_entry(a_service(name="Late choir")))]
    index.rebuild([CHOIRS], n=1, catch_up=lambda n: [change for change in log if change.n > n][:1])
    assert everything(index) == {"Choirs", "Sheds", "Late choir"}
    assert index.position() == 3


def test_a_rebuild_that_fails_changes_nothing(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)

    def broken() -> Any:
        yield SHEDS
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        index.rebuild(broken(), n=5)
    assert (everything(index), index.position()) == ({"Choirs"}, 1)


def test_old_indexes_go_when_no_reader_can_be_opening_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index = an_index(tmp_path, CHOIRS)
    index.rebuild([SHEDS], n=2)
    index.position()
    assert (tmp_path / "index" / "1").exists()
    monkeypatch.setattr(writing, "KEEP_OLD", timedelta(0))
    index.position()
    assert not (tmp_path / "index" / "1").exists()
    assert everything(index) == {"Sheds"}


def test_a_reader_holds_a_deleted_index_and_takes_the_new_one(tmp_path: Path):
    index = an_index(tmp_path, CHOIRS)
    assert everything(index) == {"Choirs"}
    shutil.rmtree(tmp_path / "index")
    assert everything(index) == {"Choirs"}
    assert index.position() is None
    index.rebuild([CHOIRS, SHEDS], n=2)
    assert everything(index) == {"Choirs", "Sheds"}


def damage_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(os.urandom(max(path.stat().st_size, 10)))


def cut_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"")


@pytest.mark.parametrize("damage", [damage_all, cut_all, empty_all])
def test_a_damaged_index_is_noticed_and_asks_for_a_rebuild(
    tmp_path: Path, damage: Callable[[Path], None]
):
    an_index(tmp_path, CHOIRS, SHEDS)
    damage(tmp_path / "index" / "1")
    index = an_empty_index(tmp_path)
    with pytest.raises(NotReady):
        find(index, "choirs")
    assert index.position() is None

    index.rebuild([CHOIRS], n=1)

    assert (everything(index), index.position()) == ({"Choirs"}, 1)


def test_an_index_that_lacks_any_one_file_is_noticed(tmp_path: Path):
    an_index(tmp_path / "whole", CHOIRS, SHEDS)
    folder = tmp_path / "whole" / "index" / "1"
    for name in [path.name for path in folder.iterdir() if not path.name.endswith("LOCK")]:
        partial = tmp_path / name
        shutil.copytree(tmp_path / "whole", partial)
        (partial / "index" / "1" / name).unlink()

        with pytest.raises(NotReady):
            find(an_empty_index(partial), "choirs")


def test_postings_damaged_behind_a_readers_back_never_break_a_search(tmp_path: Path):
    # Enough of them that the file is larger than what a reader has read ahead.
    many = [an_approach(name=f"Club {n}", summary=f"It is number{n} of all.") for n in range(60)]
    index = an_index(tmp_path, CHOIRS, *many)
    assert find(index).total == 61
    for path in (tmp_path / "index" / "1").glob("*.pst"):
        path.write_bytes(b"\x00" * path.stat().st_size)
    with pytest.raises(NotReady):
        for n in range(60):
            find(index, f"number{n}")
    assert index.position() is None
    index.rebuild([CHOIRS], n=1)
    assert names(find(index, "choirs")) == ["Choirs"]


def test_an_index_of_another_version_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    an_index(tmp_path, CHOIRS)
    monkeypatch.setattr("directory.search.schema.VERSION", 999)
    assert an_empty_index(tmp_path).position() is None


def test_the_index_is_its_owners_alone(tmp_path: Path):
    an_index(tmp_path, CHOIRS)
    for folder in (tmp_path / "index", tmp_path / "index" / "1"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# With the database


def publish(session: Session, name: str) -> None:
    publishing.publish(
        session, an_approach(name=name), slug=name.lower(), origin="file", author="", at=NOW
    )
    session.commit()


def test_the_worker_builds_the_first_index_and_then_follows(app: Flask, session: Session):
    with app.app_context():
        publish(session, "Choirs")
        assert search.follow(session, search.current())
        publish(session, "Sheds")
        assert search.follow(session, search.current())
        assert not search.follow(session, search.current())
        assert everything(search.current()) == {"Choirs", "Sheds"}
        assert search.current().position() == catalogue.head(session) == 2


def test_an_index_ahead_of_the_log_is_built_anew(app: Flask, session: Session):
    with app.app_context():
        publish(session, "Choirs")
        search.current().rebuild([SHEDS], n=700)  # then an old backup came back
        search.follow(session, search.current())
        assert everything(search.current()) == {"Choirs"}
        assert search.current().position() == 1


def test_what_is_withdrawn_is_found_no_more(
    app: Flask, session: Session, publish: Callable[..., Any]
):
    (entry,) = publish(an_approach(name="Choirs"))
    publishing.end(session, entry.id, reason="It closed", at=NOW)
    session.commit()
    services.follow(app)
    with app.app_context():
        assert find(search.current()).total == 0


def test_a_deleted_index_comes_back_and_no_page_fails_meanwhile(
    app: Flask, config: Config, publish: Callable[..., Any], browser: Browser
):
    publish(an_approach(name="Choirs"))
    assert "Choirs" in browser.open("/search?q=choirs").text
    shutil.rmtree(config.index_dir)
    browser.open("/search?q=choirs")
    search_again = app.extensions["kith.search"] = fresh_index(app)
    page = browser.open("/search?q=choirs", status=503)
    assert "being rebuilt" in page.heading
    assert "/approaches/" in page.links().values()
    services.follow(app)
    assert search_again is app.extensions["kith.search"]
    assert "Choirs" in browser.open("/search?q=choirs").text


def fresh_index(app: Flask) -> WhooshIndex:
    """The index as a web process that has just started has it."""
    held = app.extensions["kith.search"]
    return WhooshIndex(
        held._folder.path, gazetteer=held._gazetteer, thesaurus=held._thesaurus, today=held._today
    )


def test_index_rebuild_says_how_many(app: Flask, publish: Callable[..., Any]):
    publish(an_approach(name="Choirs"), an_approach(name="Sheds"))
    done = app.test_cli_runner().invoke(args=["index-rebuild"])
    assert "2 entries indexed" in done.output
    assert "is there" in app.test_cli_runner().invoke(args=["index-rebuild", "--if-needed"]).output
    with app.app_context():
        db.session.remove()


def test_search_explain_says_why(app: Flask, publish: Callable[..., Any]):
    publish(an_approach(name="Choirs"))
    done = app.test_cli_runner().invoke(args=["search-explain", "lonely choir"])
    assert "finds: choir (typed" in done.output
    assert "1. Choirs (approach)" in done.output
    assert "choir in name" in done.output
