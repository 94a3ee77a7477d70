"""A process that serves pages holds only what most pages need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from directory.config import ROOT

# Each takes megabytes of every process, for a few pages or for none.
SELDOM_NEEDED = ("alembic", "openpyxl", "typst", "textstat", "tokenizers")


def test_large_libraries_are_read_where_they_are_needed(tmp_path: Path):
    loaded = subprocess.run(
        [sys.executable, "-c", "import wsgi, sys; print(*sys.modules)"],
        env={"INSTANCE_DIR": str(tmp_path), "PATH": os.environ["PATH"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "directory.search.views" in loaded
    assert not set(SELDOM_NEEDED) & set(loaded)
