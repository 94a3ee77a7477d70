"""A pytest plugin: says which tests this machine had to leave out, and why.

    from tests.leaving_out import leave_out
    leave_out("no PostgreSQL (apt install postgresql)")

leaves the running test out. With CI in the environment that is a failure: there, all must run.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from typing import Any, NoReturn

import pytest

MARK = "left out: "


def leave_out(why: str) -> NoReturn:
    """Leave the running test out because this machine lacks something: say what, and the remedy."""
    pytest.skip(MARK + why)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    why = _why(report)
    if why and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: left out, and CI must run every test: {why}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reasons = Counter(filter(None, map(_why, terminalreporter.stats.get("skipped", []))))
    if reasons:
        terminalreporter.section("left out on this machine")
        for why, tests in sorted(reasons.items()):
            terminalreporter.write_line(f"{tests} {'test' if tests == 1 else 'tests'}: {why}")


def _why(report: pytest.TestReport) -> str | None:
    """What the machine lacks, if that is why the test was skipped."""
    if not report.skipped or not isinstance(report.longrepr, tuple):
        return None
    _before, mark, why = str(report.longrepr[2]).partition(MARK)
    return why if mark else None
