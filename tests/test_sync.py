"""content/ and the database: nobody's words are lost, no moderated edit is reverted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue, files, publishing, sync
from directory.entries.check import check, write_missing_ids
from directory.entries.models import ContentFault
from directory.entries.text import dump, parse
from directory.vocabulary.terms import Kind
from tests.builders import a_page, a_service, a_story, an_approach, an_id

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Folder:
    """A content folder and the database that takes it in."""

    def __init__(self, path: Path, session: Session) -> None:
        self.path = path
        self.session = session

    def write(self, document, slug="community-choirs") -> Path:
        path = self.path / document.kind.folder / f"{slug}.md"
        files.write_atomically(path, dump(document))
        return path

    def sync(self) -> sync.SyncReport:
        read, problems = files.read_folder(self.path)
        report = sync.sync(self.session, read, problems, at=NOW + timedelta(minutes=1))
        self.session.commit()
        return report

    def moderate(self, document) -> None:
        entry = catalogue.by_id(self.session, document.id)
        publishing.publish(
            self.session, document, slug=entry.slug, origin="submission", author="Ann", at=NOW
        )
        self.session.commit()

    def live(self, entry_id=None) -> str:
        return catalogue.by_id(self.session, entry_id or an_id("choir")).document.strapline


@pytest.fixture
def folder(tmp_path, session) -> Folder:
    return Folder(tmp_path / "content", session)


def choir(strapline="Sing with neighbours", **more):
    return an_approach(id=an_id("choir"), strapline=strapline, **more)


def test_a_new_file_is_taken_in_and_then_left_alone(folder):
    folder.write(choir())

    assert folder.sync().imported == ["approaches/community-choirs.md"]
    assert folder.sync().unchanged == ["approaches/community-choirs.md"]
    assert catalogue.head(folder.session) == 1


def test_an_edited_file_is_taken_in(folder):
    folder.write(choir())
    folder.sync()
    folder.write(choir("Sing by ear"))
    folder.sync()

    assert folder.live() == "Sing by ear"


def test_an_old_copy_of_a_file_never_reverts_a_moderated_edit(folder):
    folder.write(choir("First"))
    folder.sync()
    folder.write(choir("Second"))
    folder.sync()
    folder.moderate(choir("Moderated"))
    folder.write(choir("First"))  # a deploy brings an old copy back

    report = folder.sync()

    assert report.old_copies == ["approaches/community-choirs.md"]
    assert folder.live() == "Moderated"


def test_a_file_that_did_not_change_leaves_a_moderated_edit_alone(folder):
    folder.write(choir("First"))
    folder.sync()
    folder.moderate(choir("Moderated"))

    report = folder.sync()

    assert folder.live() == "Moderated"
    assert report.conflicts == []


def test_when_both_changed_the_files_text_goes_to_moderators_once(folder):
    folder.write(choir("First"))
    folder.sync()
    folder.moderate(choir("Moderated"))
    folder.write(choir("Edited in the file"))

    report = folder.sync()

    assert [(one.slug, one.document.strapline) for one in report.conflicts] == [
        ("community-choirs", "Edited in the file")
    ]
    assert folder.live() == "Moderated"
    assert folder.sync().conflicts == []


def test_a_file_that_already_says_what_is_live_is_noted(folder):
    folder.write(choir("First"))
    folder.sync()
    folder.moderate(choir("Moderated"))
    folder.write(choir("Moderated"))
    folder.sync()
    folder.write(choir("Third"))
    folder.sync()

    assert folder.live() == "Third"


def test_the_same_id_under_another_name_is_a_rename(folder):
    folder.write(choir())
    folder.sync()
    (folder.path / "approaches/community-choirs.md").unlink()
    folder.write(choir(), slug="choirs")
    folder.sync()

    moved = catalogue.moved_to(folder.session, Kind.APPROACH, "community-choirs")
    assert moved == "/approaches/choirs"


def test_a_rename_and_an_edit_in_one_go_are_taken_in(folder):
    folder.write(choir("First"))
    folder.sync()
    (folder.path / "approaches/community-choirs.md").unlink()
    folder.write(choir("Second"), slug="choirs")
    folder.sync()

    assert folder.live() == "Second"
    assert catalogue.by_id(folder.session, an_id("choir")).slug == "choirs"


def test_a_file_without_an_id_stays_the_same_entry(folder):
    folder.write(an_approach(strapline="First"))
    folder.sync()
    folder.write(an_approach(strapline="Second"))
    folder.sync()

    entries = list(catalogue.live(folder.session))
    assert [entry.document.strapline for entry in entries] == ["Second"]


def test_a_missing_file_changes_nothing_and_is_reported(folder):
    folder.write(choir())
    folder.sync()
    (folder.path / "approaches/community-choirs.md").unlink()

    assert folder.sync().missing == ["approaches/community-choirs.md"]
    assert folder.live() == "Sing with neighbours"


def test_a_broken_file_stops_nobody_else_and_is_told_to_moderators(folder):
    folder.write(choir())
    (folder.path / "approaches/broken.md").write_text("---\nkind: approach\nname: x\n---\n")
    (folder.path / "approaches/Not A Slug.md").write_text("x")
    (folder.path / "approaches/binary.md").write_bytes(b"\xff\xfe\x00")

    report = folder.sync()

    assert report.imported == ["approaches/community-choirs.md"]
    faults = {fault.path for fault in folder.session.scalars(select(ContentFault))}
    assert faults == {"approaches/broken.md", "approaches/Not A Slug.md", "approaches/binary.md"}


def test_a_mended_file_is_no_longer_a_fault(folder):
    path = folder.path / "approaches/community-choirs.md"
    files.write_atomically(path, "nothing")
    folder.sync()
    folder.write(choir())
    folder.sync()

    assert folder.session.scalars(select(ContentFault)).all() == []


def test_an_ended_entry_does_not_come_back_with_its_file(folder):
    folder.write(choir())
    folder.sync()
    publishing.end(folder.session, an_id("choir"), reason="Over.", at=NOW)
    folder.session.commit()
    folder.write(choir("Changed"))

    assert folder.sync().closed == ["approaches/community-choirs.md"]
    assert catalogue.by_id(folder.session, an_id("choir")) is None


def test_an_export_into_an_empty_database_gives_the_same_directory(folder, tmp_path, session):
    folder.write(choir("Moderated later"))
    folder.write(a_page(id=an_id("page")), slug="about")
    folder.write(a_service(id=an_id("service")), slug="harehills")
    folder.sync()
    publishing.publish(
        session, a_story(id=an_id("story")), slug="a-story", origin="submission", author="", at=NOW
    )
    folder.moderate(choir("Moderated"))
    before = {entry.url: dump(entry.document) for entry in catalogue.live(session)}

    files.export(catalogue.live(session), tmp_path / "export", store=tmp_path / "uploads")
    read, problems = files.read_folder(tmp_path / "export")

    after = {f"/{file.path.removesuffix('.md')}": dump(file.document) for file in read}
    assert problems == []
    assert after == {url: text for url, text in before.items() if "stories" not in url}


def test_a_story_is_never_taken_in_from_a_file(folder):
    folder.write(choir())
    folder.write(a_story(id=an_id("story"), about="approaches/community-choirs"), slug="a-story")

    report = folder.sync()

    assert [one.path for one in report.problems] == ["stories/a-story.md"]
    assert "have its teller send the story through the form" in report.problems[0].remedy
    assert [entry.kind for entry in catalogue.live(folder.session)] == ["approach"]


def test_check_finds_links_that_lead_nowhere(folder):
    folder.write(choir(related=["no-such"]))
    folder.write(a_service(), slug="harehills")
    read, _ = files.read_folder(folder.path)

    found = {(one.path, one.field, one.what) for one in check(read)}

    path = "approaches/community-choirs.md"
    assert (path, "related", "there is no approaches/no-such.md") in found
    assert ("services/harehills.md", "place", "there is no places/leeds.md") in found


def test_check_can_write_a_missing_id_and_change_nothing_else(folder):
    path = folder.write(an_approach())
    before = path.read_text()
    read, _ = files.read_folder(folder.path)

    assert write_missing_ids(folder.path, read) == ["approaches/community-choirs.md"]

    again = parse(path.read_text())
    assert again.id is not None
    assert path.read_text() == before.replace("---\n", f"---\nid: {again.id}\n", 1)


def test_a_file_is_whole_or_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "a.md"
    files.write_atomically(path, "old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("no space")))

    with pytest.raises(OSError, match="no space"):
        files.write_atomically(path, "new")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
