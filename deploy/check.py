"""All checks that need no running site: `make check`. Each runs, whatever the others found."""

from __future__ import annotations

import subprocess
import sys

from deploy.packages import ROOT

PYTHON = [sys.executable, "-m"]
CODE = ["directory", "deploy", "migrations", "tests", "wsgi.py"]

CHECKS = {
    "formatting (make format mends it)": [*PYTHON, "ruff", "format", "--check", *CODE],
    "lint": [*PYTHON, "ruff", "check", *CODE],
    "types": [*PYTHON, "mypy"],
    "walls between the parts": [*PYTHON, "pytest", "-q", "tests/test_walls.py"],
    "templates": [*PYTHON, "djlint", "templates", "--lint", "--quiet"],
    "style sheets": ["node_modules/.bin/stylelint", "static/css/**/*.css"],
    "content": [*PYTHON, "flask", "check"],
}


def main() -> None:
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    if failed:
        sys.exit(f"\nNot well: {', '.join(failed)}.")
    print("\nAll is well.")


def _passes(name: str, command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        passed, output = done.returncode == 0, done.stdout
    except FileNotFoundError:
        passed, output = (
            False,
            f"{command[0]} is not there: it comes with npm; run make check online.",
        )
    print(f"{'ok  ' if passed else 'BAD '}  {name}", flush=True)
    if not passed:
        print(output, flush=True)
    return passed


if __name__ == "__main__":
    main()
