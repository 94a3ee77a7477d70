"""What a machine lacks is left out and listed; on CI that is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from directory.config import ROOT

STORY = """
from tests.leaving_out import leave_out

def test_that_needs_something():
    leave_out("no PostgreSQL (apt install postgresql)")

def test_that_needs_nothing():
    pass
"""


def run_pytest(folder: Path, *, ci: bool) -> subprocess.CompletedProcess[str]:
    (folder / "test_story.py").write_text(STORY)
    env = {name: os.environ[name] for name in os.environ if name != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.leaving_out", "--rootdir", folder, folder],
        cwd=ROOT,
        env=env | ({"CI": "true"} if ci else {}),
        capture_output=True,
        text=True,
    )


def test_what_is_left_out_is_listed_with_its_remedy(tmp_path: Path):
    done = run_pytest(tmp_path, ci=False)

    assert done.returncode == 0
    assert "1 test: no PostgreSQL (apt install postgresql)" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout


def test_on_ci_it_fails(tmp_path: Path):
    done = run_pytest(tmp_path, ci=True)

    assert done.returncode == 1
    assert "CI must run every test: no PostgreSQL" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


@pytest.mark.parametrize("script", [".ci/run", "deploy/lock.sh", "deploy/python"])
def test_scripts_are_sound(script: str):
    first = (ROOT / script).read_text(encoding="utf-8").splitlines()[0]
    shell = "bash" if "bash" in first else "sh"

    assert subprocess.run([shell, "-n", ROOT / script]).returncode == 0
